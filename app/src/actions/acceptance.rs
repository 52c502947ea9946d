//! Entering what was tried with a line.

use super::finish;
use crate::{
    fields::{Attempt, Fields},
    pages::acceptance::{TRY, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    Code, Finding,
    site::acceptance::{Outcome, Test},
};
use services::{
    Kind, Problem,
    acceptances::{self, TriedInput},
};

/// What the form says, or everything that is wrong with it.
fn read(fields: &Fields) -> Result<Vec<TriedInput>, Problem> {
    let (mut inputs, mut findings) = (Vec::new(), Vec::new());
    for test in Test::ALL {
        let name = format!("test.{}", test.word());
        let word = fields.text(&name);
        match Outcome::parse(word) {
            _ if word.is_empty() => {}
            Some(outcome) => {
                let note = fields.text(&format!("note.{}", test.word())).to_owned();
                inputs.push(TriedInput { test, outcome, note });
            }
            None => findings.push(
                Finding::new(Code::StateInvalid, name).detail("Allowed: passed, failed, not-applicable."),
            ),
        }
    }
    if findings.is_empty() { Ok(inputs) } else { Err(Problem { kind: Kind::Invalid, findings }) }
}

pub(crate) async fn record(
    signed: Signed,
    Path((code, line)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let act = async {
        acceptances::record(signed.services(), &signed.op, &code, &line, read(&fields)?).await?;
        Ok("What was tried is recorded.")
    };
    let here = format!("/sites/{code}/acceptance/{line}");
    let again = async |again: Attempt| page(&signed, &code, &line, &again.for_who_may()?).await;
    finish(&signed, &here, TRY, &fields, act, again).await
}
