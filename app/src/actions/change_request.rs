//! What is done with a change request.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{
        change_request::{COMMENT, number, page},
        decide, draft,
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{Problem, change_requests, glass, view::RequestInput};

pub(crate) async fn create(signed: Signed, fields: Fields) -> Answer {
    let input = RequestInput {
        kind: fields.text("kind").to_owned(),
        mac: fields.text("mac").to_owned(),
        index: fields.text("index").to_owned(),
        extension: fields.text("extension").to_owned(),
        to_mac: fields.text("to_mac").to_owned(),
        to_index: fields.text("to_index").to_owned(),
        reason: fields.text("reason").to_owned(),
        external_ref: fields.text("external_ref").to_owned(),
        instead_of: fields.text("instead_of").to_owned(),
    };
    let act = change_requests::create(signed.services(), &signed.op, &input);
    match once(signed.services(), &fields, act).await {
        Ok(number) => {
            signed
                .done(&format!("/requests/{number}"), "The draft is made. Read its plan, then submit it.")
                .await
        }
        Err(Stop::Repeated) => signed.repeated("/requests?tab=mine").await,
        Err(Stop::Refused(problem)) => {
            draft::page(&signed, &Attempt::refused(draft::FORM, fields, problem)).await
        }
    }
}

/// Every other verb leads back to the request.
async fn act(
    signed: &Signed,
    number: i64,
    form: &str,
    fields: Fields,
    done: &str,
    act: impl Future<Output = Result<(), Problem>>,
) -> Answer {
    let path = format!("/requests/{number}");
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path, done).await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => page(signed, number, &Attempt::refused(form, fields, problem)).await,
    }
}

pub(crate) async fn edit(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let (reason, ticket) = (fields.text("reason").to_owned(), fields.text("external_ref").to_owned());
    let verb = change_requests::edit(signed.services(), &signed.op, number, &reason, &ticket);
    act(&signed, number, decide::EDIT, fields, "Edited.", verb).await
}

pub(crate) async fn comment(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let body = fields.text("comment").to_owned();
    let verb = change_requests::comment(signed.services(), &signed.op, number, &body);
    act(&signed, number, COMMENT, fields, "Said.", verb).await
}

pub(crate) async fn submit(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let verb = change_requests::submit(signed.services(), &signed.op, number);
    act(&signed, number, "submit", fields, "Submitted. An approver can look at it now.", verb).await
}

pub(crate) async fn approve(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let (digest, password) = (fields.text("digest").to_owned(), fields.raw("password").to_owned());
    let verb = change_requests::approve(signed.services(), &signed.op, number, &digest, &password);
    act(
        &signed,
        number,
        decide::APPROVE,
        fields,
        "Approved. Once nothing is missing it can be applied.",
        verb,
    )
    .await
}

pub(crate) async fn reject(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let reason = fields.text("reason").to_owned();
    let verb = change_requests::reject(signed.services(), &signed.op, number, &reason);
    act(&signed, number, decide::REJECT, fields, "Rejected.", verb).await
}

pub(crate) async fn withdraw(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let verb = change_requests::withdraw(signed.services(), &signed.op, number);
    act(&signed, number, "withdraw", fields, "Withdrawn.", verb).await
}

pub(crate) async fn apply(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let verb = change_requests::apply(signed.services(), &signed.op, number);
    act(&signed, number, "apply", fields, "Applied. The phone gets it at its next fetch.", verb).await
}

pub(crate) async fn apply_under_glass(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let verb = glass::apply(signed.services(), &signed.op, number);
    act(
        &signed,
        number,
        "apply-under-glass",
        fields,
        "Applied under broken glass. Somebody else reviews it.",
        verb,
    )
    .await
}
