//! What is done with what is approved in advance.

use super::finish;
use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{
        advance::{
            APPROVE, CARRY_OUT, END, PROPOSE_STANDARD, PROPOSE_STANDING, Place, REJECT, list_page, page,
        },
        change_request::number,
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{
    Problem,
    advances::{self, AdvanceInput, Carried, StandardInput},
};

const HERE: &str = "/advances";

pub(crate) async fn propose(signed: Signed, fields: Fields) -> Answer {
    let text = |name| fields.text(name).to_owned();
    let input = AdvanceInput {
        kind: text("kind"),
        name: text("name"),
        change: text("change"),
        sites: text("sites"),
        models: text("models"),
        first: text("first"),
        last: text("last"),
        owners: text("owners"),
        count: text("count"),
        until: text("until"),
        stops_at: text("stops_at"),
        reason: text("reason"),
    };
    let form = if input.kind == "standard" { PROPOSE_STANDARD } else { PROPOSE_STANDING };
    let act = advances::propose(signed.services(), &signed.op, &input);
    match once(signed.services(), &fields, act).await {
        Ok(number) => {
            signed.done(&format!("{HERE}/{number}"), "Proposed. Somebody else has to approve it.").await
        }
        Err(Stop::Repeated) => signed.repeated(HERE).await,
        Err(Stop::Refused(problem)) => {
            list_page(&signed, &Place::default(), &Attempt::refused(form, fields, problem)).await
        }
    }
}

pub(crate) async fn carry_out(signed: Signed, fields: Fields) -> Answer {
    let text = |name| fields.text(name).to_owned();
    let input = StandardInput {
        advance: text("advance"),
        mac: text("mac"),
        index: text("index"),
        new_mac: text("new_mac"),
        old_serial: text("old_serial"),
        new_serial: text("new_serial"),
        reason: text("reason"),
    };
    let act = advances::carry_out(signed.services(), &signed.op, &input);
    match once(signed.services(), &fields, act).await {
        Ok(Carried { case: Some(case), .. }) => {
            let done = "The old handset's credential is rotated. Its lines move by themselves once it is dead at the platform; somebody reviews it tomorrow.";
            signed.done(&format!("/exceptions/{case}"), done).await
        }
        Ok(Carried { request, case: None }) => {
            let done = "Applied. The phone gets it at its next fetch; somebody reviews it tomorrow.";
            signed.done(&format!("/requests/{request}"), done).await
        }
        Err(Stop::Repeated) => signed.repeated(HERE).await,
        Err(Stop::Refused(problem)) => {
            list_page(&signed, &Place::default(), &Attempt::refused(CARRY_OUT, fields, problem)).await
        }
    }
}

/// Every other verb leads back to it.
async fn act(
    signed: &Signed,
    number: i64,
    form: &str,
    fields: Fields,
    done: &str,
    act: impl Future<Output = Result<(), Problem>>,
) -> Answer {
    let here = format!("{HERE}/{number}");
    let act = async { Box::pin(act).await.map(|()| done) };
    finish(signed, &here, form, &fields, act, async |again| page(signed, number, &again).await).await
}

pub(crate) async fn approve(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let (digest, password) = (fields.text("digest").to_owned(), fields.raw("password").to_owned());
    let verb = advances::approve(signed.services(), &signed.op, number, &digest, &password);
    act(&signed, number, APPROVE, fields, "Approved. What is enough holds at once.", verb).await
}

pub(crate) async fn reject(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let reason = fields.text("reason").to_owned();
    let verb = advances::reject(signed.services(), &signed.op, number, &reason);
    act(&signed, number, REJECT, fields, "Rejected.", verb).await
}

pub(crate) async fn withdraw(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let verb = advances::withdraw(signed.services(), &signed.op, number);
    act(&signed, number, "withdraw-advance", fields, "Withdrawn.", verb).await
}

pub(crate) async fn end(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let reason = fields.text("reason").to_owned();
    let verb = advances::end(signed.services(), &signed.op, number, &reason);
    act(&signed, number, END, fields, "Ended.", verb).await
}
