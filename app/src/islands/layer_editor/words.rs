//! What the editor says in sentences, and rows that can be told apart.

use dialects::look::{Look, Looked};
use domain::traced::TracedLine;
use std::collections::HashMap;

/// In one sentence, for those who do not see the tables change.
pub(super) fn summary(look: &Look) -> String {
    let many = |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
    let changed = many(look.differences.len(), "setting changes", "settings change");
    let lines = look.files.iter().map(|file| file.fresh.len()).sum();
    let lines = if look.same_bytes {
        "its files stay as they are".to_owned()
    } else {
        many(lines, "line of its files is new", "lines of its files are new")
    };
    let blocking = match look.findings.iter().filter(|finding| finding.blocks()).count() {
        0 => "nothing blocks".to_owned(),
        n => many(n, "thing blocks", "things block"),
    };
    format!("{changed}; {lines}; {blocking}.")
}

/// Where a value comes from, and instead of what.
pub(super) fn explained(path: &str, origin: &str, overrode: &[(String, String)]) -> String {
    let overrode: Vec<_> = overrode.iter().map(|(layer, value)| format!("{value} from {layer}")).collect();
    let instead =
        if overrode.is_empty() { String::new() } else { format!(" instead of {}", overrode.join(", ")) };
    format!("{path} is set by {origin}{instead}.")
}

/// Why a line is there.
pub(super) fn why(line: &TracedLine) -> String {
    match (&line.path, &line.origin) {
        (Some(path), Some(origin)) => explained(path, origin, &line.overrode),
        (Some(path), None) => format!("{path} is set no more; the line takes it back from the phone."),
        (None, _) => "Written by the dialect, not by a setting.".to_owned(),
    }
}

/// A line as it is drawn, told apart from others that say the same: only what changed is drawn again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Row {
    pub(super) line: TracedLine,
    /// Whether the phone's file does not have it now.
    pub(super) fresh: bool,
    nth: usize,
}

pub(super) fn rows(file: &Looked) -> Vec<Row> {
    let mut seen: HashMap<&TracedLine, usize> = HashMap::new();
    let mut fresh = file.fresh.iter().copied().peekable();
    let row = |(at, line)| {
        let nth = seen.entry(line).and_modify(|n| *n += 1).or_default();
        Row { nth: *nth, fresh: fresh.next_if_eq(&at).is_some(), line: line.clone() }
    };
    file.lines.iter().enumerate().map(row).collect()
}

/// Texts with their places among equals.
pub(super) fn apart(texts: &[String]) -> Vec<(usize, String)> {
    let mut seen: HashMap<&String, usize> = HashMap::new();
    let one = |text| {
        let nth = seen.entry(text).and_modify(|n| *n += 1).or_default();
        (*nth, text.clone())
    };
    texts.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: Option<&str>, origin: Option<&str>) -> TracedLine {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let overrode = vec![("site lon v1 (import 1)".to_owned(), "20".to_owned())];
        TracedLine { text: "x".to_owned(), path: own(path), origin: own(origin), overrode }
    }

    #[test]
    fn lines_that_say_the_same_are_told_apart() {
        let lines = vec![line(None, None), line(None, None)];
        let rows = rows(&Looked { lines, fresh: vec![1], ..Looked::default() });
        assert_ne!(rows[0], rows[1]);
        assert_eq!((rows[0].fresh, rows[1].fresh), (false, true));
        assert_eq!(
            apart(&["a", "b", "a"].map(str::to_owned)).iter().map(|(n, _)| *n).collect::<Vec<_>>(),
            [0, 0, 1]
        );
    }

    #[test]
    fn a_line_says_why_it_is_there() {
        for (line, said) in [
            (
                line(Some("network.vlan"), Some("device x v1 (LC-2)")),
                "network.vlan is set by device x v1 (LC-2) instead of 20 from site lon v1 (import 1).",
            ),
            (
                line(Some("network.vlan"), None),
                "network.vlan is set no more; the line takes it back from the phone.",
            ),
            (line(None, None), "Written by the dialect, not by a setting."),
        ] {
            assert_eq!(why(&line), said);
        }
        assert_eq!(
            summary(&Look::default()),
            "0 settings change; 0 lines of its files are new; nothing blocks."
        );
    }
}
