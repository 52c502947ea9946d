//! How phones find the server: DHCP options by vendor family, snippets for DHCP servers, and the lists that
//! vendors' redirect services take.
//!
//! A family here is a row of a table, not a `Vendor`: most of these phones can be led here before we can write
//! their files. The address is an argument; nothing here knows which one it is, or signs it.

mod address;
mod dnsmasq;
mod families;
mod kea;
mod redirect;
mod windows;

#[cfg(test)]
mod tests;

pub use address::Address;
pub use dnsmasq::dnsmasq;
pub use families::FAMILIES;
pub use kea::kea;
pub use redirect::{Redirect, Service, redirect_list};
pub use windows::windows;

use domain::vendor::Vendor;

/// How well a fact about a vendor's phones or service is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// The vendor says so, in a guide or on a help page.
    Documented,
    /// Working public software does so.
    InUse,
    /// It follows from what is documented; nobody has seen it.
    Inferred,
}

impl Known {
    /// One word, for tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::InUse => "in use",
            Self::Inferred => "inferred",
        }
    }

    /// What the word means, as a sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Documented => "The vendor's own guide or help page says so.",
            Self::InUse => "Working public software does it so; the vendor's guide was not found.",
            Self::Inferred => "It follows from the vendor's guides; try one phone before the others.",
        }
    }
}

/// How a DHCP server recognises the phones of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// By the first three octets of the MAC, as upper-case digits (IEEE MA-L).
    Oui(&'static [&'static str]),
    /// By the beginning of the vendor class (option 60).
    Class(&'static str),
}

/// How a family wants the address written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// With its scheme and a slash at the end: a folder, in which the phone looks for its own file names.
    Folder,
    /// With its scheme and without a slash at the end; the phone adds it.
    NoSlash,
    /// The folder, then a file name in which the phone replaces the macro.
    File(&'static str),
}

/// What leads the phones of one family here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// Lower-case name; the vendor's name of the inventory, where the inventory knows the vendor.
    pub name: &'static str,
    /// As people write it.
    pub title: &'static str,
    /// The DHCPv4 option to set. `None`: these phones read none.
    pub option: Option<u8>,
    /// Options that they read as well, in their order.
    pub also: &'static [u8],
    /// How the address is written.
    pub form: Form,
    /// How a DHCP server recognises them.
    pub by: Match,
    /// How well option and form are known.
    pub known: Known,
    /// Which source wins, and what else an administrator must know; sentences.
    pub wins: &'static str,
}

impl Family {
    /// The family of this name, in either case.
    pub fn find(name: &str) -> Option<&'static Self> {
        FAMILIES.iter().find(|family| family.name.eq_ignore_ascii_case(name.trim()))
    }

    /// The vendor of the inventory, where it knows these phones.
    pub fn vendor(&self) -> Option<Vendor> {
        Vendor::parse(&self.name.replace('-', "_"))
    }

    /// Exactly what the option has to hold.
    pub fn value(&self, onboarding: &Address) -> String {
        match self.form {
            Form::Folder => onboarding.folder(),
            Form::NoSlash => onboarding.folder().trim_end_matches('/').to_owned(),
            Form::File(name) => onboarding.folder() + name,
        }
    }
}

/// An option that a family is to be given.
struct Given<'a> {
    family: &'a Family,
    option: u8,
    value: String,
}

/// What each of `families` is to be given; those that read no option are left out.
fn given<'a>(families: &[&'a Family], onboarding: &Address) -> Vec<Given<'a>> {
    let one = |family: &&'a Family| {
        let option = family.option?;
        Some(Given { family, option, value: family.value(onboarding) })
    };
    families.iter().filter_map(one).collect()
}

/// Options other than 66 among them, each once: DHCP servers have to be told what they hold.
fn unusual(given: &[Given<'_>]) -> Vec<u8> {
    let mut options: Vec<u8> = given.iter().map(|g| g.option).filter(|option| *option != 66).collect();
    options.sort_unstable();
    options.dedup();
    options
}
