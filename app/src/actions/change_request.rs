//! What is done with a change request.

use super::{finish, import};
use crate::{
    components::conversation::COMMENT,
    fields::{Attempt, Fields, Stop, once},
    pages::{
        bulk,
        change_request::{number, page},
        decide, draft, selection,
    },
    visitor::{Answer, Signed},
};
use axum::extract::{Multipart, Path};
use domain::{Code, Finding, Timestamp};
use services::{
    Problem,
    change_requests::{self, About, SelectionInput},
    glass,
    layers::ExceptionInput,
    view::{BulkInput, DeviceFilter, RequestInput},
};

/// Makes a draft, unless the form was sent before, and goes to it. What is refused is shown `again`.
async fn drafted(
    signed: &Signed,
    form: &str,
    fields: &Fields,
    act: impl Future<Output = services::Result<i64>>,
    again: impl AsyncFnOnce(Attempt) -> Answer,
) -> Answer {
    match once(signed.services(), fields, Box::pin(act)).await {
        Ok(number) => {
            signed
                .done(&format!("/requests/{number}"), "The draft is made. Read its plan, then submit it.")
                .await
        }
        Err(Stop::Repeated) => signed.repeated("/requests?tab=mine").await,
        Err(Stop::Refused(problem)) => again(Attempt::refused(form, fields.clone(), problem)).await,
    }
}

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
    let again = async |attempt| draft::page(&signed, &attempt).await;
    drafted(&signed, draft::FORM, &fields, act, again).await
}

/// Many at once, from a file.
pub(crate) async fn bulk(signed: Signed, parts: Multipart) -> Answer {
    let (fields, files) = match import::read(parts).await {
        Ok(read) => read,
        Err(error) => {
            let finding = Finding::new(Code::ImportTooLarge, "files").detail(error.body_text());
            let problem = Problem::new(services::Kind::Invalid, finding);
            return bulk::page(&signed, &Attempt::refused(bulk::FORM, Fields::default(), problem));
        }
    };
    let input = BulkInput {
        file: files.into_iter().next().map(|file| file.bytes).unwrap_or_default(),
        reason: fields.text("reason").to_owned(),
        external_ref: fields.text("external_ref").to_owned(),
        all_or_nothing: !fields.text("all_or_nothing").is_empty(),
    };
    let act = change_requests::create_bulk(signed.services(), &signed.op, &input);
    let again = async |attempt| bulk::page(&signed, &attempt);
    drafted(&signed, bulk::FORM, &fields, act, again).await
}

/// About every line of the devices that a filter finds.
pub(crate) async fn ask_selected(signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let filter =
        DeviceFilter { site: text("site"), q: text("q"), state: text("state"), ..DeviceFilter::default() };
    let input = SelectionInput {
        filter: filter.clone(),
        seen: text("seen"),
        about: about(&fields),
        ticked: fields.all("ticked").map(str::to_owned).collect(),
        reason: text("reason"),
        external_ref: text("external_ref"),
        all_or_nothing: !fields.text("all_or_nothing").is_empty(),
    };
    let act = change_requests::ask_selected(signed.services(), &signed.op, &input);
    let again = async |attempt| selection::page(&signed, &filter, &attempt).await;
    drafted(&signed, selection::FORM, &fields, act, again).await
}

fn about(fields: &Fields) -> About {
    let text = |name: &str| fields.text(name).to_owned();
    match fields.text("about") {
        "" | "revoke" => About::Revoke,
        "profile" => About::Profile(text("field"), text("value")),
        "class" => About::Class(text("class")),
        "place" => About::Place(text("place")),
        kind => About::Exception(Box::new(ExceptionInput {
            kind: kind.to_owned(),
            key: text("key"),
            line: text("line"),
            number: text("number"),
            label: text("label"),
            seconds: text("seconds"),
            owner: text("owner"),
            expires: text("expires"),
            ..ExceptionInput::default()
        })),
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
    let here = format!("/requests/{number}");
    let act = async { Box::pin(act).await.map(|()| done) };
    finish(signed, &here, form, &fields, act, async |again| page(signed, number, &again).await).await
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

pub(crate) async fn schedule(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let due = Timestamp::parse(fields.text("due")).ok_or_else(|| {
        let finding = Finding::new(Code::FormInvalid, "due");
        finding.detail("Write the time in UTC, as 2026-11-23T04:20.")
    });
    let verb = async { change_requests::schedule(signed.services(), &signed.op, number, due?).await };
    act(&signed, number, decide::SCHEDULE, fields, "Scheduled. It is applied by itself.", verb).await
}

pub(crate) async fn unschedule(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let verb = change_requests::unschedule(signed.services(), &signed.op, number);
    act(&signed, number, "unschedule", fields, "It is not applied by itself any more.", verb).await
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
