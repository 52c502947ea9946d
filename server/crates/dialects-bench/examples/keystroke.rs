//! What one keystroke in the editor costs here, at 200 settings: from the text as typed to everything that is shown.
//! `cargo xtask bench editor` runs it, and then the same in the browser.

use dialects::look::{Bench, Desk};
use domain::{
    Mac,
    ids::LayerId,
    layer::{Content, Layer, Level, Locks, Origin, Release, form::Typed},
    revision::RevisionKind,
    setting::{Path, Value},
    vendor::Vendor,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    time::Instant,
};

/// Settings of the phone.
const SETTINGS: usize = 200;
/// Keystrokes that are measured.
const TIMES: usize = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let (bench, text) = phone()?;
    let desk = Desk::new(bench);
    let mut milliseconds = Vec::new();
    let mut lines = 0;
    for number in 0..TIMES {
        // Somebody types a label, letter by letter.
        let typed = Typed {
            text: format!("{text}keys.7.label = {}\n", "Reception".repeat(3).split_at(number % 27).0),
            ..Typed::default()
        };
        let begun = Instant::now();
        let look = desk.look(&typed);
        milliseconds.push(begun.elapsed().as_secs_f64() * 1e3);
        lines = look.files.iter().map(|file| file.lines.len()).sum();
    }
    milliseconds.sort_by(f64::total_cmp);
    let at = |share: usize| milliseconds[(TIMES * share / 100).min(TIMES - 1)];
    println!(
        "a keystroke at {SETTINGS} settings, here: median {:.2} ms, p99 {:.2} ms, worst {:.2} ms; {lines} lines",
        at(50),
        at(99),
        at(100)
    );
    Ok(())
}

/// A phone of which half of the settings are the site's, and the draft's text.
fn phone() -> Result<(Bench, String), Box<dyn Error>> {
    let key = |number: usize| -> Result<(Path, Value), Box<dyn Error>> {
        let path = match number % 4 {
            0 => format!("keys.{}.type", number / 4 + 1),
            1 => format!("keys.{}.value", number / 4 + 1),
            2 => format!("expansion.1.keys.{}.label", number / 4 + 1),
            _ => format!("raw.yealink.\"features.number_{number}\""),
        };
        let value = if number.is_multiple_of(4) { "speed-dial" } else { "2101" };
        let path = Path::parse(&path).map_err(|code| format!("{code}: {path}"))?;
        Ok((path, Value::Text(value.to_owned())))
    };
    let all = (0..SETTINGS).map(key).collect::<Result<Vec<_>, _>>()?;
    let (organisation, site) = all.split_at(SETTINGS / 2);
    let layer = |level: Level, number: u128, settings: &[(Path, Value)]| Layer {
        origin: Origin {
            layer: LayerId(uuid::Uuid::from_u128(number)),
            level,
            name: level.word().to_owned(),
            version: 1,
            change: "import 1".to_owned(),
        },
        settings: settings.iter().cloned().collect(),
        locks: Locks::new(),
    };
    let (organisation, site) = (layer(Level::Organisation, 1, organisation), layer(Level::Site, 2, site));
    let before = Content::of(&site, None);
    let text = domain::layer::text::write(&before);
    let bench = Bench {
        vendor: Vendor::Yealink,
        mac: Mac::parse("805ec0123456").map_err(|_| "no MAC")?,
        serial: "3146019091637071".to_owned(),
        model: "T46U".to_owned(),
        accounts: 16,
        handsets: BTreeMap::new(),
        kind: RevisionKind::Bound,
        served: BTreeSet::new(),
        draft: Origin { version: 2, change: "draft".to_owned(), ..site.origin.clone() },
        before: Some((before, Release::FIRST)),
        made: vec![],
        stack: vec![organisation, site],
    };
    Ok((bench, text))
}
