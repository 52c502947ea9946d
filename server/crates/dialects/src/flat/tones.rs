//! Call progress tones by country, as ITU-T E.180 supplement 2 lists them, in Cisco's notation: frequencies with their
//! level, then seconds in all, on and off, and which of the frequencies.

use crate::{entries::Content, reader::Reader};

/// ISO 3166 code, then dial tone, busy, reorder (congestion), ring back.
const TONES: [(&str, [&str; 4]); 8] = [
    ("CA", NORTH_AMERICA),
    ("CH", ["425@-16;10(*/0/1)", "425@-16;10(.5/.5/1)", "425@-16;10(.2/.2/1)", "425@-16;*(1/4/1)"]),
    ("DE", ["425@-16;10(*/0/1)", "425@-16;10(.48/.48/1)", "425@-16;10(.24/.24/1)", "425@-16;*(1/4/1)"]),
    ("FR", ["440@-16;10(*/0/1)", "440@-16;10(.5/.5/1)", "440@-16;10(.25/.25/1)", "440@-16;*(1.5/3.5/1)"]),
    (
        "GB",
        [
            "350@-19,440@-19;10(*/0/1+2)",
            "400@-16;10(.375/.375/1)",
            "400@-16;10(.4/.35/1,.225/.525/1)",
            "400@-19,450@-19;*(.4/.2/1+2,.4/2/1+2)",
        ],
    ),
    ("NL", ["425@-16;10(*/0/1)", "425@-16;10(.5/.5/1)", "425@-16;10(.25/.25/1)", "425@-16;*(1/4/1)"]),
    ("SE", ["425@-16;10(*/0/1)", "425@-16;10(.25/.25/1)", "425@-16;10(.25/.75/1)", "425@-16;*(1/5/1)"]),
    ("US", NORTH_AMERICA),
];

/// What the factory has.
pub(crate) const NORTH_AMERICA: [&str; 4] = [
    "350@-19,440@-19;10(*/0/1+2)",
    "480@-19,620@-19;10(.5/.5/1+2)",
    "480@-19,620@-19;10(.25/.25/1+2)",
    "440@-19,480@-19;*(2/4/1+2)",
];

/// The contents of `Dial_Tone`, `Busy_Tone`, `Reorder_Tone` and `Ring_Back_Tone`.
pub(crate) fn tones(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let code = reader.text(path)?;
    let row = TONES.iter().find(|(own, _)| own.eq_ignore_ascii_case(code.trim()));
    if row.is_none() {
        reader.refuse(path, "The tones of this country are not here yet; set the raw keys.");
    }
    Some(row?.1.map(Content::from).to_vec())
}
