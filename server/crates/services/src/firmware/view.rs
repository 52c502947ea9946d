//! What the pages show of firmware.

use crate::view::Page;
use domain::{
    Finding, Mac, Timestamp,
    firmware::{Image, Minimum, Step},
    layer::Level,
    vendor::Vendor,
};

/// An image.
#[derive(Clone, Debug)]
pub struct ImageView {
    /// The image.
    pub image: Image,
    /// What the uploader said about it.
    pub notes: String,
    /// Who uploaded it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it was withdrawn, and why.
    pub withdrawn: Option<(Timestamp, String)>,
    /// Whether this node has its bytes.
    pub here: bool,
}

/// A layer that says which firmware phones should have.
#[derive(Clone, Debug)]
pub struct WantedView {
    /// Its level.
    pub level: Level,
    /// Its scope: a model, a site's or a device's id.
    pub scope: String,
    /// Its name, as people read it.
    pub name: String,
    /// The versions.
    pub versions: String,
    /// The change that said so.
    pub change: String,
}

/// A site's share of its line, and what is still to be fetched.
#[derive(Clone, Debug)]
pub struct SiteView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its budget in kbit/s; without one there is no limit.
    pub kbps: Option<u32>,
    /// Phones that have still to fetch an image.
    pub devices: i64,
    /// Bytes that these fetch together.
    pub bytes: u64,
    /// When they will have it, at the budget; `None` without a budget or without a phone.
    pub finish: Option<Timestamp>,
}

/// A phone that does not have, or is not known to have, what it should have.
#[derive(Clone, Debug)]
pub struct MismatchView {
    /// MAC.
    pub mac: Mac,
    /// Vendor and model.
    pub model: String,
    /// Site code.
    pub site: String,
    /// What was last seen; `None` when nothing was.
    pub installed: Option<String>,
    /// When it was last seen.
    pub seen: Option<Timestamp>,
    /// What it should have.
    pub wanted: String,
    /// The image that it is sent to next; empty when to none.
    pub file: String,
    /// Why it is sent to none.
    pub finding: Option<Finding>,
}

pub(super) fn mismatch(row: storage::firmware::Mismatch) -> Option<MismatchView> {
    Some(MismatchView {
        mac: Mac::parse(&row.mac).ok()?,
        model: format!("{} {}", row.vendor, row.model),
        site: row.site,
        installed: Some(row.installed).filter(|text| !text.is_empty()),
        seen: row.seen,
        wanted: row.wanted,
        file: row.file,
        finding: row.finding,
    })
}

/// The page of all firmware.
#[derive(Clone, Debug)]
pub struct FirmwareView {
    /// Every image, newest first.
    pub images: Vec<ImageView>,
    /// Every layer that says what phones should have.
    pub wanted: Vec<WantedView>,
    /// Budgets and estimates.
    pub sites: Vec<SiteView>,
    /// Steps, with ids.
    pub steps: Vec<(String, Vendor, Step)>,
    /// Minimums.
    pub minimums: Vec<Minimum>,
    /// Phones that differ.
    pub mismatches: Page<MismatchView>,
    /// Bytes that an image may have.
    pub max_bytes: u64,
}

/// A device's firmware.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DeviceFirmware {
    /// What was last seen; empty when nothing was.
    pub installed: String,
    /// What it should have; empty when nobody says.
    pub wanted: String,
    /// The image that it is sent to next; empty when to none.
    pub file: String,
    /// Why it is sent to none, and settings for which its firmware is too old.
    pub findings: Vec<Finding>,
}
