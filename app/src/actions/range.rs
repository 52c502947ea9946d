//! Defining, altering and giving up a number range.

use super::finish;
use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::range::{ALTER, DEFINE, REMOVE, list_page, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::numbers::{ranges, view::RangeInput};

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
    let (first, last, reason) = (fields.text("first"), fields.text("last"), fields.text("reason"));
    let act = ranges::alter(signed.services(), &signed.op, &id, first, last, reason);
    let act = async { Box::pin(act).await.map(|()| "The range is altered.") };
    let again = async |again: Attempt| page(&signed, &id, &again.for_who_may()?).await;
    finish(&signed, &format!("{RANGES}/{id}"), ALTER, &fields, act, again).await
}

pub(crate) async fn remove(signed: Signed, Path(id): Path<String>, fields: Fields) -> Answer {
    let act = ranges::remove(signed.services(), &signed.op, &id, fields.text("reason"));
    let act = async { Box::pin(act).await.map(|()| "The range is given up.") };
    let again = async |again: Attempt| page(&signed, &id, &again.for_who_may()?).await;
    finish(&signed, RANGES, REMOVE, &fields, act, again).await
}
