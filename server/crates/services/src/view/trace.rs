//! Traces, as pages show them.

use super::{DeviceRow, DeviceView, RequestRow, UploadRow};
use domain::{
    Finding, Mac, Timestamp,
    ledger::{ActEntry, ProbeEntry, ServeEntry},
    resolution::Resolution,
};
use serde::Serialize;

pub use domain::traced::TracedLine;

/// A file of a revision, line by line.
#[derive(Clone, Debug, Serialize)]
pub struct TracedFile {
    /// Its name.
    pub name: String,
    /// Its content digest.
    pub digest: String,
    /// Its lines.
    pub lines: Vec<TracedLine>,
}

/// One page that says why a phone has its configuration.
#[derive(Clone, Debug, Serialize)]
pub struct TraceView {
    /// The device.
    pub device: DeviceView,
    /// Revision that would be served now: number, kind and change.
    pub revision: Option<(u32, String, String)>,
    /// What it would get now, line by line.
    pub files: Vec<TracedFile>,
    /// Every setting with origin.
    pub resolution: Resolution,
    /// What it was served and refused, newest first.
    pub serves: Vec<ServeEntry>,
    /// Acts that concern it, newest first.
    pub acts: Vec<ActEntry>,
    /// Settings made at the phone that win over ours.
    pub overrides: Vec<Finding>,
    /// What the phone has sent.
    pub uploads: Vec<UploadRow>,
}

/// What a search for trace found.
#[derive(Clone, Debug, Serialize)]
pub enum Found {
    /// One device: go there.
    Device(Mac),
    /// Several: choose.
    Several(Vec<DeviceRow>),
    /// An extension that stands on no phone.
    Unbound(Box<UnboundView>),
    /// Nothing known; the probes of the last hours are shown.
    Nothing(Vec<ProbeEntry>),
}

/// An extension that stands on no phone, and why.
#[derive(Clone, Debug, Serialize)]
pub struct UnboundView {
    /// What is dialled inside.
    pub number: String,
    /// What is dialled from outside, if anything.
    pub did: Option<String>,
    /// Code of its site.
    pub site: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Permissions.
    pub class_of_service: String,
    /// Who answers for it, as people know them; empty for nobody.
    pub owner: String,
    /// How that owner stands.
    pub account: String,
    /// Open requests that ask for it.
    pub requests: Vec<RequestRow>,
    /// Where it stood last.
    pub held: Option<WasBound>,
    /// Why no phone has it, in sentences.
    pub why: Vec<String>,
}

/// Where an extension stood last.
#[derive(Clone, Debug, Serialize)]
pub struct WasBound {
    /// The phone.
    pub mac: Mac,
    /// Until when.
    pub until: Timestamp,
    /// The request that took it away.
    pub change: String,
}
