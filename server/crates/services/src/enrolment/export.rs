//! Tokens in the clear: the technician's list, and addresses for redirect services. The only place that shows them.

use super::{find_site, given};
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    devices,
};
use domain::{
    Code, Mac,
    authz::{Action, authorise_at, somewhere},
    enrolment::{Kind, State, TypedCode},
    ids::{EnrolmentId, SecretId, SiteId},
    layer::Level,
    setting::{Path, Value},
};
use std::collections::BTreeMap;
use storage::{
    Tx,
    enrolment::{self, ExportRow},
    layer,
};

/// What is handed to somebody who enrols one phone. It is a secret, so it does not print.
#[derive(Clone)]
pub struct Handout {
    /// Place code.
    pub place: String,
    /// Room.
    pub room: String,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// MAC.
    pub mac: Mac,
    /// Serial.
    pub serial: String,
    /// The code in groups; empty for a signed address.
    pub code: String,
    /// The address to type or to hand out. Phones add the name of their file to it.
    pub address: String,
    /// Where the token is in its life.
    pub state: State,
}

/// Every token of a kind at a site that can be handed out; an act with a reason. Addresses of phones that were
/// released are not among them.
pub async fn export(
    services: &Services,
    op: &Operation,
    code: &str,
    kind: Kind,
    reason: &str,
) -> Result<Vec<Handout>> {
    authorise_at(&op.actor, Action::RevealCredential, code)?;
    let reason = given(reason)?;
    let mut act = Act::begin(services, op).await?;
    let site = find_site(&mut act.tx, code).await?;
    let base = base(&mut act.tx).await?;
    let rows = enrolment::export(&mut act.tx, site.id, kind, op.now).await?;
    let found: Result<Vec<_>> = rows.into_iter().map(|row| handout(services, &base, row, op)).collect();
    let found = found?;
    act.note(Note {
        action: "enrolment.export",
        subject: site.name,
        site: Some(site.id),
        after: Some(format!("{} {}", found.len(), plural(kind))),
        reason: reason.to_owned(),
        ..Note::default()
    });
    act.commit().await?;
    Ok(found)
}

/// Where a redirect service sends each phone of a site that has a signed address, for a list whose export is an act of
/// its own; `None` for those that went back to their vendor.
pub(crate) async fn redirects(
    services: &Services,
    tx: &mut Tx,
    site: SiteId,
    op: &Operation,
) -> Result<BTreeMap<Mac, Option<String>>> {
    let base = base(tx).await?;
    let mut redirects = BTreeMap::new();
    for mac in enrolment::released(tx, site).await? {
        redirects.insert(Mac::parse(&mac).map_err(|_| Problem::not_found("device"))?, None);
    }
    for row in enrolment::export(tx, site, Kind::SignedAddress, op.now).await? {
        let handout = handout(services, &base, row, op)?;
        redirects.insert(handout.mac, Some(handout.address));
    }
    Ok(redirects)
}

const fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Code => "codes",
        Kind::SignedAddress => "signed addresses",
    }
}

fn handout(services: &Services, base: &str, row: ExportRow, op: &Operation) -> Result<Handout> {
    let unreadable = || Problem::invalid(Code::SecretUnreadable, "code");
    let state = row.state()?.at(op.now);
    let id = EnrolmentId(row.enrolment_id);
    let (code, token) = match row.sealed {
        Some(sealed) => {
            let opened = services.0.keys.vault.open(SecretId(id.0), &sealed).map_err(|_| unreadable())?;
            let code = TypedCode::parse(&opened).map_err(|_| unreadable())?;
            (code.grouped(), code.digits().to_owned())
        }
        None => (String::new(), services.0.keys.enrolment.sign(id)),
    };
    Ok(Handout {
        place: row.place,
        room: row.room,
        vendor: row.vendor,
        model: row.model,
        mac: Mac::parse(&row.mac).map_err(|_| Problem::not_found("device"))?,
        serial: row.serial,
        code,
        address: format!("{base}{token}/"),
        state,
    })
}

/// Under which address tokens are shown: beside the steady address, which the phones are given.
async fn base(tx: &mut Tx) -> Result<String> {
    let missing = || Problem::not_found("address of the edge");
    let url = Path::parse("provisioning.url").map_err(|_| missing())?;
    let layer = layer::current(tx, Level::Organisation, "organisation").await?.ok_or_else(missing)?;
    match layer.settings.get(&url) {
        Some(Value::Text(steady)) => {
            steady.strip_suffix("steady/").map(|edge| format!("{edge}enrol/")).ok_or_else(missing)
        }
        _ => Err(missing()),
    }
}

/// The signed address of one device, for a list that is written elsewhere; an act with a reason.
pub async fn signed_address(services: &Services, op: &Operation, mac: &str, reason: &str) -> Result<String> {
    let claim = somewhere(&op.actor, Action::RevealCredential)?;
    let reason = given(reason)?;
    let mut act = Act::begin(services, op).await?;
    let stored = devices::stored(&mut act.tx, mac).await?;
    claim.at(stored.device.site)?;
    let tokens = enrolment::of_device(&mut act.tx, stored.device.id).await?;
    let token = tokens.into_iter().find(|t| t.kind == Kind::SignedAddress);
    let token = token.filter(|t| !matches!(t.state, State::Released { .. } | State::Revoked { .. }));
    let token = token.ok_or_else(|| Problem::not_found("signed address"))?;
    let address = format!("{}{}/", base(&mut act.tx).await?, services.0.keys.enrolment.sign(token.id));
    act.note(Note {
        action: "enrolment.export",
        subject: stored.name(),
        site: Some(stored.device.site),
        device: Some(stored.device.id),
        after: Some("1 signed address".to_owned()),
        reason: reason.to_owned(),
        ..Note::default()
    });
    act.commit().await?;
    Ok(address)
}

/// A list as CSV (RFC 4180). A cell that a spreadsheet would take for a formula is made text.
pub fn csv(rows: &[Handout]) -> String {
    let mut out = String::from("place,room,vendor,model,mac,serial,code,address,state\r\n");
    for row in rows {
        let mac = row.mac.to_string();
        let cells: [&str; 9] = [
            &row.place,
            &row.room,
            &row.vendor,
            &row.model,
            &mac,
            &row.serial,
            &row.code,
            &row.address,
            row.state.word(),
        ];
        out.push_str(&cells.map(cell).join(","));
        out.push_str("\r\n");
    }
    out
}

fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = text.replace('"', "\"\"");
    if formula { format!("\"'{text}\"") } else { format!("\"{text}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_whatever_is_in_it() {
        assert_eq!(cell("2-14"), "\"2-14\"");
        assert_eq!(cell("say \"x\", y"), "\"say \"\"x\"\", y\"");
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("-1"), "\"'-1\"");
    }
}
