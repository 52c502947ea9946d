//! Instants as people read them, and as programs do.

use domain::{
    Timestamp,
    time::{DAY, HOUR, MINUTE},
};
use leptos::prelude::*;

pub(crate) fn text(at: Timestamp) -> String {
    at.to_string().replace('T', " ").replace('Z', " UTC")
}

pub(crate) fn time(at: Timestamp) -> AnyView {
    view! { <time datetime=at.to_string()>{text(at)}</time> }.into_any()
}

/// How long ago, in the largest unit that says something.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let passed = now.0.saturating_sub(at.0);
    let counted = |unit: i64, name: &str| {
        let n = passed / unit;
        format!("{n} {name}{} ago", if n == 1 { "" } else { "s" })
    };
    match passed {
        ..MINUTE => "just now".to_owned(),
        MINUTE..HOUR => counted(MINUTE, "minute"),
        HOUR..DAY => counted(HOUR, "hour"),
        _ => counted(DAY, "day"),
    }
}

pub(crate) fn maybe(at: Option<Timestamp>, otherwise: &'static str) -> AnyView {
    at.map_or_else(|| view! { <span class="none">{otherwise}</span> }.into_any(), time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_said_in_its_largest_unit() {
        let now = Timestamp(100 * DAY);
        for (passed, said) in [
            (0, "just now"),
            (-HOUR, "just now"),
            (MINUTE, "1 minute ago"),
            (59 * MINUTE, "59 minutes ago"),
            (HOUR, "1 hour ago"),
            (DAY - 1, "23 hours ago"),
            (90 * DAY, "90 days ago"),
        ] {
            assert_eq!(ago(now.plus(-passed), now), said);
        }
    }
}
