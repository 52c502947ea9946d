//! Requests for many things at once, from a file: a row for each. One wrong row makes none of them.

use super::{Ask, Asked};
use crate::{Code, Finding};
use csv::{ReaderBuilder, StringRecord, Trim};

/// The columns, in any order; those of the other place may be left out.
pub const COLUMNS: [&str; 6] = ["kind", "mac", "line_key", "extension", "to_mac", "to_line_key"];
/// Columns that have to be there.
const NEEDED: usize = 3;
/// Rows of one request.
pub const MOST_ROWS: usize = 10_000;
/// Bytes of a file.
pub const MOST_BYTES: usize = 2_000_000;
/// Findings after which reading ends.
const MOST_FINDINGS: usize = 100;

/// A row as a spreadsheet numbers it, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number; the header is row 1.
    pub number: u32,
    /// What it asks for.
    pub ask: Ask,
}

/// How findings name a field of a row.
pub fn subject(row: u32, field: &str) -> String {
    if field.is_empty() { format!("row {row}") } else { format!("row {row}: {field}") }
}

/// Reads a file; every row of it, or everything that is wrong. Total over all bytes.
pub fn read(bytes: &[u8]) -> Result<Vec<Row>, Vec<Finding>> {
    if bytes.len() > MOST_BYTES {
        let detail = format!("It has {} bytes; {MOST_BYTES} are allowed.", bytes.len());
        return Err(vec![Finding::new(Code::ImportTooLarge, "file").detail(detail)]);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(false).from_reader(bytes);
    let columns = match reader.headers() {
        Ok(header) => columns(header)?,
        Err(error) => return Err(vec![unreadable(1, &error)]),
    };
    let (mut rows, mut findings) = (vec![], vec![]);
    for (number, record) in (2u32..).zip(reader.records()) {
        if findings.len() >= MOST_FINDINGS {
            break;
        }
        if rows.len() >= MOST_ROWS {
            let detail = format!("It has more than {MOST_ROWS} rows.");
            findings.push(Finding::new(Code::ImportTooLarge, "file").detail(detail));
            break;
        }
        match record {
            Ok(record) => {
                let cell = |at: usize| columns[at].and_then(|at| record.get(at)).unwrap_or_default();
                let typed = Asked {
                    kind: cell(0),
                    mac: cell(1),
                    index: cell(2),
                    extension: cell(3),
                    to_mac: cell(4),
                    to_index: cell(5),
                };
                let mut wrong = |code, field: &'static str| {
                    findings.push(Finding::new(code, subject(number, column(field))));
                };
                let ask = Ask::read(&typed, &mut wrong);
                rows.extend(ask.map(|ask| Row { number, ask }));
            }
            Err(error) => findings.push(unreadable(number, &error)),
        }
    }
    if rows.is_empty() && findings.is_empty() {
        findings.push(Finding::new(Code::ImportEmpty, "file"));
    }
    if findings.is_empty() { Ok(rows) } else { Err(findings) }
}

fn unreadable(row: u32, error: &csv::Error) -> Finding {
    let detail = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("It has {len} fields; the header has {expected_len}.")
        }
        csv::ErrorKind::Utf8 { .. } => "It is not UTF-8.".to_owned(),
        _ => String::new(),
    };
    Finding::new(Code::ImportQuoting, subject(row, "")).detail(detail)
}

