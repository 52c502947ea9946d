//! Moving a site from stage to stage, and who answers for its service.

use super::finish;
use crate::{
    fields::Fields,
    pages::{
        opening::{ADVANCE, ANSWER, BACK, SIGN},
        site::page,
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{Problem, openings};

pub(crate) async fn advance(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let to = openings::advance(signed.services(), &signed.op, &code, fields.text("reason")).await?;
        Ok(format!("The site is now in stage {}.", to.title()))
    };
    to_site(&signed, &code, ADVANCE, &fields, act).await
}

pub(crate) async fn back(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let to = openings::back(signed.services(), &signed.op, &code, fields.text("reason")).await?;
        Ok(format!("The site is back in stage {}.", to.title()))
    };
    to_site(&signed, &code, BACK, &fields, act).await
}

pub(crate) async fn answer(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let (owner, share, reason) = (fields.text("owner"), fields.text("share"), fields.text("reason"));
        openings::answer_for(signed.services(), &signed.op, &code, owner, share, reason).await?;
        Ok("It is set.".to_owned())
    };
    to_site(&signed, &code, ANSWER, &fields, act).await
}

pub(crate) async fn sign_off(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        openings::sign_off(signed.services(), &signed.op, &code, fields.raw("password")).await?;
        Ok("The service is signed off.".to_owned())
    };
    to_site(&signed, &code, SIGN, &fields, act).await
}

async fn to_site(
    signed: &Signed,
    code: &str,
    form: &str,
    fields: &Fields,
    act: impl Future<Output = Result<String, Problem>>,
) -> Answer {
    let here = format!("/sites/{code}");
    finish(signed, &here, form, fields, act, async |again| page(signed, code, &again).await).await
}
