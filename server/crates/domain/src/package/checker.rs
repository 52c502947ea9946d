//! The order of the checks, and what one row lets the later ones know.

use super::{
    Existing, Kind, MAX_FINDINGS, Package, RowFinding,
    cells::{At, Row, finding},
    check_devices, check_extensions, check_handsets, check_people, check_places, check_ranges, check_routing,
    check_segments, check_sites,
    sheet::Sheet,
    span::Span,
};
use crate::{
    Code, Ipei, Mac,
    device::Serial,
    number::{Did, ExtensionNumber, RangeKind},
    profile::circle::Routes,
    slug::Slug,
    vendor::Model,
};
use std::collections::{BTreeMap, BTreeSet};

/// What the checks share.
pub(super) struct Checker<'a> {
    /// What the database holds.
    pub(super) existing: &'a Existing,
    /// Which extension has a DID in the database.
    pub(super) held_dids: BTreeMap<&'a Did, &'a ExtensionNumber>,
    /// Which device has a MAC in the database.
    pub(super) held_macs: BTreeMap<Mac, &'a Serial>,
    /// Which handset of which base has an IPEI in the database.
    pub(super) held_ipeis: BTreeMap<Ipei, (&'a Serial, u8)>,
    /// The keys of the rows so far, good or bad.
    pub(super) seen: Seen<'a>,
    /// Kinds of which a row could not be read: a missing reference to one proves nothing.
    pub(super) unread: BTreeSet<Kind>,
    /// New segments and new ranges, to find overlaps among them and with what exists.
    pub(super) spans: Vec<Span<'a>>,
    /// All ranges, to find a number's: by kind, length and first number, to the last number and the site.
    pub(super) ranges: BTreeMap<(RangeKind, usize, u128), (u128, &'a str)>,
    /// Sites of whose ranges one is wrong: a number outside the others proves nothing.
    pub(super) doubtful: BTreeSet<(&'a str, RangeKind)>,
    /// Where calls go on, as it is and as it would be.
    pub(super) routes: Routes,
    /// Rows that lead calls on, to be looked at when all are known.
    pub(super) led: Vec<check_routing::Led<'a>>,
    /// What would be created.
    pub(super) package: Package,
    /// Findings, each with the index of its sheet.
    findings: Vec<(usize, RowFinding)>,
}

/// Keys of the package's rows and where they stand.
#[derive(Default)]
pub(super) struct Seen<'a> {
    pub(super) sites: BTreeMap<&'a str, At<'a>>,
    pub(super) segments: BTreeMap<(&'a str, &'a str), At<'a>>,
    pub(super) ranges: BTreeMap<super::RangeRow, At<'a>>,
    pub(super) places: BTreeMap<(&'a str, &'a str), At<'a>>,
    pub(super) people: BTreeMap<&'a str, At<'a>>,
    /// A person's site, where it is known.
    pub(super) homes: BTreeMap<&'a str, &'a str>,
    pub(super) extensions: BTreeMap<ExtensionNumber, At<'a>>,
    pub(super) dids: BTreeMap<Did, At<'a>>,
    pub(super) schedules: BTreeMap<Slug, At<'a>>,
    pub(super) groups: BTreeMap<Slug, At<'a>>,
    pub(super) profiles: BTreeMap<ExtensionNumber, At<'a>>,
    pub(super) serials: BTreeMap<Serial, At<'a>>,
    pub(super) macs: BTreeMap<Mac, At<'a>>,
    /// A device's model, where it is known.
    pub(super) models: BTreeMap<Serial, &'static Model>,
    pub(super) handsets: BTreeMap<(Serial, u8), At<'a>>,
    pub(super) ipeis: BTreeMap<Ipei, At<'a>>,
}

/// Checks sheets that are in their order: causes come before what refers to them.
pub(super) fn run(sheets: &[Sheet<'_>], existing: &Existing) -> (Package, Vec<RowFinding>) {
    let mut checker = Checker::new(sheets, existing);
    for kind in Kind::ALL {
        for (index, sheet) in sheets.iter().enumerate().filter(|(_, s)| s.kind == Some(kind)) {
            let before = checker.findings.len();
            for record in &sheet.records {
                if sheet.findings.len() + checker.findings.len() - before >= MAX_FINDINGS {
                    checker.unread.insert(kind);
                    break;
                }
                let mut row = Row::new(index, sheet, record);
                match kind {
                    Kind::Sites => check_sites::check(&mut checker, &mut row),
                    Kind::Segments => check_segments::check(&mut checker, &mut row),
                    Kind::Ranges => check_ranges::check(&mut checker, &mut row),
                    Kind::Places => check_places::check(&mut checker, &mut row),
                    Kind::People => check_people::check(&mut checker, &mut row),
                    Kind::Extensions => check_extensions::check(&mut checker, &mut row),
                    Kind::Schedules => check_routing::schedule(&mut checker, &mut row),
                    Kind::HuntGroups => check_routing::group(&mut checker, &mut row),
                    Kind::Profiles => check_routing::profile(&mut checker, &mut row),
                    Kind::Devices => check_devices::check(&mut checker, &mut row),
                    Kind::Handsets => check_handsets::check(&mut checker, &mut row),
                }
                checker.findings.extend(row.findings.into_iter().map(|f| (index, f)));
            }
        }
        match kind {
            Kind::Segments => check_segments::overlaps(&mut checker),
            Kind::Ranges => check_ranges::overlaps(&mut checker),
            Kind::Profiles => check_routing::led(&mut checker),
            _ => {}
        }
    }
    checker.finish(sheets)
}

impl<'a> Checker<'a> {
    fn new(sheets: &'a [Sheet<'a>], existing: &'a Existing) -> Self {
        let mut unread = BTreeSet::new();
        for sheet in sheets.iter().filter(|s| !s.whole) {
            match sheet.kind {
                Some(kind) => unread.extend([kind]),
                None => unread.extend(Kind::ALL),
            }
        }
        Self {
            existing,
            held_dids: existing
                .extensions
                .values()
                .filter_map(|e| Some((e.did.as_ref()?, &e.extension)))
                .collect(),
            held_macs: existing.devices.values().map(|d| (d.mac, &d.serial)).collect(),
            held_ipeis: existing.handsets.values().map(|h| (h.ipei, (&h.serial, h.handset))).collect(),
            seen: Seen::default(),
            unread,
            spans: Vec::new(),
            ranges: BTreeMap::new(),
            doubtful: BTreeSet::new(),
            routes: check_routing::routes(&existing.hunt_groups, &existing.profiles),
            led: Vec::new(),
            package: Package::default(),
            findings: Vec::new(),
        }
    }

    /// Reports something found when all rows of a sheet were known.
    pub(super) fn report(&mut self, at: At<'a>, column: &str, code: Code, detail: impl Into<String>) {
        self.findings.push((at.sheet, finding(at.file, at.row, column, code, detail)));
    }

    /// The row's site code, and whether such a site exists; reported when not.
    pub(super) fn site(&mut self, row: &mut Row<'a>) -> (Option<&'a str>, bool) {
        let Some(site) = row.required("site") else { return (None, false) };
        let known = self.seen.sites.contains_key(site) || self.existing.sites.contains_key(site);
        if !known && !self.unread.contains(&Kind::Sites) {
            row.report("site", Code::SiteUnknown, format!("It is `{site}`."));
        }
        (Some(site), known)
    }

    /// Whether the site has the place, or that cannot be told.
    pub(super) fn place_known(&self, site: &str, place: &str) -> bool {
        self.seen.places.contains_key(&(site, place))
            || self.existing.places.contains_key(&(site.to_owned(), place.to_owned()))
            || self.unread.contains(&Kind::Places)
    }

    /// Whether the site has the segment, or that cannot be told.
    pub(super) fn segment_known(&self, site: &str, segment: &str) -> bool {
        self.seen.segments.contains_key(&(site, segment))
            || self.existing.segments.contains_key(&(site.to_owned(), segment.to_owned()))
            || self.unread.contains(&Kind::Segments)
    }

    fn finish(mut self, sheets: &[Sheet<'_>]) -> (Package, Vec<RowFinding>) {
        self.package.hunt_groups = check_routing::inside_first(std::mem::take(&mut self.package.hunt_groups));
        let read = sheets.iter().enumerate();
        let mut findings: Vec<_> =
            read.flat_map(|(index, s)| s.findings.iter().map(move |f| (index, f.clone()))).collect();
        findings.extend(self.findings);
        findings.sort_by_key(|(sheet, finding)| (*sheet, finding.row));
        for of_sheet in findings.chunk_by_mut(|(a, _), (b, _)| a == b).filter(|f| f.len() >= MAX_FINDINGS) {
            if let Some((_, last)) = of_sheet.last_mut() {
                last.finding.detail.push_str(" Further findings of this file are not listed.");
            }
        }
        let mut findings: Vec<_> = findings.into_iter().map(|(_, finding)| finding).collect();
        if findings.is_empty() && sheets.iter().all(|s| s.count == 0) {
            findings.push(finding("", 0, "", Code::ImportEmpty, ""));
        }
        (self.package, findings)
    }
}
