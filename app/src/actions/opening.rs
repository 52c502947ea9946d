//! Moving a site from stage to stage, and who answers for its service.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{
        opening::{ADVANCE, ANSWER, BACK},
        site::page,
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::openings;

pub(crate) async fn advance(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let to = openings::advance(signed.services(), &signed.op, &code, fields.text("reason")).await?;
        Ok(format!("The site is now in stage {}.", to.title()))
    };
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, ADVANCE, fields, outcome).await
}

pub(crate) async fn back(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let to = openings::back(signed.services(), &signed.op, &code, fields.text("reason")).await?;
        Ok(format!("The site is back in stage {}.", to.title()))
    };
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, BACK, fields, outcome).await
}

pub(crate) async fn answer(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let (owner, share, reason) = (fields.text("owner"), fields.text("share"), fields.text("reason"));
        openings::answer_for(signed.services(), &signed.op, &code, owner, share, reason).await?;
        Ok("It is set.".to_owned())
    };
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, ANSWER, fields, outcome).await
}

pub(crate) async fn sign_off(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        openings::sign_off(signed.services(), &signed.op, &code).await?;
        Ok("The service is signed off.".to_owned())
    };
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, "sign-service", fields, outcome).await
}

async fn finish(
    signed: &Signed,
    code: &str,
    form: &'static str,
    fields: Fields,
    outcome: Result<String, Stop>,
) -> Answer {
    let path = format!("/sites/{code}");
    match outcome {
        Ok(said) => signed.done(&path, &said).await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => page(signed, code, &Attempt::refused(form, fields, problem)).await,
    }
}
