//! Taking, handing over, moving on and closing a case; reporting one; saying how long they took by hand.

use super::finish;
use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{
        change_request::number,
        exception::{
            ADVANCE, ASSIGN, BASELINE, CLOSE, FOUND, LOSS, REPORT, loss_page, measures_page, page,
            report_page,
        },
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{
    Problem,
    exceptions::{self, ReportInput},
    losses,
};

/// Back to the case that an act was about.
pub(crate) async fn to_case(
    signed: &Signed,
    number: i64,
    form: &'static str,
    fields: Fields,
    act: impl Future<Output = Result<(), Problem>>,
    said: &str,
) -> Answer {
    let here = format!("/exceptions/{number}");
    let act = async { Box::pin(act).await.map(|()| said) };
    finish(signed, &here, form, &fields, act, async |again| page(signed, number, &again).await).await
}

pub(crate) async fn take(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let act = exceptions::take(signed.services(), &signed.op, number);
    to_case(&signed, number, "take", fields, act, "It is yours.").await
}

pub(crate) async fn assign(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let to = fields.text("to").to_owned();
    let act = exceptions::assign(signed.services(), &signed.op, number, &to);
    to_case(&signed, number, ASSIGN, fields, act, "Handed over.").await
}

pub(crate) async fn advance(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let (seen, found) = (fields.text("seen").to_owned(), fields.text("found").to_owned());
    let act = exceptions::advance(signed.services(), &signed.op, number, &seen, &found);
    to_case(&signed, number, ADVANCE, fields, act, "Written down.").await
}

pub(crate) async fn close(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let resolution = fields.text("resolution").to_owned();
    let act = exceptions::close(signed.services(), &signed.op, number, &resolution);
    to_case(&signed, number, CLOSE, fields, act, "Closed.").await
}

pub(crate) async fn report(signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = ReportInput {
        kind: text("kind"),
        mac: text("mac"),
        prefix: text("prefix"),
        number: text("number"),
        path: text("path"),
        detail: text("detail"),
    };
    let act = exceptions::report(signed.services(), &signed.op, &input);
    match once(signed.services(), &fields, act).await {
        Ok(number) => signed.done(&format!("/exceptions/{number}"), "The case is open.").await,
        Err(Stop::Repeated) => signed.repeated("/exceptions").await,
        Err(Stop::Refused(problem)) => report_page(&signed, &Attempt::refused(REPORT, fields, problem)).await,
    }
}

pub(crate) async fn lost(signed: Signed, fields: Fields) -> Answer {
    let act = losses::report(signed.services(), &signed.op, fields.text("mac"), fields.text("reason"));
    match once(signed.services(), &fields, act).await {
        Ok(number) => {
            signed
                .done(&format!("/exceptions/{number}"), "Its lines are taken away. Somebody reviews it.")
                .await
        }
        Err(Stop::Repeated) => signed.repeated("/exceptions").await,
        Err(Stop::Refused(problem)) => loss_page(&signed, &Attempt::refused(LOSS, fields, problem)),
    }
}

pub(crate) async fn found(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let number = number(&text)?;
    let how = fields.text("evidence").to_owned();
    let act = losses::found(signed.services(), &signed.op, number, &how);
    to_case(&signed, number, FOUND, fields, act, "It is back in stock.").await
}

pub(crate) async fn set_baseline(signed: Signed, fields: Fields) -> Answer {
    let act =
        exceptions::set_baseline(signed.services(), &signed.op, fields.text("kind"), fields.text("minutes"));
    let act = async { Box::pin(act).await.map(|()| "Set.") };
    let again = async |again| measures_page(&signed, &again).await;
    finish(&signed, "/exceptions/measures", BASELINE, &fields, act, again).await
}
