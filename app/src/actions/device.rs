//! Showing a device's provisioning credential, once.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::device::{REVEAL, credential, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::Code;
use services::{Problem, devices};

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
