//! Defining, changing and removing a hunt group.

use super::profile::ASKED;
use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::hunt_group::{ALTER, DEFINE, REMOVE, list_page, page, path},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::hunt_group::Typed;
use services::{Kind, hunt_groups};

const GROUPS: &str = "/numbers/groups";

fn typed(fields: &Fields) -> Typed {
    let text = |name: &str| fields.text(name).to_owned();
    Typed {
        code: text("hunt_group"),
        name: text("name"),
        number: text("number"),
        did: text("did"),
        ring: text("ring"),
        seconds: text("seconds"),
        members: text("members"),
        schedule: text("schedule"),
        closed: text("closed"),
        otherwise: text("otherwise"),
    }
}

pub(crate) async fn define(signed: Signed, fields: Fields) -> Answer {
    let typed = typed(&fields);
    let (site, reason) = (fields.text("site"), fields.text("reason"));
    let act = hunt_groups::define(signed.services(), &signed.op, site, &typed, reason);
    match once(signed.services(), &fields, act).await {
        Ok(request) => signed.done(&format!("/requests/{request}"), ASKED).await,
        Err(Stop::Repeated) => signed.repeated(GROUPS).await,
        Err(Stop::Refused(problem)) => list_page(&signed, &Attempt::refused(DEFINE, fields, problem)).await,
    }
}

pub(crate) async fn alter(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let typed = typed(&fields);
    let act = hunt_groups::alter(signed.services(), &signed.op, &code, &typed, fields.text("reason"));
    let path = path(&code);
    match once(signed.services(), &fields, act).await {
        Ok(None) => signed.done(&path, "The group is changed.").await,
        Ok(Some(request)) => signed.done(&format!("/requests/{request}"), ASKED).await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        // Whoever may not is not told whether there is such a group.
        Err(Stop::Refused(problem)) if problem.kind == Kind::Forbidden => Err(problem.into()),
        Err(Stop::Refused(problem)) => page(&signed, &code, &Attempt::refused(ALTER, fields, problem)).await,
    }
}

pub(crate) async fn remove(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = hunt_groups::remove(signed.services(), &signed.op, &code, fields.text("reason"));
    match once(signed.services(), &fields, act).await {
        Ok(request) => signed.done(&format!("/requests/{request}"), ASKED).await,
        Err(Stop::Repeated) => signed.repeated(GROUPS).await,
        // Whoever may not is not told whether there is such a group.
        Err(Stop::Refused(problem)) if problem.kind == Kind::Forbidden => Err(problem.into()),
        Err(Stop::Refused(problem)) => page(&signed, &code, &Attempt::refused(REMOVE, fields, problem)).await,
    }
}
