//! Who does a step of an opening, and that it is done.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::step::{CHANGE, page, path},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{
    Kind, Problem,
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
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, (&site, &kind), CHANGE, fields, outcome, "The step is changed.").await
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
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, (&site, &kind), verb.word(), fields, outcome, said).await
}

async fn finish(
    signed: &Signed,
    (site, kind): (&str, &str),
    form: &'static str,
    fields: Fields,
    outcome: Result<(), Stop>,
    said: &str,
) -> Answer {
    match outcome {
        Ok(()) => signed.done(&format!("/sites/{site}"), said).await,
        Err(Stop::Repeated) => signed.repeated(&path(site, kind)).await,
        // Whoever may not is not told whether there is such a site.
        Err(Stop::Refused(problem)) if problem.kind == Kind::Forbidden => Err(problem.into()),
        Err(Stop::Refused(problem)) => {
            page(signed, site, kind, &Attempt::refused(form, fields, problem)).await
        }
    }
}
