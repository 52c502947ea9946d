//! One row under check: its cells by column, and where findings about it go.

use super::{
    Kind, RowFinding,
    sheet::{Record, Sheet},
};
use crate::{Code, Finding};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a row stands. Ordered as the sheets are checked, whatever the order of the uploads.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At<'a> {
    /// Index of the sheet.
    pub(super) sheet: usize,
    /// Row number.
    pub(super) row: u32,
    /// Name of the file.
    pub(super) file: &'a str,
}

impl std::fmt::Display for At<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} row {}", self.file, self.row)
    }
}

/// How a row compares with what the database holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// No record has its key.
    New,
    /// The record is exactly this.
    Unchanged,
    /// The record is another; reported.
    Conflict,
}

/// The cell is wrong, and that has been said.
#[derive(Clone, Copy)]
pub(super) struct Reported;

/// One row.
pub(super) struct Row<'a> {
    /// Where it stands.
    pub(super) at: At<'a>,
    sheet: &'a Sheet<'a>,
    record: &'a Record,
    /// What is wrong with it.
    pub(super) findings: Vec<RowFinding>,
}

impl<'a> Row<'a> {
    pub(super) fn new(index: usize, sheet: &'a Sheet<'a>, record: &'a Record) -> Self {
        let at = At { sheet: index, row: record.number, file: &sheet.name };
        Self { at, sheet, record, findings: Vec::new() }
    }

    /// Reports something about a column of this row.
    pub(super) fn report(&mut self, column: &str, code: Code, detail: impl Into<String>) {
        self.findings.push(finding(self.at.file, self.at.row, column, code, detail));
    }

    /// The cell's text, possibly empty; `None` when reading already found it wrong.
    pub(super) fn cell(&self, column: &str) -> Option<&'a str> {
        let index = self.sheet.kind?.columns().position(|c| c == column)?;
        self.record.cells.get(index)?.as_deref()
    }

    /// The cell's text, which must not be empty.
    pub(super) fn required(&mut self, column: &str) -> Option<&'a str> {
        self.required_or(column, Code::FieldMissing)
    }

    /// The same, with another code for its absence.
    pub(super) fn required_or(&mut self, column: &str, code: Code) -> Option<&'a str> {
        let text = self.cell(column)?;
        if text.is_empty() {
            self.report(column, code, "");
            return None;
        }
        Some(text)
    }

    /// The cell parsed; it must not be empty.
    pub(super) fn parsed<T>(
        &mut self,
        column: &str,
        code: Code,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.required(column)?;
        self.parse(column, code, text, parse)
    }

    /// The cell parsed, or `None` when it is empty.
    pub(super) fn optional<T>(
        &mut self,
        column: &str,
        code: Code,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Reported> {
        match self.cell(column) {
            None => Err(Reported),
            Some("") => Ok(None),
            Some(text) => self.parse(column, code, text, parse).map(Some).ok_or(Reported),
        }
    }

    /// One of a few words, in either case.
    pub(super) fn word<T>(
        &mut self,
        column: &str,
        words: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.required(column)?;
        let value = parse(&text.to_ascii_lowercase());
        if value.is_none() {
            self.report(column, Code::StateInvalid, format!("It is `{}`; allowed: {words}.", shown(text)));
        }
        value
    }

    /// Reports text that does not parse.
    pub(super) fn parse<T>(
        &mut self,
        column: &str,
        code: Code,
        text: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = parse(text);
        if value.is_none() {
            self.report(column, code, format!("It is `{}`.", shown(text)));
        }
        value
    }

    /// Notes `key` as this row's; false, and reported, when an earlier row has it.
    pub(super) fn first<K: Ord>(
        &mut self,
        seen: &mut BTreeMap<K, At<'a>>,
        key: K,
        column: &str,
        code: Code,
    ) -> bool {
        if let Some(earlier) = seen.get(&key) {
            self.report(column, code, format!("See {earlier}."));
            return false;
        }
        seen.insert(key, self.at);
        true
    }

    /// Compares with the record that has the same key, and reports each column in which they differ.
    pub(super) fn compare<R: PartialEq + Serialize>(&mut self, existing: Option<&R>, new: &R) -> Standing {
        let Some(existing) = existing else { return Standing::New };
        if existing == new {
            return Standing::Unchanged;
        }
        let (Ok(before), Ok(after)) = (serde_json::to_value(existing), serde_json::to_value(new)) else {
            return Standing::Conflict;
        };
        for column in self.sheet.kind.into_iter().flat_map(Kind::columns) {
            let (before, after) = (before.get(column), after.get(column));
            if before != after {
                self.report(column, Code::RowConflict, format!("The record has `{}`.", shown(&text(before))));
            }
        }
        Standing::Conflict
    }
}

/// A field of a row, as a cell has it. Rows have their columns' names and hold nothing deeper.
pub(super) fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A finding about a place in a file.
pub(super) fn finding(
    file: &str,
    row: u32,
    column: &str,
    code: Code,
    detail: impl Into<String>,
) -> RowFinding {
    let subject = match (file, row, column) {
        ("", ..) => "the package".to_owned(),
        (_, 0, _) => file.to_owned(),
        (.., "") => format!("{file} row {row}"),
        _ => format!("{file} row {row}, {column}"),
    };
    let finding = Finding::new(code, subject).detail(detail);
    RowFinding { file: file.to_owned(), row, column: column.to_owned(), finding }
}

/// A text from outside, fit to stand in a message: short, in one line.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect()
}
