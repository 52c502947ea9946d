//! The sheets of what the database holds, in the form in which they are imported.

use super::{Existing, Kind, cells::text};
use serde::Serialize;

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A sheet as CSV (RFC 4180). A cell that a spreadsheet would take for a formula is made text by an apostrophe, which
/// reading takes off again: what is exported is imported as it was.
pub fn csv(kind: Kind, existing: &Existing) -> String {
    let mut out = row(kind.columns().map(ToOwned::to_owned));
    match kind {
        Kind::Sites => rows(&mut out, kind, existing.sites.values()),
        Kind::Segments => rows(&mut out, kind, existing.segments.values()),
        Kind::Ranges => rows(&mut out, kind, existing.ranges.iter()),
        Kind::Places => rows(&mut out, kind, existing.places.values()),
        Kind::People => rows(&mut out, kind, existing.people.values()),
        Kind::Extensions => rows(&mut out, kind, existing.extensions.values()),
        Kind::Schedules => rows(&mut out, kind, existing.schedules.values()),
        Kind::HuntGroups => rows(&mut out, kind, existing.hunt_groups.values()),
        Kind::Profiles => rows(&mut out, kind, existing.profiles.values()),
        Kind::Devices => rows(&mut out, kind, existing.devices.values()),
        Kind::Handsets => rows(&mut out, kind, existing.handsets.values()),
    }
    out
}

fn rows<'r, R: Serialize + 'r>(out: &mut String, kind: Kind, records: impl Iterator<Item = &'r R>) {
    for record in records {
        // Rows hold nothing that cannot be written.
        let value = serde_json::to_value(record).unwrap_or_default();
        out.push_str(&row(kind.columns().map(|column| text(value.get(column)))));
    }
}

pub(super) fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<_> = cells.map(|cell| quoted(&cell)).collect();
    cells.join(",") + "\r\n"
}

fn quoted(cell: &str) -> String {
    let cell = if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r', '\'']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

/// A cell without the apostrophe that made it text.
pub(super) fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}
