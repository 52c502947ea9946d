//! Defining and lifting a freeze.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::freeze::{DEFINE, LIFT, page},
    visitor::{Answer, Signed},
};
use services::freezes::{self, FreezeInput};

const FREEZES: &str = "/freezes";

pub(crate) async fn define(signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = FreezeInput {
        site: text("site"),
        from: text("from"),
        until: text("until"),
        expiries: text("expiries"),
    };
    let act = freezes::define(signed.services(), &signed.op, &input, fields.text("reason"));
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, DEFINE, fields, outcome, "The freeze is defined.").await
}

pub(crate) async fn lift(signed: Signed, fields: Fields) -> Answer {
    let act = freezes::lift(signed.services(), &signed.op, fields.text("freeze"), fields.text("reason"));
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, LIFT, fields, outcome, "The freeze is lifted.").await
}

async fn finish(
    signed: &Signed,
    form: &'static str,
    fields: Fields,
    outcome: Result<(), Stop>,
    said: &str,
) -> Answer {
    match outcome {
        Ok(()) => signed.done(FREEZES, said).await,
        Err(Stop::Repeated) => signed.repeated(FREEZES).await,
        Err(Stop::Refused(problem)) => page(signed, &Attempt::refused(form, fields, problem)).await,
    }
}
