//! Saying what a review found.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{
        change_request::number,
        review::{form_of, page},
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::reviews;

pub(crate) async fn say(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let (verdict, note) = (fields.text("verdict").to_owned(), fields.text("note").to_owned());
    let act = reviews::review(signed.services(), &signed.op, number, &verdict, &note);
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done("/reviews", "Reviewed.").await,
        Err(Stop::Repeated) => signed.repeated("/reviews").await,
        Err(Stop::Refused(problem)) => {
            page(&signed, &Attempt::refused(form_of(number), fields, problem)).await
        }
    }
}
