//! What becomes of hunt groups when lines go: callers are users too, so the fifth answer says which group is then open
//! while nobody is there.

use super::{MOST_FINDINGS, Planned};
use crate::{Result, routes};
use domain::{Finding, Timestamp, number::ExtensionNumber, plan::Effect};
use std::collections::BTreeSet;
use storage::Tx;

/// So many groups are named.
const NAMED: usize = 20;

/// Looks at the cover of every group that loses a member. Four queries, whatever the number of rows; none where no
/// line goes.
pub(super) async fn look(tx: &mut Tx, planned: &mut Planned, now: Timestamp) -> Result<()> {
    let numbers = |effect: Effect| -> BTreeSet<ExtensionNumber> {
        let rows = planned.rows.iter().filter(|row| row.wanted.effect == effect);
        rows.filter_map(|row| Some(planned.extension(row)?.number.clone())).collect()
    };
    // Whoever moves is there afterwards.
    let mut gone: BTreeSet<_> = numbers(Effect::Unbind).difference(&numbers(Effect::Bind)).cloned().collect();
    // A shared line can be answered elsewhere.
    for row in planned.rows.iter().filter(|row| !planned.kept(row.wanted.extension).is_empty()) {
        if let Some(extension) = planned.extension(row) {
            gone.remove(&extension.number);
        }
    }
    if gone.is_empty() {
        return Ok(());
    }
    let uncovered = routes::staff(tx).await?.without(&gone, now);
    for answer in planned.plan.answers.iter_mut().filter(|answer| answer.id == "F5") {
        answer.concern |= !uncovered.is_empty();
        answer.facts.extend(uncovered.iter().take(NAMED).map(said));
        if uncovered.len() > NAMED {
            answer
                .facts
                .push(format!("{} more hunt groups are uncovered without it.", uncovered.len() - NAMED));
        }
    }
    let room = MOST_FINDINGS.saturating_sub(planned.plan.findings.len());
    planned.plan.findings.extend(uncovered.into_iter().take(room));
    Ok(())
}

fn said(finding: &Finding) -> String {
    format!("Without it, {} is open and uncovered: {}", finding.subject, finding.detail)
}
