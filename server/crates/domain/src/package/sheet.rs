//! Reading: bytes to rows of trimmed cells. Knows CSV, encodings and columns; knows nothing of what cells mean.

use super::{
    MAX_BYTES, MAX_FINDINGS, RowFinding, Upload,
    cells::{finding, shown},
    columns::{Kind, recognise},
};
use crate::Code;
use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder, Terminator};

/// One file, read as far as it can be.
pub(super) struct Sheet<'a> {
    /// Its name, fit to be shown.
    pub(super) name: String,
    /// Its bytes.
    pub(super) bytes: &'a [u8],
    /// What its rows are, when the header tells.
    pub(super) kind: Option<Kind>,
    /// Every row was read: what is not among them is not in the file.
    pub(super) whole: bool,
    /// How many rows it has, readable or not.
    pub(super) count: usize,
    /// The rows that could be read.
    pub(super) records: Vec<Record>,
    /// What was wrong.
    pub(super) findings: Vec<RowFinding>,
}

/// One row that could be split into cells.
pub(super) struct Record {
    /// As a spreadsheet numbers it.
    pub(super) number: u32,
    /// In the order of [`Kind::columns`]; empty when the column is absent, `None` when already found wrong.
    pub(super) cells: Vec<Option<String>>,
}

impl<'a> Sheet<'a> {
    fn report(&mut self, row: u32, column: &str, code: Code, detail: impl Into<String>) {
        self.findings.push(finding(&self.name, row, column, code, detail));
    }

    fn new(upload: &'a Upload) -> Self {
        Self {
            name: if upload.name.trim().is_empty() { "(no name)".to_owned() } else { shown(&upload.name) },
            bytes: &upload.bytes,
            kind: None,
            whole: true,
            count: 0,
            records: Vec::new(),
            findings: Vec::new(),
        }
    }
}

/// Reads a file; total over all bytes.
pub(super) fn read(upload: &Upload) -> Sheet<'_> {
    let mut sheet = Sheet::new(upload);
    if upload.bytes.len() > MAX_BYTES {
        sheet.kind = kind(&upload.bytes);
        sheet.whole = false;
        sheet.report(0, "", Code::ImportTooLarge, format!("It has {} bytes.", upload.bytes.len()));
        return sheet;
    }
    let text = normalised(&upload.bytes);
    let mut rows = Rows::new(&text);
    let Some((number, header)) = rows.next() else {
        sheet.report(0, "", Code::ImportEmpty, "The file is empty.");
        return sheet;
    };
    let Some(columns) = read_header(&mut sheet, number, header) else {
        sheet.whole = false;
        return sheet;
    };
    for (number, row) in rows {
        if sheet.findings.len() >= MAX_FINDINGS {
            sheet.whole = false;
            break;
        }
        sheet.count += 1;
        match row {
            Ok(record) => {
                let cells = columns.iter().map(|c| cell(&mut sheet, number, &record, c)).collect();
                sheet.records.push(Record { number, cells });
            }
            Err(detail) => {
                sheet.whole = false;
                sheet.report(number, "", Code::ImportQuoting, detail);
            }
        }
    }
    sheet
}

/// Reads a file whose columns are known: each is there once, in any order, and nothing else is. Cells are in the order of
/// `columns`.
pub(super) fn table<'a>(upload: &'a Upload, columns: &[&'static str]) -> Sheet<'a> {
    let mut sheet = Sheet::new(upload);
    if upload.bytes.len() > MAX_BYTES {
        sheet.report(0, "", Code::ImportTooLarge, format!("It has {} bytes.", upload.bytes.len()));
        return sheet;
    }
    let text = normalised(&upload.bytes);
    let mut rows = Rows::new(&text);
    let Some((number, header)) = rows.next() else {
        sheet.report(0, "", Code::ImportEmpty, "The file is empty.");
        return sheet;
    };
    let found = match header {
        Ok(header) => names(&header),
        Err(detail) => {
            sheet.report(number, "", Code::ImportQuoting, detail);
            return sheet;
        }
    };
    let Some(found) = found else {
        sheet.report(number, "", Code::ImportEncoding, "");
        return sheet;
    };
    let mut sorted: Vec<_> = found.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let mut wanted = columns.to_vec();
    wanted.sort_unstable();
    if sorted != wanted {
        sheet.report(number, "", Code::ImportHeader, format!("The columns are {}.", columns.join(",")));
        return sheet;
    }
    let places: Vec<Column> = columns.iter().map(|c| (*c, found.iter().position(|n| n == c))).collect();
    for (number, row) in rows {
        sheet.count += 1;
        match row {
            Ok(record) => {
                let cells = places.iter().map(|place| cell(&mut sheet, number, &record, place)).collect();
                sheet.records.push(Record { number, cells });
            }
            Err(detail) => sheet.report(number, "", Code::ImportQuoting, detail),
        }
        if sheet.findings.len() >= MAX_FINDINGS {
            break;
        }
    }
    sheet
}

/// The kind of sheet that the header row names; for a digest, which reads nothing else.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    // No header comes near this length.
    let text = normalised(bytes.get(..4096).unwrap_or(bytes));
    let record = Rows::new(&text).next()?.1.ok()?;
    recognise(&names(&record)?).kind
}

