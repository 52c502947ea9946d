//! Rollouts: an approved version of a layer, carried out in waves. What happens next, [`domain::rollout::step`] decides;
//! here its commands are carried out, people act, and the state is kept.

mod abort;
mod acts;
mod carry_out;
pub(crate) mod holds;
mod look;
pub(crate) mod looks;
mod prepare;
pub(crate) mod registrations;
mod run;
mod show;
pub mod view;

pub use acts::{abort, pause, resume, retry, skip};
pub use run::run;
pub use show::{generation, list, show};

use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    reason,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    ids::RolloutId,
    layer::{Level, Origin, plan::Alike},
    rollout::{Pace, Policy, Settings, Status, Window, settings},
    time::{HOUR, MINUTE},
};
use storage::{
    Tx, layer_change,
    rollout::{self, Rollout},
    user,
};

/// `RO-4`.
pub(crate) fn named(number: i64) -> String {
    format!("RO-{number}")
}

/// How rollouts run now.
pub(crate) async fn policy_now(tx: &mut Tx) -> Result<Policy> {
    Ok(rollout::policy(tx).await?.map(|(policy, ..)| policy).unwrap_or_default())
}

/// Why nothing else may be published of a layer now.
pub(crate) async fn against(tx: &mut Tx, level: Level, scope: &str) -> Result<Option<Finding>> {
    let number = rollout::running(tx, level, scope).await?;
    let finding = |number| Finding::new(Code::RolloutRunning, named(number));
    Ok(number.map(finding))
}

/// Refuses what would publish another version of a layer under a rollout of it.
pub(crate) async fn refuse(tx: &mut Tx, level: Level, scope: &str) -> Result<()> {
    match against(tx, level, scope).await? {
        Some(finding) => Err(Problem::new(Kind::Conflict, finding)),
        None => Ok(()),
    }
}

/// How a change that does this to phones goes out, if that is a matter of waves.
pub(crate) fn waves(policy: &Policy, level: Level, devices: u32, alike: &[Alike]) -> Option<Settings> {
    let alone = matches!(level, Level::Device | Level::Exception | Level::Pin);
    let strands = alike.iter().any(|alike| alike.strands);
    (!alone && policy.in_waves(devices, strands)).then(|| policy.for_change(strands))
}

/// Begins to carry out a change that was applied in this act as the version `origin`, as it was approved to go out.
/// Nothing is published yet.
pub(crate) async fn start(
    services: &Services,
    act: &mut Act<'_>,
    change: &layer_change::Change,
    origin: &Origin,
    settings: Settings,
) -> Result<i64> {
    let number = user::next_number(&mut act.tx, "rollout").await?;
    let rollout = Rollout {
        id: RolloutId(services.0.env.id()),
        number,
        change_id: change.id,
        change: change.number,
        note: change.note.clone(),
        approvers: change.approvers.clone(),
        layer: origin.layer,
        level: change.level,
        scope: change.scope.clone(),
        name: change.name.clone(),
        parent: change.parent,
        version: origin.version,
        settings,
        status: Status::Preparing,
        wave: 0,
        begun: None,
        accepted: 0,
        turn: 0,
        by: act.by(),
        at: act.now,
        ended: None,
    };
    rollout::insert(&mut act.tx, &rollout).await?;
    let waves: Vec<_> = rollout.settings.waves.iter().map(ToString::to_string).collect();
    act.note(Note {
        action: "rollout.start",
        subject: named(number),
        after: Some(format!("waves: {}", waves.join(" / "))),
        reason: format!("LC-{}: {}", change.number, change.note),
        ..Note::default()
    });
    Ok(number)
}

/// How rollouts shall run, as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct PolicyInput {
    /// Changes of at most so many phones are published at once.
    pub at_once: String,
    /// Waves, one a line.
    pub waves: String,
    /// Phones a minute, in all.
    pub fleet: String,
    /// Phones a minute, of one site.
    pub site: String,
    /// Phones a minute, behind one address.
    pub source: String,
    /// Minutes over which a wave is spread.
    pub jitter: String,
    /// When.
    pub window: String,
    /// Hours: who was seen this long ago counts.
    pub seen_within: String,
    /// Hours that a phone has.
    pub within: String,
    /// Hours that a wave waits for phones which it may not touch.
    pub wait: String,
}

impl PolicyInput {
    /// A policy as it is typed.
    pub fn of(policy: &Policy) -> Self {
        let s = &policy.settings;
        Self {
            at_once: policy.at_once.to_string(),
            waves: settings::write(&s.waves),
            fleet: s.pace.fleet.to_string(),
            site: s.pace.site.to_string(),
            source: s.pace.source.to_string(),
            jitter: (s.jitter / MINUTE).to_string(),
            window: s.window.to_string(),
            seen_within: (s.seen_within / HOUR).to_string(),
            within: (s.within / HOUR).to_string(),
            wait: (s.wait / HOUR).to_string(),
        }
    }

    fn read(&self) -> Result<Policy> {
        let mut wrong = vec![];
        let waves = settings::read(&self.waves).unwrap_or_else(|findings| {
            wrong.extend(findings);
            vec![]
        });
        let mut number = |field: &str, text: &str| -> i64 {
            text.trim().parse::<u32>().map_or_else(
                |_| {
                    let finding = Finding::new(Code::RolloutInvalid, field);
                    wrong.push(finding.detail("Expected a whole number."));
                    // In the bounds of every field, so that it is named once.
                    1
                },
                i64::from,
            )
        };
        let small = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        let at_once = small(number("at_once", &self.at_once));
        let pace = Pace {
            fleet: small(number("fleet", &self.fleet)),
            site: small(number("site", &self.site)),
            source: small(number("source", &self.source)),
        };
        let jitter = number("jitter", &self.jitter) * MINUTE;
        let seen_within = number("seen_within", &self.seen_within) * HOUR;
        let within = number("within", &self.within) * HOUR;
        let wait = number("wait", &self.wait) * HOUR;
        let window = Window::parse(&self.window).unwrap_or_else(|| {
            let detail = "Write `always`, `20:00-06:00` or `mon tue 20:00-06:00`.";
            wrong.push(Finding::new(Code::RolloutInvalid, "window").detail(detail));
            Window::default()
        });
        let settings = Settings { waves, pace, jitter, window, seen_within, within, wait };
        wrong.extend(settings.check());
        if wrong.is_empty() { Ok(Policy { at_once, settings }) } else { Err(Problem::blocked(wrong)) }
    }
}

/// Says how rollouts run from now on, with a reason. Those that run go on as they began.
pub async fn set_policy(services: &Services, op: &Operation, input: &PolicyInput, why: &str) -> Result<()> {
    authorise(&op.actor, Action::SetPolicy)?;
    let policy = input.read()?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let before = policy_now(&mut act.tx).await?;
    let number = user::next_number(&mut act.tx, "rollout_policy").await?;
    rollout::set_policy(&mut act.tx, number, &policy, (why, &op.actor.name, op.now)).await?;
    act.note(Note {
        action: "rollout.set_policy",
        subject: "rollouts".to_owned(),
        before: Some(before.describe()),
        after: Some(policy.describe()),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.commit().await
}
