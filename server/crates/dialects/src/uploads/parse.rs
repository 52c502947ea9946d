//! From the bytes of an override file to its settings.

use super::{Kind, Own, kind, masked};
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// Settings of a file that are read; no phone has as many.
const MOST: usize = 10_000;
/// Bytes of a key or a value that are shown.
const LONGEST: usize = 300;

/// The settings of an override file, in its order, secrets as dots. Empty for other files, and for what cannot be read.
pub fn parse(name: &str, bytes: &[u8]) -> Vec<Own> {
    if kind(name) != Some(Kind::Override) {
        return vec![];
    }
    let text = String::from_utf8_lossy(bytes);
    if name.to_ascii_lowercase().ends_with("-local.cfg") { lines(&text) } else { attributes(&text) }
}

/// Yealink: `key = value`, `#` before a comment.
fn lines(text: &str) -> Vec<Own> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (key, value) = line.split_once('=')?;
            own(key, value)
        })
        .take(MOST)
        .collect()
}

/// Poly: attributes of whatever element.
fn attributes(text: &str) -> Vec<Own> {
    let mut reader = Reader::from_str(text);
    let mut all = vec![];
    while all.len() < MOST {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => take(&element, &mut all),
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    all
}

fn take(element: &BytesStart<'_>, all: &mut Vec<Own>) {
    for attribute in element.attributes().with_checks(false).flatten() {
        if all.len() >= MOST {
            return;
        }
        let key: &str = attribute.key.as_ref();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_default();
        all.extend(own(key, &value));
    }
}

fn own(key: &str, value: &str) -> Option<Own> {
    let clean =
        |text: &str| text.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>();
    let key = clean(key);
    if key.is_empty() {
        return None;
    }
    let value = masked(&key, &clean(value));
    Some(Own { key, value })
}
