//! Sites and their segments, as pages show them.

use crate::openings::{OpeningCard, OpeningView};
use domain::{
    Finding,
    gate::{Check, Gate, GateStatus},
    policy::Policy,
    site::{Segment, Site},
};
use serde::Serialize;

/// A site on the overview.
#[derive(Clone, Debug, Serialize)]
pub struct SiteCard {
    /// The site.
    pub site: Site,
    /// Devices in inventory.
    pub devices: i64,
    /// Devices seen at the edge.
    pub seen: i64,
    /// Devices with a standing line.
    pub bound: i64,
    /// Gates, one per segment: code and status.
    pub gates: Vec<(String, GateStatus)>,
    /// Change requests waiting for an approver.
    pub waiting: i64,
    /// How far its opening is; only on the board over all sites.
    pub opening: OpeningCard,
}

/// A segment with its gate.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentView {
    /// The segment.
    pub segment: Segment,
    /// Evidence and sign-off.
    pub gate: Gate,
    /// How it stands now.
    pub status: GateStatus,
    /// What keeps it from being signed off now.
    pub missing: Vec<Finding>,
    /// Names of the users in `gate`, by id text.
    pub names: Vec<(String, String)>,
}

/// A site's page.
#[derive(Clone, Debug)]
pub struct SiteView {
    /// Overview figures.
    pub card: SiteCard,
    /// What it demands of proofs.
    pub policy: Policy,
    /// Segments with gates.
    pub segments: Vec<SegmentView>,
    /// How far its opening is.
    pub opening: OpeningView,
}

/// Evidence as entered in the form.
#[derive(Clone, Debug)]
pub struct EvidenceInput {
    /// Which check.
    pub check: Check,
    /// Whether it passed.
    pub passed: bool,
    /// What was seen.
    pub note: String,
}
