//! Making, activating, handing out, taking back and reopening enrolment tokens.

use crate::{
    components::prose::counted,
    fields::{Attempt, Fields, Stop, once},
    pages::{
        enrolment::{ACTIVATE, HAND_OUT, MAKE_ADDRESSES, MAKE_CODES, REDIRECT, page},
        enrolment_device as device, enrolment_sheet,
    },
    visitor::{Answer, Signed},
};
use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use domain::{Code, Finding, Timestamp, enrolment::Kind};
use services::{Problem, enrolment, view::EnrolmentFilter};

fn kind(fields: &Fields) -> Result<Kind, Problem> {
    Kind::parse(fields.text("kind")).ok_or_else(|| Problem::invalid(Code::StateInvalid, "kind"))
}

/// Until when a signed address is to be valid; a code needs no such thing, and a site's date stands in for an empty field.
fn until(fields: &Fields, kind: Kind) -> Result<Option<Timestamp>, Problem> {
    if kind == Kind::Code || fields.text("until").trim().is_empty() {
        return Ok(None);
    }
    let until = Timestamp::parse(fields.text("until")).ok_or_else(|| {
        Finding::new(Code::FormInvalid, "until").detail("Write the time in UTC, as 2026-11-23T04:20.")
    })?;
    Ok(Some(until))
}

fn site_page(fields: &Fields) -> (EnrolmentFilter, String) {
    let site = fields.text("site").to_owned();
    let path = format!("/enrolment{}", crate::render::query(&[("site", &site)]));
    (EnrolmentFilter { site, ..EnrolmentFilter::default() }, path)
}

pub(crate) async fn make(signed: Signed, fields: Fields) -> Answer {
    let (filter, path) = site_page(&fields);
    let act = async {
        let kind = kind(&fields)?;
        let until = until(&fields, kind)?;
        let made = enrolment::make(signed.services(), &signed.op, &filter.site, kind, until).await?;
        Ok((kind, i64::try_from(made).unwrap_or(i64::MAX)))
    };
    match once(signed.services(), &fields, act).await {
        Ok((Kind::Code, made)) => {
            let said = format!(
                "{} made. Print the list, and activate them on the day.",
                counted(made, "code", "codes")
            );
            signed.done(&path, &said).await
        }
        Ok((Kind::SignedAddress, made)) => {
            let said = format!("{} made.", counted(made, "signed address", "signed addresses"));
            signed.done(&path, &said).await
        }
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => {
            let form = if fields.text("kind") == Kind::Code.word() { MAKE_CODES } else { MAKE_ADDRESSES };
            page(&signed, &filter, &Attempt::refused(form, fields, problem)).await
        }
    }
}

pub(crate) async fn activate_site(signed: Signed, fields: Fields) -> Answer {
    let (filter, path) = site_page(&fields);
    let act = enrolment::activate_site(signed.services(), &signed.op, &filter.site);
    match once(signed.services(), &fields, act).await {
        Ok(activated) => {
            let number = i64::try_from(activated).unwrap_or(i64::MAX);
            let said = format!("{} active for 24 hours.", counted(number, "code is", "codes are"));
            signed.done(&path, &said).await
        }
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => {
            page(&signed, &filter, &Attempt::refused(ACTIVATE, fields, problem)).await
        }
    }
}

pub(crate) async fn export(signed: Signed, fields: Fields) -> Answer {
    let (filter, path) = site_page(&fields);
    let act = async {
        let kind = kind(&fields)?;
        let reason = fields.text("reason");
        enrolment::export(signed.services(), &signed.op, &filter.site, kind, reason).await
    };
    match once(signed.services(), &fields, act).await {
        Ok(rows) if fields.text("as") == "csv" => Ok(csv(&filter.site, &enrolment::csv(&rows))),
        Ok(rows) => Ok(enrolment_sheet::sheet(&signed, &filter.site, &rows)),
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => {
            let form = if fields.text("kind") == Kind::Code.word() { HAND_OUT } else { REDIRECT };
            page(&signed, &filter, &Attempt::refused(form, fields, problem)).await
        }
    }
}

/// A file that no cache keeps. The site's code is of letters, digits and hyphens.
fn csv(site: &str, text: &str) -> Response {
    let mut response = text.to_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"enrolment-{site}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

pub(crate) async fn activate(signed: Signed, Path(mac): Path<String>, fields: Fields) -> Answer {
    let act = enrolment::activate(signed.services(), &signed.op, &mac);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &mac, device::ACTIVATE, fields, "Its code is active for 24 hours.", outcome).await
}

pub(crate) async fn revoke(signed: Signed, Path(mac): Path<String>, fields: Fields) -> Answer {
    let reason = fields.text("reason").to_owned();
    let act = enrolment::revoke(signed.services(), &signed.op, &mac, &reason);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &mac, device::REVOKE, fields, "Nothing is open any more.", outcome).await
}

pub(crate) async fn reopen(signed: Signed, Path(mac): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let kind = kind(&fields)?;
        let until = until(&fields, kind)?;
        enrolment::reopen(signed.services(), &signed.op, &mac, kind, until, fields.text("reason")).await
    };
    let outcome = once(signed.services(), &fields, act).await;
    let said = "Enrolment is open again. The credential that the phone had is dead.";
    finish(&signed, &mac, device::REOPEN, fields, said, outcome).await
}

pub(crate) async fn release(signed: Signed, Path(mac): Path<String>, fields: Fields) -> Answer {
    let reason = fields.text("reason").to_owned();
    let act = enrolment::release(signed.services(), &signed.op, &mac, &reason);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &mac, device::RELEASE, fields, "Released: no redirect list names it any more.", outcome)
        .await
}

async fn finish(
    signed: &Signed,
    mac: &str,
    form: &str,
    fields: Fields,
    done: &str,
    outcome: Result<(), Stop>,
) -> Answer {
    let path = format!("/enrolment/{mac}");
    match outcome {
        Ok(()) => signed.done(&path, done).await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => {
            device::page(signed, mac, &Attempt::refused(form, fields, problem)).await
        }
    }
}
