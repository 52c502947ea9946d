//! Devices, as pages show them.

use super::RequestRow;
use crate::{firmware::view::DeviceFirmware, layers::view::PinView};
use domain::{
    Ipei, Mac, Timestamp, device::EndpointKind, drift::Drift, enrolment::Enrolment, exception::Exception,
    fence::Decision, ids::DeviceId,
};
use serde::{Deserialize, Serialize};

/// A device in the inventory list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceRow {
    /// MAC.
    pub mac: Mac,
    /// Serial.
    pub serial: String,
    /// Vendor.
    pub vendor: String,
    /// Model.
    pub model: String,
    /// Site code.
    pub site: String,
    /// Place code.
    pub place: String,
    /// `active`, `quarantined`, `retired`.
    pub state: String,
    /// Extensions of standing lines, joined by a comma.
    pub lines: String,
    /// Last proven fetch.
    pub seen: Option<Timestamp>,
}

/// Filter of the inventory list; it lives in the address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DeviceFilter {
    /// Site code, or empty.
    #[serde(default)]
    pub site: String,
    /// Part of MAC, serial, model, extension, person or place, or empty.
    #[serde(default)]
    pub q: String,
    /// `bound`, `unbound`, `quarantined`, or empty.
    #[serde(default)]
    pub state: String,
    /// MAC (bare) after which the page starts.
    #[serde(default)]
    pub after: String,
}

impl DeviceFilter {
    /// Whether it says nothing, and so finds every device.
    pub fn is_empty(&self) -> bool {
        [&self.site, &self.q, &self.state].into_iter().all(|text| text.trim().is_empty())
    }
}

/// A line key on the device page.
#[derive(Clone, Debug, Serialize)]
pub struct EndpointView {
    /// Line key, handset or port, from 1.
    pub index: u8,
    /// Which of these it is.
    pub kind: EndpointKind,
    /// Which handset, if it is one and somebody has said so.
    pub ipei: Option<Ipei>,
    /// Extension standing there.
    pub extension: Option<String>,
    /// Other devices on which a shared one stands.
    pub also: Vec<Mac>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The change request that bound it: `CR-7`.
    pub change: Option<String>,
    /// Who approved it.
    pub approver: Option<String>,
}

/// A device's page.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceView {
    /// Inventory facts.
    pub row: DeviceRow,
    /// Its id.
    pub id: DeviceId,
    /// Segment code, or empty.
    pub segment: String,
    /// Emergency location of its place.
    pub emergency: String,
    /// Callback number of its place.
    pub callback: String,
    /// Line keys.
    pub endpoints: Vec<EndpointView>,
    /// Open cases about it.
    pub cases: Vec<Exception>,
    /// What a proven fetch would get now, and why.
    pub decision: Decision,
    /// Path at the steady address.
    pub steady_path: String,
    /// Its newest enrolment token, if it ever had one.
    pub enrolment: Option<Enrolment>,
    /// Requests about this device, newest first.
    pub requests: Vec<RequestRow>,
    /// Extensions of the site that are free, for the form: number and owner.
    pub free_extensions: Vec<(String, String)>,
    /// What firmware it has, and should have.
    pub firmware: DeviceFirmware,
    /// What holds it to earlier settings.
    pub pin: Option<PinView>,
    /// What it says it runs, beside what it should.
    pub drift: Option<Drift>,
}

/// A file that a phone has sent.
#[derive(Clone, Debug, Serialize)]
pub struct UploadRow {
    /// Its name.
    pub name: String,
    /// `log`, `override` or `personal`.
    pub kind: String,
    /// Its size.
    pub bytes: i64,
    /// When it came.
    pub at: Timestamp,
    /// Whether it is a former owner's.
    pub sealed: bool,
}
