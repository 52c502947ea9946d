//! Setting what happens by itself at a site.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{scope::SCOPE, site::page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::scopes::{self, ScopeInput};

pub(crate) async fn set(signed: Signed, Path(site): Path<String>, fields: Fields) -> Answer {
    let path = format!("/sites/{site}");
    let text = |name| fields.text(name).to_owned();
    let input = ScopeInput { scope: text("scope"), devices: text("devices"), until: text("until") };
    let reason = text("reason");
    let act = scopes::set(signed.services(), &signed.op, &site, &input, &reason);
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path, "Set. It holds from now on.").await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => page(&signed, &site, &Attempt::refused(SCOPE, fields, problem)).await,
    }
}
