//! Evidence for a segment's gate, and its sign-off.

use super::finish;
use crate::{
    fields::Fields,
    pages::{gate, site},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{Code, Finding, Timestamp, gate::Check};
use services::{Kind, Problem, gates, view::EvidenceInput};

/// What the form says, or everything that is wrong with it.
fn read(fields: &Fields) -> Result<(Vec<EvidenceInput>, Timestamp), Problem> {
    let mut findings = Vec::new();
    let mut evidence = Vec::new();
    for check in Check::ALL {
        let name = format!("check.{}", check.word());
        let passed = match fields.text(&name) {
            "" => continue,
            "passed" => true,
            "failed" => false,
            _ => {
                findings.push(Finding::new(Code::StateInvalid, name).detail("Allowed: passed, failed."));
                continue;
            }
        };
        let note = fields.text(&format!("note.{}", check.word())).to_owned();
        evidence.push(EvidenceInput { check, passed, note });
    }
    if evidence.is_empty() && findings.is_empty() {
        findings.push(
            Finding::new(Code::FieldMissing, "check").detail("Enter the result of at least one check."),
        );
    }
    match (until(fields), findings.is_empty()) {
        (Ok(until), true) => Ok((evidence, until)),
        (until, _) => {
            findings.extend(until.err());
            Err(Problem { kind: Kind::Invalid, findings })
        }
    }
}

fn until(fields: &Fields) -> Result<Timestamp, Finding> {
    Timestamp::parse(fields.text("until")).ok_or_else(|| {
        Finding::new(Code::FormInvalid, "until").detail("Write the time in UTC, as 2026-11-23T04:20.")
    })
}

pub(crate) async fn record(
    signed: Signed,
    Path((site, segment)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let act = async {
        let (evidence, until) = read(&fields)?;
        gates::record(signed.services(), &signed.op, &site, &segment, evidence, until).await
    };
    back(&signed, &site, &gate::evidence_form(&segment), &fields, act, "The evidence is recorded.").await
}

pub(crate) async fn sign_off(
    signed: Signed,
    Path((site, segment)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let act = async {
        let until = until(&fields)?;
        let password = fields.raw("password");
        gates::sign_off(signed.services(), &signed.op, &site, &segment, until, password).await
    };
    back(&signed, &site, &gate::sign_off_form(&segment), &fields, act, "The segment is signed off.").await
}

async fn back(
    signed: &Signed,
    site: &str,
    form: &str,
    fields: &Fields,
    act: impl Future<Output = Result<(), Problem>>,
    said: &str,
) -> Answer {
    let act = async { Box::pin(act).await.map(|()| said) };
    let again = async |again| site::page(signed, site, &again).await;
    finish(signed, &format!("/sites/{site}"), form, fields, act, again).await
}
