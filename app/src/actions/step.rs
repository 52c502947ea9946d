//! Who does a step of an opening, and that it is done.

use super::finish;
use crate::{
    fields::{Attempt, Fields},
    pages::step::{CHANGE, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{
    Problem,
    steps::{self, StepInput, Verb},
};

pub(crate) async fn change(
    signed: Signed,
    Path((site, kind)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let input = StepInput {
        owner: fields.text("owner").to_owned(),
        due: fields.text("due").to_owned(),
        needs: fields.all("needs").map(str::to_owned).collect(),
    };
    let act = steps::change(signed.services(), &signed.op, &site, &kind, &input);
    back(&signed, (&site, &kind), CHANGE, &fields, act, "The step is changed.").await
}

pub(crate) async fn say(
    signed: Signed,
    Path((site, kind, verb)): Path<(String, String, String)>,
    fields: Fields,
) -> Answer {
    let verb = Verb::parse(&verb).ok_or_else(|| Problem::not_found("page"))?;
    let reason = fields.text("reason");
    let act = steps::say(signed.services(), &signed.op, &site, &kind, verb, reason);
    let said = match verb {
        Verb::Done => "The step is done.",
        Verb::Drop => "The step is not needed.",
        Verb::Reopen => "The step is open again.",
    };
    back(&signed, (&site, &kind), verb.word(), &fields, act, said).await
}

/// Back to the board; what is refused, to the step.
async fn back(
    signed: &Signed,
    (site, kind): (&str, &str),
    form: &str,
    fields: &Fields,
    act: impl Future<Output = Result<(), Problem>>,
    said: &str,
) -> Answer {
    let act = async { Box::pin(act).await.map(|()| said) };
    let again = async |again: Attempt| page(signed, site, kind, &again.for_who_may()?).await;
    finish(signed, &format!("/sites/{site}"), form, fields, act, again).await
}
