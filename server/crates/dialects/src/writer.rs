//! Writes lines, and keeps for each the settings it comes from and the places of secrets.
//!
//! The last gate: every value passes the dialect's escaper here, whoever made it.

use crate::entries::{Content, Entry};
use domain::{
    Code, Finding,
    artifact::{Artifact, Escaper, LineOrigin, Slot},
};
use std::borrow::Cow;

/// The longest line that a phone reads, with its end, and the longest value.
#[derive(Clone, Copy)]
pub(crate) struct Longest {
    /// Bytes.
    pub(crate) line: usize,
    /// Characters.
    pub(crate) value: usize,
}

/// XML cannot hold the two last code points, and no phone shows them.
const UNSEEN: [char; 2] = ['\u{fffe}', '\u{ffff}'];

/// How many characters keys hold that end so, as a vendor's guide says. Keys are compared without their case.
pub(crate) type Lengths = &'static [(&'static str, usize)];

pub(crate) struct Writer {
    escaper: Escaper,
    end: &'static str,
    longest: Longest,
    lengths: Lengths,
    bytes: Vec<u8>,
    slots: Vec<Slot>,
    origins: Vec<LineOrigin>,
    lines: u32,
    findings: Vec<Finding>,
}

impl Writer {
    pub(crate) fn new(escaper: Escaper) -> Self {
        Self {
            escaper,
            end: "\n",
            longest: Longest { line: usize::MAX, value: usize::MAX },
            lengths: &[],
            bytes: Vec::with_capacity(8192),
            slots: vec![],
            origins: Vec::with_capacity(64),
            lines: 0,
            findings: vec![],
        }
    }

    /// Refuses what phones would skip without a word. The length of a secret is not known here.
    pub(crate) fn no_longer_than(self, longest: Longest) -> Self {
        Self { longest, ..self }
    }

    /// Refuses what is longer than its key holds. The length of a secret is not known here.
    pub(crate) fn each_within(self, lengths: Lengths) -> Self {
        Self { lengths, ..self }
    }

    /// Ends lines as Internet messages do, where a format demands it.
    pub(crate) fn crlf(self) -> Self {
        Self { end: "\r\n", ..self }
    }

    /// A line of the format itself. `text` is ours, never a setting's.
    pub(crate) fn fixed(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.end_line();
    }

    /// A line for `entry`: its value between `before` and `after`, or no line at all.
    pub(crate) fn entry(&mut self, before: &str, entry: &Entry, empty: &str, after: &str) {
        let (value, secret): (Cow<'_, str>, _) = match &entry.content {
            Content::Secret(secret) => ("".into(), Some(*secret)),
            Content::After(text, secret) => ((*text).into(), Some(*secret)),
            Content::Empty => (empty.into(), None),
            Content::Text(text) if text.is_empty() => (empty.into(), None),
            Content::Text(text) => match self.value(entry, text, before.len() + after.len() + self.end.len())
            {
                Ok(value) => (value.into(), None),
                Err(why) => {
                    let subject = entry.paths.first().map_or(entry.key.as_str(), |path| path.as_str());
                    self.findings.push(Finding::new(Code::SettingInexpressible, subject).detail(why));
                    if !subject.starts_with("line.") {
                        return;
                    }
                    // Of a line nothing of somebody else's may stay.
                    (empty.into(), None)
                }
            },
        };
        self.bytes.extend_from_slice(before.as_bytes());
        self.bytes.extend_from_slice(value.as_bytes());
        if let Some(secret) = secret {
            self.slots.push(Slot { offset: self.bytes.len(), secret, escaper: self.escaper });
        }
        self.bytes.extend_from_slice(after.as_bytes());
        self.end_line();
        for path in &entry.paths {
            self.origins.push(LineOrigin { line: self.lines, path: path.clone() });
        }
    }

    /// Whether `entry` would write a line for it.
    pub(crate) fn writes(&self, entry: &Entry) -> bool {
        let of_line = || entry.paths.first().is_some_and(|path| path.as_str().starts_with("line."));
        match &entry.content {
            Content::Text(text) => self.holds(text) || of_line(),
            Content::Secret(_) | Content::After(..) | Content::Empty => true,
        }
    }

    /// The text as the file has it, beside so many bytes of its line, or why it cannot.
    fn value(&self, entry: &Entry, text: &str, beside: usize) -> Result<String, String> {
        let Longest { line, value: most } = self.longest;
        let ends = |ending: &str| {
            let at = entry.key.len().checked_sub(ending.len());
            at.and_then(|at| entry.key.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
        };
        // Bytes are never fewer than characters: of almost every value no key is looked at.
        let own = self.lengths.iter().find(|(ending, most)| text.len() > *most && ends(ending));
        if let Some((_, most)) = own.filter(|(_, most)| text.chars().count() > *most) {
            return Err(format!("`{}` holds at most {most} characters on these phones.", entry.key));
        }
        match self.escaper.escape(text) {
            Ok(value) if !text.contains(UNSEEN) => {
                if beside + value.len() > line || text.chars().count() > most {
                    let detail = "These phones skip a line of more than";
                    return Err(format!(
                        "{detail} {line} bytes, and know no value of more than {most} characters."
                    ));
                }
                Ok(value)
            }
            _ => Err("It holds what the format cannot: a control character, a quote, or a blank at an end."
                .to_owned()),
        }
    }

    fn holds(&self, text: &str) -> bool {
        text.is_empty() || self.escaper.escape(text).is_ok() && !text.contains(UNSEEN)
    }

    pub(crate) fn finish(self, dialect: &str, content_type: &str) -> (Artifact, Vec<Finding>) {
        let artifact = Artifact {
            dialect: dialect.to_owned(),
            content_type: content_type.to_owned(),
            bytes: self.bytes,
            slots: self.slots,
            origins: self.origins,
        };
        (artifact, self.findings)
    }

    fn end_line(&mut self) {
        self.bytes.extend_from_slice(self.end.as_bytes());
        self.lines += 1;
    }
}
