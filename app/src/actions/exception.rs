//! Taking and closing a case.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{
        change_request::number,
        exception::{CLOSE, page},
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::exceptions;

pub(crate) async fn take(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let path = format!("/exceptions/{number}");
    let act = exceptions::take(signed.services(), &signed.op, number);
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path, "It is yours.").await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => {
            page(&signed, number, &Attempt::refused("take", fields, problem)).await
        }
    }
}

pub(crate) async fn close(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let path = format!("/exceptions/{number}");
    let resolution = fields.text("resolution").to_owned();
    let act = exceptions::close(signed.services(), &signed.op, number, &resolution);
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path, "Closed.").await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => page(&signed, number, &Attempt::refused(CLOSE, fields, problem)).await,
    }
}
