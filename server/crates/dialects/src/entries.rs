//! What a file will say, before it is text: keys with their content and the settings they come from.

use domain::{ids::SecretId, setting::Path};
use std::collections::{HashMap, hash_map};

/// Most files have fewer keys.
const MOST_KEYS: usize = 448;

/// What goes behind a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Text, not yet escaped.
    Text(String),
    /// A secret's place.
    Secret(SecretId),
    /// Text of ours, then a secret's place: `admin:` and the password.
    After(&'static str, SecretId),
    /// The neutral value of the dialect: whatever was there before is gone.
    Empty,
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// One key of the file.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) content: Content,
    /// The settings that it writes; the one that matters most first.
    pub(crate) paths: Vec<Path>,
}

/// Entries in the order in which they were put. The first to take a key keeps it, so what is put early
/// (a line's own keys) cannot be changed by what is put later (a raw key).
pub(crate) struct Entries {
    list: Vec<Entry>,
    // Phones may read keys in either case, so `Account.1.label` is `account.1.label`.
    taken: HashMap<String, usize>,
}

impl Default for Entries {
    fn default() -> Self {
        Self { list: Vec::with_capacity(MOST_KEYS), taken: HashMap::with_capacity(MOST_KEYS) }
    }
}

impl Entries {
    /// Adds an entry, or says which one has the key already.
    pub(crate) fn put(
        &mut self,
        key: impl Into<String>,
        content: impl Into<Content>,
        paths: Vec<Path>,
    ) -> Result<(), &Entry> {
        let key = key.into();
        match self.taken.entry(key.to_ascii_lowercase()) {
            hash_map::Entry::Occupied(taken) => return Err(&self.list[*taken.get()]),
            hash_map::Entry::Vacant(free) => free.insert(self.list.len()),
        };
        self.list.push(Entry { key, content: content.into(), paths });
        Ok(())
    }

    /// Writes the neutral value behind `key`, unless the file already says something there.
    pub(crate) fn clear(&mut self, key: impl Into<String>, paths: Vec<Path>) {
        let _taken = self.put(key, Content::Empty, paths);
    }

    pub(crate) fn into_list(self) -> Vec<Entry> {
        self.list
    }
}
