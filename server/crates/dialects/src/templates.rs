//! Template files of another system, read into settings: a directory of FusionPBX, or any directory of a vendor's files.
//!
//! Nothing is guessed. A setting is taken for a key only when writing that setting with the dialect gives every one of
//! its keys as the templates have it, and no other value of it does. A key that no setting says is a raw key, if the
//! dialect writes it as it stands. What is neither is left, with the reason. Lines and credentials are never taken: they
//! come with an approved binding.

mod read;

use crate::{
    DeviceContext, dialect,
    entries::{Content, Entry},
    job::Job,
    sheet::{self, About, Sheet},
    zones,
};
use domain::{
    Finding, Mac,
    ids::{LayerId, SecretId},
    layer::{Layer, Level, Locks, Origin},
    resolution::resolve,
    revision::RevisionKind,
    setting::{
        Path, Value,
        schema::{Shape, check, of_line, reserved, rule_of},
    },
    vendor::Vendor,
};
use read::{Said, read};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A file of the directory.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its name, with the folders in which it lies.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Settings, raw keys among them.
    pub settings: BTreeMap<Path, Value>,
    /// What is left, in the order of files and lines.
    pub left: Vec<Left>,
}

impl Imported {
    /// How many settings of the model of all vendors there are, and how many raw keys.
    pub fn counts(&self) -> (usize, usize) {
        let raw = self.settings.keys().filter(|path| path.as_str().starts_with("raw.")).count();
        (self.settings.len() - raw, raw)
    }
}

/// A key that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Left {
    /// Its file.
    pub file: String,
    /// Its line, from 1; 0 for the whole file.
    pub line: usize,
    /// The vendor's key; its value is not repeated here, because it may be a secret.
    pub key: String,
    /// Why.
    pub why: Why,
}

impl Left {
    fn new(file: &str, line: usize, key: &str, why: Why) -> Self {
        let key = key.chars().filter(|c| !c.is_control()).take(120).collect();
        Self { file: file.to_owned(), line, key, why }
    }
}

/// Why a key was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The value is filled in by the other system.
    Expression,
    /// It stands under a condition of the other system.
    Condition,
    /// It makes a line, or is a device's own credential.
    Reserved,
    /// It is a password, or sounds like one.
    Secret,
    /// The templates say different things.
    Differs,
    /// This family has no such key, or it cannot be written as it stands.
    Unknown,
    /// The file could not be read to its end.
    Unreadable,
}

impl Why {
    /// In a sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Expression => "The other system fills the value in.",
            Self::Condition => "What stands here is said under a condition of the other system.",
            Self::Reserved => {
                "It makes a line or is the device's own credential: it comes with an approved binding."
            }
            Self::Secret => {
                "It is a secret or sounds like one: a secret is sealed, never typed into a layer."
            }
            Self::Differs => "The templates say different things; take those of one model alone.",
            Self::Unknown => "This family has no such key, or it cannot be written as it stands.",
            Self::Unreadable => "The file could not be read to its end.",
        }
    }
}

/// Reads the templates of one vendor.
pub fn import(vendor: Vendor, templates: &[Template]) -> Imported {
    let mut left = Vec::new();
    let mut keys: BTreeMap<String, Key> = BTreeMap::new();
    for template in templates {
        for said in read(vendor, &template.name, &template.bytes, &mut left) {
            take(&template.name, said, &mut keys);
        }
    }
    for key in keys.values_mut() {
        key.why = key.why.or_else(|| unfit(&key.spelled, &key.value));
    }
    let mut settings = BTreeMap::new();
    for sheet in dialect::of(vendor).sheets {
        Reading { vendor, sheet, keys: &mut keys, settings: &mut settings }.all();
    }
    let untaken = keys.into_values().filter(|key| !key.taken);
    left.extend(
        untaken.map(|key| Left::new(&key.file, key.line, &key.spelled, key.why.unwrap_or(Why::Unknown))),
    );
    left.sort();
    Imported { settings, left }
}

/// A key of the templates.
struct Key {
    spelled: String,
    value: String,
    file: String,
    line: usize,
    taken: bool,
    why: Option<Why>,
}

