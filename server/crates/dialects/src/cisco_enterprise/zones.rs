//! IANA time zones and what Cisco's phones call their rules.

const ZONES: [(&str, &str); 38] = [
    ("America/Anchorage", "Alaskan Standard/Daylight Time"),
    ("America/Chicago", "Central Standard/Daylight Time"),
    ("America/Denver", "Mountain Standard/Daylight Time"),
    ("America/Detroit", "Eastern Standard/Daylight Time"),
    ("America/Halifax", "Atlantic Standard/Daylight Time"),
    ("America/Los_Angeles", "Pacific Standard/Daylight Time"),
    ("America/New_York", "Eastern Standard/Daylight Time"),
    ("America/Phoenix", "US Mountain Standard Time"),
    ("America/St_Johns", "Newfoundland Standard/Daylight Time"),
    ("America/Toronto", "Eastern Standard/Daylight Time"),
    ("Asia/Jerusalem", "Jerusalem Standard/Daylight Time"),
    ("Asia/Kabul", "Afghanistan Standard Time"),
    ("Asia/Kolkata", "India Standard Time"),
    ("Asia/Riyadh", "Saudi Arabia Standard Time"),
    ("Asia/Taipei", "Taipei Standard Time"),
    ("Asia/Tokyo", "Tokyo Standard Time"),
    ("Australia/Hobart", "Tasmania Standard/Daylight Time"),
    ("Etc/UTC", "Greenwich Standard Time"),
    ("Europe/Amsterdam", CENTRAL),
    ("Europe/Athens", EAST),
    ("Europe/Berlin", CENTRAL),
    ("Europe/Brussels", CENTRAL),
    ("Europe/Bucharest", EAST),
    ("Europe/Budapest", CENTRAL),
    ("Europe/Copenhagen", CENTRAL),
    ("Europe/Helsinki", EAST),
    ("Europe/London", "GMT Standard/Daylight Time"),
    ("Europe/Luxembourg", CENTRAL),
    ("Europe/Madrid", CENTRAL),
    ("Europe/Oslo", CENTRAL),
    ("Europe/Paris", CENTRAL),
    ("Europe/Prague", CENTRAL),
    ("Europe/Rome", CENTRAL),
    ("Europe/Stockholm", CENTRAL),
    ("Europe/Vienna", CENTRAL),
    ("Europe/Warsaw", CENTRAL),
    ("Europe/Zurich", CENTRAL),
    ("Pacific/Honolulu", "Hawaiian Standard Time"),
];

const CENTRAL: &str = "Central Europe Standard/Daylight Time";
const EAST: &str = "E. Europe Standard/Daylight Time";

/// What the phones call the rules of an IANA zone.
pub(super) fn zone(iana: &str) -> Option<&'static str> {
    let at = ZONES.binary_search_by(|(name, _)| (*name).cmp(iana)).ok()?;
    Some(ZONES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_zones_exist() {
        assert!(ZONES.is_sorted_by(|a, b| a.0 < b.0));
        for (name, theirs) in ZONES {
            let summer = crate::zones::zone(name).unwrap().summer.is_some();
            assert_eq!(theirs.contains("Daylight"), summer, "{name}");
        }
        assert_eq!(zone("Mars/Olympus"), None);
    }
}
