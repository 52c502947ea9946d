//! Whose phones a MAC's prefix belongs to: a hint and no more, because anybody can write any MAC into a name.
//!
//! `oui.csv` holds the IEEE's registry (MA-L, as of `oui-data` 2.1.9) as far as a prefix means one family here, and
//! prefixes that phones were seen with. Not there: 000413, which Snom's and Gigaset's desk phones share, 00087B of a
//! maker for many brands, and Cisco's more than thousand, which say nothing about what a device is.

use domain::{Mac, vendor::Vendor};
use std::sync::LazyLock;

static PREFIXES: LazyLock<Vec<(u32, Vendor)>> = LazyLock::new(|| {
    let rows = include_str!("oui.csv").lines().skip(1);
    rows.filter_map(|row| {
        let mut fields = row.split(',');
        let prefix = u32::from_str_radix(fields.next()?, 16).ok()?;
        Some((prefix, Vendor::parse(fields.next()?)?))
    })
    .collect()
});

/// The family whose prefix it is, if the prefix says one.
pub(crate) fn family(mac: Mac) -> Option<Vendor> {
    let [a, b, c] = mac.prefix();
    let prefix = u32::from_be_bytes([0, a, b, c]);
    let at = PREFIXES.binary_search_by_key(&prefix, |(own, _)| *own).ok()?;
    Some(PREFIXES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::{FAMILIES, Match};

    fn of(mac: &str) -> Option<Vendor> {
        family(Mac::parse(mac).unwrap())
    }

    #[test]
    fn the_table_is_sorted_and_every_row_is_read() {
        assert!(PREFIXES.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(PREFIXES.len(), include_str!("oui.csv").lines().count() - 1);
        assert_eq!(of("805ec0123456"), Some(Vendor::Yealink));
        assert_eq!(of("0004f2000000"), Some(Vendor::Poly));
        assert_eq!(of("f01653ffffff"), Some(Vendor::Yealink));
    }

    #[test]
    fn prefixes_of_several_families_say_nothing() {
        for mac in ["000413922d24", "00087b000001", "00562b043615", "c81fea83e85a"] {
            assert_eq!(of(mac), None, "{mac}");
        }
    }

    #[test]
    fn discovery_knows_no_prefix_as_another_familys() {
        for known in FAMILIES {
            let (Match::Oui(prefixes), Some(vendor)) = (known.by, Vendor::parse(known.name)) else {
                continue;
            };
            for prefix in prefixes {
                assert_eq!(of(&format!("{prefix}000001")), Some(vendor), "{prefix}");
            }
        }
    }
}
