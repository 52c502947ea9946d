//! The steps of an opening: who does them until when, what they wait for, and that they are done.

use crate::{
    Kind as ProblemKind, Operation, Problem, Result, Services,
    act::{Act, Note},
    openings::site_of,
    reason,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise_at},
    site::step::{self, Progress, Step, StepKind},
};
use storage::site_opening;

pub use domain::site::step::Typed as StepInput;

/// What somebody says of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It is done.
    Done,
    /// The site does not need it.
    Drop,
    /// It is to be done after all.
    Reopen,
}

impl Verb {
    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Drop => "drop",
            Self::Reopen => "reopen",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Done, Self::Drop, Self::Reopen].into_iter().find(|verb| verb.word() == text)
    }
}

/// Says who does a step, until when, and what it waits for.
pub async fn change(
    services: &Services,
    op: &Operation,
    code: &str,
    kind: &str,
    input: &StepInput,
) -> Result<()> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let kind = StepKind::parse(kind).ok_or_else(|| Problem::not_found("step"))?;
    let (owner, due, needs) = input.read(kind).map_err(Problem::blocked)?;
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, code).await?;
    let mut steps = step::all(site_opening::steps(&mut act.tx, site.id).await?);
    let step = steps.iter_mut().find(|step| step.kind == kind);
    let step = step.ok_or_else(|| Problem::not_found("step"))?;
    let before = step.clone();
    (step.owner, step.due, step.needs) = (owner, due, needs);
    let after = step.clone();
    if let Some(circle) = step::circle(&steps) {
        return Err(circle.into());
    }
    site_opening::save_step(&mut act.tx, site.id, &after).await?;
    note(&mut act, &site, "step.change", &before, &after, "");
    act.commit().await
}

/// Says that a step is done, is not needed, or is to be done after all. The last two need a reason.
pub async fn say(
    services: &Services,
    op: &Operation,
    code: &str,
    kind: &str,
    verb: Verb,
    why: &str,
) -> Result<()> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let kind = StepKind::parse(kind).ok_or_else(|| Problem::not_found("step"))?;
    let why = if verb == Verb::Done { why.trim() } else { reason::within(why, 200)? };
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, code).await?;
    let steps = step::all(site_opening::steps(&mut act.tx, site.id).await?);
    let before = steps.iter().find(|step| step.kind == kind).ok_or_else(|| Problem::not_found("step"))?;
    if before.is_open() == (verb == Verb::Reopen) {
        let detail = format!("{} is {}.", kind.title(), before.progress.word());
        return Err(Finding::new(Code::RequestState, "step").detail(detail).into());
    }
    let (at, by) = (op.now, op.actor.name.clone());
    let progress = match verb {
        Verb::Done => {
            let open = steps.iter().filter(|step| before.needs.contains(&step.kind) && step.is_open());
            let waits: Vec<_> = open.map(waiting).collect();
            if !waits.is_empty() {
                return Err(Problem { kind: ProblemKind::Conflict, findings: waits });
            }
            Progress::Done { at, by }
        }
        Verb::Drop => Progress::Dropped { at, by, why: why.to_owned() },
        Verb::Reopen => Progress::Open,
    };
    let after = Step { progress, ..before.clone() };
    site_opening::save_step(&mut act.tx, site.id, &after).await?;
    note(&mut act, &site, &format!("step.{}", verb.word()), before, &after, why);
    act.commit().await
}

fn waiting(on: &Step) -> Finding {
    let owner = if on.owner.is_empty() { "nobody" } else { &on.owner };
    let detail = format!("It waits for {}, which is open; its owner is {owner}.", on.kind.title());
    Finding::new(Code::RequestState, "step").detail(detail)
}

pub(crate) fn note(
    act: &mut Act<'_>,
    site: &domain::site::Site,
    action: &str,
    before: &Step,
    after: &Step,
    why: &str,
) {
    act.note(Note {
        action,
        subject: format!("{} {}", site.code, after.kind.word()),
        site: Some(site.id),
        before: Some(before.describe()),
        after: Some(after.describe()),
        reason: why.to_owned(),
        ..Note::default()
    });
}
