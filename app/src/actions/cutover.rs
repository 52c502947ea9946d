//! Planning a cutover, deciding about it, and carrying it out.

use super::finish;
use crate::{
    fields::{Attempt, Fields},
    pages::cutover::{DECIDE, ON_CALL, PLAN, REMOVE, page, step_page},
    visitor::{Answer, Signed},
};
use axum::{extract::Path, http::StatusCode};
use domain::{Code, Finding};
use services::{
    Problem,
    cutovers::{self, TimedInput},
};

pub(crate) async fn plan(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = TimedInput {
        number: text("number"),
        title: text("title"),
        owner: text("owner"),
        planned: text("planned"),
        minutes: text("minutes"),
        back_out: !fields.text("back_out").is_empty(),
    };
    let number = input.number.clone();
    let act = cutovers::put(signed.services(), &signed.op, &code, &input);
    let act = async { Box::pin(act).await.map(|()| "The plan is changed.") };
    let again = async |again: Attempt| {
        // One that is changed has a page of its own, where its form is.
        if number.is_empty() || again.status() == StatusCode::FORBIDDEN {
            page(&signed, &code, &again).await
        } else {
            step_page(&signed, &code, &number, &again).await
        }
    };
    finish(&signed, &format!("/sites/{code}/cutover"), PLAN, &fields, act, again).await
}

pub(crate) async fn remove(
    signed: Signed,
    Path((code, number)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let number = read(&number)?;
    let act = cutovers::remove(signed.services(), &signed.op, &code, number);
    back(&signed, &code, REMOVE, &fields, act, "The step is out of the plan.").await
}

pub(crate) async fn on_call(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = cutovers::on_call(signed.services(), &signed.op, &code, fields.text("on_call"));
    back(&signed, &code, ON_CALL, &fields, act, "The approver on call is set.").await
}

pub(crate) async fn decide(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = async {
        let go = match fields.text("decision") {
            "go" => true,
            "no-go" => false,
            _ => {
                let allowed = Finding::new(Code::StateInvalid, "decision").detail("Allowed: go, no-go.");
                return Err(Problem::from(allowed));
            }
        };
        let (reason, password) = (fields.text("reason"), fields.raw("password"));
        cutovers::decide(signed.services(), &signed.op, &code, go, reason, password).await
    };
    back(&signed, &code, DECIDE, &fields, act, "It is decided.").await
}

pub(crate) async fn begin(
    signed: Signed,
    Path((code, number)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let number = read(&number)?;
    let act = cutovers::begin(signed.services(), &signed.op, &code, number);
    back(&signed, &code, "begin", &fields, act, "The step has begun.").await
}

pub(crate) async fn end(
    signed: Signed,
    Path((code, number)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let number = read(&number)?;
    let act = cutovers::end(signed.services(), &signed.op, &code, number);
    back(&signed, &code, "end", &fields, act, "The step has ended.").await
}

fn read(number: &str) -> Result<i64, Problem> {
    number.parse().map_err(|_| Problem::not_found("step"))
}

async fn back(
    signed: &Signed,
    code: &str,
    form: &str,
    fields: &Fields,
    act: impl Future<Output = Result<(), Problem>>,
    said: &str,
) -> Answer {
    let here = format!("/sites/{code}/cutover");
    let act = async { Box::pin(act).await.map(|()| said) };
    finish(signed, &here, form, fields, act, async |again| page(signed, code, &again).await).await
}
