//! Number ranges: what each site owns, defined, altered and given up.

use super::view::{RangeInput, RangeRow};
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    reason,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    ids::{RangeId, SiteId},
    number::{
        Number, NumberRange, RangeKind,
        range::{Ends, overlaps},
    },
};
use std::collections::BTreeMap;
use storage::{Tx, number, site};

/// Every range with how full it is. Two queries; cost grows with the numbers that are not available.
pub async fn list(services: &Services, op: &Operation) -> Result<Vec<RangeRow>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let mut counts = BTreeMap::<_, Vec<_>>::new();
    for (range, word, count) in number::counts(&mut tx).await? {
        counts.entry(range).or_default().push((word, count));
    }
    let ranges = site::ranges_with_site(&mut tx).await?;
    let row = |(range, site): (NumberRange, String)| {
        let counts = counts.remove(&range.id.0).unwrap_or_default();
        RangeRow { range, site, counts }
    };
    Ok(ranges.into_iter().map(row).collect())
}

/// One range.
pub async fn view(services: &Services, op: &Operation, id: &str) -> Result<RangeRow> {
    let all = list(services, op).await?;
    all.into_iter().find(|row| row.range.id.to_string() == id).ok_or_else(|| Problem::not_found("range"))
}

/// A site owns a range from now on.
pub async fn define(services: &Services, op: &Operation, input: &RangeInput, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let kind = RangeKind::parse(&input.kind).ok_or_else(|| {
        let allowed = Finding::new(Code::StateInvalid, "kind").detail("Allowed: extension, did.");
        Problem::from(allowed)
    })?;
    let ends = Ends::parse(kind, &input.first, &input.last).map_err(Problem::blocked)?;
    let mut act = Act::begin(services, op).await?;
    let site = site::by_code(&mut act.tx, input.site.trim()).await?;
    let site = site.ok_or_else(|| {
        let detail = format!("It is `{}`.", input.site.trim());
        Problem::from(Finding::new(Code::SiteUnknown, "site").detail(detail))
    })?;
    let range = range(RangeId(services.0.env.id()), site.id, kind, &ends);
    apart(&mut act.tx, &range).await?;
    site::insert_range(&mut act.tx, &range).await?;
    note(&mut act, "range.define", &range, None, Some(words(&range)), why);
    act.commit().await
}

/// Changes the ends of a range. Numbers that are not free stay inside.
pub async fn alter(
    services: &Services,
    op: &Operation,
    id: &str,
    first: &str,
    last: &str,
    why: &str,
) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let before = find(&mut act.tx, id).await?;
    let ends = Ends::parse(before.kind, first, last).map_err(Problem::blocked)?;
    let after = range(before.id, before.site, before.kind, &ends);
    apart(&mut act.tx, &after).await?;
    keeps(&mut act.tx, &before, Some(&ends)).await?;
    site::update_range(&mut act.tx, &after).await?;
    note(&mut act, "range.alter", &after, Some(words(&before)), Some(words(&after)), why);
    act.commit().await
}

/// A site gives a range up, when all of its numbers are free.
pub async fn remove(services: &Services, op: &Operation, id: &str, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let mut act = Act::begin(services, op).await?;
    let before = find(&mut act.tx, id).await?;
    keeps(&mut act.tx, &before, None).await?;
    site::remove_range(&mut act.tx, before.id).await?;
    note(&mut act, "range.remove", &before, Some(words(&before)), None, why);
    act.commit().await
}

fn range(id: RangeId, site: SiteId, kind: RangeKind, ends: &Ends) -> NumberRange {
    NumberRange { id, site, kind, first: ends.first.to_string(), last: ends.last.to_string() }
}

async fn find(tx: &mut Tx, id: &str) -> Result<NumberRange> {
    let all = site::ranges(tx).await?;
    all.into_iter().find(|range| range.id.to_string() == id).ok_or_else(|| Problem::not_found("range"))
}

/// Names every range that this one would overlap. The database would refuse it too, without a name.
async fn apart(tx: &mut Tx, range: &NumberRange) -> Result<()> {
    let found = overlaps(range, &site::ranges_with_site(tx).await?);
    if found.is_empty() { Ok(()) } else { Err(Problem::blocked(found)) }
}

/// Whether every number of a range that is not free lies within the new ends, and every callback number.
async fn keeps(tx: &mut Tx, range: &NumberRange, ends: Option<&Ends>) -> Result<()> {
    let key = |text: &str| Number::of(range.kind, text).map_or(0, |number| number.key());
    let (first, last) = (key(&range.first), key(&range.last));
    let lost = match ends {
        // Also when the new ends lie elsewhere altogether.
        Some(ends) => {
            vec![(first, last.min(ends.first.key() - 1)), (first.max(ends.last.key() + 1), last)]
        }
        None => vec![(first, last)],
    };
    let mut findings = Vec::new();
    let called_back: Vec<_> = site::places(tx)
        .await?
        .into_iter()
        .filter_map(|place| Some((Number::parse(&place.callback_number).ok()?.key(), place)))
        .collect();
    for (from, to) in lost.into_iter().filter(|(from, to)| from <= to) {
        let in_use = |detail| Finding::new(Code::RangeInUse, "first").detail(detail);
        if let (count, Some(number)) = number::between(tx, from, to).await? {
            findings.push(in_use(format!("{count} of them, the first is `{number}`.")));
        }
        for (key, place) in &called_back {
            if (from..=to).contains(key) {
                let detail = format!(
                    "Emergency services call place `{}` back under `{}`.",
                    place.code, place.callback_number
                );
                findings.push(in_use(detail));
            }
        }
    }
    findings.truncate(50);
    if findings.is_empty() { Ok(()) } else { Err(Problem::blocked(findings)) }
}

fn words(range: &NumberRange) -> String {
    format!("{} to {}", range.first, range.last)
}

fn note(
    act: &mut Act<'_>,
    action: &str,
    range: &NumberRange,
    before: Option<String>,
    after: Option<String>,
    why: &str,
) {
    act.note(Note {
        action,
        subject: format!("{} range {}", range.kind.word(), range.first),
        site: Some(range.site),
        before,
        after,
        reason: why.to_owned(),
        ..Note::default()
    });
}
