//! Simulated handsets, one per family: each keeps what a real one would keep, and registers what it then has.
//!
//! They read files by themselves, from what vendors publish; they share nothing with the writers that they judge.

mod algo;
mod cisco;
mod cisco_enterprise;
mod fanvil;
mod gigaset;
mod grandstream;
mod htek;
mod linphone;
mod mitel;
mod panasonic;
mod poly;
pub mod read;
mod snom;
mod two_n;
mod yealink;

use domain::vendor::Vendor;
use std::collections::BTreeMap;

/// Keys and values, as a phone has them.
pub type Keys = BTreeMap<String, String>;

/// What a simulated handset's reader calls an operation that takes away every line that the file does not name.
pub const SWEEP: &str = "(sweep)";

/// A line that a phone would register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registers {
    /// Its endpoint, from 1.
    pub index: u8,
    /// The user of its address.
    pub user: String,
    /// The secret of its digest.
    pub password: String,
    /// Host of the registrar.
    pub host: String,
}

/// How phones of a family take a file.
pub struct Family {
    /// Every key of a file with its value. Panics when it is no file of the family, or a key is there twice.
    pub read: fn(&str) -> Keys,
    /// What a phone does with what a file says, on top of what it has.
    pub take: fn(&mut Keys, Keys),
    /// The lines that a phone with these keys registers, by endpoint.
    pub lines: fn(&Keys) -> Vec<Registers>,
    /// Whether a key, in lower case, belongs to a line or to a programmable key.
    pub of_line: fn(&str) -> bool,
    /// What stands right before a value in a file.
    pub before: &'static [&'static str],
    /// Values that take away what a line's key had.
    pub neutral: &'static [&'static str],
}

/// The family of a vendor.
pub const fn family(vendor: Vendor) -> &'static Family {
    match vendor {
        Vendor::Yealink => &yealink::FAMILY,
        Vendor::Linphone => &linphone::FAMILY,
        Vendor::Snom => &snom::FAMILY,
        Vendor::CiscoMpp | Vendor::CiscoSpa => &cisco::FAMILY,
        Vendor::Fanvil => &fanvil::FAMILY,
        Vendor::Gigaset => &gigaset::FAMILY,
        Vendor::Mitel => &mitel::FAMILY,
        Vendor::Panasonic => &panasonic::FAMILY,
        Vendor::Htek => &htek::FAMILY,
        Vendor::Algo => &algo::FAMILY,
        Vendor::TwoN => &two_n::FAMILY,
        Vendor::CiscoEnterprise => &cisco_enterprise::FAMILY,
        Vendor::Poly => &poly::FAMILY,
        Vendor::Grandstream => &grandstream::FAMILY,
    }
}

/// A phone.
pub struct Handset {
    family: &'static Family,
    /// What it has.
    pub keys: Keys,
}

impl Handset {
    /// One that comes from the factory.
    pub fn new(vendor: Vendor) -> Self {
        Self { family: family(vendor), keys: Keys::new() }
    }

    /// Takes the files of one fetch, in the order in which it asks for them.
    pub fn take<'a>(&mut self, files: impl IntoIterator<Item = &'a [u8]>) {
        let mut said = Keys::new();
        for file in files {
            // Of a key in several files the first counts: no family's files may rest on the other order.
            for (key, value) in (self.family.read)(std::str::from_utf8(file).unwrap()) {
                said.entry(key).or_insert(value);
            }
        }
        (self.family.take)(&mut self.keys, said);
    }

    /// The lines that it registers.
    pub fn lines(&self) -> Vec<Registers> {
        (self.family.lines)(&self.keys)
    }

    /// Keys in which a text is left.
    pub fn holds(&self, text: &str) -> Vec<&str> {
        self.keys.iter().filter(|(_, value)| value.contains(text)).map(|(key, _)| key.as_str()).collect()
    }
}

/// Keeps what a file does not name; a value of `factory` takes a key away.
pub(crate) fn keep(has: &mut Keys, said: Keys, factory: &str) {
    for (key, value) in said {
        if value == factory {
            has.remove(&key);
        } else {
            has.insert(key, value);
        }
    }
}

/// The value of a key, empty when it is not there.
pub(crate) fn at<'a>(keys: &'a Keys, key: &str) -> &'a str {
    keys.get(key).map_or("", String::as_str)
}