fn take(file: &str, said: Said, keys: &mut BTreeMap<String, Key>) {
    let Said { key: spelled, value, line } = said;
    match keys.get_mut(&spelled.to_ascii_lowercase()) {
        Some(known) if known.value != value => known.why = Some(Why::Differs),
        Some(_) => {}
        None => {
            let key =
                Key { spelled: spelled.clone(), value, file: file.to_owned(), line, taken: false, why: None };
            keys.insert(spelled.to_ascii_lowercase(), key);
        }
    }
}

/// What keeps a key from being taken, whatever it is.
fn unfit(key: &str, value: &str) -> Option<Why> {
    let marks = ["{$", "{{", "{%", "${", "<?", "{/", "{if", "{else", "%%"];
    // FusionPBX writes `{$name}`, others `%%name%%`, `{{ name }}` or `$name`.
    if marks.iter().any(|mark| value.contains(mark) || key.contains(mark)) || value.starts_with('$') {
        Some(Why::Expression)
    } else if !value.is_empty() && crate::uploads::sounds_secret(key) || with_password(value) {
        Some(Why::Secret)
    } else {
        None
    }
}

/// `https://user:password@host/`.
fn with_password(value: &str) -> bool {
    value.split_once("://").is_some_and(|(_, rest)| rest.contains('@'))
}

/// One table of the family read backwards, by writing forwards.
struct Reading<'a> {
    vendor: Vendor,
    sheet: &'static Sheet,
    keys: &'a mut BTreeMap<String, Key>,
    settings: &'a mut BTreeMap<Path, Value>,
}

impl Reading<'_> {
    fn all(&mut self) {
        let lines: BTreeSet<u8> =
            self.keys.values().filter_map(|key| self.sheet.line_of(&key.spelled)).collect();
        let paths: BTreeSet<String> = self.keys.keys().filter_map(|key| self.sheet.path_of(key)).collect();
        for path in paths.iter().filter_map(|path| Path::parse(path).ok()) {
            if reserved(&path).is_some() || of_line(&path) || path.as_str().starts_with("provisioning.url") {
                self.mark(&path, Why::Reserved);
            } else if rule_of(&path).is_some_and(|rule| rule.shape == Shape::Secret) {
                self.mark(&path, Why::Secret);
            } else if !self.settings.contains_key(&path) {
                self.setting(&path, &lines);
            }
        }
        let rest: Vec<_> = self
            .keys
            .iter()
            .filter(|(_, key)| !key.taken && key.why.is_none())
            .map(|(k, _)| k.clone())
            .collect();
        for key in rest {
            self.raw(&key, &lines);
        }
    }

    fn mark(&mut self, path: &Path, why: Why) {
        for (key, known) in self.keys.iter_mut() {
            if !known.taken
                && known.why.is_none()
                && self.sheet.path_of(key).as_deref() == Some(path.as_str())
            {
                known.why = Some(why);
            }
        }
    }

    /// Takes a setting, if one value of it and no other gives what stands in the templates.
    fn setting(&mut self, path: &Path, lines: &BTreeSet<u8>) {
        let said: BTreeSet<&str> = self
            .keys
            .iter()
            .filter(|(key, _)| self.sheet.path_of(key).as_deref() == Some(path.as_str()))
            .map(|(_, key)| key.value.as_str())
            .collect();
        let mut fits = candidates(path, &said).into_iter().filter_map(|value| {
            let keys = self.agrees(path, &value, lines)?;
            Some((value, keys))
        });
        let (Some((value, keys)), None) = (fits.next(), fits.next()) else { return };
        drop(fits);
        for key in keys {
            if let Some(key) = self.keys.get_mut(&key) {
                key.taken = true;
            }
        }
        self.settings.insert(path.clone(), value);
    }

    /// The keys that the setting writes, if each of them stands in the templates just so.
    fn agrees(&self, path: &Path, value: &Value, lines: &BTreeSet<u8>) -> Option<Vec<String>> {
        let (entries, findings) = self.written(path, value, lines);
        if findings.iter().any(|finding| finding.subject == path.as_str() && finding.blocks()) {
            return None;
        }
        let own: Vec<_> = entries.iter().filter(|entry| entry.paths.contains(path)).collect();
        let stands = |entry: &&Entry| {
            let key = self.keys.get(&entry.key.to_ascii_lowercase());
            key.is_some_and(|key| key.why.is_none() && Some(key.value.as_str()) == text(&entry.content))
        };
        (!own.is_empty() && own.iter().all(stands))
            .then(|| own.iter().map(|entry| entry.key.to_ascii_lowercase()).collect())
    }

    fn raw(&mut self, key: &str, lines: &BTreeSet<u8>) {
        let Some(known) = self.keys.get(key) else { return };
        let Some((about, _)) = self.sheet.about(&known.spelled) else { return };
        // Keys of a line, and programmable keys, are written only while a line is there.
        let lines = &match about {
            About::Line(line) => lines.iter().copied().chain([line]).collect(),
            About::Button if lines.is_empty() => BTreeSet::from([1]),
            _ => lines.clone(),
        };
        let (path, value) =
            (format!("raw.{}.\"{}\"", self.vendor.name(), known.spelled), Value::Text(known.value.clone()));
        let agrees = Path::parse(&path).ok().filter(|path| self.agrees(path, &value, lines).is_some());
        let Some(known) = self.keys.get_mut(key) else { return };
        match agrees {
            _ if about == About::Reserved => known.why = Some(Why::Reserved),
            Some(path) => {
                known.taken = true;
                self.settings.insert(path, value);
            }
            None => {}
        }
    }

    /// What a phone with these lines would be written with this setting in its layers.
    fn written(&self, path: &Path, value: &Value, lines: &BTreeSet<u8>) -> (Vec<Entry>, Vec<Finding>) {
        let Ok(mac) = Mac::parse("000000000001") else { return (vec![], vec![]) };
        let text = |text: &str| Value::Text(text.to_owned());
        let mut settings: BTreeMap<Path, Value> = BTreeMap::new();
        for line in lines {
            settings.insert(Path::line(*line, "extension"), text("1"));
            settings.insert(Path::line(*line, "password"), Value::Secret(SecretId(Uuid::nil())));
        }
        settings.extend(Path::parse("sip.registrar.host").ok().map(|path| (path, text("registrar.invalid"))));
        settings.insert(path.clone(), value.clone());
        let origin = Origin {
            layer: LayerId(Uuid::nil()),
            level: Level::Vendor,
            name: String::new(),
            version: 1,
            change: String::new(),
        };
        let (resolution, _) = resolve(&[Layer { origin, settings, locks: Locks::new() }]);
        let handsets = BTreeMap::new();
        // Of no model in particular, so that nothing is left out for want of hardware; with no more accounts than are
        // asked about, because each of the others would be cleared.
        let accounts = lines.last().copied().unwrap_or(1);
        let device = DeviceContext { mac, serial: "", model: "", accounts, handsets: &handsets };
        let (kind, served) = (RevisionKind::Bound, BTreeSet::new());
        let job = Job::new(self.vendor, Some(&device), kind, &resolution, &served);
        sheet::fill(self.sheet, &job)
    }
}

