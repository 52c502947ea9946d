//! What a table dialect writes, before it is text: settings of the phone, lines, programmable keys, raw keys, and
//! whatever was served and is no longer set.

use crate::{
    buttons::{self, Button, FIELDS, Place},
    dialect,
    entries::{Content, Entries, Entry},
    job::Job,
    lines,
    reader::Reader,
    rows::{LineRow, Row},
};
use domain::{
    Finding,
    revision::RevisionKind,
    setting::{
        Path,
        schema::{Rule, rule_at},
    },
};
use std::{collections::BTreeSet, ops::RangeInclusive};

/// A dialect's tables.
pub(crate) struct Sheet {
    /// Settings of the phone as a whole, in path order.
    pub(crate) phone: &'static [Row],
    /// Keys of a line, in the order of the file.
    pub(crate) line: &'static [LineRow],
    /// Programmable keys, where the family has any that can be written.
    pub(crate) buttons: Option<Buttons>,
    /// What a raw key is about, and how the file spells it; `None` for what is no key of this family.
    pub(crate) raw: fn(&str) -> Option<(About, String)>,
}

/// How programmable keys are written.
pub(crate) struct Buttons {
    /// Patterns of the settings that they write: `KEYS`, `MODULES`, or some of these.
    pub(crate) patterns: &'static [&'static str],
    /// Whether a line takes the programmable key of its number.
    pub(crate) shared_with_lines: bool,
    /// The keys of one, each with what it says when nothing is there; in the order of `say`.
    pub(crate) keys: fn(Place) -> Vec<(String, &'static str)>,
    /// What those keys say, each with the fields that decide it, or why it cannot be written. Fields are `type`,
    /// `line`, `value` and `label`, and `phone.pickup_code` where a watched line is picked up with a code.
    pub(crate) say: fn(&Button) -> Result<Says, &'static str>,
}

/// Contents, each with the fields that decide it.
pub(crate) type Says = Vec<(Content, &'static [&'static str])>;

/// What a vendor key is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// The phone as a whole.
    Phone,
    /// One line: written only while a line is there.
    Line(u8),
    /// A programmable key: written only on a phone that has a line.
    Button,
    /// A line or the credential itself: only ever written from an approved binding.
    Reserved,
}

/// The entries of a file, in order, and what could not be written.
pub(crate) fn fill(sheet: &Sheet, job: &Job<'_>) -> (Vec<Entry>, Vec<Finding>) {
    let mut filling = Filling { sheet, job, reader: Reader::new(job), entries: Entries::default() };
    filling.phone();
    let bound = filling.lines();
    filling.buttons(&bound);
    filling.raw(&bound);
    if job.mentions_accounts() {
        (1..=job.accounts()).for_each(|index| filling.clear(index));
    }
    for path in job.lingering() {
        filling.reset(path);
    }
    if job.mentions_accounts() {
        (1..=job.accounts()).filter(|index| !bound.contains(index)).for_each(|index| filling.leave(index));
        if bound.is_empty() {
            job.served.iter().for_each(|path| filling.reset_button(path));
        }
    }
    (filling.entries.into_list(), filling.reader.findings)
}

impl Sheet {
    /// Patterns of the settings that it writes; one may come more than once.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &'static str> + use<> {
        let phone = self.phone.iter().filter_map(|row| Some(rule_at(row.path)?.pattern));
        let line = self.line.iter().flat_map(|row| row.from.patterns()).copied();
        let buttons = self.buttons.as_ref().map_or(&[][..], |how| how.patterns);
        phone.chain(line).chain(buttons.iter().copied())
    }

    /// The neutral path that writes `key`, which is in lower case: a phone's own value for it wins over ours.
    pub(crate) fn path_of(&self, key: &str) -> Option<String> {
        let is = |own: &str| own.eq_ignore_ascii_case(key);
        let row = self.phone.iter().find(|row| row.keys.iter().any(|(own, _)| is(own)));
        row.map(|row| row.path.to_owned()).or_else(|| {
            let (row, index) = self.line_row(key)?;
            Some(row.from.patterns().first()?.replace('#', &index.to_string()))
        })
    }

    /// Which line a key is of, if it is a line's.
    pub(crate) fn line_of(&self, key: &str) -> Option<u8> {
        self.line_row(key).map(|(_, line)| line)
    }

    /// The row of a line's key, and which line.
    fn line_row(&self, key: &str) -> Option<(&LineRow, u8)> {
        self.line.iter().find_map(|row| Some((row, row.key.index_of(key)?)))
    }

    /// What a raw key is about, and how the file spells it. A programmable key may be the one of a line: then the
    /// line has it already.
    pub(crate) fn about(&self, key: &str) -> Option<(About, String)> {
        let (about, key) = (self.raw)(key)?;
        Some((if about != About::Button && self.reserved(&key) { About::Reserved } else { about }, key))
    }

    /// Whether the key makes a line or carries the credential: never written from a raw key.
    fn reserved(&self, key: &str) -> bool {
        let credential = ["provisioning.user", "provisioning.password"];
        let mut secret = self.phone.iter().filter(|row| credential.contains(&row.path));
        secret.any(|row| row.keys.iter().any(|(own, _)| own.eq_ignore_ascii_case(key)))
            || self.line_row(key).is_some_and(|(row, _)| row.always)
    }
}

