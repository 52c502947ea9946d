//! What a dialect is, and which vendor has which. Everything vendor-specific hangs on this one value per family.

use crate::{File, asked::Asked, job::Job, sheet::Sheet, user_agent::UserAgent};
use domain::{Finding, Mac, artifact::Artifact, setting::schema, vendor::Vendor};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

/// One vendor family.
pub(crate) struct Dialect {
    /// What a file name, in lower case, asks for.
    pub(crate) recognise: fn(&str) -> Option<Asked>,
    /// What a User-Agent says, if it is one of this family's.
    pub(crate) user_agent: fn(&str) -> Option<UserAgent>,
    /// Writes a device's files, or those that are common to the vendor. Of these the first has no name here: it goes
    /// by those that `recognise` knows.
    pub(crate) write: fn(&Job<'_>) -> Written,
    /// The name of a device's first file.
    pub(crate) name: fn(Mac) -> String,
    pub(crate) absent: Absent,
    /// The tables that it writes by.
    pub(crate) sheets: &'static [&'static Sheet],
    /// Patterns of the settings that it writes without a table.
    pub(crate) also: &'static [&'static str],
    /// Patterns that it leaves out without a word, so that one layer can serve several vendors.
    pub(crate) passes: &'static [&'static str],
}

/// What a dialect wrote.
pub(crate) struct Written {
    /// The file that the phone asks for by itself.
    pub(crate) artifact: Artifact,
    /// Files that the first one names, or that phones of this family ask for beside it.
    pub(crate) more: Vec<File>,
    /// What could not be written as it was set.
    pub(crate) findings: Vec<Finding>,
}

impl From<(Artifact, Vec<Finding>)> for Written {
    fn from((artifact, findings): (Artifact, Vec<Finding>)) -> Self {
        Self { artifact, more: vec![], findings }
    }
}

/// What an absent key means to a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absent {
    /// It keeps the value that it has.
    Kept,
    /// It goes back to the factory value.
    Default,
    /// Nobody has tried.
    Unknown,
}

impl Absent {
    /// What people read.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Kept => "keeps the value that it has",
            Self::Default => "goes back to the factory value",
            Self::Unknown => "not known; everything is written",
        }
    }
}

/// Patterns of the settings that a vendor's dialect writes, in path order: those of its tables, and what it writes
/// beside them.
pub(crate) fn speaks(vendor: Vendor) -> &'static [&'static str] {
    static SPOKEN: LazyLock<BTreeMap<Vendor, Vec<&'static str>>> = LazyLock::new(|| {
        let of = |vendor| {
            let dialect = of(vendor);
            let tables = dialect.sheets.iter().flat_map(|sheet| sheet.patterns());
            let all: BTreeSet<_> = tables.chain(dialect.also.iter().copied()).collect();
            let said = all.into_iter().filter(|pattern| !dialect.passes.contains(pattern));
            (vendor, said.collect())
        };
        Vendor::ALL.into_iter().map(of).collect()
    });
    SPOKEN.get(&vendor).map_or(&[], Vec::as_slice)
}

/// Patterns of the settings that a vendor's phones may be meant to have and that its dialect cannot write, in path order:
/// each is a finding where it is set.
pub(crate) fn cannot(vendor: Vendor) -> &'static [&'static str] {
    static UNSPOKEN: LazyLock<BTreeMap<Vendor, Vec<&'static str>>> = LazyLock::new(|| {
        let of = |vendor| {
            let known = [speaks(vendor), of(vendor).passes];
            let all = schema::RULES.iter().map(|rule| rule.pattern);
            let lost = all.filter(|pattern| !known.iter().any(|patterns| patterns.contains(pattern)));
            (vendor, lost.collect())
        };
        Vendor::ALL.into_iter().map(of).collect()
    });
    UNSPOKEN.get(&vendor).map_or(&[], Vec::as_slice)
}

/// The dialect of a vendor.
pub(crate) const fn of(vendor: Vendor) -> &'static Dialect {
    match vendor {
        Vendor::Yealink => &crate::yealink::DIALECT,
        Vendor::Linphone => &crate::linphone::DIALECT,
        Vendor::Poly => &crate::poly::DIALECT,
        Vendor::Grandstream => &crate::grandstream::DIALECT,
        Vendor::Snom => &crate::snom::DIALECT,
        Vendor::CiscoMpp => &crate::cisco_mpp::DIALECT,
        Vendor::Fanvil => &crate::fanvil::DIALECT,
        Vendor::CiscoSpa => &crate::cisco_spa::DIALECT,
        Vendor::Gigaset => &crate::gigaset::DIALECT,
        Vendor::Mitel => &crate::mitel::DIALECT,
        Vendor::Panasonic => &crate::panasonic::DIALECT,
        Vendor::Htek => &crate::htek::DIALECT,
        Vendor::Algo => &crate::algo::DIALECT,
        Vendor::TwoN => &crate::two_n::DIALECT,
        Vendor::CiscoEnterprise => &crate::cisco_enterprise::DIALECT,
    }
}
