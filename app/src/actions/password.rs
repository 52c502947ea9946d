//! Choosing another password of one's own.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::password::{FORM, page},
    visitor::{Answer, Signed},
};
use services::users;

pub(crate) async fn change(signed: Signed, fields: Fields) -> Answer {
    let (present, new, again) = (fields.raw("password"), fields.raw("new"), fields.raw("again"));
    let act = users::change_password(signed.services(), &signed.op, present, new, again);
    match once(signed.services(), &fields, act).await {
        Ok(actor) => {
            // This session goes on, under another id; those that were begun with the old password do not.
            signed.sign_in(&actor).await?;
            signed.done("/", "The password is changed. Every other session of yours has ended.").await
        }
        Err(Stop::Repeated) => signed.repeated("/").await,
        Err(Stop::Refused(problem)) => page(&signed, &Attempt::refused(FORM, fields, problem)).await,
    }
}
