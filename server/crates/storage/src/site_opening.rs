//! The opening of sites: stage, steps, and the plan of the cutover.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    account::Day,
    ids::{SiteId, UserId},
    site::{
        cutover::{Decision, Pace, Timed},
        stage::Stage,
        step::{Progress, Step, StepKind},
    },
};
use uuid::Uuid;

statements! {
    LIST = "SELECT o.site_id, o.stage, o.share, o.service_owner_id, w.name AS service_owner, o.signed_at, o.on_call_id, c.name AS on_call, o.decision, o.decided_by, o.decided_at, o.decision_reason FROM site_opening o LEFT JOIN user_account w ON w.user_id = o.service_owner_id LEFT JOIN user_account c ON c.user_id = o.on_call_id";
    ONE = "SELECT o.site_id, o.stage, o.share, o.service_owner_id, w.name AS service_owner, o.signed_at, o.on_call_id, c.name AS on_call, o.decision, o.decided_by, o.decided_at, o.decision_reason FROM site_opening o LEFT JOIN user_account w ON w.user_id = o.service_owner_id LEFT JOIN user_account c ON c.user_id = o.on_call_id WHERE o.site_id = $1";
    SAVE = "INSERT INTO site_opening (site_id, stage, share, service_owner_id, signed_by_id, signed_at, on_call_id, decision, decided_by, decided_at, decision_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (site_id) DO UPDATE SET stage = excluded.stage, share = excluded.share, service_owner_id = excluded.service_owner_id, signed_by_id = excluded.signed_by_id, signed_at = excluded.signed_at, on_call_id = excluded.on_call_id, decision = excluded.decision, decided_by = excluded.decided_by, decided_at = excluded.decided_at, decision_reason = excluded.decision_reason";
    STEPS = "SELECT site_id, kind, owner, due_at, needs, state, ended_at, ended_by, why FROM site_step ORDER BY site_id";
    STEPS_OF = "SELECT site_id, kind, owner, due_at, needs, state, ended_at, ended_by, why FROM site_step WHERE site_id = $1";
    SAVE_STEP = "INSERT INTO site_step (site_id, kind, owner, due_at, needs, state, ended_at, ended_by, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (site_id, kind) DO UPDATE SET owner = excluded.owner, due_at = excluded.due_at, needs = excluded.needs, state = excluded.state, ended_at = excluded.ended_at, ended_by = excluded.ended_by, why = excluded.why";
    CUTOVERS = "SELECT site_id, number, title, owner, planned_at, minutes, back_out, began_at, ended_at FROM cutover_step ORDER BY site_id, planned_at, number";
    CUTOVER = "SELECT site_id, number, title, owner, planned_at, minutes, back_out, began_at, ended_at FROM cutover_step WHERE site_id = $1 ORDER BY planned_at, number";
    CLEAR_BACK_OUT = "UPDATE cutover_step SET back_out = $2 WHERE site_id = $1";
    SAVE_TIMED = "INSERT INTO cutover_step (site_id, number, title, owner, planned_at, minutes, back_out, began_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (site_id, number) DO UPDATE SET title = excluded.title, owner = excluded.owner, planned_at = excluded.planned_at, minutes = excluded.minutes, back_out = excluded.back_out, began_at = excluded.began_at, ended_at = excluded.ended_at";
    REMOVE_TIMED = "DELETE FROM cutover_step WHERE site_id = $1 AND number = $2 AND began_at IS NULL";
}

/// Somebody of the console, by id and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub id: UserId,
    /// As people know them.
    pub name: String,
}

/// How far a site is, and who answers for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Where it is.
    pub stage: Stage,
    /// The share of accepted lines that going live takes, in percent, 1 to 100.
    pub share: u8,
    /// Who answers for the service.
    pub service_owner: Option<Named>,
    /// When they signed off.
    pub signed_at: Option<Timestamp>,
    /// The approver who can be reached during the cutover.
    pub on_call: Option<Named>,
    /// What was decided about the cutover.
    pub decision: Option<Decision>,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            stage: Stage::Planned,
            // One line in twenty may wait for a part or a person; more is not a service.
            share: 95,
            service_owner: None,
            signed_at: None,
            on_call: None,
            decision: None,
        }
    }
}

