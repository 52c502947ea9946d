//! Entries as they stand in the chain. Whoever has one writes it himself, so that the one writer only joins.

use crate::Error;
use domain::{Timestamp, ids::DeviceId, ledger::Entry};
use serde::Deserialize;
use std::{borrow::Cow, io::Write as _, sync::Arc};

/// What the index needs of an entry; where it is read, the rest is skipped, which is most of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct About {
    pub(super) kind: Cow<'static, str>,
    pub(super) at: Timestamp,
    #[serde(default)]
    pub(super) device: Option<DeviceId>,
}

impl About {
    fn of(entry: &Entry) -> Self {
        Self { kind: Cow::Borrowed(kind(entry)), at: entry.at(), device: device(entry) }
    }
}

pub(super) fn device(entry: &Entry) -> Option<DeviceId> {
    match entry {
        Entry::Serve(e) => e.device,
        Entry::Probe(_) => None,
        Entry::Act(e) => e.device,
    }
}

pub(super) fn kind(entry: &Entry) -> &'static str {
    match entry {
        Entry::Serve(_) => "serve",
        Entry::Probe(_) => "probe",
        Entry::Act(_) => "act",
    }
}

/// An entry as it stands in the chain.
#[derive(Clone, Debug)]
pub struct Written {
    pub(super) about: About,
    text: Text,
}

#[derive(Clone, Debug)]
enum Text {
    Whole(Vec<u8>),
    /// What stands after the time of a serve.
    After(Arc<[u8]>),
}

impl Written {
    /// Writes an entry.
    pub fn new(entry: &Entry) -> Result<Self, Error> {
        let mut text = Vec::with_capacity(2048);
        serde_json::to_writer(&mut text, entry).map_err(|e| Error::row("ledger_batch", "entry", e))?;
        Ok(Self { about: About::of(entry), text: Text::Whole(text) })
    }

    /// An entry like the one of `template`, at another time.
    pub fn at(template: &Template, at: Timestamp) -> Self {
        let about = About { at, ..template.about.clone() };
        Self { about, text: Text::After(Arc::clone(&template.after)) }
    }

    fn len(&self) -> usize {
        match &self.text {
            Text::Whole(text) => text.len(),
            Text::After(after) => BEFORE_TIME.len() + TIME_DIGITS + after.len(),
        }
    }

    /// Appends its text.
    pub fn write(&self, body: &mut Vec<u8>) -> Result<(), Error> {
        match &self.text {
            Text::Whole(text) => body.extend_from_slice(text),
            Text::After(after) => {
                body.extend_from_slice(BEFORE_TIME);
                write!(body, "{}", self.about.at.0).map_err(|e| Error::row("ledger_batch", "entry", e))?;
                body.extend_from_slice(after);
            }
        }
        Ok(())
    }
}

/// What stands before the time of a serve.
const BEFORE_TIME: &[u8] = b"{\"kind\":\"serve\",\"at\":";
/// Digits of a time in microseconds, this century and the next.
const TIME_DIGITS: usize = 16;

/// A serve as it stands in the chain, but for its time: most serves of a device say the same again. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Template {
    about: About,
    after: Arc<[u8]>,
}

impl Template {
    /// Writes an entry; `None` when its time is not where it should be.
    pub fn new(entry: &Entry) -> Option<Self> {
        let mut text = Vec::new();
        Written::new(entry).and_then(|written| written.write(&mut text)).ok()?;
        let after = text.strip_prefix(BEFORE_TIME)?.strip_prefix(entry.at().0.to_string().as_bytes())?;
        Some(Self { about: About::of(entry), after: after.into() })
    }
}

/// One JSON array, instead of what was there.
pub(super) fn body(entries: &[&Written], body: &mut Vec<u8>) -> Result<(), Error> {
    body.clear();
    body.reserve(entries.iter().map(|entry| entry.len() + 1).sum::<usize>() + 1);
    for entry in entries {
        body.push(if body.is_empty() { b'[' } else { b',' });
        entry.write(body)?;
    }
    body.push(b']');
    Ok(())
}
