//! Site packages: reading the CSV files of a site and finding everything that is wrong with them.
//!
//! Pure and total: what the database holds is handed in as [`Existing`], what would be created comes out as
//! [`Package`], and every fault as a [`RowFinding`]. It allots no ids and writes nothing: the caller commits all
//! rows or none.
//!
//! One fault gives one finding. A row that cannot be read never makes the rows that refer to it look wrong too.

mod cells;
mod check_devices;
mod check_extensions;
mod check_handsets;
mod check_people;
mod check_places;
mod check_ranges;
mod check_routing;
mod check_segments;
mod check_sites;
mod checker;
mod columns;
mod export;
pub mod opening;
mod rows;
mod sheet;
mod span;
#[cfg(test)]
mod tests;
mod zones;

pub use columns::Kind;
pub use export::csv;
pub use rows::{
    DeviceRow, ExtensionRow, GroupRow, HandsetRow, OwnerKey, PersonRow, PlaceRow, ProfileRow, RangeRow,
    ScheduleRow, SegmentRow, SiteRow,
};
pub use zones::ZONES;

use crate::{
    Finding, Timestamp,
    device::Serial,
    number::{ExtensionNumber, Number, State},
    slug::Slug,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The largest file that is read: 8 MB hold about 100,000 devices, and are read in memory.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// The longest field, in characters: longer than any name or address, shorter than any phone's limit for a file. Lists
/// may have ten times as many.
pub const MAX_FIELD: usize = 200;

/// The most findings of one file: nobody reads more, and 8 MB of faults would fill the memory with words.
pub const MAX_FINDINGS: usize = 10_000;

/// One uploaded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its name, as the sender calls it. It says nothing about the contents: the header row does.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Something wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowFinding {
    /// The file's name; empty when the package as a whole is meant.
    pub file: String,
    /// The row as a spreadsheet numbers it, blank ones included: the header is row 1. 0 for the whole file.
    pub row: u32,
    /// The column; empty when the whole row is meant.
    pub column: String,
    /// What is the case. Its subject says the place in words.
    pub finding: Finding,
}

/// As people read it: `devices.csv row 7, mac: This is not a MAC address.`
impl std::fmt::Display for RowFinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.finding.fmt(f)
    }
}

/// What the database already holds, loaded once by the caller.
///
/// A record is given as the row that would create it. One that no row describes, such as a device without a
/// place, is given with that text empty: it then equals no row, and an import that names it is a conflict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Existing {
    /// By site code.
    pub sites: BTreeMap<String, SiteRow>,
    /// By site code and segment code.
    pub segments: BTreeMap<(String, String), SegmentRow>,
    /// All of them: a range is its own key.
    pub ranges: BTreeSet<RangeRow>,
    /// By site code and place code.
    pub places: BTreeMap<(String, String), PlaceRow>,
    /// By the directory's reference.
    pub people: BTreeMap<String, PersonRow>,
    /// By number: two sites never share one, because their ranges never overlap.
    pub extensions: BTreeMap<ExtensionNumber, ExtensionRow>,
    /// By short name.
    pub schedules: BTreeMap<Slug, ScheduleRow>,
    /// By short name.
    pub hunt_groups: BTreeMap<Slug, GroupRow>,
    /// By extension.
    pub profiles: BTreeMap<ExtensionNumber, ProfileRow>,
    /// Numbers that no extension can have, and why.
    pub taken: BTreeMap<Number, State>,
    /// By serial number.
    pub devices: BTreeMap<Serial, DeviceRow>,
    /// Those whose IPEI is known, by the base's serial number and their number on it.
    pub handsets: BTreeMap<(Serial, u8), HandsetRow>,
    /// Those that have a line.
    pub bound_handsets: BTreeSet<(Serial, u8)>,
    /// When that was so: the turns of the clocks are looked at from then on.
    pub now: Timestamp,
}

/// What would be created, in this order. Usable only when there is no finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Sites.
    pub sites: Vec<SiteRow>,
    /// Voice segments.
    pub segments: Vec<SegmentRow>,
    /// Number ranges.
    pub ranges: Vec<RangeRow>,
    /// Places.
    pub places: Vec<PlaceRow>,
    /// People.
    pub people: Vec<PersonRow>,
    /// Extensions.
    pub extensions: Vec<ExtensionRow>,
    /// Schedules.
    pub schedules: Vec<ScheduleRow>,
    /// Hunt groups, each after those that it has as members.
    pub hunt_groups: Vec<GroupRow>,
    /// Profiles.
    pub profiles: Vec<ProfileRow>,
    /// Devices.
    pub devices: Vec<DeviceRow>,
    /// Handsets of bases.
    pub handsets: Vec<HandsetRow>,
    /// Rows left out above because the database holds exactly them.
    pub unchanged: usize,
}

impl Package {
    /// How many records would be created.
    pub fn created(&self) -> usize {
        self.sites.len()
            + self.segments.len()
            + self.ranges.len()
            + self.places.len()
            + self.people.len()
            + self.extensions.len()
            + self.schedules.len()
            + self.hunt_groups.len()
            + self.profiles.len()
            + self.devices.len()
            + self.handsets.len()
    }
}

/// Checks all rows of all files: everything that is wrong, not the first. Only beyond [`MAX_FINDINGS`] is a
/// file put aside, and its last finding says so.
///
/// The order of the files makes no difference.
pub fn check(uploads: &[Upload], existing: &Existing) -> (Package, Vec<RowFinding>) {
    let mut sheets: Vec<_> = uploads.iter().map(sheet::read).collect();
    sheets.sort_by(|a, b| (a.kind, &a.name, a.bytes).cmp(&(b.kind, &b.name, b.bytes)));
    checker::run(&sheets, existing)
}

/// SHA-256 over the uploads in hexadecimal: the digest that makes a repeated import a no-op.
///
/// Names and the order of the files make no difference; every byte of their contents does.
pub fn digest(uploads: &[Upload]) -> String {
    let mut files: Vec<_> = uploads.iter().map(|u| (sheet::kind(&u.bytes), u.bytes.as_slice())).collect();
    files.sort_unstable();
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(b"ringfence package 1");
    for (kind, bytes) in files {
        field(kind.map_or("", Kind::name).as_bytes());
        field(bytes);
    }
    hex::encode(hash.finalize())
}
