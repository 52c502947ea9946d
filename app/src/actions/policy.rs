//! Setting what a site demands of proofs.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{policy::POLICY, site::page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::policies::{self, PolicyInput};

pub(crate) async fn set(signed: Signed, Path(site): Path<String>, fields: Fields) -> Answer {
    let path = format!("/sites/{site}");
    let text = |name| fields.text(name).to_owned();
    let input =
        PolicyInput { demand: text("demand"), low: text("low"), high: text("high"), wan: text("wan") };
    let reason = text("reason");
    let act = policies::set(signed.services(), &signed.op, &site, &input, &reason);
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path, "Set. It holds from the next request on.").await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => page(&signed, &site, &Attempt::refused(POLICY, fields, problem)).await,
    }
}
