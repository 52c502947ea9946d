//! Asking for a return, and letting a pinned phone go.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{
        pin::{RELEASE, RETURN, asking, page},
        return_many,
    },
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{
    returns::{self, ReturnInput, ReturnManyInput},
    view::DeviceFilter,
};

pub(crate) async fn ask(signed: Signed, Path(mac): Path<String>, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = ReturnInput {
        mac: mac.clone(),
        revision: text("revision"),
        owner: text("owner"),
        reason: text("reason"),
        expires: text("expires"),
        external_ref: text("external_ref"),
    };
    let services = signed.services();
    match once(services, &fields, returns::ask(services, &signed.op, &input)).await {
        Ok(number) => {
            let there = format!("/layers/changes/{number}");
            signed.done(&there, "Saved. Look at what it does, then submit it.").await
        }
        Err(Stop::Repeated) => signed.repeated(&format!("/devices/{mac}/return")).await,
        Err(Stop::Refused(problem)) => {
            let attempt = Attempt::refused(RETURN, fields, problem);
            asking(&signed, &mac, &input.revision, "", &attempt).await
        }
    }
}

pub(crate) async fn ask_many(signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let filter =
        DeviceFilter { site: text("site"), q: text("q"), state: text("state"), after: String::new() };
    let input = ReturnManyInput {
        filter: filter.clone(),
        macs: text("macs"),
        change: text("change"),
        at: text("at"),
        owner: text("owner"),
        reason: text("reason"),
        expires: text("expires"),
        external_ref: text("external_ref"),
    };
    let services = signed.services();
    match once(services, &fields, returns::ask_many(services, &signed.op, &input)).await {
        Ok(number) => {
            let there = format!("/layers/changes/{number}");
            signed.done(&there, "Saved. Look at what it does, then submit it.").await
        }
        Err(Stop::Repeated) => signed.repeated("/pins").await,
        Err(Stop::Refused(problem)) => {
            let attempt = Attempt::refused(return_many::FORM, fields, problem);
            return_many::page(&signed, &filter, &attempt).await
        }
    }
}

pub(crate) async fn release(signed: Signed, fields: Fields) -> Answer {
    let services = signed.services();
    let act = returns::release(services, &signed.op, fields.text("mac"), fields.text("reason"));
    match once(services, &fields, act).await {
        Ok(()) => signed.done("/pins", "Let go. Its file is what its layers say.").await,
        Err(Stop::Repeated) => signed.repeated("/pins").await,
        Err(Stop::Refused(problem)) => page(&signed, "", &Attempt::refused(RELEASE, fields, problem)).await,
    }
}
