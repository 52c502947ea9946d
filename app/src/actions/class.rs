//! Asking for another class of service of an extension.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{class::SET, number::one::page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{Kind, classes};

pub(crate) async fn set(signed: Signed, Path(number): Path<String>, fields: Fields) -> Answer {
    let (class, reason) = (fields.text("class"), fields.text("reason"));
    let act = classes::set(signed.services(), &signed.op, &number, class, reason);
    let path = format!("/numbers/{number}");
    match once(signed.services(), &fields, act).await {
        Ok(None) => signed.done(&path, "It has this class already.").await,
        Ok(Some(request)) => {
            let said = "How far somebody may call is approved by somebody else, so a draft is made. Read its plan, then submit it.";
            signed.done(&format!("/requests/{request}"), said).await
        }
        Err(Stop::Repeated) => signed.repeated(&path).await,
        // Whoever may not is not told whether there is such an extension.
        Err(Stop::Refused(problem)) if problem.kind == Kind::Forbidden => Err(problem.into()),
        Err(Stop::Refused(problem)) => page(&signed, &number, &Attempt::refused(SET, fields, problem)).await,
    }
}
