//! Which device a certificate names.
//!
//! Vendors write the MAC in different places: the common name alone (Yealink, Poly and most others), `CP-8841-SEP…`
//! in it (Cisco's enterprise phones), the state (Cisco's multiplatform phones and their SPA ancestors, whose guide
//! writes it `S=`), the serial number, or an alternative name.

use super::Bad;
use domain::{Mac, device::Serial};
use std::collections::BTreeSet;
use x509_parser::{
    certificate::X509Certificate,
    extensions::GeneralName,
    oid_registry::{OID_USERID, OID_X509_SERIALNUMBER},
    x509::{AttributeTypeAndValue, X509Name},
};

/// Characters of a value that are looked at.
const LONGEST: usize = 256;
/// Characters of a name that are shown.
const SHOWN: usize = 120;

/// MAC and serial number. The first kind of place that holds a MAC counts; two different ones there name nobody.
pub(super) fn device(leaf: &X509Certificate<'_>) -> Result<(Mac, Option<String>), Bad> {
    let subject = leaf.subject();
    let alternatives = leaf.subject_alternative_name().map_err(|_| Bad::Malformed)?;
    let alternatives: Vec<&str> = alternatives
        .iter()
        .flat_map(|names| &names.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(text) | GeneralName::URI(text) | GeneralName::RFC822Name(text) => {
                Some(*text)
            }
            _ => None,
        })
        .collect();
    let places: [Vec<&str>; 6] = [
        subject.iter_common_name().filter_map(text).collect(),
        subject.iter_state_or_province().filter_map(text).collect(),
        subject.iter_by_oid(&OID_X509_SERIALNUMBER).filter_map(text).collect(),
        subject.iter_by_oid(&OID_USERID).filter_map(text).collect(),
        subject.iter_organizational_unit().filter_map(text).collect(),
        alternatives,
    ];
    for place in places {
        let macs: BTreeSet<_> = place.into_iter().flat_map(macs).collect();
        match macs.len() {
            0 => {}
            1 => return macs.first().map(|mac| (*mac, serial(subject))).ok_or(Bad::NoDevice),
            _ => return Err(Bad::Ambiguous),
        }
    }
    Err(Bad::NoDevice)
}

/// The device's serial number: `SN:FCH2047DRKV` after a product id, alone, or Cisco's `L=`.
fn serial(subject: &X509Name<'_>) -> Option<String> {
    let number = subject.iter_by_oid(&OID_X509_SERIALNUMBER).find_map(text);
    let number = number.map(|text| text.rsplit_once("SN:").map_or(text, |(_, after)| after));
    let has_state = || subject.iter_state_or_province().filter_map(text).any(|text| !macs(text).is_empty());
    let number = number.or_else(|| has_state().then(|| subject.iter_locality().find_map(text)).flatten());
    number.and_then(Serial::parse).map(|serial| serial.to_string())
}

fn text<'a>(attribute: &'a AttributeTypeAndValue<'a>) -> Option<&'a str> {
    let text = attribute.as_str().ok().or_else(|| std::str::from_utf8(attribute.as_slice()).ok())?;
    (text.len() <= LONGEST && text.is_ascii()).then_some(text)
}

/// The MAC addresses that stand in a text as words of their own: `805ec0123456`, `80:5e:c0:12:34:56`, with hyphens,
/// `805e.c012.3456`, or after `SEP`.
fn macs(text: &str) -> Vec<Mac> {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let one = words.iter().filter_map(|word| {
        let bare = word.get(..3).filter(|sep| sep.eq_ignore_ascii_case("SEP")).map_or(*word, |_| &word[3..]);
        mac(&[bare], 12)
    });
    let six = words.windows(6).filter_map(|words| mac(words, 2));
    let three = words.windows(3).filter_map(|words| mac(words, 4));
    one.chain(six).chain(three).collect()
}

/// A MAC in groups of `digits`.
fn mac(groups: &[&str], digits: usize) -> Option<Mac> {
    groups.iter().all(|group| group.len() == digits).then(|| Mac::parse(&groups.concat()).ok()).flatten()
}

/// A name that can be shown and logged.
pub(super) fn shown(name: &X509Name<'_>) -> String {
    let text: String = name.to_string();
    let text: String = text.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    if text.is_empty() { "without a name".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_spelling_of_a_mac_is_found_as_a_word_of_its_own() {
        let one = vec![Mac::parse("80:5e:c0:12:34:56").unwrap()];
        for text in [
            "805ec0123456",
            "805EC0123456",
            "80:5e:c0:12:34:56",
            "80-5E-C0-12-34-56",
            "805e.c012.3456",
            "CP-8841-SEP805EC0123456",
            "SEP805ec0123456",
            "MAC 805ec0123456",
            "phone-805ec0123456.example.com",
        ] {
            assert_eq!(macs(text), one, "{text}");
        }
        for text in ["805ec01234567", "x805ec0123456", "ciscogeneric", "000000000000", "80:5e:c0:12:34", ""] {
            assert_eq!(macs(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".*") {
            macs(&text);
        }
    }
}
