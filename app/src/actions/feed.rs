//! Bringing a feed of the directory; releasing, applying and dismissing it; and what one may end.

use super::{finish, import::read};
use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::feed::{APPLY, DISMISS, DROP, LIMIT, RAISE, RELEASE, STAGE, list_page, one::page, path},
    visitor::{Answer, Signed},
};
use axum::extract::{Multipart, Path};
use domain::{Code, Finding, Timestamp};
use services::{Kind, Problem, feeds};

const FEEDS: &str = "/feeds";

pub(crate) async fn stage(signed: Signed, parts: Multipart) -> Answer {
    let (fields, uploads) = match read(parts).await {
        Ok(read) => read,
        Err(error) => {
            let finding = Finding::new(Code::FormInvalid, "files").detail(error.body_text());
            let problem = Problem::new(Kind::Invalid, finding);
            return list_page(&signed, &Attempt::refused(STAGE, Fields::default(), problem)).await;
        }
    };
    let act = async {
        let mut uploads = uploads.into_iter();
        let (Some(upload), None) = (uploads.next(), uploads.next()) else {
            let says = "Choose one file.";
            return Err(Finding::new(Code::ImportEmpty, "files").detail(says).into());
        };
        let as_of = match fields.text("as_of") {
            "" => None,
            text => Some(Timestamp::parse(text).ok_or_else(|| {
                Finding::new(Code::FormInvalid, "as_of").detail("Write the time in UTC, as 2026-11-23T04:20.")
            })?),
        };
        feeds::stage(signed.services(), &signed.op, upload, as_of).await
    };
    match once(signed.services(), &fields, act).await {
        Ok(number) => signed.done(&path(number), "The feed is read. Nothing is changed yet.").await,
        Err(Stop::Repeated) => signed.repeated(FEEDS).await,
        Err(Stop::Refused(problem)) => list_page(&signed, &Attempt::refused(STAGE, fields, problem)).await,
    }
}

pub(crate) async fn apply(signed: Signed, Path(number): Path<i64>, fields: Fields) -> Answer {
    let act = feeds::apply(signed.services(), &signed.op, number);
    match once(signed.services(), &fields, act).await {
        Ok(asked) if asked.is_empty() => signed.done(&path(number), "The feed is applied.").await,
        Ok(asked) => {
            let said = format!(
                "The feed is applied. {} lines wait to be revoked, for somebody else to approve.",
                asked.len()
            );
            signed.done(&path(number), &said).await
        }
        other => stopped(&signed, number, APPLY, fields, other.map(drop)).await,
    }
}

pub(crate) async fn release(signed: Signed, Path(number): Path<i64>, fields: Fields) -> Answer {
    let (password, reason) = (fields.raw("password"), fields.text("reason"));
    let act = feeds::release(signed.services(), &signed.op, number, password, reason);
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path(number), "The feed is released.").await,
        other => stopped(&signed, number, RELEASE, fields, other).await,
    }
}

pub(crate) async fn dismiss(signed: Signed, Path(number): Path<i64>, fields: Fields) -> Answer {
    let act = feeds::dismiss(signed.services(), &signed.op, number, fields.text("reason"));
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path(number), "The feed is dismissed.").await,
        other => stopped(&signed, number, DISMISS, fields, other).await,
    }
}

async fn stopped(
    signed: &Signed,
    number: i64,
    form: &'static str,
    fields: Fields,
    outcome: Result<(), Stop>,
) -> Answer {
    match outcome {
        Ok(()) | Err(Stop::Repeated) => signed.repeated(&path(number)).await,
        // Whoever may not is not told whether there is such a feed.
        Err(Stop::Refused(problem)) if problem.code() == Code::Forbidden => Err(problem.into()),
        Err(Stop::Refused(problem)) => page(signed, number, &Attempt::refused(form, fields, problem)).await,
    }
}

pub(crate) async fn limit(signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let (accounts, percent) = (text("accounts"), text("percent"));
    let act = feeds::set_limit(signed.services(), &signed.op, &accounts, &percent, fields.text("reason"));
    match once(signed.services(), &fields, act).await {
        Ok(true) => signed.done(FEEDS, "The limit is set.").await,
        Ok(false) => signed.done(FEEDS, "Asked for. Somebody else has to let the higher limit hold.").await,
        Err(Stop::Repeated) => signed.repeated(FEEDS).await,
        Err(Stop::Refused(problem)) => list_page(&signed, &Attempt::refused(LIMIT, fields, problem)).await,
    }
}

pub(crate) async fn approve_raise(signed: Signed, fields: Fields) -> Answer {
    let (accounts, percent) = (fields.text("accounts"), fields.text("percent"));
    let password = fields.raw("password");
    let act = async {
        feeds::approve_raise(signed.services(), &signed.op, accounts, percent, password).await?;
        Ok("The higher limit holds.")
    };
    finish(&signed, FEEDS, RAISE, &fields, act, async |again| list_page(&signed, &again).await).await
}

pub(crate) async fn drop_raise(signed: Signed, fields: Fields) -> Answer {
    let act = async {
        feeds::drop_raise(signed.services(), &signed.op, fields.text("reason")).await?;
        Ok("The limit stays as it is.")
    };
    finish(&signed, FEEDS, DROP, &fields, act, async |again| list_page(&signed, &again).await).await
}