#[derive(sqlx::FromRow)]
struct OpeningRow {
    site_id: Uuid,
    stage: String,
    share: i64,
    service_owner_id: Option<Uuid>,
    service_owner: Option<String>,
    signed_at: Option<i64>,
    on_call_id: Option<Uuid>,
    on_call: Option<String>,
    decision: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    decision_reason: Option<String>,
}

impl TryFrom<OpeningRow> for (SiteId, Opening) {
    type Error = Error;
    fn try_from(row: OpeningRow) -> Result<Self, Error> {
        let bad = |what: &str| Error::row("site_opening", row.site_id, what);
        let named = |id: Option<Uuid>, name: Option<String>| {
            id.zip(name).map(|(id, name)| Named { id: UserId(id), name })
        };
        let decided = row.decision.as_deref().zip(row.decided_by).zip(row.decided_at);
        let decision = decided.zip(row.decision_reason).map(|(((word, by), at), reason)| Decision {
            go: word == "go",
            by,
            at: Timestamp(at),
            reason,
        });
        let opening = Opening {
            stage: Stage::parse(&row.stage).ok_or_else(|| bad(&row.stage))?,
            share: u8::try_from(row.share).map_err(|_| bad("share"))?,
            service_owner: named(row.service_owner_id, row.service_owner),
            signed_at: row.signed_at.map(Timestamp),
            on_call: named(row.on_call_id, row.on_call),
            decision,
        };
        Ok((SiteId(row.site_id), opening))
    }
}

