//! Instants as microseconds UTC, in both databases and on the wire.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// One second, in microseconds.
pub const SECOND: i64 = 1_000_000;
/// One minute, in microseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour, in microseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day of 24 hours, in microseconds.
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// This instant moved by `micros`, saturating at the ends of time.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Whole seconds since the epoch; negative instants count as zero.
    pub fn seconds(self) -> u64 {
        u64::try_from(self.0 / SECOND).unwrap_or(0)
    }

    /// Parses RFC 3339, or the `YYYY-MM-DDTHH:MM[:SS]` of a `datetime-local` field, which is read as UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let full = match text.len() {
            16 => format!("{text}:00Z"),
            19 => format!("{text}Z"),
            _ => text.to_owned(),
        };
        let parsed = OffsetDateTime::parse(&full, &Rfc3339).ok()?;
        i64::try_from(parsed.unix_timestamp_nanos() / 1_000).ok().map(Self)
    }
}

/// RFC 3339 in UTC, to the second: `2026-11-23T04:20:00Z`.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp(self.0.div_euclid(SECOND))
            .ok()
            .and_then(|t| t.format(&Rfc3339).ok());
        match text {
            Some(text) => f.write_str(&text),
            None => write!(f, "{} µs", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_prints_as_it_is_parsed() {
        for (text, printed) in [
            ("2026-11-23T04:20:00Z", "2026-11-23T04:20:00Z"),
            ("2026-11-23T05:20:00+01:00", "2026-11-23T04:20:00Z"),
            ("2026-11-23T04:20", "2026-11-23T04:20:00Z"),
            ("2026-11-23T04:20:07", "2026-11-23T04:20:07Z"),
        ] {
            assert_eq!(Timestamp::parse(text).map(|t| t.to_string()).as_deref(), Some(printed), "{text}");
        }
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(Timestamp::parse("2026-13-01T00:00:00Z"), None);
    }
}
