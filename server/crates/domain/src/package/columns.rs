//! The sheets of a package and how a header row names one of them.

use serde::{Deserialize, Serialize};

/// What the rows of a sheet are, in the order in which they are checked and created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Sites.
    Sites,
    /// Voice segments.
    Segments,
    /// Number ranges.
    Ranges,
    /// Places.
    Places,
    /// People.
    People,
    /// Extensions.
    Extensions,
    /// Opening hours.
    Schedules,
    /// Hunt groups.
    #[serde(rename = "hunt-groups")]
    HuntGroups,
    /// Profiles of extensions.
    Profiles,
    /// Devices.
    Devices,
    /// Handsets of DECT bases.
    Handsets,
}

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Self; 11] = [
        Self::Sites,
        Self::Segments,
        Self::Ranges,
        Self::Places,
        Self::People,
        Self::Extensions,
        Self::Schedules,
        Self::HuntGroups,
        Self::Profiles,
        Self::Devices,
        Self::Handsets,
    ];

    /// The word used on pages and, with `.csv`, for files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Segments => "segments",
            Self::Ranges => "ranges",
            Self::Places => "places",
            Self::People => "people",
            Self::Extensions => "extensions",
            Self::Schedules => "schedules",
            Self::HuntGroups => "hunt-groups",
            Self::Profiles => "profiles",
            Self::Devices => "devices",
            Self::Handsets => "handsets",
        }
    }

    /// The columns that must be there, and filled in.
    pub const fn required(self) -> &'static [&'static str] {
        match self {
            Self::Sites => &["site", "name", "time_zone", "scope"],
            Self::Segments => &["site", "segment", "cidr"],
            Self::Ranges => &["site", "kind", "first", "last"],
            Self::Places => {
                &["site", "place", "building", "floor", "room", "emergency_location", "callback_number"]
            }
            Self::People => &["site", "person", "name", "email", "account"],
            Self::Extensions => &["site", "extension", "owner", "enabled"],
            Self::Schedules => &["site", "schedule", "name", "time_zone", "hours"],
            Self::HuntGroups => &["site", "hunt_group", "name", "members"],
            Self::Profiles => &["extension", "voicemail"],
            Self::Devices => &["site", "serial", "mac", "vendor", "model", "place", "segment"],
            Self::Handsets => &["serial", "handset", "ipei"],
        }
    }

    /// The columns that may be there, and may be empty.
    pub const fn optional(self) -> &'static [&'static str] {
        match self {
            Self::Segments => &["vlan", "ntp"],
            Self::Places => &["contact"],
            Self::Extensions => &["did", "class_of_service", "display_name"],
            Self::People => &["starts", "ends"],
            Self::Schedules => &["holidays"],
            Self::HuntGroups => &["number", "did", "ring", "seconds", "schedule", "closed", "otherwise"],
            Self::Profiles => &[
                "conferencing",
                "shared",
                "caller_id",
                "schedule",
                "closed",
                "forward_always",
                "forward_busy",
                "forward_no_answer",
                "seconds",
                "forward_unregistered",
            ],
            Self::Sites | Self::Ranges | Self::Devices | Self::Handsets => &[],
        }
    }

    /// All columns: the required ones, then the optional ones.
    pub fn columns(self) -> impl Iterator<Item = &'static str> {
        self.required().iter().chain(self.optional()).copied()
    }

    /// The longest cell of a column, in characters: lists are longer than names.
    pub(super) fn longest(column: &str) -> usize {
        if matches!(column, "hours" | "holidays" | "members") {
            10 * super::MAX_FIELD
        } else {
            super::MAX_FIELD
        }
    }

    fn has(self, column: &str) -> bool {
        self.columns().any(|c| c == column)
    }

    /// How many of its required columns `header` has.
    fn matched(self, header: &[String]) -> usize {
        self.required().iter().filter(|c| header.iter().any(|h| h == *c)).count()
    }
}

/// More columns than this are no sheet of ours; the widest has 12.
const MAX_COLUMNS: usize = 64;

/// What a header row says: the sheet, whether its rows can be read, and what is wrong as column and particulars.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The sheet that it is, or comes nearest to.
    pub(super) kind: Option<Kind>,
    /// Every required column is there, once.
    pub(super) readable: bool,
    /// What is wrong.
    pub(super) faults: Vec<(String, String)>,
}

/// Reads a header row, already in lower case and trimmed.
pub(super) fn recognise(header: &[String]) -> Header {
    // The best share of required columns wins; `rev` makes the first of equals win. No sheet's required columns
    // are all found in another sheet, so a complete header fits one sheet only.
    let best = Kind::ALL.into_iter().rev().max_by_key(|k| k.matched(header) * 1000 / k.required().len());
    let near = |k: &Kind| header.len() <= MAX_COLUMNS && k.matched(header) * 2 >= k.required().len();
    let Some(kind) = best.filter(near) else {
        let hint = if header.iter().any(|h| h.contains([';', '\t'])) {
            "Columns are separated by commas.".to_owned()
        } else {
            String::new()
        };
        return Header { kind: None, readable: false, faults: vec![(String::new(), hint)] };
    };
    let mut faults = Vec::new();
    let mut readable = true;
    for column in kind.required() {
        if !header.iter().any(|h| h == column) {
            readable = false;
            faults.push(((*column).to_owned(), format!("The sheet `{}` needs this column.", kind.name())));
        }
    }
    for (index, column) in header.iter().enumerate() {
        if !kind.has(column) {
            let says =
                format!("The sheet `{}` has no such column: `{}`.", kind.name(), super::cells::shown(column));
            faults.push((super::cells::shown(column), says));
        } else if header.iter().take(index).any(|h| h == column) {
            readable = false;
            faults.push((column.clone(), "The column is there twice.".to_owned()));
        }
    }
    Header { kind: Some(kind), readable, faults }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(columns: &[&str]) -> Header {
        recognise(&columns.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_complete_header_fits_one_sheet_only() {
        for kind in Kind::ALL {
            for columns in [kind.required().to_vec(), kind.columns().collect()] {
                let read = header(&columns);
                assert_eq!(read, Header { kind: Some(kind), readable: true, faults: vec![] });
            }
            for other in Kind::ALL.into_iter().filter(|o| *o != kind) {
                assert!(!kind.required().iter().all(|c| other.has(c)), "{kind:?} fits in {other:?}");
            }
        }
    }

    #[test]
    fn a_header_that_is_nearly_right_is_told_what_it_lacks() {
        let read = header(&["site", "serial", "mac", "vendor", "model", "place", "colour", "mac"]);
        assert_eq!(read.kind, Some(Kind::Devices));
        assert!(!read.readable);
        let columns: Vec<_> = read.faults.iter().map(|(column, _)| column.as_str()).collect();
        assert_eq!(columns, ["segment", "colour", "mac"]);
        assert_eq!(header(&["colour", "shape"]).kind, None);
        assert_eq!(header(&[]).kind, None);
    }
}
