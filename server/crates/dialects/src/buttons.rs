//! Programmable keys of a phone and of its expansion modules, read once for every dialect. Only a phone with a line
//! has any.

use crate::{job::Job, reader::Reader};
use domain::{revision::RevisionKind, setting::Path};
use std::collections::BTreeSet;

pub(crate) const FIELDS: [&str; 4] = ["type", "line", "value", "label"];
/// A setting of the phone that a key may say too: the code that picks up the call of a watched line.
pub(crate) const PICKUP: &str = "phone.pickup_code";

/// Where a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The expansion module, from 1; `None` on the phone itself.
    pub(crate) module: Option<u8>,
    /// Which key, from 1.
    pub(crate) number: u8,
}

impl Place {
    /// The path of one of its settings.
    pub(crate) fn path(self, field: &str) -> String {
        let Self { module, number } = self;
        match module {
            Some(module) => format!("expansion.{module}.keys.{number}.{field}"),
            None => format!("keys.{number}.{field}"),
        }
    }

    /// The key that a path belongs to.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let path = path.as_str();
        if !path.starts_with("keys.") && !path.starts_with("expansion.") {
            return None;
        }
        let words: Vec<_> = path.split('.').collect();
        match words[..] {
            ["keys", key, _] => Some(Self { module: None, number: key.parse().ok()? }),
            ["expansion", module, "keys", key, _] => {
                Some(Self { module: Some(module.parse().ok()?), number: key.parse().ok()? })
            }
            _ => None,
        }
    }
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Blf,
    SpeedDial,
    Line,
    Park,
    Voicemail,
    Dtmf,
    Nothing,
}

impl Does {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "blf" => Self::Blf,
            "speed-dial" => Self::SpeedDial,
            "line" => Self::Line,
            "park" => Self::Park,
            "voicemail" => Self::Voicemail,
            "dtmf" => Self::Dtmf,
            "none" => Self::Nothing,
            _ => return None,
        })
    }
}

/// A programmable key.
pub(crate) struct Button {
    pub(crate) place: Place,
    pub(crate) does: Does,
    /// The line that it uses: one of the phone's.
    pub(crate) line: u8,
    pub(crate) value: Option<String>,
    pub(crate) label: Option<String>,
    /// The code that picks up the call of a watched line.
    pub(crate) pickup: Option<String>,
}

/// The path of a key's field, or of a setting of the phone that a key says too.
pub(crate) fn path_of(place: Place, field: &str) -> String {
    if field == PICKUP { field.to_owned() } else { place.path(field) }
}

/// The keys of a bound revision, by place. `bound` holds the lines, each of which takes the key of its number where
/// `shared` is set.
pub(crate) fn read(
    job: &Job<'_>,
    bound: &BTreeSet<u8>,
    shared: bool,
    reader: &mut Reader<'_>,
) -> Vec<Button> {
    let Some(first) = bound.first().copied().filter(|_| job.kind == RevisionKind::Bound) else {
        return vec![];
    };
    let places: BTreeSet<Place> = reader.resolution().settings.keys().filter_map(Place::of).collect();
    places
        .into_iter()
        .filter_map(|place| {
            let taken = shared && place.module.is_none() && bound.contains(&place.number);
            if taken {
                refuse(place, "A line is on this key.", reader)
            } else {
                button(place, bound, first, reader)
            }
        })
        .collect()
}

/// Says why a key is not written, at the first of its settings that is there.
fn refuse(place: Place, detail: &str, reader: &mut Reader<'_>) -> Option<Button> {
    let set = FIELDS.iter().find(|field| reader.set(&place.path(field)).is_some());
    reader.refuse(&place.path(set.unwrap_or(&"type")), detail);
    None
}

fn button(place: Place, bound: &BTreeSet<u8>, first: u8, reader: &mut Reader<'_>) -> Option<Button> {
    let Some(word) = reader.text(&place.path("type")) else {
        return refuse(place, "A key needs a `type`.", reader);
    };
    // The model's own table has refused a word that is none.
    let does = Does::parse(&word)?;
    let line = match reader.set(&place.path("line")) {
        Some(_) => {
            let number = reader.number(&place.path("line"), 1..=255)?;
            bound.iter().copied().find(|own| i64::from(*own) == number)
        }
        None => Some(first),
    };
    let Some(line) = line else {
        reader.refuse(&place.path("line"), "There is no such line on this phone.");
        return None;
    };
    let text =
        |field: &str, reader: &mut Reader<'_>| reader.text(&place.path(field)).filter(|t| !t.is_empty());
    let (value, label) = (text("value", reader), text("label", reader));
    let pickup = reader.text(PICKUP).filter(|text| !text.is_empty());
    Some(Button { place, does, line, value, label, pickup })
}