/// A column of the sheet and where the file has it.
type Column = (&'static str, Option<usize>);

fn read_header(
    sheet: &mut Sheet<'_>,
    number: u32,
    header: Result<ByteRecord, String>,
) -> Option<Vec<Column>> {
    let header = match header {
        Ok(header) => header,
        Err(detail) => {
            sheet.report(number, "", Code::ImportQuoting, detail);
            return None;
        }
    };
    let Some(names) = names(&header) else {
        sheet.report(number, "", Code::ImportEncoding, "");
        return None;
    };
    let read = recognise(&names);
    sheet.kind = read.kind;
    for (column, detail) in read.faults {
        sheet.report(number, &column, Code::ImportHeader, detail);
    }
    let kind = read.kind.filter(|_| read.readable)?;
    Some(kind.columns().map(|c| (c, names.iter().position(|n| n == c))).collect())
}

fn names(header: &ByteRecord) -> Option<Vec<String>> {
    header.iter().map(|name| Some(std::str::from_utf8(name).ok()?.trim().to_lowercase())).collect()
}

fn cell(sheet: &mut Sheet<'_>, row: u32, record: &ByteRecord, (column, at): &Column) -> Option<String> {
    let Some(bytes) = at.and_then(|at| record.get(at)) else { return Some(String::new()) };
    let Ok(text) = std::str::from_utf8(bytes) else {
        sheet.report(row, column, Code::ImportEncoding, "");
        return None;
    };
    let text = super::export::plain(text.trim());
    let length = text.chars().count();
    if length > Kind::longest(column) {
        sheet.report(row, column, Code::FieldTooLong, format!("It has {length} characters."));
        None
    } else if text.chars().any(char::is_control) {
        sheet.report(row, column, Code::FieldTooLong, "It holds a control character or a line break.");
        None
    } else {
        Some(text.to_owned())
    }
}

/// Without byte order mark, and with `\n` at the end of every line, so that lines can be counted.
fn normalised(bytes: &[u8]) -> Vec<u8> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'\r' {
            rest.next_if_eq(&b'\n');
            text.push(b'\n');
        } else {
            text.push(byte);
        }
    }
    text
}

/// The rows that are not blank, each with its number and either its fields or what is wrong with its form.
struct Rows<'t> {
    text: &'t [u8],
    reader: Reader<&'t [u8]>,
    start: usize,
    number: u32,
}

impl<'t> Rows<'t> {
    fn new(text: &'t [u8]) -> Self {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(false).terminator(Terminator::Any(b'\n'));
        Self { text, reader: builder.from_reader(text), start: 0, number: 0 }
    }

    /// The bytes of the record just read, after the blank lines before it, which are counted.
    fn source(&mut self) -> &'t [u8] {
        let end = usize::try_from(self.reader.position().byte()).unwrap_or(self.text.len());
        let mut source = self.text.get(self.start..end).unwrap_or_default();
        self.start = end;
        while let Some(rest) = source.strip_prefix(b"\n") {
            self.number = self.number.saturating_add(1);
            source = rest;
        }
        source.strip_suffix(b"\n").unwrap_or(source)
    }
}

impl Iterator for Rows<'_> {
    type Item = (u32, Result<ByteRecord, String>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut record = ByteRecord::new();
            let read = self.reader.read_byte_record(&mut record);
            if matches!(read, Ok(false)) {
                return None;
            }
            let source = self.source();
            self.number = self.number.saturating_add(1);
            // Spreadsheets write rows that were once used as bare separators.
            if source.iter().all(|b| b" \t,\"".contains(b)) {
                continue;
            }
            let row = match read {
                _ if !well_quoted(source) => {
                    Err("A quote is not closed, or stands inside an unquoted field.".to_owned())
                }
                Ok(_) => Ok(record),
                Err(error) => Err(match error.kind() {
                    ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("It has {len} fields; the header has {expected_len}.")
                    }
                    _ => error.to_string(),
                }),
            };
            return Some((self.number, row));
        }
    }
}

/// Whether quotes stand where RFC 4180 has them. The reader itself forgives every misplaced quote, and so would
/// swallow the rows after one.
fn well_quoted(record: &[u8]) -> bool {
    #[derive(PartialEq)]
    enum At {
        Start,
        Bare,
        Quoted,
        Closed,
    }
    let mut at = At::Start;
    for &byte in record {
        at = match (at, byte) {
            (At::Quoted, b'"') => At::Closed,
            (At::Start | At::Closed, b'"') | (At::Quoted, _) => At::Quoted,
            (At::Start | At::Bare | At::Closed, b',') => At::Start,
            (At::Bare, b'"') | (At::Closed, _) => return false,
            (At::Start | At::Bare, _) => At::Bare,
        };
    }
    at != At::Quoted
}
