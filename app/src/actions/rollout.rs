//! What people do to rollouts, and how the next ones run.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::rollout::{
        self, POLICY,
        one::{self, number},
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{
    Problem,
    rollouts::{self, PolicyInput},
};

const ROLLOUTS: &str = "/rollouts";

pub(crate) async fn policy(signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = PolicyInput {
        at_once: text("at_once"),
        waves: text("waves"),
        fleet: text("fleet"),
        site: text("site"),
        source: text("source"),
        jitter: text("jitter"),
        window: text("window"),
        seen_within: text("seen_within"),
        within: text("within"),
        wait: text("wait"),
    };
    let act = rollouts::set_policy(signed.services(), &signed.op, &input, fields.text("reason"));
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(ROLLOUTS, "The next rollouts run so.").await,
        Err(Stop::Repeated) => signed.repeated(ROLLOUTS).await,
        Err(Stop::Refused(problem)) => {
            let attempt = Attempt::refused(POLICY, fields, problem);
            rollout::page(&signed, &rollout::Place::default(), &attempt).await
        }
    }
}

/// A verb that does not exist is not found.
pub(crate) async fn act(
    signed: Signed,
    Path((text, verb)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (services, op, number) = (signed.services(), &signed.op, number(&text)?);
    let here = format!("/rollouts/{number}");
    let why = fields.text("reason");
    let (said, outcome) = match verb.as_str() {
        "pause" => {
            ("It is paused.", once(services, &fields, rollouts::pause(services, op, number, why)).await)
        }
        "resume" => {
            ("It goes on.", once(services, &fields, rollouts::resume(services, op, number, why)).await)
        }
        "retry" => (
            "They have their time again.",
            once(services, &fields, rollouts::retry(services, op, number, why)).await,
        ),
        "skip" => {
            let skip = rollouts::skip(services, op, number, fields.text("mac"), why);
            ("Skipped.", once(services, &fields, skip).await)
        }
        "abort" => (
            "It is aborted. Phones that have the change are put back.",
            once(services, &fields, rollouts::abort(services, op, number, why)).await,
        ),
        _ => return Err(Problem::not_found("page").into()),
    };
    match outcome {
        Ok(()) => signed.done(&here, said).await,
        Err(Stop::Repeated) => signed.repeated(&here).await,
        Err(Stop::Refused(problem)) => {
            let attempt = Attempt::refused(verb, fields, problem);
            one::page(&signed, number, &one::Place::default(), &attempt).await
        }
    }
}