fn text(content: &Content) -> Option<&str> {
    match content {
        Content::Text(text) => Some(text),
        Content::Empty => Some(""),
        Content::Secret(_) | Content::After(..) => None,
    }
}

/// Values of a setting that the keys of a template might mean. That one of them is meant, writing it shows.
fn candidates(path: &Path, said: &BTreeSet<&str>) -> Vec<Value> {
    let texts = |texts: &mut dyn Iterator<Item = &str>| -> Vec<Value> {
        texts.filter(|text| !text.is_empty()).map(|text| Value::Text(text.to_owned())).collect()
    };
    // Many tags are one word of a phone, and all that there are cannot be tried.
    if ["phone.language", "phone.tone_region"].contains(&path.as_str()) {
        return vec![];
    }
    let all = match (path.as_str(), rule_of(path).map(|rule| rule.shape)) {
        ("phone.timezone", _) => texts(&mut zones::names()),
        (_, Some(Shape::Flag)) => vec![Value::Flag(false), Value::Flag(true)],
        (_, Some(Shape::Number(..))) => {
            let numbers = said.iter().filter_map(|text| text.parse::<i64>().ok());
            // Minutes may be written as seconds.
            let scaled: BTreeSet<i64> = numbers.flat_map(|n| [n, n / 60]).collect();
            scaled.into_iter().map(Value::Number).collect()
        }
        (_, Some(Shape::OneOf(words))) => texts(&mut words.iter().copied()),
        (_, Some(Shape::Text | Shape::Host)) => texts(&mut said.iter().copied()),
        // Orders of several words are too many to try, and what is no setting has none.
        (_, Some(Shape::SomeOf(_) | Shape::Secret) | None) => vec![],
    };
    all.into_iter().filter(|value| check(path, value).is_none()).collect()
}
