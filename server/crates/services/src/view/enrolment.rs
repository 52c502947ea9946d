//! Enrolment, as pages show them.

use super::{DeviceRow, Page};
use domain::{
    Mac, Timestamp,
    enrolment::{self, Enrolment, SiteDate},
    site::Site,
};
use serde::{Deserialize, Serialize};

/// Filter of the enrolment list; it lives in the address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EnrolmentFilter {
    /// Site code, or empty.
    #[serde(default)]
    pub site: String,
    /// A state's word, `clash`, or empty.
    #[serde(default)]
    pub state: String,
    /// MAC (bare) and kind after which the page starts.
    #[serde(default)]
    pub after: String,
}

/// The newest enrolment token of a kind of a device.
#[derive(Clone, Debug, Serialize)]
pub struct EnrolmentRow {
    /// Code or signed address.
    pub kind: enrolment::Kind,
    /// Where it is in its life, now.
    pub state: enrolment::State,
    /// When somebody else last tried to use it.
    pub clashed: Option<Timestamp>,
    /// Whose it is.
    pub mac: Mac,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// Site code.
    pub site: String,
    /// Place code.
    pub place: String,
}

/// What there is to do about enrolment at a site.
#[derive(Clone, Debug, Serialize)]
pub struct SiteEnrolment {
    /// The site.
    pub site: Site,
    /// Devices that need a code.
    pub without_code: i64,
    /// Devices that need a signed address.
    pub without_address: i64,
    /// Codes to activate.
    pub inactive: i64,
    /// Codes that can be handed out.
    pub codes: i64,
    /// Signed addresses that a redirect service should name.
    pub addresses: i64,
    /// By when its phones are to work, if anything says so.
    pub date: Option<SiteDate>,
}

/// The enrolment list, and what there is to do at the site that is chosen.
#[derive(Clone, Debug, Serialize)]
pub struct EnrolmentList {
    /// A page of tokens.
    pub page: Page<EnrolmentRow>,
    /// The site that is chosen.
    pub site: Option<SiteEnrolment>,
}

/// A device's enrolment.
#[derive(Clone, Debug, Serialize)]
pub struct EnrolmentView {
    /// The device.
    pub device: DeviceRow,
    /// Its tokens as they stand now, newest first.
    pub tokens: Vec<Enrolment>,
    /// Whether a line stands on it.
    pub bound: bool,
    /// By when the phones of its site are to work, if anything says so.
    pub date: Option<SiteDate>,
}
