//! Acceptance of lines: what somebody tried at the phone, by name and with the time.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    openings::site_of,
    view::{PAGE, Page, cut},
};
use domain::{
    Code, Finding,
    authz::{Action, authorise, authorise_at},
    ids::LineId,
    site::{
        Site,
        acceptance::{self, Outcome, Test, Tried},
    },
};
use std::collections::BTreeMap;
use storage::site_package;
pub use storage::site_package::Line;

/// A line that stands, and what was tried with it.
#[derive(Clone, Debug)]
pub struct LineRow {
    /// The line.
    pub line: Line,
    /// The newest of each test.
    pub tried: Vec<Tried>,
    /// Why it is not accepted; `None`: it is.
    pub missing: Option<Finding>,
}

/// The lines of a site.
#[derive(Clone, Debug)]
pub struct AcceptanceView {
    /// The site.
    pub site: Site,
    /// Lines that stand.
    pub lines: usize,
    /// Those of them that are accepted.
    pub accepted: usize,
    /// A page of them by extension.
    pub page: Page<LineRow>,
}

/// A test as entered in the form.
#[derive(Clone, Debug)]
pub struct TriedInput {
    /// What was tried.
    pub test: Test,
    /// What came of it.
    pub outcome: Outcome,
    /// What was seen.
    pub note: String,
}

/// A page of the lines of a site. Four queries.
pub async fn view(services: &Services, op: &Operation, code: &str, after: &str) -> Result<AcceptanceView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let site = site_of(&mut tx, code).await?;
    let most = i64::try_from(PAGE).unwrap_or(i64::MAX).saturating_add(1);
    let mut lines = site_package::lines(&mut tx, site.id, after.trim(), most).await?;
    let next = cut(&mut lines, PAGE, |line| line.number.clone());
    let mut by_line = BTreeMap::<_, Vec<_>>::new();
    for tried in site_package::tried(&mut tx, site.id).await? {
        by_line.entry(tried.line).or_default().push(tried);
    }
    let (standing, accepted) = site_package::accepted_of(&mut tx, site.id).await?;
    let row = |line: Line| {
        let tried = by_line.remove(&line.id()).unwrap_or_default();
        let missing = acceptance::missing(&format!("extension {}", line.number), &tried);
        LineRow { line, tried, missing }
    };
    let rows = lines.into_iter().map(row).collect();
    Ok(AcceptanceView { site, lines: standing, accepted, page: Page { rows, next } })
}

/// One line of a site.
pub async fn one(services: &Services, op: &Operation, code: &str, line: &str) -> Result<(Site, LineRow)> {
    authorise(&op.actor, Action::Read)?;
    let line: LineId = line.parse().map_err(|_| Problem::not_found("line"))?;
    let mut tx = services.0.store.read().await?;
    let site = site_of(&mut tx, code).await?;
    let found = site_package::line(&mut tx, site.id, line).await?;
    let found = found.ok_or_else(|| Problem::not_found("line"))?;
    let all = site_package::tried(&mut tx, site.id).await?;
    let tried: Vec<_> = all.into_iter().filter(|tried| tried.line == line).collect();
    let missing = acceptance::missing(&format!("extension {}", found.number), &tried);
    Ok((site, LineRow { line: found, tried, missing }))
}

/// Enters what somebody tried with a line. Everything that is wrong with it is said at once.
pub async fn record(
    services: &Services,
    op: &Operation,
    code: &str,
    line: &str,
    inputs: Vec<TriedInput>,
) -> Result<()> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let mut findings = Vec::new();
    if inputs.is_empty() {
        findings.push(Finding::new(Code::FieldMissing, "test").detail("Enter at least one result."));
    }
    for input in &inputs {
        let note = input.note.trim();
        if note.chars().count() > 500 || note.chars().any(char::is_control) {
            let detail = format!("{}: at most 500 characters on one line.", input.test.title());
            findings.push(Finding::new(Code::FieldTooLong, "note").detail(detail));
        }
        findings.extend(acceptance::check(input.outcome, note).map(|finding| {
            let detail = format!("{}: {}", input.test.title(), finding.detail);
            Finding::new(finding.code, format!("note.{}", input.test.word())).detail(detail)
        }));
    }
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let line: LineId = line.parse().map_err(|_| Problem::not_found("line"))?;
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, code).await?;
    let found = site_package::line(&mut act.tx, site.id, line).await?;
    let found = found.ok_or_else(|| Problem::not_found("line"))?;
    let known = site_package::tried(&mut act.tx, site.id).await?;
    for input in inputs {
        let (by, note) = (op.actor.name.clone(), input.note.trim().to_owned());
        let tried = Tried { line, test: input.test, outcome: input.outcome, note, by, at: op.now };
        let before = known.iter().find(|t| t.line == line && t.test == tried.test);
        site_package::put(&mut act.tx, &tried).await?;
        act.note(Note {
            action: "line.try",
            subject: format!("extension {}", found.number),
            site: Some(site.id),
            before: before.map(said),
            after: Some(said(&tried)),
            reason: tried.note.clone(),
            ..Note::default()
        });
    }
    act.commit().await
}

fn said(tried: &Tried) -> String {
    format!("{}: {} by {}", tried.test.title(), tried.outcome.word(), tried.by)
}
