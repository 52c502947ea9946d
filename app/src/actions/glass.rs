//! Breaking glass and putting it back.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::glass::{BREAK, page},
    visitor::{Answer, Signed},
};
use services::glass;

const HERE: &str = "/glass";

pub(crate) async fn open(signed: Signed, fields: Fields) -> Answer {
    let text = |name| fields.text(name).to_owned();
    let (reason, minutes, password) = (text("reason"), text("minutes"), fields.raw("password").to_owned());
    let act = glass::open(signed.services(), &signed.op, &reason, &minutes, &password);
    match once(signed.services(), &fields, act).await {
        Ok(number) => {
            signed.done(HERE, &format!("BG-{number} is broken. Every administrator has been told.")).await
        }
        Err(Stop::Repeated) => signed.repeated(HERE).await,
        Err(Stop::Refused(problem)) => page(&signed, &Attempt::refused(BREAK, fields, problem)).await,
    }
}

pub(crate) async fn close(signed: Signed, fields: Fields) -> Answer {
    match once(signed.services(), &fields, glass::close(signed.services(), &signed.op)).await {
        Ok(()) => signed.done(HERE, "Put back.").await,
        Err(Stop::Repeated) => signed.repeated(HERE).await,
        Err(Stop::Refused(problem)) => page(&signed, &Attempt::refused("close-glass", fields, problem)).await,
    }
}
