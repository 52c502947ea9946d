//! What happens by itself at a site, and the limits of a pilot.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    reason,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise, authorise_at},
    scope::{Pilot, check},
    site::Scope,
};
use storage::site;

/// A scope as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct ScopeInput {
    /// Word of the scope.
    pub scope: String,
    /// Devices of a pilot.
    pub devices: String,
    /// When a pilot ends.
    pub until: String,
}

/// The limits of a pilot at a site, and how many of its devices have a line.
pub async fn view(services: &Services, op: &Operation, code: &str) -> Result<(Option<Pilot>, u32)> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let site = site::by_code(&mut tx, code).await?.ok_or_else(|| Problem::not_found("site"))?;
    Ok((site::pilot(&mut tx, site.id).await?, site::lines(&mut tx, site.id).await?.1))
}

fn read(input: &ScopeInput) -> Result<(Scope, Option<Pilot>)> {
    let mut findings = vec![];
    let scope = Scope::parse(&input.scope);
    if scope.is_none() {
        findings.push(Finding::new(Code::StateInvalid, "scope"));
    }
    let devices = input.devices.trim().parse().ok();
    let until = Timestamp::parse(&input.until);
    let pilot = scope == Some(Scope::Pilot);
    for (field, unread) in [("devices", devices.is_none()), ("until", until.is_none())] {
        if pilot && unread {
            findings.push(Finding::new(Code::FieldMissing, field));
        }
    }
    let limits = devices.zip(until).map(|(devices, until)| Pilot { devices, until });
    match scope.filter(|_| findings.is_empty()) {
        Some(scope) => Ok((scope, limits.filter(|_| pilot))),
        None => Err(Problem::blocked(findings)),
    }
}

fn said(scope: Scope, pilot: Option<Pilot>) -> String {
    let limits = pilot.map(|p| format!(", at most {} devices, until {}", p.devices, p.until));
    format!("{}{}", scope.word(), limits.unwrap_or_default())
}

/// Sets a site's scope and limits, with a reason. Refused where lines stand that the scope could neither write nor
/// clear.
pub async fn set(
    services: &Services,
    op: &Operation,
    code: &str,
    input: &ScopeInput,
    reason: &str,
) -> Result<()> {
    authorise_at(&op.actor, Action::SetPolicy, code)?;
    let (scope, pilot) = read(input)?;
    let reason = reason::within(reason, 1000)?;
    let mut act = Act::begin(services, op).await?;
    let site = site::by_code(&mut act.tx, code).await?.ok_or_else(|| Problem::not_found("site"))?;
    let (lines, _) = site::lines(&mut act.tx, site.id).await?;
    let findings = check(scope, pilot, lines, op.now);
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let before = site::pilot(&mut act.tx, site.id).await?;
    site::set_scope(&mut act.tx, site.id, scope, pilot).await?;
    act.bump(site.id.0);
    act.note(Note {
        action: "site.set_scope",
        subject: site.code,
        site: Some(site.id),
        before: Some(said(site.scope, before)),
        after: Some(said(scope, pilot)),
        reason: reason.to_owned(),
        ..Note::default()
    });
    act.commit().await
}
