//! Ranges of numbers: what one site owns. No two share a number; the database says so too.

use super::{Number, RangeKind};
use crate::{
    Code, Finding,
    ids::{RangeId, SiteId},
};
use serde::{Deserialize, Serialize};

/// An inclusive range of numbers that one site owns. Both ends have the same length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRange {
    /// Its id.
    pub id: RangeId,
    /// Its owner.
    pub site: SiteId,
    /// Extensions or DIDs.
    pub kind: RangeKind,
    /// First number, as people write it.
    pub first: String,
    /// Last number, as people write it.
    pub last: String,
}

/// The ends of a range, parsed and in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The first number.
    pub first: Number,
    /// The last number, of the same kind and length.
    pub last: Number,
}

impl Ends {
    /// Reads the ends of a range as they were typed: everything that is wrong with them, by the field's name.
    pub fn parse(kind: RangeKind, first: &str, last: &str) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut end =
            |field: &str, text: &str| {
                let parsed = Number::of(kind, text);
                findings.extend(parsed.as_ref().err().map(|why| {
                    Finding::new(Code::NumberInvalid, field).detail(format!("`{text}` is {why}."))
                }));
                parsed.ok()
            };
        let ends = (end("first", first), end("last", last));
        let (Some(first), Some(last)) = ends else { return Err(findings) };
        if first.as_ref().len() != last.as_ref().len() || first > last {
            let detail = format!("It runs from `{first}` to `{last}`.");
            return Err(vec![Finding::new(Code::RangeInvalid, "last").detail(detail)]);
        }
        Ok(Self { first, last })
    }

    /// Whether `number` lies between them.
    pub fn contain(&self, number: &Number) -> bool {
        (self.first.key()..=self.last.key()).contains(&number.key())
    }
}

impl NumberRange {
    /// Whether `number` lies inside: same length, so that digit order is number order.
    pub fn contains(&self, number: &str) -> bool {
        number.len() == self.first.len() && *self.first <= *number && *number <= *self.last
    }

    /// Whether two ranges share a number.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.first.len() == other.first.len()
            && self.first <= other.last
            && other.first <= self.last
    }

    /// How many numbers it holds.
    pub fn size(&self) -> i64 {
        let key = |text: &str| Number::of(self.kind, text).map_or(0, |number| number.key());
        key(&self.last) - key(&self.first) + 1
    }
}

/// What stands against a new or altered range beside the ranges that exist: each other one that it shares a number
/// with, by its ends and its site. `others` is every range with the code of its site.
pub fn overlaps(new: &NumberRange, others: &[(NumberRange, String)]) -> Vec<Finding> {
    others
        .iter()
        .filter(|(other, _)| other.id != new.id && other.overlaps(new))
        .map(|(other, site)| {
            let detail = format!("It overlaps `{}` to `{}` of site `{site}`.", other.first, other.last);
            Finding::new(Code::RangeOverlap, "first").detail(detail)
        })
        .collect()
}

/// The range that a number lies in.
pub fn owner<'r>(number: &Number, ranges: &'r [(NumberRange, String)]) -> Option<&'r (NumberRange, String)> {
    ranges.iter().find(|(range, _)| range.kind == number.kind() && range.contains(number.as_ref()))
}

/// Whether a site owns a number; if not, whose it is.
pub fn owned(number: &Number, site: SiteId, ranges: &[(NumberRange, String)]) -> Option<Finding> {
    match owner(number, ranges) {
        Some((range, _)) if range.site == site => None,
        Some((_, other)) => Some(
            Finding::new(Code::NumberForeign, number.to_string())
                .detail(format!("`{number}` is in a range of site `{other}`.")),
        ),
        None => Some(
            Finding::new(Code::NumberOutside, number.to_string())
                .detail(format!("`{number}` is in no range of any site.")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn range(id: u128, site: u128, kind: RangeKind, first: &str, last: &str) -> NumberRange {
        NumberRange {
            id: RangeId(Uuid::from_u128(id)),
            site: SiteId(Uuid::from_u128(site)),
            kind,
            first: first.to_owned(),
            last: last.to_owned(),
        }
    }

    fn plan() -> Vec<(NumberRange, String)> {
        vec![
            (range(1, 1, RangeKind::Extension, "2100", "2199"), "lon".to_owned()),
            (range(2, 2, RangeKind::Extension, "3100", "3199"), "par".to_owned()),
            (range(3, 1, RangeKind::Did, "+442079460100", "+442079460199"), "lon".to_owned()),
        ]
    }

    #[test]
    fn a_range_that_overlaps_names_the_other_and_its_site() {
        let say = |kind, first: &str, last: &str| -> Vec<String> {
            overlaps(&range(9, 2, kind, first, last), &plan()).into_iter().map(|f| f.detail).collect()
        };
        assert_eq!(
            say(RangeKind::Extension, "2199", "3100"),
            ["It overlaps `2100` to `2199` of site `lon`.", "It overlaps `3100` to `3199` of site `par`."]
        );
        assert!(say(RangeKind::Extension, "2200", "3099").is_empty());
        assert!(say(RangeKind::Extension, "21000", "21999").is_empty(), "of another length");
        let own = range(1, 1, RangeKind::Extension, "2100", "2149");
        assert!(overlaps(&own, &plan()).is_empty(), "a range may be altered where it is");
    }

    #[test]
    fn the_ends_say_everything_that_is_wrong_with_them() {
        let codes = |kind, first: &str, last: &str| -> Vec<(&'static str, String)> {
            let found = Ends::parse(kind, first, last).unwrap_err();
            found.into_iter().map(|f| (f.code.text(), f.subject)).collect()
        };
        let wrong = |code, field: &str| (code, field.to_owned());
        assert_eq!(
            codes(RangeKind::Did, "02079460100", "+44"),
            [wrong("number.invalid", "first"), wrong("number.invalid", "last")]
        );
        assert_eq!(codes(RangeKind::Extension, "2199", "2100"), [wrong("range.invalid", "last")]);
        assert_eq!(codes(RangeKind::Extension, "2100", "21999"), [wrong("range.invalid", "last")]);
        let ends = Ends::parse(RangeKind::Did, "+44 20 7946 0100", "+442079460199").unwrap();
        assert!(ends.contain(&Number::parse("+442079460150").unwrap()));
        assert!(!ends.contain(&Number::parse("+442079460200").unwrap()));
    }

    #[test]
    fn a_number_of_another_site_or_of_none_is_told_apart() {
        let of = |text: &str, site: u128| {
            let site = SiteId(Uuid::from_u128(site));
            owned(&Number::parse(text).unwrap(), site, &plan()).map(|f| f.code)
        };
        assert_eq!(of("2101", 1), None);
        assert_eq!(of("2101", 2), Some(Code::NumberForeign));
        assert_eq!(of("4101", 1), Some(Code::NumberOutside));
        assert_eq!(of("+442079460101", 1), None);
    }

    proptest! {
        #[test]
        fn ranges_overlap_exactly_when_their_keys_do(a in 10u32..99, b in 10u32..99, c in 10u32..99, d in 10u32..99) {
            let make = |id, x: u32, y: u32| range(id, 1, RangeKind::Extension, &x.min(y).to_string(), &x.max(y).to_string());
            let (one, two) = (make(1, a, b), make(2, c, d));
            let expected = a.min(b) <= c.max(d) && c.min(d) <= a.max(b);
            prop_assert_eq!(one.overlaps(&two), expected);
            prop_assert_eq!(one.size(), i64::from(a.abs_diff(b)) + 1);
        }
    }
}
