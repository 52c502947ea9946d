//! What people write about a request: its reason, the ticket elsewhere, and what they say to each other.

use super::{decide::save, lead, load, note, within};
use crate::{Operation, Problem, Result, Services, act::Act};
use domain::{
    Code,
    authz::{Action, authorise, somewhere},
};
use storage::change_request;

/// Characters of a ticket's number.
const LONGEST_REF: usize = 100;
/// Bytes of a reason or a comment.
const LONGEST: usize = 1000;

fn controlled(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\r')
}

/// Says what is wrong with a reason and a ticket.
pub(super) fn check(reason: &str, external_ref: &str, wrong: &mut impl FnMut(Code, &str)) {
    if reason.is_empty() {
        wrong(Code::FieldMissing, "reason");
    } else if reason.len() > LONGEST || controlled(reason) {
        wrong(Code::FieldTooLong, "reason");
    }
    if external_ref.len() > LONGEST_REF || external_ref.chars().any(char::is_control) {
        wrong(Code::FieldTooLong, "external_ref");
    }
}

/// The ticket, if one is named.
pub(super) fn external_ref(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Changes reason and ticket of a draft, or of a request that has to be looked at again. Whoever does has a hand in it.
pub async fn edit(
    services: &Services,
    op: &Operation,
    number: i64,
    reason: &str,
    ticket: &str,
) -> Result<()> {
    let claim = somewhere(&op.actor, Action::Request)?;
    let reason = reason.trim();
    let mut findings = vec![];
    check(reason, ticket, &mut |code, subject| findings.push(domain::Finding::new(code, subject)));
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let mut act = Act::begin(services, op).await?;
    let mut request = load(&mut act.tx, number).await?;
    within(&mut act.tx, claim, &request).await?;
    let before = request.workflow.state.clone();
    let words = |request: &change_request::Request| {
        format!("{}; ticket: {}", request.reason, request.external_ref.as_deref().unwrap_or("none"))
    };
    let was = words(&request);
    request.workflow = request.workflow.clone().edit(op.actor.id)?;
    request.reason = reason.to_owned();
    request.external_ref = external_ref(ticket);
    save(&mut act.tx, &request, &before).await?;
    let site = lead(&mut act.tx, &request).await?;
    let is = words(&request);
    note(&mut act, &request, site, "change_request.edit", Some(was), Some(is), "");
    act.commit().await
}

/// Says something about a request, in any state. Nobody edits or removes it.
pub async fn comment(services: &Services, op: &Operation, number: i64, body: &str) -> Result<()> {
    authorise(&op.actor, Action::Comment)?;
    let body = said(body)?;
    let mut act = Act::begin(services, op).await?;
    let request = load(&mut act.tx, number).await?;
    let id = services.0.env.id();
    change_request::comment(&mut act.tx, id, request.id, op.actor.id, body, op.now).await?;
    let site = lead(&mut act.tx, &request).await?;
    note(&mut act, &request, site, "change_request.comment", None, Some(body.to_owned()), "");
    act.commit().await
}

/// A comment as it is kept, wherever it is made.
pub(crate) fn said(body: &str) -> Result<&str> {
    let body = body.trim();
    if body.is_empty() {
        return Err(Problem::invalid(Code::FieldMissing, "comment"));
    }
    if body.len() > LONGEST || controlled(body) {
        return Err(Problem::invalid(Code::FieldTooLong, "comment"));
    }
    Ok(body)
}
