//! Posts of forms, one file per noun, one function per verb: parse, hand over, then redirect or show again.

pub(crate) mod acceptance;
pub(crate) mod advance;
pub(crate) mod approval;
pub(crate) mod audit;
pub(crate) mod change_request;
pub(crate) mod class;
pub(crate) mod cutover;
pub(crate) mod device;
pub(crate) mod enrolment;
pub(crate) mod exception;
pub(crate) mod feed;
pub(crate) mod firmware;
pub(crate) mod freeze;
pub(crate) mod gate;
pub(crate) mod glass;
pub(crate) mod hunt_group;
pub(crate) mod import;
pub(crate) mod layer;
pub(crate) mod number;
pub(crate) mod opening;
pub(crate) mod opening_sheet;
pub(crate) mod password;
pub(crate) mod person;
pub(crate) mod pin;
pub(crate) mod policy;
pub(crate) mod profile;
pub(crate) mod range;
pub(crate) mod replacement;
pub(crate) mod review;
pub(crate) mod rollout;
pub(crate) mod root;
pub(crate) mod schedule;
pub(crate) mod scope;
pub(crate) mod session;
pub(crate) mod site_facts;
pub(crate) mod site_package;
pub(crate) mod step;
pub(crate) mod user;

use crate::{
    fields::{Attempt, Fields, Stop, once},
    visitor::{Answer, Signed},
};
use services::Problem;

/// Carries `act` out, unless the form was sent before, and goes back to `here`, which says what `act` gave. What is
/// refused is shown `again`, as `form` with its findings and what was typed.
async fn finish(
    signed: &Signed,
    here: &str,
    form: &str,
    fields: &Fields,
    act: impl Future<Output = Result<impl AsRef<str>, Problem>>,
    again: impl AsyncFnOnce(Attempt) -> Answer,
) -> Answer {
    match once(signed.services(), fields, Box::pin(act)).await {
        Ok(said) => signed.done(here, said.as_ref()).await,
        Err(Stop::Repeated) => signed.repeated(here).await,
        Err(Stop::Refused(problem)) => again(Attempt::refused(form, fields.clone(), problem)).await,
    }
}
