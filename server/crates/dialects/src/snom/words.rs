//! What Snom calls languages, countries and time zones.

const LANGUAGES: [(&str, &str); 6] = [
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Espanol"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
];

/// `en`, `de-CH` → the name that `language` takes; regions have no names of their own.
pub(super) fn language(tag: &str) -> Option<&'static str> {
    let bare = tag.trim().split(['-', '_']).next().unwrap_or_default();
    find(&LANGUAGES, bare)
}

/// `tone_scheme`, by ISO 3166 code.
const TONES: [(&str, &str); 18] = [
    ("AT", "AUT"),
    ("AU", "AUS"),
    ("CH", "SWI"),
    ("CN", "CHN"),
    ("DE", "GER"),
    ("DK", "DNK"),
    ("ES", "ESP"),
    ("FR", "FRA"),
    ("GB", "GBR"),
    ("IN", "IND"),
    ("IT", "ITA"),
    ("JP", "JPN"),
    ("MX", "MEX"),
    ("NL", "NLD"),
    ("NO", "NOR"),
    ("NZ", "NZL"),
    ("SE", "SWE"),
    ("US", "USA"),
];

/// Snom's name for the tones of a country.
pub(super) fn tones(code: &str) -> Option<&'static str> {
    find(&TONES, code)
}

/// The phone knows each zone's own daylight saving time. Zones of which it is not certain which of a country's
/// several they are, such as Australia's, are left out, and those whose law is younger than the names.
const ZONES: [(&str, &str); 50] = [
    ("America/Anchorage", "USA-9"),
    ("America/Chicago", "USA-6"),
    ("America/Denver", "USA-7"),
    ("America/Detroit", "USA-5"),
    ("America/Halifax", "CAN-4"),
    ("America/Los_Angeles", "USA-8"),
    ("America/Montreal", "CAN-5"),
    ("America/New_York", "USA-5"),
    ("America/Phoenix", "USA2-7"),
    ("America/St_Johns", "CAN-3.5"),
    ("America/Toronto", "CAN-5"),
    ("Asia/Bangkok", "THA+7"),
    ("Asia/Jerusalem", "ISR+2"),
    ("Asia/Kolkata", "IND+5.5"),
    ("Asia/Singapore", "SGP+8"),
    ("Asia/Tokyo", "JPN+9"),
    ("Atlantic/Azores", "PRT-1"),
    ("Atlantic/Canary", "ESP-0"),
    ("Atlantic/Faroe", "FRO-0"),
    ("Europe/Amsterdam", "NLD+1"),
    ("Europe/Athens", "GRC+2"),
    ("Europe/Berlin", "GER+1"),
    ("Europe/Bratislava", "SVK+1"),
    ("Europe/Brussels", "BEL+1"),
    ("Europe/Bucharest", "ROU+2"),
    ("Europe/Budapest", "HUN+1"),
    ("Europe/Copenhagen", "DNK+1"),
    ("Europe/Dublin", "IRL-0"),
    ("Europe/Gibraltar", "GIB+1"),
    ("Europe/Helsinki", "FIN+2"),
    ("Europe/Kyiv", "UKR+2"),
    ("Europe/Lisbon", "PRT-0"),
    ("Europe/London", "GBR-0"),
    ("Europe/Luxembourg", "LUX+1"),
    ("Europe/Madrid", "ESP+1"),
    ("Europe/Oslo", "NOR+1"),
    ("Europe/Paris", "FRA+1"),
    ("Europe/Prague", "CZE+1"),
    ("Europe/Riga", "LVA+2"),
    ("Europe/Rome", "ITA+1"),
    ("Europe/Skopje", "MAK+1"),
    ("Europe/Sofia", "BGR+2"),
    ("Europe/Stockholm", "SWE+1"),
    ("Europe/Tallinn", "EST+2"),
    ("Europe/Tirane", "ALB+1"),
    ("Europe/Vienna", "AUT+1"),
    ("Europe/Warsaw", "POL+1"),
    ("Europe/Zagreb", "HRV+1"),
    ("Europe/Zurich", "CHE+1"),
    ("Pacific/Honolulu", "USA-10"),
];

/// Snom's name of an IANA zone.
pub(super) fn zone(iana: &str) -> Option<&'static str> {
    find(&ZONES, iana)
}

fn find(table: &[(&str, &'static str)], ours: &str) -> Option<&'static str> {
    table.iter().find(|(own, _)| own.eq_ignore_ascii_case(ours.trim())).map(|(_, theirs)| *theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hours in a name are those of the zone in winter, as the time zone database has them.
    #[test]
    fn names_say_the_offset_of_their_zone() {
        for (iana, name) in ZONES {
            let sign = name.find(['+', '-']).unwrap();
            let (hours, half) = name[sign + 1..].split_once('.').unwrap_or((&name[sign + 1..], "0"));
            let minutes = hours.parse::<i32>().unwrap() * 60 + half.parse::<i32>().unwrap() * 6;
            let east = if name[sign..].starts_with('-') { -minutes } else { minutes };
            assert_eq!(crate::zones::zone(iana).map(|zone| zone.standard), Some(east), "{iana}");
        }
        assert_eq!(zone("Mars/Olympus"), None);
        assert_eq!(language("de-CH"), Some("Deutsch"));
        assert_eq!(tones("AQ"), None);
    }
}
