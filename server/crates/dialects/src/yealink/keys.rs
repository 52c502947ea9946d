//! Programmable keys of the phone and of its expansion modules. Only a phone with a line has any.

use crate::{
    entries::{Content, Entries},
    job::Job,
    reader::Reader,
};
use domain::{revision::RevisionKind, setting::Path};
use std::collections::BTreeSet;

const FIELDS: [&str; 4] = ["type", "line", "value", "label"];

/// A key by the beginning of its neutral path and of its vendor keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// `keys.7`, `expansion.1.keys.7`.
    ours: String,
    /// `linekey.7`, `expansion_module.1.key.7`.
    theirs: String,
    /// Its number, on the phone itself.
    number: Option<u8>,
}

/// The key that a path belongs to, and which of its fields.
fn place(path: &Path) -> Option<(Place, &str)> {
    let words: Vec<_> = path.as_str().split('.').collect();
    match words[..] {
        ["keys", key, field] => Some((
            Place { ours: format!("keys.{key}"), theirs: format!("linekey.{key}"), number: key.parse().ok() },
            field,
        )),
        ["expansion", module, "keys", key, field] => Some((
            Place {
                ours: format!("expansion.{module}.keys.{key}"),
                theirs: format!("expansion_module.{module}.key.{key}"),
                number: None,
            },
            field,
        )),
        _ => None,
    }
}

fn kind(word: &str) -> Option<&'static str> {
    Some(match word {
        "none" => "0",
        "park" => "10",
        "dtmf" => "11",
        "voicemail" => "12",
        "speed-dial" => "13",
        "line" => "15",
        "blf" => "16",
        _ => return None,
    })
}

pub(super) fn put(job: &Job<'_>, bound: &BTreeSet<u8>, reader: &mut Reader<'_>, entries: &mut Entries) {
    if job.kind != RevisionKind::Bound || bound.is_empty() {
        return;
    }
    let places: BTreeSet<Place> =
        reader.resolution().settings.keys().filter_map(|path| Some(place(path)?.0)).collect();
    for place in places {
        let at = |field: &str| format!("{}.{field}", place.ours);
        if place.number.is_some_and(|number| bound.contains(&number)) {
            let set = FIELDS.iter().find(|field| reader.set(&at(field)).is_some());
            reader.refuse(&at(set.unwrap_or(&"type")), "A line is on this key.");
            continue;
        }
        let Some(word) = reader.text(&at("type")) else {
            let set = FIELDS.iter().find(|field| reader.set(&at(field)).is_some());
            reader.refuse(&at(set.unwrap_or(&"type")), "A key needs a `type`.");
            continue;
        };
        let Some(kind) = kind(&word) else { continue };
        let line = match reader.set(&at("line")) {
            Some(_) => reader.number(&at("line"), 1..=255),
            None => bound.first().map(|line| i64::from(*line)),
        };
        if line.is_some_and(|line| !bound.iter().any(|own| i64::from(*own) == line)) {
            reader.refuse(&at("line"), "There is no such line on this phone.");
            continue;
        }
        let contents = [
            Content::from(kind),
            line.map_or(Content::Empty, |line| line.to_string().into()),
            reader.text(&at("value")).map_or(Content::Empty, Content::from),
            reader.text(&at("label")).map_or(Content::Empty, Content::from),
        ];
        for (field, content) in FIELDS.iter().zip(contents) {
            let paths = Path::parse(&at(field)).into_iter().collect();
            let paths = reader.origins(&content, paths);
            let _free = entries.put(format!("{}.{field}", place.theirs), content, paths);
        }
    }
}

/// Empties a key that was served and is no longer set.
pub(super) fn reset(path: &Path, job: &Job<'_>, entries: &mut Entries) {
    let Some((place, _)) = place(path).filter(|_| job.mentions_accounts()) else { return };
    let _taken = entries.put(format!("{}.type", place.theirs), "0", vec![path.clone()]);
    for field in &FIELDS[1..] {
        entries.clear(format!("{}.{field}", place.theirs), vec![path.clone()]);
    }
}
