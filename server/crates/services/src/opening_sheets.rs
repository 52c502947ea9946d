//! The steps of an opening and the plan of a cutover as sheets: looked at first, then applied whole or not at all.

use crate::{Operation, Problem, Result, Services, act::Act, cutovers, openings::site_of, steps};
use domain::{
    Code, Finding,
    authz::{Action, authorise, authorise_at},
    package::{
        RowFinding, Upload,
        opening::{self, CUTOVER, Changes, STEPS},
    },
    site::{Site, step},
};
use storage::{Tx, site_opening};

/// Which sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// The steps of the opening.
    Steps,
    /// The timed steps of the cutover.
    Cutover,
}

impl Sheet {
    /// The word in addresses and, with `.csv`, the file's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Cutover => "cutover",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Steps, Self::Cutover].into_iter().find(|sheet| sheet.word() == text)
    }

    /// Its header row.
    pub fn columns(self) -> String {
        match self {
            Self::Steps => STEPS.join(","),
            Self::Cutover => CUTOVER.join(","),
        }
    }
}

/// What becomes of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// What people call it.
    pub name: String,
    /// What is there; `None`: it is new.
    pub before: Option<String>,
    /// What it becomes.
    pub after: String,
}

/// A sheet that was looked at.
#[derive(Clone, Debug)]
pub struct SheetView {
    /// Of which site.
    pub site: Site,
    /// What it would change.
    pub rows: Vec<SheetRow>,
    /// Rows that say what is so already.
    pub unchanged: usize,
    /// What is wrong with it.
    pub findings: Vec<RowFinding>,
}

fn view<T>(
    site: Site,
    changes: &Changes<T>,
    name: impl Fn(&T) -> String,
    said: impl Fn(&T) -> String,
) -> SheetView {
    let row = |(before, after): &(Option<T>, T)| SheetRow {
        name: name(after),
        before: before.as_ref().map(&said),
        after: said(after),
    };
    SheetView {
        rows: changes.rows.iter().map(row).collect(),
        unchanged: changes.unchanged,
        findings: changes.findings.clone(),
        site,
    }
}

async fn standing(tx: &mut Tx, site: &Site) -> Result<Vec<step::Step>> {
    Ok(step::all(site_opening::steps(tx, site.id).await?))
}

/// The sheet as it is now, in the form in which it is read.
pub async fn csv(services: &Services, op: &Operation, code: &str, sheet: Sheet) -> Result<String> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let site = site_of(&mut tx, code).await?;
    Ok(match sheet {
        Sheet::Steps => opening::steps_csv(&standing(&mut tx, &site).await?),
        Sheet::Cutover => opening::timed_csv(&site_opening::timed(&mut tx, site.id).await?),
    })
}

/// What a sheet would change now.
pub async fn look(
    services: &Services,
    op: &Operation,
    code: &str,
    sheet: Sheet,
    upload: &Upload,
) -> Result<SheetView> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let mut tx = services.0.store.read().await?;
    let site = site_of(&mut tx, code).await?;
    Ok(match sheet {
        Sheet::Steps => {
            let changes = opening::steps(upload, &standing(&mut tx, &site).await?);
            view(site, &changes, |step| step.kind.title().to_owned(), step::Step::describe)
        }
        Sheet::Cutover => {
            let changes = opening::timed(upload, &site_opening::timed(&mut tx, site.id).await?);
            view(site, &changes, |step| step.title.clone(), cutovers::described)
        }
    })
}

/// Refuses a sheet with anything wrong in it, or with nothing new.
fn usable<T>(changes: Changes<T>) -> Result<Vec<(Option<T>, T)>> {
    if !changes.findings.is_empty() {
        return Err(Problem::blocked(changes.findings.into_iter().map(|found| found.finding).collect()));
    }
    if changes.rows.is_empty() {
        let detail = "Every row says what is so already.";
        return Err(Finding::new(Code::ImportEmpty, "files").detail(detail).into());
    }
    Ok(changes.rows)
}

/// Applies a sheet as it is read now; how many steps it changed.
pub async fn apply(
    services: &Services,
    op: &Operation,
    code: &str,
    sheet: Sheet,
    upload: &Upload,
) -> Result<usize> {
    authorise_at(&op.actor, Action::OpenSite, code)?;
    let mut act = Act::begin(services, op).await?;
    let count = match sheet {
        Sheet::Steps => {
            let site = site_of(&mut act.tx, code).await?;
            let rows = usable(opening::steps(upload, &standing(&mut act.tx, &site).await?))?;
            for (before, after) in &rows {
                site_opening::save_step(&mut act.tx, site.id, after).await?;
                steps::note(&mut act, &site, "step.change", before.as_ref().unwrap_or(after), after, "");
            }
            rows.len()
        }
        Sheet::Cutover => {
            let mut view = cutovers::find(&mut act.tx, code, op.now).await?;
            let rows = usable(opening::timed(upload, &view.facts.cutover.steps))?;
            cutovers::changes(&mut act, &mut view).await?;
            for (before, after) in &rows {
                site_opening::save_timed(&mut act.tx, view.site.id, after).await?;
                cutovers::note(&mut act, &view.site, "cutover.plan", before.as_ref(), Some(after));
            }
            rows.len()
        }
    };
    act.commit().await?;
    Ok(count)
}
