//! What can be said of every family: one source for the command line, the console and the README.

use crate::dialect::{self, Absent};
use domain::vendor::{Model, Vendor};
use serde::Serialize;

/// A family: its models, and what its dialect writes.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Support {
    /// Which.
    pub vendor: Vendor,
    /// What people read.
    pub title: &'static str,
    /// Its models: those that may be bound, and those that are refused with a reason.
    pub models: &'static [Model],
    /// Patterns of the settings that it writes, in path order.
    pub settings: &'static [&'static str],
    /// Patterns of those that it cannot write, in path order: each is a finding where it is set.
    pub cannot: &'static [&'static str],
    /// What a key that a file does not name means to its phones.
    pub absent: Absent,
    /// Whose certificates of a server its phones trust from the factory.
    pub trusts: &'static str,
}

/// Every family.
pub fn support() -> impl Iterator<Item = Support> {
    Vendor::ALL.into_iter().map(|vendor| {
        let dialect = dialect::of(vendor);
        Support {
            vendor,
            title: vendor.title(),
            models: vendor.models(),
            settings: dialect::speaks(vendor),
            cannot: dialect::cannot(vendor),
            absent: dialect.absent,
            trusts: vendor.trusts(),
        }
    })
}