/// The openings of all sites that anything was said about.
pub async fn list(tx: &mut Tx) -> Result<Vec<(SiteId, Opening)>, Error> {
    tx.all::<OpeningRow>(LIST, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The opening of a site.
pub async fn of_site(tx: &mut Tx, site: SiteId) -> Result<Opening, Error> {
    let row = tx.one::<OpeningRow>(ONE, args![site.0]).await?;
    let found: Option<(SiteId, Opening)> = row.map(TryInto::try_into).transpose()?;
    Ok(found.map_or_else(Opening::default, |(_, opening)| opening))
}

/// Says how far a site is.
pub async fn save(tx: &mut Tx, site: SiteId, opening: &Opening) -> Result<(), Error> {
    let o = opening;
    let owner = o.service_owner.as_ref().map(|named| named.id.0);
    let signed_by = owner.filter(|_| o.signed_at.is_some());
    let decision = o.decision.as_ref();
    let args = args![
        site.0,
        o.stage.word(),
        i64::from(o.share),
        owner,
        signed_by,
        o.signed_at,
        o.on_call.as_ref().map(|named| named.id.0),
        decision.map(|d| if d.go { "go" } else { "no-go" }),
        decision.map(|d| d.by.as_str()),
        decision.map(|d| d.at),
        decision.map(|d| d.reason.as_str())
    ];
    tx.run(SAVE, args).await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct StepRow {
    site_id: Uuid,
    kind: String,
    owner: String,
    due_at: Option<i64>,
    needs: String,
    state: String,
    ended_at: Option<i64>,
    ended_by: Option<String>,
    why: Option<String>,
}

impl TryFrom<StepRow> for (SiteId, Step) {
    type Error = Error;
    fn try_from(row: StepRow) -> Result<Self, Error> {
        let bad = |what: &str| Error::row("site_step", format!("{} {}", row.site_id, row.kind), what);
        let ended = row.ended_at.map(Timestamp).zip(row.ended_by);
        let progress = match (row.state.as_str(), ended, row.why) {
            ("open", None, None) => Progress::Open,
            ("done", Some((at, by)), None) => Progress::Done { at, by },
            ("dropped", Some((at, by)), Some(why)) => Progress::Dropped { at, by, why },
            _ => return Err(bad("state")),
        };
        let step = Step {
            kind: StepKind::parse(&row.kind).ok_or_else(|| bad("kind"))?,
            owner: row.owner,
            due: row.due_at.map(|at| Day::of(Timestamp(at))),
            needs: serde_json::from_str(&row.needs).map_err(|_| bad("needs"))?,
            progress,
        };
        Ok((SiteId(row.site_id), step))
    }
}

/// The steps of all sites that anything was said about; at most eleven per site.
pub async fn all_steps(tx: &mut Tx) -> Result<Vec<(SiteId, Step)>, Error> {
    tx.all::<StepRow>(STEPS, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The steps of a site that anything was said about.
pub async fn steps(tx: &mut Tx, site: SiteId) -> Result<Vec<Step>, Error> {
    let rows = tx.all::<StepRow>(STEPS_OF, args![site.0]).await?;
    rows.into_iter().map(|row| <(SiteId, Step)>::try_from(row).map(|(_, step)| step)).collect()
}

/// Says how a step stands.
pub async fn save_step(tx: &mut Tx, site: SiteId, step: &Step) -> Result<(), Error> {
    let needs = serde_json::to_string(&step.needs).map_err(|e| Error::row("site_step", site, e))?;
    let (at, by, why) = match &step.progress {
        Progress::Open => (None, None, None),
        Progress::Done { at, by } => (Some(*at), Some(by.as_str()), None),
        Progress::Dropped { at, by, why } => (Some(*at), Some(by.as_str()), Some(why.as_str())),
    };
    let (kind, state) = (step.kind.word(), step.progress.word());
    let due = step.due.map(Day::begins);
    tx.run(SAVE_STEP, args![site.0, kind, &step.owner, due, needs, state, at, by, why]).await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct TimedRow {
    site_id: Uuid,
    number: i64,
    title: String,
    owner: String,
    planned_at: i64,
    minutes: i64,
    back_out: bool,
    began_at: Option<i64>,
    ended_at: Option<i64>,
}

impl TryFrom<TimedRow> for (SiteId, Timed) {
    type Error = Error;
    fn try_from(row: TimedRow) -> Result<Self, Error> {
        let bad = |what: &str| Error::row("cutover_step", format!("{} {}", row.site_id, row.number), what);
        let pace = match (row.began_at, row.ended_at) {
            (None, None) => Pace::Waiting,
            (Some(since), None) => Pace::Running { since: Timestamp(since) },
            (Some(began), Some(ended)) => Pace::Ended { began: Timestamp(began), ended: Timestamp(ended) },
            (None, Some(_)) => return Err(bad("ended_at")),
        };
        let timed = Timed {
            number: row.number,
            title: row.title,
            owner: row.owner,
            planned: Timestamp(row.planned_at),
            minutes: u16::try_from(row.minutes).map_err(|_| bad("minutes"))?,
            back_out: row.back_out,
            pace,
        };
        Ok((SiteId(row.site_id), timed))
    }
}

/// The timed steps of all cutovers, in their order.
pub async fn all_timed(tx: &mut Tx) -> Result<Vec<(SiteId, Timed)>, Error> {
    tx.all::<TimedRow>(CUTOVERS, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The timed steps of a site's cutover, in their order.
pub async fn timed(tx: &mut Tx, site: SiteId) -> Result<Vec<Timed>, Error> {
    let rows = tx.all::<TimedRow>(CUTOVER, args![site.0]).await?;
    rows.into_iter().map(|row| <(SiteId, Timed)>::try_from(row).map(|(_, timed)| timed)).collect()
}

/// Adds or changes a timed step. A new back-out point takes the place of the one before.
pub async fn save_timed(tx: &mut Tx, site: SiteId, step: &Timed) -> Result<(), Error> {
    if step.back_out {
        tx.run(CLEAR_BACK_OUT, args![site.0, false]).await?;
    }
    let (began, ended) = match step.pace {
        Pace::Waiting => (None, None),
        Pace::Running { since } => (Some(since), None),
        Pace::Ended { began, ended } => (Some(began), Some(ended)),
    };
    let (title, owner, minutes) = (&step.title, &step.owner, i64::from(step.minutes));
    let args = args![site.0, step.number, title, owner, step.planned, minutes, step.back_out, began, ended];
    tx.run(SAVE_TIMED, args).await?;
    Ok(())
}

/// Removes a timed step that has not begun; whether there was one.
pub async fn remove_timed(tx: &mut Tx, site: SiteId, number: i64) -> Result<bool, Error> {
    Ok(tx.run(REMOVE_TIMED, args![site.0, number]).await? == 1)
}
