//! Defining and lifting a freeze.

use super::finish;
use crate::{
    fields::Fields,
    pages::freeze::{DEFINE, LIFT, page},
    visitor::{Answer, Signed},
};
use services::{
    Problem,
    freezes::{self, FreezeInput},
};

pub(crate) async fn define(signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = FreezeInput {
        site: text("site"),
        from: text("from"),
        until: text("until"),
        expiries: text("expiries"),
    };
    let act = freezes::define(signed.services(), &signed.op, &input, fields.text("reason"));
    back(&signed, DEFINE, &fields, act, "The freeze is defined.").await
}

pub(crate) async fn lift(signed: Signed, fields: Fields) -> Answer {
    let act = freezes::lift(signed.services(), &signed.op, fields.text("freeze"), fields.text("reason"));
    back(&signed, LIFT, &fields, act, "The freeze is lifted.").await
}

async fn back(
    signed: &Signed,
    form: &str,
    fields: &Fields,
    act: impl Future<Output = Result<(), Problem>>,
    said: &str,
) -> Answer {
    let act = async { Box::pin(act).await.map(|()| said) };
    finish(signed, "/freezes", form, fields, act, async |again| page(signed, &again).await).await
}
