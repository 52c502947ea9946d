//! Forwarding of the phone as a whole (Cisco, XML Reference Guide for Multiplatform Phones: `Cfwd_All` and its like; the
//! SPA family has the numbers alone). A phone has one for all its lines: it is written where all of them say the same.

use crate::{
    entries::{Content, Entry},
    job::Job,
    reader::Reader,
};
use domain::{revision::RevisionKind, setting::Path};

/// When calls go elsewhere: the setting's last word, the switch where the family has one, and the number.
const WHEN: [(&str, &str, &str); 3] = [
    ("always", "Cfwd_All", "Cfwd_All_Dest"),
    ("busy", "Cfwd_Busy", "Cfwd_Busy_Dest"),
    ("no_answer", "Cfwd_No_Answer", "Cfwd_No_Ans_Dest"),
];
const DELAY: &str = "Cfwd_No_Ans_Delay";
/// What the factory has, in seconds.
const USUAL_DELAY: &str = "20";

/// Settings that it writes.
pub(crate) const FORWARD: &[&str] = &[
    "line.#.forward.always",
    "line.#.forward.busy",
    "line.#.forward.no_answer",
    "line.#.forward.no_answer_seconds",
];

/// Writes what the lines say, and takes back what was served and is said no more. Where nothing ever was set it is the
/// user's own.
pub(crate) fn forward(job: &Job<'_>, reader: &mut Reader<'_>, entries: &mut Vec<Entry>, switched: bool) {
    if !job.mentions_accounts() {
        return;
    }
    let lines = lines(job, entries);
    let mut put = |key: &str, content: Content, paths: &[Path]| {
        // A raw key may have said something here; the setting stands.
        entries.retain(|entry| !entry.key.eq_ignore_ascii_case(key));
        entries.push(Entry { key: key.to_owned(), content, paths: paths.to_vec() });
    };
    for (name, switch, number) in WHEN {
        let said = agreed(&lines, name, reader, Reader::user);
        let gone = served(job, name);
        if let Some((to, paths)) = said {
            if switched {
                put(switch, "Yes".into(), &paths);
            }
            put(number, to.into(), &paths);
        } else if !gone.is_empty() {
            if switched {
                put(switch, "No".into(), &gone);
            }
            put(number, Content::Empty, &gone);
        }
    }
    let name = "no_answer_seconds";
    let seconds =
        agreed(&lines, name, reader, |reader, path| Some(reader.number(path, 5..=120)?.to_string()));
    let gone = served(job, name);
    match seconds {
        Some((seconds, paths)) => put(DELAY, seconds.into(), &paths),
        None if !gone.is_empty() => put(DELAY, USUAL_DELAY.into(), &gone),
        None => {}
    }
}

/// The lines that the file has.
fn lines(job: &Job<'_>, entries: &[Entry]) -> Vec<u8> {
    let there = |index: &u8| {
        let key = format!("Line_Enable_{index}_");
        entries.iter().any(|entry| entry.key == key && entry.content == "Yes".into())
    };
    let bound = job.kind == RevisionKind::Bound;
    (1..=job.accounts()).filter(|_| bound).filter(there).collect()
}

/// What all lines say, and where; `None` when they say nothing, or it has been said that they disagree.
fn agreed<'a>(
    lines: &[u8],
    name: &str,
    reader: &mut Reader<'a>,
    read: fn(&mut Reader<'a>, &str) -> Option<String>,
) -> Option<(String, Vec<Path>)> {
    let at = |index: u8| Path::line(index, &format!("forward.{name}"));
    let set: Vec<Path> = lines.iter().filter_map(|index| reader.set(at(*index).as_str())).collect();
    let first = set.first()?;
    let values: Vec<_> = set.iter().map(|path| reader.resolution().text(path.as_str())).collect();
    if set.len() < lines.len() || values.iter().any(|value| *value != values[0]) {
        for path in &set {
            reader.refuse(
                path.as_str(),
                "Forwarding is one for the whole phone: all its lines must say the same.",
            );
        }
        return None;
    }
    Some((read(reader, first.as_str())?, set))
}

/// What any line was served of it.
fn served(job: &Job<'_>, name: &str) -> Vec<Path> {
    let is = |path: &&Path| {
        let words: Vec<_> = path.as_str().split('.').collect();
        matches!(words[..], ["line", _, "forward", own] if own == name)
    };
    job.served.iter().filter(is).cloned().collect()
}
