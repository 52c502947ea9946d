//! Defining, changing and removing a schedule.

use super::{finish, profile::ASKED};
use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::schedule::{ALTER, DEFINE, REMOVE, list_page, page, path},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::schedules::{self, ScheduleInput};

const SCHEDULES: &str = "/numbers/schedules";

fn input(fields: &Fields) -> ScheduleInput {
    let text = |name: &str| fields.text(name).to_owned();
    ScheduleInput {
        site: text("site"),
        code: text("code"),
        name: text("name"),
        time_zone: text("time_zone"),
        hours: text("hours"),
        holidays: text("holidays"),
    }
}

pub(crate) async fn define(signed: Signed, fields: Fields) -> Answer {
    let input = input(&fields);
    let act = schedules::define(signed.services(), &signed.op, &input, fields.text("reason"));
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path(&input.code), "The schedule is defined.").await,
        Err(Stop::Repeated) => signed.repeated(SCHEDULES).await,
        Err(Stop::Refused(problem)) => list_page(&signed, &Attempt::refused(DEFINE, fields, problem)).await,
    }
}

pub(crate) async fn alter(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let input = input(&fields);
    let act = schedules::alter(signed.services(), &signed.op, &code, &input, fields.text("reason"));
    let path = path(&code);
    match once(signed.services(), &fields, act).await {
        Ok(None) => signed.done(&path, "The schedule is changed.").await,
        Ok(Some(request)) => signed.done(&format!("/requests/{request}"), ASKED).await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => {
            page(&signed, &code, &Attempt::refused(ALTER, fields, problem).for_who_may()?).await
        }
    }
}

pub(crate) async fn remove(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let act = schedules::remove(signed.services(), &signed.op, &code, fields.text("reason"));
    let act = async { Box::pin(act).await.map(|()| "The schedule is removed.") };
    let again = async |again: Attempt| page(&signed, &code, &again.for_who_may()?).await;
    finish(&signed, SCHEDULES, REMOVE, &fields, act, again).await
}
