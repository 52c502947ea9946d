//! Verifying the record. It changes nothing, so it may be done as often as one likes.

use crate::{
    fields::{Attempt, Fields},
    pages::audit::{Place, page},
    visitor::{Answer, Signed},
};
use services::audit;

pub(crate) async fn verify(signed: Signed, fields: Fields) -> Answer {
    match audit::verify(signed.services(), &signed.op).await {
        Ok(verified) => page(&signed, &Place::default(), Some(&verified), &Attempt::default()).await,
        Err(problem) => {
            page(&signed, &Place::default(), None, &Attempt::refused("verify", fields, problem)).await
        }
    }
}
