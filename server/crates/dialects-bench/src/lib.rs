//! One device of each family, its layers resolved and its files written over and over. The same code runs here and, as
//! WASM, in Node; whoever calls it has the clock.

use dialects::{DeviceContext, device_files};
use domain::{
    Mac,
    ids::{LayerId, SecretId},
    layer::{Layer, Level, Origin},
    resolution::{Resolution, resolve},
    revision::RevisionKind,
    setting::{Path, Value, schema},
    vendor::{Fetch, Model, Vendor},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    hint::black_box,
};
use uuid::Uuid;
use wasm_bindgen::prelude::wasm_bindgen;

/// Families that have a model to write for, one a line: name, then model.
#[wasm_bindgen]
pub fn families() -> String {
    devices().map(|(vendor, model)| format!("{vendor} {}", model.name)).collect::<Vec<_>>().join("\n")
}

/// Resolves the layers of the device of the family at `at` so many times; returns settings, so that nothing is left out.
#[wasm_bindgen]
pub fn resolutions(at: usize, rounds: u32) -> usize {
    let Some((vendor, _)) = devices().nth(at) else { return 0 };
    let layers = layers(vendor);
    (0..rounds).map(|_| resolve(black_box(&layers)).0.settings.len()).sum()
}

/// Writes the files of the device of the family at `at` so many times; returns bytes.
#[wasm_bindgen]
pub fn files(at: usize, rounds: u32) -> usize {
    let Some((vendor, model)) = devices().nth(at) else { return 0 };
    let (resolution, _) = resolve(&layers(vendor));
    (0..rounds).map(|_| write(vendor, model, black_box(&resolution))).sum()
}

fn devices() -> impl Iterator<Item = (Vendor, &'static Model)> {
    Vendor::ALL.into_iter().filter_map(|vendor| {
        let mut models = vendor.models().iter();
        Some((vendor, models.find(|model| model.fetch == Fetch::Http)?))
    })
}

fn write(vendor: Vendor, model: &Model, resolution: &Resolution) -> usize {
    let Ok(mac) = Mac::parse("805ec0123456") else { return 0 };
    let device = DeviceContext {
        mac,
        serial: "3146019091637071",
        model: model.name,
        accounts: model.accounts,
        handsets: &BTreeMap::new(),
    };
    let (files, _) = device_files(vendor, &device, RevisionKind::Bound, resolution, &BTreeSet::new());
    files.iter().map(|file| file.artifact.bytes.len()).sum()
}

/// Six layers: what a family speaks is spread over them, and each sets a third of what the one before it has set.
fn layers(vendor: Vendor) -> Vec<Layer> {
    let levels =
        [Level::Vendor, Level::Organisation, Level::Site, Level::Segment, Level::Device, Level::Line];
    let spoken: Vec<_> = dialects::speaks(vendor).iter().filter_map(|pattern| setting(pattern)).collect();
    (0u8..)
        .zip(levels)
        .map(|(number, level)| Layer {
            origin: Origin {
                layer: LayerId(Uuid::from_u128(u128::from(number))),
                level,
                name: level.word().to_owned(),
                version: 1,
                change: "CR-1".to_owned(),
            },
            settings: spoken.iter().skip(usize::from(number % 3)).step_by(3).cloned().collect(),
            locks: BTreeMap::new(),
        })
        .collect()
}

/// A good value for a pattern: the first of its kind.
fn setting(pattern: &str) -> Option<(Path, Value)> {
    let path = Path::parse(&pattern.replace('#', "1")).ok()?;
    let text = |text: &str| Value::Text(text.to_owned());
    let value = match (path.as_str(), schema::rule_of(&path)?.shape) {
        ("phone.timezone", _) => text("Europe/London"),
        ("phone.language", _) => text("en-GB"),
        ("phone.tone_region", _) => text("GB"),
        ("provisioning.url", _) => text("https://prov.example.com/s/"),
        ("keys.1.line" | "expansion.1.keys.1.line", _) => Value::Number(1),
        ("line.1.label", _) => text("{{ person.name }} {{ extension.number }}"),
        (_, schema::Shape::Text) => text("2101"),
        (_, schema::Shape::Host) => text("sip.example.com"),
        (_, schema::Shape::Flag) => Value::Flag(true),
        (_, schema::Shape::Number(from, _)) => Value::Number(from),
        (_, schema::Shape::OneOf(words) | schema::Shape::SomeOf(words)) => text(words.first()?),
        (_, schema::Shape::Secret) => Value::Secret(SecretId(Uuid::from_u128(1))),
    };
    Some((path, value))
}
