//! How long cases take, beside what the organisation says that they took by hand.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
};
use domain::{
    Code,
    authz::{Action, authorise},
    exception::{self as rules, Handling, Kind},
    time::DAY,
};
use std::collections::BTreeMap;
use storage::exception::{self, Baseline};

/// Cases that were closed in so many days are measured: what was long ago was other work.
const MEASURED: i64 = 90;

/// How long cases of each kind took in the last ninety days. Two queries.
pub async fn handling(services: &Services, op: &Operation) -> Result<Vec<Handling>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let mut cases: BTreeMap<Kind, Vec<_>> = BTreeMap::new();
    for (kind, case) in exception::closed_since(&mut tx, op.now.plus(-MEASURED * DAY)).await? {
        cases.entry(kind).or_default().push(case);
    }
    let baselines = exception::baselines(&mut tx).await?;
    let of = |kind: Kind| {
        let baseline = baselines.iter().find(|b| b.kind == kind).map(|b| b.minutes);
        rules::handling(kind, cases.get(&kind).map_or(&[], Vec::as_slice), baseline)
    };
    Ok(Kind::ALL.map(of).to_vec())
}

/// Says how many minutes a case of a kind took by hand.
pub async fn set_baseline(services: &Services, op: &Operation, kind: &str, minutes: &str) -> Result<()> {
    authorise(&op.actor, Action::SetPolicy)?;
    let kind = Kind::parse(kind.trim()).ok_or_else(|| Problem::invalid(Code::StateInvalid, "kind"))?;
    let minutes: i64 = minutes.trim().parse().unwrap_or_default();
    if !(1..=100_000).contains(&minutes) {
        return Err(Problem::invalid(Code::FormInvalid, "minutes"));
    }
    let mut act = Act::begin(services, op).await?;
    let before = exception::baselines(&mut act.tx).await?.into_iter().find(|b| b.kind == kind);
    let baseline = Baseline { kind, minutes, by: op.actor.name.clone(), at: act.now };
    exception::set_baseline(&mut act.tx, &baseline).await?;
    act.note(Note {
        action: "exception.set_baseline",
        subject: kind.title().to_owned(),
        before: before.map(|b| format!("{} minutes by hand", b.minutes)),
        after: Some(format!("{minutes} minutes by hand")),
        ..Note::default()
    });
    act.commit().await
}
