//! Versions as vendors number them.

use crate::vendor::Vendor;
use std::cmp::Ordering;

/// A version of dotted numbers. Yealink puts the number of the model's hardware first: `108.86.0.20` is release
/// 86.0.20 for hardware 108, and is neither older nor newer than `124.86.0.20`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    hardware: Option<u32>,
    release: Vec<u32>,
}

/// More numbers than any vendor uses.
const LONGEST: usize = 8;

impl Version {
    /// Parses dotted numbers, by the vendor's scheme.
    pub fn parse(vendor: Vendor, text: &str) -> Option<Self> {
        let mut numbers = numbers(text)?;
        match vendor {
            Vendor::Yealink if numbers.len() < 2 => None,
            Vendor::Yealink => {
                let hardware = numbers.remove(0);
                Some(Self { hardware: Some(hardware), release: numbers })
            }
            _ => Some(Self { hardware: None, release: numbers }),
        }
    }

    /// Parses a release without a hardware's number.
    pub fn release(text: &str) -> Option<Self> {
        Some(Self { hardware: None, release: numbers(text)? })
    }

    /// Which is newer; `None` when they are for different hardware. `5.1` and `5.1.0` are equal.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        (self.hardware == other.hardware).then(|| compare(&self.release, &other.release))
    }

    /// Whether the release is older than `other`'s, whatever the hardware.
    pub fn release_below(&self, other: &Self) -> bool {
        compare(&self.release, &other.release) == Ordering::Less
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<_> = self.hardware.iter().chain(&self.release).map(ToString::to_string).collect();
        f.write_str(&words.join("."))
    }
}

fn compare(a: &[u32], b: &[u32]) -> Ordering {
    let length = a.len().max(b.len());
    let at = |numbers: &[u32], index: usize| numbers.get(index).copied().unwrap_or(0);
    (0..length).map(|i| at(a, i).cmp(&at(b, i))).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

fn numbers(text: &str) -> Option<Vec<u32>> {
    let text = text.trim();
    let digits = |word: &&str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_digit());
    let words: Vec<_> = text.split('.').collect();
    if words.len() > LONGEST || !words.iter().all(digits) {
        return None;
    }
    words.into_iter().map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yealink(text: &str) -> Version {
        Version::parse(Vendor::Yealink, text).unwrap()
    }

    #[test]
    fn numbers_are_compared_as_numbers_and_never_across_hardware() {
        assert_eq!(yealink("108.86.0.20").order(&yealink("108.86.0.9")), Some(Ordering::Greater));
        assert_eq!(yealink("108.86.0").order(&yealink("108.86.0.0")), Some(Ordering::Equal));
        assert_eq!(yealink("108.86.0.20").order(&yealink("124.86.0.20")), None);
        let linphone = |text| Version::parse(Vendor::Linphone, text).unwrap();
        assert_eq!(linphone("5.1.65").order(&linphone("5.2")), Some(Ordering::Less));
        assert!(yealink("108.85.9").release_below(&Version::release("86.0").unwrap()));
        assert!(!yealink("108.86.0").release_below(&Version::release("86.0").unwrap()));
        assert_eq!(yealink("108.86.0.20").to_string(), "108.86.0.20");
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for bad in
            ["", "108", "108.", ".86", "108.86.x", "1.-2", "1.+2", "99999999999.1", "1.2.3.4.5.6.7.8.9"]
        {
            assert_eq!(Version::parse(Vendor::Yealink, bad), None, "{bad}");
        }
    }
}
