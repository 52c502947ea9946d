//! Pages about rollouts.

use super::{
    PolicyInput, named, registrations,
    view::{PhoneRow, RolloutRow, RolloutView, RolloutsView, WaveRow},
};
use crate::{
    Operation, Problem, Result, Services,
    view::{PAGE, cut},
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    freeze::frozen,
    rollout::{Phase, Status},
};
use storage::{
    freeze,
    rollout::{self, Phone, Rollout},
    site,
};

fn row(r: &Rollout) -> RolloutRow {
    let waves = u32::try_from(r.settings.waves.len()).unwrap_or(u32::MAX);
    RolloutRow {
        number: r.number,
        change: r.change,
        level: r.level,
        scope: r.scope.clone(),
        name: r.name.clone(),
        note: r.note.clone(),
        status: r.status,
        wave: (r.wave + 1).min(waves),
        waves,
        by: r.by.clone(),
        at: r.at,
        ended: r.ended,
    }
}

/// Rollouts, newest first, after the one of this number; and how they run. Two statements.
pub async fn list(services: &Services, op: &Operation, after: &str) -> Result<RolloutsView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let before = after.parse().unwrap_or(i64::MAX);
    let mut rows: Vec<_> = rollout::list(&mut tx, before).await?.iter().map(row).collect();
    let next = cut(&mut rows, PAGE, |row| row.number.to_string());
    let said = rollout::policy(&mut tx).await?;
    let (policy, policy_by) = match said {
        Some((policy, why, by, at)) => (policy, Some((by, why, at))),
        None => (domain::rollout::Policy::default(), None),
    };
    let may_set = authorise(&op.actor, Action::SetPolicy).is_ok();
    Ok(RolloutsView { rows, next, policy: PolicyInput::of(&policy), policy_by, may_set })
}

/// One rollout, with a page of its phones in the phase of this word: of those that failed, when none is asked for.
pub async fn show(
    services: &Services,
    op: &Operation,
    number: i64,
    phase: &str,
    after: &str,
) -> Result<RolloutView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let r = rollout::by_number(&mut tx, number).await?.ok_or_else(|| Problem::not_found("rollout"))?;
    let tallies = rollout::tallies(&mut tx, r.id).await?;
    let of = |word: &str| tallies.iter().filter(|(_, w, _)| w == word).map(|(.., n)| n).sum::<u32>();
    let phases: Vec<_> = Phase::WORDS.into_iter().map(|word| (word, of(word))).collect();
    // What somebody looks for first: who failed, else who is waited for.
    let first = ["failed", "released", "fetched", "waiting", "applied"].into_iter().find(|word| of(word) > 0);
    let known = Phase::WORDS.into_iter().find(|word| *word == phase);
    let phase = known.or(first).unwrap_or("waiting").to_owned();
    let mut phones: Vec<_> =
        rollout::phones(&mut tx, r.id, &phase, after).await?.into_iter().map(phone).collect();
    let next = cut(&mut phones, PAGE, |row| row.mac.bare());
    let freezes = freeze::from(&mut tx, op.now).await?;
    let sites = site::list(&mut tx).await?;
    let held = sites.into_iter().filter(|site| frozen(&freezes, site.id, op.now).is_some());
    let frozen = if r.status.over() { vec![] } else { held.map(|site| site.code).collect() };
    Ok(RolloutView {
        waves: waves(&r, &tallies),
        stopped: stopped(&r),
        parent: r.parent,
        version: r.version,
        phases,
        phase,
        phones,
        next,
        frozen,
        woken: registrations::platform(services).is_some(),
        may_act: authorise(&op.actor, Action::Apply).is_ok() && !r.status.over(),
        row: row(&r),
        settings: r.settings,
    })
}

/// Another number whenever anything about a rollout or its phones was written; one statement by key.
pub async fn generation(services: &Services, op: &Operation, number: i64) -> Result<i64> {
    authorise(&op.actor, Action::Read)?;
    let turn = rollout::turn(&mut services.0.store.read().await?, number).await?;
    turn.ok_or_else(|| Problem::not_found("rollout"))
}

fn stopped(r: &Rollout) -> Option<Finding> {
    let Status::Paused(stop) = r.status else { return None };
    Some(Finding::new(Code::RolloutStopped, named(r.number)).detail(format!("It is so: {}.", stop.says())))
}

fn waves(r: &Rollout, tallies: &[(u32, String, u32)]) -> Vec<WaveRow> {
    let row = |(index, wave): (usize, &domain::rollout::Wave)| {
        let of = |words: &[&str]| -> u32 {
            let those =
                tallies.iter().filter(|(w, word, _)| *w as usize == index && words.contains(&&**word));
            those.map(|(.., many)| many).sum()
        };
        let word = match (r.wave as usize).cmp(&index) {
            std::cmp::Ordering::Greater => "passed",
            std::cmp::Ordering::Equal if r.status.over() => "ended here",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Less => "to come",
        };
        WaveRow {
            rule: wave.rule.to_string(),
            phones: of(&Phase::WORDS),
            applied: of(&["applied"]),
            open: of(&["waiting", "released", "fetched"]),
            failed: of(&["failed"]),
            deferred: of(&["deferred"]),
            others: of(&["skipped", "unchanged", "late", "returned"]),
            threshold: format!("{} %, then {}", wave.failures, wave.then.word()),
            word,
        }
    };
    r.settings.waves.iter().enumerate().map(row).collect()
}

fn phone(p: Phone) -> PhoneRow {
    let says = match p.phase {
        Phase::Applied(evidence) => format!("applied: {}", evidence.word()),
        Phase::Failed { why, .. } => format!("failed: {}", why.word()),
        Phase::Skipped { reached: true } => "skipped; it has the change".to_owned(),
        Phase::Skipped { reached: false } => "skipped; it keeps what it had".to_owned(),
        phase => phase.word().to_owned(),
    };
    PhoneRow {
        mac: p.mac,
        site: p.site,
        wave: p.wave + 1,
        says,
        note: p.note,
        touched: p.touched,
        seen: p.seen,
    }
}
