//! What the console shows of enrolment. No token is in it.

use super::find_site;
use crate::{
    Operation, Result, Services, devices, openings,
    view::{EnrolmentFilter, EnrolmentList, EnrolmentRow, EnrolmentView, PAGE, Page, SiteEnrolment, cut},
};
use domain::{
    Timestamp,
    authz::{Action, authorise},
    enrolment::{Enrolment, Kind},
};
use storage::{Tx, enrolment, line};

/// The newest token of each kind of every device that has one, and figures of the site that is chosen.
pub async fn list(services: &Services, op: &Operation, filter: &EnrolmentFilter) -> Result<EnrolmentList> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let code = filter.site.trim();
    let site = if code.is_empty() { None } else { Some(figures(&mut tx, code, op.now).await?) };
    let after = filter.after.split_once(' ').unwrap_or((&filter.after, ""));
    let mut rows = enrolment::rows(&mut tx, after, code, filter.state.trim(), op.now).await?;
    let next = cut(&mut rows, PAGE, |r| format!("{} {}", r.mac.bare(), r.kind.word()));
    let row = |r: enrolment::ListRow| EnrolmentRow {
        kind: r.kind,
        state: r.state.at(op.now),
        clashed: r.clashed,
        mac: r.mac,
        vendor: r.vendor,
        model: r.model,
        site: r.site,
        place: r.place,
    };
    Ok(EnrolmentList { page: Page { rows: rows.into_iter().map(row).collect(), next }, site })
}

async fn figures(tx: &mut Tx, code: &str, now: Timestamp) -> Result<SiteEnrolment> {
    let site = find_site(tx, code).await?;
    let counts = enrolment::counts(tx, site.id, now).await?;
    let of = |kind: Kind, word: &str| {
        counts.iter().find(|(k, w, _)| k == kind.word() && w == word).map_or(0, |(_, _, n)| *n)
    };
    let inactive = of(Kind::Code, "inactive");
    let waiting = Kind::ALL.map(|kind| of(kind, "waiting"));
    Ok(SiteEnrolment {
        without_code: enrolment::count_without(tx, site.id, Kind::Code, now).await?,
        without_address: enrolment::count_without(tx, site.id, Kind::SignedAddress, now).await?,
        inactive,
        codes: inactive + waiting[0] + of(Kind::Code, "in-session"),
        date: openings::date(tx, site.id).await?,
        addresses: waiting[1] + of(Kind::SignedAddress, "in-session") + of(Kind::SignedAddress, "used"),
        site,
    })
}

/// A device's tokens, newest first.
pub async fn view(services: &Services, op: &Operation, mac: &str) -> Result<EnrolmentView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let loaded = devices::loaded(&mut tx, mac).await?;
    let id = loaded.stored.device.id;
    Ok(EnrolmentView {
        device: devices::device_row(&mut tx, &loaded).await?,
        tokens: tokens(&mut tx, id, op.now).await?,
        bound: !line::standing(&mut tx, id).await?.is_empty(),
        date: openings::date(&mut tx, loaded.stored.device.site).await?,
    })
}

/// A device's tokens as they stand now.
pub(crate) async fn tokens(tx: &mut Tx, id: domain::ids::DeviceId, now: Timestamp) -> Result<Vec<Enrolment>> {
    let tokens = enrolment::of_device(tx, id).await?;
    Ok(tokens.into_iter().map(|t| Enrolment { state: t.state.at(now), ..t }).collect())
}
