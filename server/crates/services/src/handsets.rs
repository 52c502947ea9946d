//! Which DECT handset is which of a base's: entered and changed by hand. A site package brings them as well.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    devices, reason,
};
use domain::{
    Code, Finding, Ipei,
    authz::{Action, authorise},
    device::{Endpoint, EndpointKind},
};
use storage::device;

/// Says which handset is number `index` of the base with this MAC; an empty text says that nobody knows. Refused
/// while a line stands there: the handset that has it would keep it, or another would take it, unseen.
pub async fn change(
    services: &Services,
    op: &Operation,
    mac: &str,
    index: &str,
    ipei: &str,
    reason: &str,
) -> Result<()> {
    authorise(&op.actor, Action::Import)?;
    let ipei = match ipei.trim() {
        "" => None,
        text => Some(Ipei::parse(text).map_err(|code| Problem::invalid(code, "ipei"))?),
    };
    let reason = reason::given(reason)?;
    let mut act = Act::begin(services, op).await?;
    let loaded = devices::loaded(&mut act.tx, mac).await?;
    let number = index.trim().parse().ok();
    let wanted = |e: &&Endpoint| e.kind == EndpointKind::DectHandset && Some(e.index) == number;
    let Some(endpoint) = loaded.endpoints.iter().find(wanted) else {
        return Err(Problem::invalid(Code::FormInvalid, "handset"));
    };
    if let Some(line) = loaded.line_on(endpoint.id) {
        let on = format!("Extension {} is on handset {}.", line.extension.number, endpoint.index);
        return Err(Finding::new(Code::IpeiBound, "handset").detail(on).into());
    }
    if endpoint.ipei == ipei {
        return Err(Finding::new(Code::IpeiDuplicate, "ipei").detail("It is what is entered here.").into());
    }
    let known = |ipei: Option<Ipei>| ipei.map_or("not known".to_owned(), |ipei| ipei.to_string());
    let (before, after) = (known(endpoint.ipei), known(ipei));
    device::set_ipei(&mut act.tx, endpoint.id, ipei).await?;
    act.note(Note {
        action: "handset.change",
        subject: format!("handset {} of {}", endpoint.index, loaded.name()),
        site: Some(loaded.site.id),
        device: Some(loaded.stored.device.id),
        before: Some(before),
        after: Some(after),
        reason: reason.to_owned(),
    });
    act.commit().await
}
