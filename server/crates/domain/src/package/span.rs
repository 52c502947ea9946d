//! Intervals that must not overlap: number ranges and networks. One sort, one sweep.

use super::cells::At;

/// An inclusive interval.
pub(super) struct Span<'a> {
    /// Only intervals of the same group can overlap.
    pub(super) group: (u8, u8),
    /// First value.
    pub(super) first: u128,
    /// Last value.
    pub(super) last: u128,
    /// Whose it is: a site code.
    pub(super) site: &'a str,
    /// What people call it.
    pub(super) label: String,
    /// Its row; `None` when the database holds it.
    pub(super) at: Option<At<'a>>,
}

/// Pairs of overlapping spans, the one to report first: it is the row that stands later, never a record.
///
/// Of a heap of overlapping rows each pair of neighbours is named, not every pair: n findings, not n².
pub(super) fn overlaps<'s, 'a>(spans: &'s mut [Span<'a>]) -> Vec<(&'s Span<'a>, &'s Span<'a>)> {
    spans.sort_by_key(|s| (s.group, s.first, s.last, s.at));
    let mut found = Vec::new();
    // The span seen so far that reaches furthest: whatever overlaps an earlier span overlaps this one.
    let mut reach: Option<&Span<'_>> = None;
    for span in &*spans {
        let Some(holder) = reach.filter(|h| h.group == span.group) else {
            reach = Some(span);
            continue;
        };
        if span.first <= holder.last && (span.at.is_some() || holder.at.is_some()) {
            found.push(if span.at > holder.at { (span, holder) } else { (holder, span) });
        }
        if span.last > holder.last {
            reach = Some(span);
        }
    }
    found.sort_by_key(|(row, other)| (row.at, other.at));
    found.dedup_by_key(|(row, _)| row.at);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(index: usize, first: u8, length: u8, held: bool) -> Span<'static> {
        let at = At { sheet: 0, row: u32::try_from(index).unwrap(), file: "" };
        Span {
            group: (0, 0),
            first: first.into(),
            last: u128::from(first) + u128::from(length),
            site: "",
            label: String::new(),
            at: (!held).then_some(at),
        }
    }

    proptest! {
        #[test]
        fn something_is_found_exactly_when_a_row_overlaps_anything(
            input in prop::collection::vec((0u8..60, 0u8..6, any::<bool>()), 0..12)
        ) {
            let mut spans: Vec<_> =
                input.iter().enumerate().map(|(i, (f, l, held))| span(i, *f, *l, *held)).collect();
            let touch = |a: &Span<'_>, b: &Span<'_>| a.first <= b.last && b.first <= a.last;
            let mut expected = false;
            for (i, a) in spans.iter().enumerate() {
                for b in &spans[i + 1..] {
                    expected |= touch(a, b) && (a.at.is_some() || b.at.is_some());
                }
            }
            let records_overlap = spans.iter().enumerate().any(|(i, a)| {
                spans[i + 1..].iter().any(|b| touch(a, b) && a.at.is_none() && b.at.is_none())
            });
            let found = overlaps(&mut spans);
            // The database holds no overlapping records; without that nothing is promised about them.
            if !records_overlap {
                prop_assert_eq!(!found.is_empty(), expected);
            }
            for (row, other) in found {
                prop_assert!(row.at.is_some() && touch(row, other));
            }
        }
    }
}
