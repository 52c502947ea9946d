//! IANA time zones and what Yealink calls them: standard offset, then the name whose daylight saving rules the
//! phone knows. Zones whose Yealink name is another country's have the same rules as that country.

const ZONES: [(&str, &str, &str); 72] = [
    ("America/Anchorage", "-9", "United States-Alaska Time"),
    ("America/Argentina/Buenos_Aires", "-3", "Argentina(Buenos Aires)"),
    ("America/Chicago", "-6", "United States-Central Time"),
    ("America/Denver", "-7", "United States-Mountain Time"),
    ("America/Detroit", "-5", "United States-Eastern Time"),
    ("America/Edmonton", "-7", "Canada(Edmonton,Calgary)"),
    ("America/Halifax", "-4", "Canada(Halifax,Saint John)"),
    ("America/Los_Angeles", "-8", "United States-Pacific Time"),
    ("America/Montreal", "-5", "Canada(Montreal,Ottawa,Quebec)"),
    ("America/New_York", "-5", "United States-Eastern Time"),
    ("America/Phoenix", "-7", "United States-MST no DST"),
    ("America/Sao_Paulo", "-3", "Brazil(no DST)"),
    ("America/St_Johns", "-3:30", "Canada-New Foundland(St.Johns)"),
    ("America/Toronto", "-5", "Canada(Montreal,Ottawa,Quebec)"),
    ("America/Vancouver", "-8", "Canada(Vancouver,Whitehorse)"),
    ("America/Winnipeg", "-6", "Canada-Manitoba(Winnipeg)"),
    ("Asia/Baku", "+4", "Azerbaijan(Baku)"),
    ("Asia/Bangkok", "+7", "Thailand(Bangkok)"),
    ("Asia/Hong_Kong", "+8", "China(Beijing)"),
    ("Asia/Jerusalem", "+2", "Israel(Tel Aviv)"),
    ("Asia/Karachi", "+5", "Pakistan(Islamabad)"),
    ("Asia/Kolkata", "+5:30", "India(Calcutta)"),
    ("Asia/Kuala_Lumpur", "+8", "Singapore(Singapore)"),
    ("Asia/Seoul", "+9", "Korea(Seoul)"),
    ("Asia/Shanghai", "+8", "China(Beijing)"),
    ("Asia/Singapore", "+8", "Singapore(Singapore)"),
    ("Asia/Taipei", "+8", "China(Beijing)"),
    ("Asia/Tbilisi", "+4", "Georgia(Tbilisi)"),
    ("Asia/Tokyo", "+9", "Japan(Tokyo)"),
    ("Asia/Yerevan", "+4", "Armenia(Yerevan)"),
    ("Atlantic/Azores", "-1", "Portugal(Azores)"),
    ("Atlantic/Canary", "0", "Spain-Canary Islands(Las Palmas)"),
    ("Australia/Adelaide", "+9:30", "Australia(Adelaide)"),
    ("Australia/Brisbane", "+10", "Australia(Brisbane)"),
    ("Australia/Darwin", "+9:30", "Australia(Darwin)"),
    ("Australia/Hobart", "+10", "Australia(Hobart)"),
    ("Australia/Melbourne", "+10", "Australia(Sydney,Melbourne,Canberra)"),
    ("Australia/Perth", "+8", "Australia(Perth)"),
    ("Australia/Sydney", "+10", "Australia(Sydney,Melbourne,Canberra)"),
    ("Etc/UTC", "0", "GMT"),
    ("Europe/Amsterdam", "+1", "Netherlands(Amsterdam)"),
    ("Europe/Athens", "+2", "Greece(Athens)"),
    ("Europe/Berlin", "+1", "Germany(Berlin)"),
    ("Europe/Bratislava", "+1", "Czech Republic(Prague)"),
    ("Europe/Brussels", "+1", "Belgium(Brussels)"),
    ("Europe/Bucharest", "+2", "Romania(Bucharest)"),
    ("Europe/Budapest", "+1", "Hungary(Budapest)"),
    ("Europe/Copenhagen", "+1", "Denmark(Kopenhagen)"),
    ("Europe/Dublin", "0", "Ireland(Dublin)"),
    ("Europe/Helsinki", "+2", "Finland(Helsinki)"),
    ("Europe/Kyiv", "+2", "Ukraine(Kyiv,Odessa)"),
    ("Europe/Lisbon", "0", "Portugal(Lisboa,Porto,Funchal)"),
    ("Europe/Ljubljana", "+1", "Croatia(Zagreb)"),
    ("Europe/London", "0", "United Kingdom(London)"),
    ("Europe/Luxembourg", "+1", "Luxembourg(Luxembourg)"),
    ("Europe/Madrid", "+1", "Spain(Madrid)"),
    ("Europe/Oslo", "+1", "Denmark(Kopenhagen)"),
    ("Europe/Paris", "+1", "France(Paris)"),
    ("Europe/Prague", "+1", "Czech Republic(Prague)"),
    ("Europe/Riga", "+2", "Latvia(Riga)"),
    ("Europe/Rome", "+1", "Italy(Rome)"),
    ("Europe/Sofia", "+2", "Romania(Bucharest)"),
    ("Europe/Stockholm", "+1", "Denmark(Kopenhagen)"),
    ("Europe/Tallinn", "+2", "Estonia(Tallinn)"),
    ("Europe/Vienna", "+1", "Austria(Vienna)"),
    ("Europe/Vilnius", "+2", "Latvia(Riga)"),
    ("Europe/Warsaw", "+1", "Czech Republic(Prague)"),
    ("Europe/Zagreb", "+1", "Croatia(Zagreb)"),
    ("Europe/Zurich", "+1", "Austria(Vienna)"),
    ("Pacific/Auckland", "+12", "New Zealand(Wellington,Auckland)"),
    ("Pacific/Honolulu", "-10", "United States-Hawaii-Aleutian"),
    ("UTC", "0", "GMT"),
];

/// The offset and the name of an IANA zone.
pub(super) fn zone(iana: &str) -> Option<(&'static str, &'static str)> {
    let at = ZONES.binary_search_by(|(name, _, _)| (*name).cmp(iana)).ok()?;
    Some((ZONES[at].1, ZONES[at].2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_offsets_are_well_formed() {
        assert!(ZONES.is_sorted_by(|a, b| a.0 < b.0));
        for (name, offset, _) in ZONES {
            let hours = offset.split(':').next().unwrap().parse::<i8>().unwrap();
            assert!((-10..=12).contains(&hours), "{name}");
            assert!(zone(name).is_some());
        }
        assert_eq!(zone("Europe/London"), Some(("0", "United Kingdom(London)")));
        assert_eq!(zone("Mars/Olympus"), None);
    }
}
