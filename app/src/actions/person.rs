//! Changing an account.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::person::{CHANGE, page, path},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::people::{self, PersonInput};

pub(crate) async fn change(signed: Signed, Path(reference): Path<String>, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = PersonInput { account: text("account"), starts: text("starts"), ends: text("ends") };
    let reason = fields.text("reason");
    let act = people::change(signed.services(), &signed.op, &reference, &input, reason);
    let path = path(&reference);
    match once(signed.services(), &fields, act).await {
        Ok(asked) if asked.is_empty() => signed.done(&path, "The account is changed.").await,
        Ok(asked) => {
            let numbers: Vec<_> = asked.iter().map(|number| format!("CR-{number}")).collect();
            let said =
                format!("The account is changed. To be approved by somebody else: {}.", numbers.join(", "));
            signed.done(&path, &said).await
        }
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => {
            page(&signed, &reference, &Attempt::refused(CHANGE, fields, problem)).await
        }
    }
}
