//! Defining, altering and giving up a number range.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::range::{ALTER, DEFINE, REMOVE, list_page, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{
    Kind,
    numbers::{ranges, view::RangeInput},
};

const RANGES: &str = "/numbers/ranges";

pub(crate) async fn define(signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input =
        RangeInput { site: text("site"), kind: text("kind"), first: text("first"), last: text("last") };
    let act = ranges::define(signed.services(), &signed.op, &input, fields.text("reason"));
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(RANGES, "The range is defined.").await,
        Err(Stop::Repeated) => signed.repeated(RANGES).await,
        Err(Stop::Refused(problem)) => list_page(&signed, &Attempt::refused(DEFINE, fields, problem)).await,
    }
}

pub(crate) async fn alter(signed: Signed, Path(id): Path<String>, fields: Fields) -> Answer {
    let path = format!("{RANGES}/{id}");
    let (first, last, reason) = (fields.text("first"), fields.text("last"), fields.text("reason"));
    let act = ranges::alter(signed.services(), &signed.op, &id, first, last, reason);
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path, "The range is altered.").await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        // Whoever may not is not told whether there is such a range.
        Err(Stop::Refused(problem)) if problem.kind == Kind::Forbidden => Err(problem.into()),
        Err(Stop::Refused(problem)) => page(&signed, &id, &Attempt::refused(ALTER, fields, problem)).await,
    }
}

pub(crate) async fn remove(signed: Signed, Path(id): Path<String>, fields: Fields) -> Answer {
    let act = ranges::remove(signed.services(), &signed.op, &id, fields.text("reason"));
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(RANGES, "The range is given up.").await,
        Err(Stop::Repeated) => signed.repeated(RANGES).await,
        // Whoever may not is not told whether there is such a range.
        Err(Stop::Refused(problem)) if problem.kind == Kind::Forbidden => Err(problem.into()),
        Err(Stop::Refused(problem)) => page(&signed, &id, &Attempt::refused(REMOVE, fields, problem)).await,
    }
}