/// The column that a field of a form has in a file.
fn column(field: &'static str) -> &'static str {
    match field {
        "line key" => "line_key",
        "to_index" => "to_line_key",
        other => other,
    }
}

/// Where each of [`COLUMNS`] is.
fn columns(header: &StringRecord) -> Result<[Option<usize>; 6], Vec<Finding>> {
    let names: Vec<_> = header.iter().map(str::to_lowercase).collect();
    let places = COLUMNS.map(|column| names.iter().position(|name| name == column));
    let known = names.iter().all(|name| COLUMNS.contains(&name.as_str()));
    let unique = COLUMNS.iter().all(|column| names.iter().filter(|name| name == column).count() < 2);
    if known && unique && places[..NEEDED].iter().all(Option::is_some) {
        return Ok(places);
    }
    let detail = format!("Columns: {}.", COLUMNS.join(", "));
    Err(vec![Finding::new(Code::ImportHeader, subject(1, "")).detail(detail)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mac, change_request::At};
    use proptest::prelude::*;

    fn at(text: &str, index: u8) -> At {
        At { mac: Mac::parse(text).unwrap(), index }
    }

    #[test]
    fn a_row_is_what_a_form_would_be() {
        let file = "\u{feff}Kind, MAC ,line_key,extension,to_mac,to_line_key\n\
            bind,805ec0100001,1,2101,,\nunbind,80:5e:c0:10:00:02,2,,,\nmove,805ec0100003,1,,805ec0100004,2\n\
            swap,805ec0100003,1,,805ec0100004,2\nreplace,805ec0100003,,,805ec0100004,\n\
            number-change,805ec0100001,1,2102,,\n";
        let (one, three, four) = (at("805ec0100001", 1), at("805ec0100003", 1), at("805ec0100004", 2));
        let expected = [
            Ask::Bind { at: one, extension: "2101".into() },
            Ask::Unbind { at: at("805ec0100002", 2) },
            Ask::Move { from: three, to: four },
            Ask::Swap { one: three, other: four },
            Ask::Replace { old: three.mac, new: four.mac },
            Ask::NumberChange { at: one, extension: "2102".into() },
        ];
        let rows = read(file.as_bytes()).unwrap();
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7]);
        assert_eq!(rows.into_iter().map(|row| row.ask).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_wrong_is_named_by_row_and_column() {
        let header = "kind,mac,line_key,extension,to_mac,to_line_key\n";
        let good = "bind,805ec0100001,1,2101,,\n";
        let cases: [(&str, &[(Code, &str)]); 9] = [
            ("", &[(Code::ImportEmpty, "file")]),
            ("break,805ec0100001,1,,,\n", &[(Code::StateInvalid, "row 2: kind")]),
            ("bulk,805ec0100001,1,,,\n", &[(Code::StateInvalid, "row 2: kind")]),
            (
                "bind,805ec010000,0,2101,,\n",
                &[(Code::MacInvalid, "row 2: mac"), (Code::FieldMissing, "row 2: line_key")],
            ),
            (
                "move,805ec0100001,1,,,\n",
                &[(Code::MacInvalid, "row 2: to_mac"), (Code::FieldMissing, "row 2: to_line_key")],
            ),
            ("move,805ec0100001,1,,805ec0100001,1\n", &[(Code::FormInvalid, "row 2: to_mac")]),
            ("replace,805ec0100001,,,805ec0100001,\n", &[(Code::FormInvalid, "row 2: to_mac")]),
            ("bind,805ec0100001,1\n", &[(Code::ImportQuoting, "row 2")]),
            ("bind,805ec0100001,256,2101,,\n", &[(Code::FieldMissing, "row 2: line_key")]),
        ];
        for (row, expected) in cases {
            let tail = if row.is_empty() { "" } else { good };
            let findings = read(format!("{header}{row}{tail}").as_bytes()).unwrap_err();
            let found: Vec<_> = findings.iter().map(|f| (f.code, f.subject.as_str())).collect();
            assert_eq!(found, expected, "{row}");
        }
        for header in ["", "mac,kind\n", "kind,mac,line_key,colour\n", "kind,mac,mac,line_key\n"] {
            let findings = read(format!("{header}{good}").as_bytes()).unwrap_err();
            assert_eq!(findings[0].code, Code::ImportHeader, "{header}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Err(findings) = read(&bytes) {
                prop_assert!(!findings.is_empty());
            }
        }
    }
}
