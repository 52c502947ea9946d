//! Planning a cutover, deciding about it, and carrying it out.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::cutover::{DECIDE, ON_CALL, PLAN, REMOVE, page, step_page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{Code, Finding};
use services::{
    Kind, Problem,
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
    match once(signed.services(), &fields, act).await {
        // One that is changed has a page of its own, where its form is.
        Err(Stop::Refused(problem)) if !number.is_empty() && problem.kind != Kind::Forbidden => {
            step_page(&signed, &code, &number, &Attempt::refused(PLAN, fields, problem)).await
        }
        outcome => finish(&signed, &code, PLAN, fields, outcome, "The plan is changed.").await,
    }
}

pub(crate) async fn remove(
    signed: Signed,
    Path((code, number)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let number = read(&number)?;
    let act = cutovers::remove(signed.services(), &signed.op, &code, number);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, REMOVE, fields, outcome, "The step is out of the plan.").await
}

pub(crate) async fn on_call(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = cutovers::on_call(signed.services(), &signed.op, &code, fields.text("on_call"));
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, ON_CALL, fields, outcome, "The approver on call is set.").await
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
        cutovers::decide(signed.services(), &signed.op, &code, go, fields.text("reason")).await
    };
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, DECIDE, fields, outcome, "It is decided.").await
}

pub(crate) async fn begin(
    signed: Signed,
    Path((code, number)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let number = read(&number)?;
    let act = cutovers::begin(signed.services(), &signed.op, &code, number);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, "begin", fields, outcome, "The step has begun.").await
}

pub(crate) async fn end(
    signed: Signed,
    Path((code, number)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let number = read(&number)?;
    let act = cutovers::end(signed.services(), &signed.op, &code, number);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, "end", fields, outcome, "The step has ended.").await
}

fn read(number: &str) -> Result<i64, Problem> {
    number.parse().map_err(|_| Problem::not_found("step"))
}

async fn finish(
    signed: &Signed,
    code: &str,
    form: &'static str,
    fields: Fields,
    outcome: Result<(), Stop>,
    said: &str,
) -> Answer {
    let path = format!("/sites/{code}/cutover");
    match outcome {
        Ok(()) => signed.done(&path, said).await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => page(signed, code, &Attempt::refused(form, fields, problem)).await,
    }
}
