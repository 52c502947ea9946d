//! Number ranges: who owns which number.

use super::{
    Kind, RangeRow,
    cells::{At, Row},
    checker::Checker,
    span::{self, Span},
};
use crate::{
    Code,
    number::{Did, ExtensionNumber, NotANumber, RangeKind},
};

/// Checks one row.
pub(super) fn check<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let (site, _) = checker.site(row);
    let kind = row.word("kind", "extension, did", kind);
    let first = row.required("first");
    let last = row.required("last");
    let first = first.and_then(|text| end(row, "first", kind?, text));
    let last = last.and_then(|text| end(row, "last", kind?, text));
    let ordered = match (&first, &last) {
        (Some(first), Some(last)) if first.len() != last.len() || first > last => {
            row.report("last", Code::RangeInvalid, format!("It runs from `{first}` to `{last}`."));
            false
        }
        _ => true,
    };
    let Some(site) = site else {
        checker.unread.insert(Kind::Ranges);
        return;
    };
    let (true, Some(kind), Some(first), Some(last)) = (ordered, kind, first, last) else {
        let doubtful = kind.map_or(vec![RangeKind::Extension, RangeKind::Did], |kind| vec![kind]);
        checker.doubtful.extend(doubtful.into_iter().map(|kind| (site, kind)));
        return;
    };
    let new = RangeRow { site: site.to_owned(), kind, first, last };
    if !row.first(&mut checker.seen.ranges, new.clone(), "first", Code::RowDuplicate) {
        return;
    }
    if checker.existing.ranges.contains(&new) {
        checker.package.unchanged += 1;
        return;
    }
    checker.spans.extend(span(&new, site, Some(row.at)));
    checker.package.ranges.push(new);
}

/// Reports ranges that overlap, once all rows are known, and notes all ranges for [`owner`].
pub(super) fn overlaps(checker: &mut Checker<'_>) {
    let mut spans = std::mem::take(&mut checker.spans);
    spans.extend(checker.existing.ranges.iter().filter_map(|r| span(r, &r.site, None)));
    for (span, other) in span::overlaps(&mut spans) {
        let kind = kind_of(span);
        checker.doubtful.extend([(span.site, kind), (other.site, kind)]);
        if let Some(at) = span.at {
            checker.report(at, "first", Code::RangeOverlap, format!("It overlaps {}.", other.label));
        }
    }
    for span in spans {
        let key = (kind_of(&span), usize::from(span.group.1), span.first);
        checker.ranges.insert(key, (span.last, span.site));
    }
}

/// Reports a number that is not in a range of its own site.
pub(super) fn owner(
    checker: &Checker<'_>,
    row: &mut Row<'_>,
    column: &str,
    site: &str,
    kind: RangeKind,
    number: &str,
) {
    let Some(value) = value(number) else { return };
    let nearest = checker.ranges.range(..=(kind, number.len(), value)).next_back();
    let holder = nearest
        .filter(|((k, length, _), (last, _))| *k == kind && *length == number.len() && value <= *last)
        .map(|(_, (_, site))| *site);
    if holder == Some(site)
        || checker.doubtful.contains(&(site, kind))
        || checker.unread.contains(&Kind::Ranges)
    {
        return;
    }
    match holder {
        Some(other) => {
            row.report(column, Code::NumberForeign, format!("`{number}` is in a range of site `{other}`."));
        }
        None => {
            row.report(column, Code::NumberOutside, format!("`{number}` is in no range of site `{site}`."));
        }
    }
}

/// Whether some site owns a DID, or that cannot be told.
pub(super) fn ours(checker: &Checker<'_>, number: &str) -> bool {
    let Some(value) = value(number) else { return true };
    let kind = RangeKind::Did;
    let nearest = checker.ranges.range(..=(kind, number.len(), value)).next_back();
    let held = nearest
        .is_some_and(|((k, length, _), (last, _))| *k == kind && *length == number.len() && value <= *last);
    held || checker.unread.contains(&Kind::Ranges) || checker.doubtful.iter().any(|(_, k)| *k == kind)
}

/// Says so when the cell holds a DID as it is dialled inside its country; the cell was found wrong already.
pub(super) fn country(row: &mut Row<'_>, column: &str) {
    let cell = row.cell(column).map(Did::parse);
    if let (Some(Err(why @ NotANumber::Country)), Some(found)) = (cell, row.findings.last_mut())
        && found.column == column
    {
        found.finding.detail = format!("{} That is {why}.", found.finding.detail);
    }
}

fn kind(text: &str) -> Option<RangeKind> {
    match text {
        "extension" => Some(RangeKind::Extension),
        "did" => Some(RangeKind::Did),
        _ => None,
    }
}

fn end(row: &mut Row<'_>, column: &str, kind: RangeKind, text: &str) -> Option<String> {
    let parsed = row.parse(column, Code::NumberInvalid, text, |text| match kind {
        RangeKind::Extension => ExtensionNumber::parse(text).ok().map(|n| n.to_string()),
        RangeKind::Did => Did::parse(text).ok().map(|n| n.to_string()),
    });
    if kind == RangeKind::Did {
        country(row, column);
    }
    parsed
}

fn value(number: &str) -> Option<u128> {
    number.strip_prefix('+').unwrap_or(number).parse().ok()
}

/// The span of a range; only ranges of the same kind and length can overlap.
fn span<'a>(range: &RangeRow, site: &'a str, at: Option<At<'a>>) -> Option<Span<'a>> {
    Some(Span {
        group: (u8::from(range.kind == RangeKind::Did), u8::try_from(range.first.len()).ok()?),
        first: value(&range.first)?,
        last: value(&range.last)?,
        site,
        label: format!("`{}` to `{}` of site `{site}`", range.first, range.last),
        at,
    })
}

fn kind_of(span: &Span<'_>) -> RangeKind {
    if span.group.0 == 1 { RangeKind::Did } else { RangeKind::Extension }
}
