//! Programmable keys. Each model has its own kinds; `keys.K` counts through them in the order of the table.

use crate::{
    buttons::{Button, Does, Place},
    entries::Content,
    sheet::{Buttons, EACH, MODULES, Says},
};

/// How many keys of a kind a model has.
type Kind = (&'static str, u8);

const LETTERED: &[Kind] = &[("topsoftkey", 10), ("softkey", 20)];

/// Models in lower case, and their keys.
const MODELS: [(&str, &[Kind]); 21] = [
    ("6730i", &[("prgkey", 8)]),
    ("6731i", &[("prgkey", 8)]),
    ("6735i", &[("prgkey", 6), ("softkey", 20)]),
    ("6737i", LETTERED),
    ("6739i", &[("softkey", 55)]),
    ("6753i", &[("prgkey", 6)]),
    ("6755i", &[("prgkey", 6), ("softkey", 20)]),
    ("6757i", LETTERED),
    ("6863i", &[("prgkey", 3)]),
    ("6865i", &[("prgkey", 8)]),
    ("6867i", &[("topsoftkey", 20), ("softkey", 18)]),
    ("6869i", &[("topsoftkey", 44), ("softkey", 24)]),
    ("6873i", &[("topsoftkey", 48), ("softkey", 24)]),
    ("6905", &[("prgkey", 3)]),
    ("6910", &[("prgkey", 8)]),
    ("6915", &[("topsoftkey", 10)]),
    ("6920", &[("topsoftkey", 10)]),
    ("6930", &[("topsoftkey", 22)]),
    ("6940", &[("topsoftkey", 24)]),
    ("6970", &[("topsoftkey", 24)]),
    ("9143i", &[("prgkey", 7)]),
];

pub(super) const BUTTONS: Buttons = Buttons { patterns: MODULES, shared_with_lines: false, keys, say };

/// `key 3 type`, `module 1 2 type`: what they are called on the model is known when the file is printed.
fn keys(place: Place) -> Vec<(String, &'static str)> {
    let Place { module, number } = place;
    let start = match module {
        Some(module) => format!("module {module} {number}"),
        None => format!("key {number}"),
    };
    ["type", "line", "value", "label"]
        .map(|field| (format!("{start} {field}"), if field == "type" { "none" } else { "" }))
        .into()
}

fn say(button: &Button) -> Result<Says, &'static str> {
    let does = match button.does {
        Does::Nothing => "none",
        Does::SpeedDial => "speeddial",
        Does::Line => "line",
        Does::Blf => "blf",
        Does::Park | Does::Voicemail | Does::Dtmf => return Err("These phones have no key of this type."),
    };
    let text = |value: &Option<String>| value.clone().map_or(Content::Empty, Content::from);
    let contents = [does.into(), button.line.to_string().into(), text(&button.value), text(&button.label)];
    Ok(contents.into_iter().zip(EACH).collect())
}

/// What the model calls the key, or the place of one that it has not; nothing for what is no key.
pub(super) fn own(key: &str, model: &str) -> Option<Result<String, Place>> {
    let words: Vec<_> = key.split(' ').collect();
    let (place, field) = match words[..] {
        ["key", number, field] => (Place { module: None, number: number.parse().ok()? }, field),
        ["module", module, number, field] => {
            (Place { module: Some(module.parse().ok()?), number: number.parse().ok()? }, field)
        }
        _ => return None,
    };
    Some(match place.module {
        Some(module) => Ok(format!("expmod{module} key{} {field}", place.number)),
        None => physical(model, place.number).map(|name| format!("{name} {field}")).ok_or(place),
    })
}

fn physical(model: &str, number: u8) -> Option<String> {
    let (_, kinds) = MODELS.iter().find(|(name, _)| name.eq_ignore_ascii_case(model))?;
    let mut left = number;
    for (kind, count) in *kinds {
        if left <= *count {
            return Some(format!("{kind}{left}"));
        }
        left -= count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::vendor::Vendor;

    #[test]
    fn keys_count_through_the_kinds_of_a_model() {
        assert_eq!(own("key 3 type", "6863I"), Some(Ok("prgkey3 type".to_owned())));
        assert_eq!(own("key 21 value", "6867i"), Some(Ok("softkey1 value".to_owned())));
        assert_eq!(own("key 4 type", "6863i"), Some(Err(Place { module: None, number: 4 })));
        assert_eq!(own("module 2 7 label", "6867i"), Some(Ok("expmod2 key7 label".to_owned())));
        assert_eq!(own("sip line1 password", "6867i"), None);
        for (name, _) in MODELS {
            assert!(Vendor::Mitel.model(name).is_some(), "{name}");
        }
    }
}
