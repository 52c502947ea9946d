//! What a request's path asks for, by the last path segment alone.
//!
//! The MAC in a name is a claim, and its prefix a hint: it chooses among the families that know the name, no more.

use crate::{dialect::of, oui};
use domain::{Mac, vendor::Vendor};

/// What a request's path asks for, without looking at who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A vendor-common file (`y000000000028.cfg`, `linphone.xml`): a baseline by vendor and source segment,
    /// never by MAC.
    Common {
        /// Whose dialect.
        vendor: Vendor,
        /// Empty for the one that phones ask for by themselves, else the name of one that it names.
        file: &'static str,
    },
    /// A per-device file; the MAC is a claim.
    Device {
        /// Whose dialect.
        vendor: Vendor,
        /// Who it says it is.
        mac: Mac,
        /// Which of the device's files.
        file: DeviceFile,
    },
    /// Something this vendor asks for and normally does not find (a common `.boot`, firmware, a language):
    /// 404, quickly, and no reason to be suspicious.
    Absent {
        /// Whose dialect.
        vendor: Vendor,
    },
}

/// Which of a device's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFile {
    /// Its configuration, the file that it asks for by itself.
    Config,
    /// A further file of its configuration: what follows the MAC in its name.
    More(&'static str),
    /// `<mac>.boot`, which would replace the configuration: 404 once the device is proven.
    Boot,
    /// `<mac>-local.cfg`, logs, contacts, keys: what the device itself has sent, if anything.
    Other,
}

/// Longer names are nobody's.
const LONGEST: usize = 128;

/// Recognises the last path segment, percent-decoded; `None` when no dialect knows the name.
///
/// Several families ask for `<mac>.cfg`. Of those that know the name, `hint` answers, which a User-Agent may give;
/// else the family of the MAC's prefix; else the first. A hint chooses among names; it proves nothing.
pub fn recognise(name: &str, hint: Option<Vendor>) -> Option<Asked> {
    let name = readable(name)?;
    let asked = |vendor: Vendor| (of(vendor).recognise)(&name);
    hint.and_then(asked).or_else(|| {
        let first = Vendor::ALL.into_iter().find_map(asked)?;
        let Asked::Device { mac, .. } = first else { return Some(first) };
        oui::family(mac).and_then(asked).or(Some(first))
    })
}

/// What the name asks for, if a phone of this vendor asks.
pub fn asked_of(vendor: Vendor, name: &str) -> Option<Asked> {
    (of(vendor).recognise)(&readable(name)?)
}

/// In lower case, because phones disagree; `None` for what is no name of ours.
fn readable(name: &str) -> Option<String> {
    (name.len() <= LONGEST && name.is_ascii()).then(|| name.to_ascii_lowercase())
}

/// The MAC at the start of `name`, with `:`, `-` or nothing between its octets, and what follows it.
pub(crate) fn leading_mac(name: &str) -> Option<(Mac, &str)> {
    let bytes = name.as_bytes();
    let (mut at, mut digits) = (0, 0);
    while digits < 12 {
        match bytes.get(at)? {
            c if c.is_ascii_hexdigit() => digits += 1,
            b':' | b'-' if digits > 0 && digits % 2 == 0 && bytes[at - 1].is_ascii_hexdigit() => {}
            _ => return None,
        }
        at += 1;
    }
    let (mac, rest) = name.split_at_checked(at)?;
    Some((Mac::parse(mac).ok()?, rest))
}

/// A word of a file name: letters, digits, `-` and `_`.
pub(crate) fn plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_no_dialect_knows() {
        for name in [
            "",
            "favicon.ico",
            "01005e000001.cfg", // Multicast.
            "805ec012345.cfg",
            "805ec01234567.cfg",
            "805ec0123456",
            "805ec0123456.cfg.bak",
            "805ec0123456-.cfg",
            "805ec0123456-local",
            "80--5ec0123456.cfg",
            "-805ec0123456.cfg",
            "y00000000028.cfg",
            "y0000000000028.cfg",
            "y00000000002a.cfg",
            ".rom",
            "SEP805EC012345.cnf.xml",
            "805ec0123456\u{0661}.cfg",
            "../805ec0123456.cfg",
        ] {
            assert_eq!(recognise(name, None), None, "{name}");
        }
        assert_eq!(recognise(&format!("{}.rom", "a".repeat(LONGEST)), None), None);
    }

    #[test]
    fn a_hint_chooses_only_among_those_who_know_the_name() {
        for hint in [None, Some(Vendor::Yealink), Some(Vendor::Linphone)] {
            let asked = recognise("805ec0123456.cfg", hint);
            assert!(matches!(asked, Some(Asked::Device { vendor: Vendor::Yealink, .. })), "{hint:?}");
        }
    }

    #[test]
    fn the_prefix_of_a_mac_chooses_where_no_user_agent_does() {
        use Vendor::{Gigaset, Htek, Linphone, Mitel, Panasonic, Yealink};
        for (name, hint, expected) in [
            ("00085D237429.cfg", None, Mitel),
            ("00085D237429.cfg", Some(Yealink), Yealink),
            ("00085D237429.cfg", Some(Panasonic), Mitel),
            ("805ec0123456.cfg", None, Yealink),
            // No family's, or of one that does not know the name: the first that knows it.
            ("00562b043615.cfg", None, Yealink),
            ("7c2f80e0d605.xml", None, Gigaset),
            ("805ec0123456.xml", None, Linphone),
            ("000413a11fa7.xml", None, Linphone),
            ("cfg001fc11c22a9.xml", None, Htek),
        ] {
            let asked = recognise(name, hint);
            assert!(
                matches!(asked, Some(Asked::Device { vendor, .. }) if vendor == expected),
                "{name} {hint:?}: {asked:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_name_is_recognised_or_not_without_panic(name in ".{0,140}") {
            for vendor in Vendor::ALL.into_iter().map(Some).chain([None]) {
                let _ = recognise(&name, vendor);
            }
        }

        #[test]
        fn names_like_ours_do_not_panic_either(name in "[y0-9a-fA-F:._-]{10,20}(cfg|boot|xml|rom|enc)?") {
            if let Some(Asked::Device { mac, .. }) = recognise(&name, None) {
                prop_assert!(name.to_ascii_lowercase().replace([':', '-'], "").contains(&mac.bare()));
            }
        }
    }
}
