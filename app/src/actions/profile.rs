//! Giving an extension a profile.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{number::one::page, profile::SET},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::profile::Typed;
use services::{Kind, profiles};

/// What is said when a change of who rings has become a draft.
pub(super) const ASKED: &str = "It changes who rings, so a draft is made. Read its plan, then submit it.";

pub(crate) async fn set(signed: Signed, Path(number): Path<String>, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let typed = Typed {
        voicemail: text("voicemail"),
        conferencing: text("conferencing"),
        shared: text("shared"),
        caller_id: text("caller_id"),
        schedule: text("schedule"),
        closed: text("closed"),
        forward_always: text("forward_always"),
        forward_busy: text("forward_busy"),
        forward_no_answer: text("forward_no_answer"),
        seconds: text("seconds"),
        forward_unregistered: text("forward_unregistered"),
    };
    let act = profiles::set(signed.services(), &signed.op, &number, &typed, fields.text("reason"));
    let path = format!("/numbers/{number}");
    match once(signed.services(), &fields, act).await {
        Ok(None) => signed.done(&path, "The profile is set.").await,
        Ok(Some(request)) => signed.done(&format!("/requests/{request}"), ASKED).await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        // Whoever may not is not told whether there is such an extension.
        Err(Stop::Refused(problem)) if problem.kind == Kind::Forbidden => Err(problem.into()),
        Err(Stop::Refused(problem)) => page(&signed, &number, &Attempt::refused(SET, fields, problem)).await,
    }
}