fn neutral(cleared: &str) -> Content {
    if cleared.is_empty() { Content::Empty } else { cleared.into() }
}

/// Which lines' setting of a pattern a path is: the one whose number stands in the place of its `#`, or all.
fn lines_of(path: &Path, accounts: u8) -> Option<(&'static str, RangeInclusive<u8>)> {
    let pattern = rule_at(path.as_str())?.pattern;
    let Some((before, after)) = pattern.split_once('#') else { return Some((pattern, 1..=accounts)) };
    let number = path.as_str().strip_prefix(before)?.strip_suffix(after)?;
    let index = number.parse().ok().filter(|index| (1..=accounts).contains(index))?;
    Some((pattern, index..=index))
}

struct Filling<'a> {
    sheet: &'a Sheet,
    job: &'a Job<'a>,
    reader: Reader<'a>,
    entries: Entries,
}

impl Filling<'_> {
    fn phone(&mut self) {
        for row in self.sheet.phone {
            // A model that lacks it has said so.
            if self.lacks(row.path) {
                continue;
            }
            let Some(contents) = row.contents(self.job, &mut self.reader) else { continue };
            let paths: Vec<_> = self.reader.set(row.path).into_iter().collect();
            for ((key, _), content) in row.keys.iter().zip(contents) {
                // No two rows share a key, and nothing was put before them.
                let _free = self.entries.put(*key, content, paths.clone());
            }
        }
    }

    /// Writes the lines of a bound revision and says which there are.
    fn lines(&mut self) -> BTreeSet<u8> {
        if self.job.kind != RevisionKind::Bound {
            return BTreeSet::new();
        }
        let Some((registrar, lines)) = lines::read(&mut self.reader, self.job) else {
            return BTreeSet::new();
        };
        for line in &lines {
            // What nobody chose may still come from a raw key.
            for row in self.sheet.line {
                let content = (row.say)(line, &registrar);
                if !row.always && content == Content::Empty {
                    continue;
                }
                let paths = match content {
                    Content::Empty => vec![],
                    _ => row.from.origins(line.index, &self.reader),
                };
                let _free = self.entries.put(row.key.of(line.index), content, paths);
            }
        }
        lines.iter().map(|line| line.index).collect()
    }

    fn buttons(&mut self, bound: &BTreeSet<u8>) {
        let Some(how) = &self.sheet.buttons else { return };
        for button in buttons::read(self.job, bound, how.shared_with_lines, &mut self.reader) {
            // A family without modules, or a model without keys, has said so.
            if !self.speaks(&button.place.path("type")) {
                continue;
            }
            let said = match (how.say)(&button) {
                Ok(said) => said,
                Err(why) => {
                    self.reader.refuse(&button.place.path("type"), why);
                    continue;
                }
            };
            for ((key, _), (content, fields)) in (how.keys)(button.place).into_iter().zip(said) {
                let paths =
                    fields.iter().filter_map(|field| self.reader.set(&buttons::path_of(button.place, field)));
                let paths = if content == Content::Empty { vec![] } else { paths.collect() };
                let _free = self.entries.put(key, content, paths);
            }
        }
    }

    fn speaks(&self, path: &str) -> bool {
        let spoken = |rule: &Rule| dialect::speaks(self.job.vendor).contains(&rule.pattern);
        rule_at(path).is_some_and(spoken) && !self.lacks(path)
    }

    fn lacks(&self, path: &str) -> bool {
        let lacks = self.job.model().map_or(&[][..], |model| model.lacks);
        !lacks.is_empty() && rule_at(path).is_some_and(|rule| lacks.contains(&rule.pattern))
    }

    /// Raw keys are no way round the fence: who a phone is and where it asks is never written from here.
    fn raw(&mut self, bound: &BTreeSet<u8>) {
        let resolution = self.reader.resolution();
        for (path, resolved) in &resolution.settings {
            // A secret out of place has its finding already.
            let (Some(key), Some(_)) = (path.raw(self.job.vendor.name()), resolved.value.text()) else {
                continue;
            };
            let Some((about, key)) = self.sheet.about(key) else {
                self.reader.refuse(path.as_str(), "It is not how a key of these phones is written.");
                continue;
            };
            let written = match about {
                About::Phone => true,
                About::Reserved => {
                    self.reader
                        .refuse(path.as_str(), "Lines and credentials are never written from raw keys.");
                    continue;
                }
                _ if !self.job.mentions_accounts() => continue,
                About::Line(index) => bound.contains(&index),
                About::Button => !bound.is_empty(),
            };
            let content = if written {
                let Some(text) = self.reader.text(path.as_str()) else { continue };
                Content::from(text)
            } else {
                Content::Empty
            };
            if let Err(other) = self.entries.put(key, content, vec![path.clone()]) {
                let from = other.paths.first().map_or("the dialect itself", |path| path.as_str()).to_owned();
                self.reader.refuse(path.as_str(), &format!("The key is written from {from} already."));
            }
        }
    }

    /// Takes everything from an endpoint, where the file does not say otherwise.
    fn clear(&mut self, index: u8) {
        for row in self.sheet.line.iter().filter(|row| row.always) {
            let _taken = self.entries.put(row.key.of(index), neutral(row.cleared), vec![]);
        }
    }

    /// Back to neutral, for a path that was served and is no longer set.
    fn reset(&mut self, path: &Path) {
        for row in self.sheet.phone.iter().filter(|row| row.path == path.as_str() && !row.lasts()) {
            for (key, cleared) in row.keys {
                let _taken = self.entries.put(*key, neutral(cleared), vec![path.clone()]);
            }
        }
        self.reset_raw(path);
        if self.job.mentions_accounts() {
            self.reset_chosen(path);
            self.reset_button(path);
        }
    }

    /// What was chosen about lines and no longer is. What nobody chose is left to the phone's user.
    fn reset_chosen(&mut self, path: &Path) {
        let Some((pattern, lines)) = lines_of(path, self.job.accounts()) else { return };
        let comes = |row: &&LineRow| !row.always && row.from.patterns().contains(&pattern);
        let rows: Vec<_> = self.sheet.line.iter().filter(comes).collect();
        // Line by line, as the file has them.
        for index in lines {
            for row in &rows {
                let _taken = self.entries.put(row.key.of(index), neutral(row.cleared), vec![path.clone()]);
            }
        }
    }

    /// What is chosen for all lines may still stand, but not on an endpoint whose line is gone.
    fn leave(&mut self, index: u8) {
        let gone = Path::line(index, "extension");
        if !self.job.served.contains(&gone) {
            return;
        }
        let served = |pattern: &&str| match pattern.split_once('#') {
            Some((before, after)) => self.job.served.contains(format!("{before}{index}{after}").as_str()),
            None => self.job.served.contains(*pattern),
        };
        for row in self.sheet.line.iter().filter(|row| !row.always) {
            if row.from.patterns().iter().any(served) {
                let _taken = self.entries.put(row.key.of(index), neutral(row.cleared), vec![gone.clone()]);
            }
        }
    }

    fn reset_button(&mut self, path: &Path) {
        let (Some(how), Some(place)) = (&self.sheet.buttons, Place::of(path)) else { return };
        for (key, cleared) in (how.keys)(place) {
            let _taken = self.entries.put(key, neutral(cleared), vec![path.clone()]);
        }
    }

    fn reset_raw(&mut self, path: &Path) {
        let Some((about, key)) = path.raw(self.job.vendor.name()).and_then(|key| self.sheet.about(key))
        else {
            return;
        };
        match about {
            About::Reserved => {}
            About::Line(_) | About::Button if !self.job.mentions_accounts() => {}
            About::Phone | About::Line(_) | About::Button => self.entries.clear(key, vec![path.clone()]),
        }
    }
}

/// Programmable keys, with all of their fields.
pub(crate) const KEYS: &[&str] = &["keys.#.label", "keys.#.line", "keys.#.type", "keys.#.value"];
/// The same, on the phone and on modules.
pub(crate) const MODULES: &[&str] = &[
    "expansion.#.keys.#.label",
    "expansion.#.keys.#.line",
    "expansion.#.keys.#.type",
    "expansion.#.keys.#.value",
    "keys.#.label",
    "keys.#.line",
    "keys.#.type",
    "keys.#.value",
];

/// The fields of a programmable key that most vendors have a key each for.
pub(crate) const EACH: [&[&str]; 4] = [&[FIELDS[0]], &[FIELDS[1]], &[FIELDS[2]], &[FIELDS[3]]];
