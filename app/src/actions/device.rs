//! Showing a device's provisioning credential, once; releasing a device from quarantine; which handset is which.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::device::{
        acts::{HANDSET, RELEASE, REVEAL, credential},
        page,
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::Code;
use services::{Problem, devices, handsets};

pub(crate) async fn reveal(signed: Signed, Path(mac): Path<String>, fields: Fields) -> Answer {
    let reason = fields.text("reason").to_owned();
    if reason.is_empty() {
        let problem = Problem::invalid(Code::FieldMissing, "reason");
        return page(&signed, &mac, &Attempt::refused(REVEAL, fields, problem)).await;
    }
    let act = devices::reveal(signed.services(), &signed.op, &mac, &reason);
    match once(signed.services(), &fields, act).await {
        Ok((user, password)) => Ok(credential(&signed, &mac, &user, &password)),
        Err(Stop::Repeated) => signed.repeated(&format!("/devices/{mac}")).await,
        Err(Stop::Refused(problem)) => page(&signed, &mac, &Attempt::refused(REVEAL, fields, problem)).await,
    }
}

pub(crate) async fn release(signed: Signed, Path(mac): Path<String>, fields: Fields) -> Answer {
    let reason = fields.text("reason").to_owned();
    let path = format!("/devices/{mac}");
    let act = devices::release(signed.services(), &signed.op, &mac, &reason);
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path, "Released. Its next fetch is decided anew.").await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => page(&signed, &mac, &Attempt::refused(RELEASE, fields, problem)).await,
    }
}

pub(crate) async fn handset(signed: Signed, Path(mac): Path<String>, fields: Fields) -> Answer {
    let path = format!("/devices/{mac}");
    let (index, ipei, reason) = (fields.text("handset"), fields.text("ipei"), fields.text("reason"));
    let act = handsets::change(signed.services(), &signed.op, &mac, index, ipei, reason);
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path, "The handset is entered. A request's plan names it from now on.").await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => page(&signed, &mac, &Attempt::refused(HANDSET, fields, problem)).await,
    }
}
