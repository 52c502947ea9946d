//! The demonstration files are right; each fault put into them gives exactly its own finding.

use super::*;
use crate::{Mac, account::AccountState, vendor::Vendor};
use proptest::prelude::*;

const DEMO: [(&str, &str); 7] = [
    ("sites.csv", include_str!("../../../../demo/sites.csv")),
    ("segments.csv", include_str!("../../../../demo/segments.csv")),
    ("ranges.csv", include_str!("../../../../demo/ranges.csv")),
    ("places.csv", include_str!("../../../../demo/places.csv")),
    ("people.csv", include_str!("../../../../demo/people.csv")),
    ("extensions.csv", include_str!("../../../../demo/extensions.csv")),
    ("devices.csv", include_str!("../../../../demo/devices.csv")),
];

fn upload(name: &str, bytes: impl Into<Vec<u8>>) -> Upload {
    Upload { name: name.to_owned(), bytes: bytes.into() }
}

fn demo() -> Vec<Upload> {
    DEMO.iter().map(|(name, text)| upload(name, *text)).collect()
}

/// The demonstration with the first `from` in a file replaced, or `to` appended when `from` is empty.
fn demo_with(file: &str, from: &str, to: &str) -> Vec<Upload> {
    let edit = |name: &str, text: &str| match from {
        _ if name != file => text.to_owned(),
        "" => format!("{text}{to}"),
        _ => {
            assert!(text.contains(from), "`{from}` is not in {file}");
            text.replacen(from, to, 1)
        }
    };
    DEMO.iter().map(|(name, text)| upload(name, edit(name, text))).collect()
}

fn with_bytes(file: &str, bytes: impl Into<Vec<u8>>) -> Vec<Upload> {
    let mut uploads = demo_with(file, "", "");
    uploads.iter_mut().find(|u| u.name == file).unwrap().bytes = bytes.into();
    uploads
}

fn faults(uploads: &[Upload], existing: &Existing) -> Vec<String> {
    let (_, findings) = check(uploads, existing);
    findings.iter().map(|f| format!("{} {} {} {}", f.file, f.row, f.column, f.finding.code)).collect()
}

/// A database that holds exactly the package.
fn stored(package: Package) -> Existing {
    Existing {
        sites: package.sites.into_iter().map(|r| (r.site.clone(), r)).collect(),
        segments: package.segments.into_iter().map(|r| ((r.site.clone(), r.segment.clone()), r)).collect(),
        ranges: package.ranges.into_iter().collect(),
        places: package.places.into_iter().map(|r| ((r.site.clone(), r.place.clone()), r)).collect(),
        people: package.people.into_iter().map(|r| (r.person.clone(), r)).collect(),
        extensions: package.extensions.into_iter().map(|r| (r.extension.clone(), r)).collect(),
        devices: package.devices.into_iter().map(|r| (r.serial.clone(), r)).collect(),
        handsets: package.handsets.into_iter().map(|r| ((r.serial.clone(), r.handset), r)).collect(),
        schedules: package.schedules.into_iter().map(|r| (r.schedule.clone(), r)).collect(),
        hunt_groups: package.hunt_groups.into_iter().map(|r| (r.hunt_group.clone(), r)).collect(),
        profiles: package.profiles.into_iter().map(|r| (r.extension.clone(), r)).collect(),
        ..Existing::default()
    }
}

#[test]
fn a_did_without_its_country_is_told_so_and_a_number_that_is_taken_says_why() {
    let (_, findings) =
        check(&demo_with("extensions.csv", "+442079460101", "020 7946 0101"), &Existing::default());
    let said = "It is `020 7946 0101`. That is a DID without its country code: write + and the country code first, \
                such as +442079460123.";
    assert_eq!(findings[0].finding.detail, said);

    let until = crate::Timestamp(1_795_407_607_000_000);
    let taken = [
        (Number::parse("2101").unwrap(), State::Cooling { until }),
        (Number::parse("+442079460102").unwrap(), State::PortingIn { on: until, temporary: None }),
    ];
    let existing = Existing { taken: taken.into_iter().collect(), ..Existing::default() };
    let (_, findings) = check(&demo(), &existing);
    let said: Vec<_> = findings.iter().map(ToString::to_string).collect();
    let sentence = "The number is not in a state that allows this.";
    assert_eq!(
        said,
        [
            format!("extensions.csv row 2, extension: {sentence} It is cooling until 2026-11-23T04:20:07Z."),
            format!("extensions.csv row 3, did: {sentence} It is porting in on 2026-11-23T04:20:07Z."),
        ]
    );
}

#[test]
fn what_is_exported_is_imported_as_it_was() {
    let mut existing = demo_stored();
    let ada = existing.people.get_mut("P1001").unwrap();
    ada.name = "=HYPERLINK(\"x\"), 'quoted'".to_owned();
    ada.starts = crate::account::Day::parse("2026-11-23");
    let files: Vec<_> = Kind::ALL.map(|kind| upload(kind.name(), csv(kind, &existing))).into();
    let people = String::from_utf8(files[4].bytes.clone()).unwrap();
    assert!(people.contains("\"'=HYPERLINK(\"\"x\"\"), 'quoted'\""), "{people}");
    assert!(String::from_utf8(files[2].bytes.clone()).unwrap().contains("\"'+442079460100\""));
    let (package, findings) = check(&files, &existing);
    assert_eq!(findings, []);
    let all = Kind::ALL.map(|kind| csv(kind, &existing).lines().count() - 1).iter().sum::<usize>();
    assert_eq!((package.created(), package.unchanged), (0, all));
    let (again, findings) = check(&files, &Existing::default());
    assert_eq!((again.created(), findings), (all, vec![]));
}

#[test]
fn dates_of_people_are_days_in_order() {
    let head = "site,person,name,email,account,starts,ends";
    for (dates, expected) in [
        ("2026-11-23,", vec![]),
        (",2026-11-23", vec![]),
        ("2026-11-23,2026-11-22", vec!["people.csv 2 ends dates.order"]),
        ("2026-11-23,2026-11-23", vec!["people.csv 2 ends dates.order"]),
        ("23/11/2026,2026-13-01", vec!["people.csv 2 starts form.invalid", "people.csv 2 ends form.invalid"]),
    ] {
        let text = format!("{head}\nlon,P9,Mary,mary@halden.example,active,{dates}\n");
        assert_eq!(faults(&[upload("people.csv", text)], &demo_stored()), expected, "{dates}");
    }
}

fn demo_stored() -> Existing {
    stored(check(&demo(), &Existing::default()).0)
}

#[test]
fn the_demonstration_is_right() {
    let (package, findings) = check(&demo(), &Existing::default());
    assert_eq!(findings, []);
    assert_eq!((package.sites.len(), package.segments.len(), package.ranges.len()), (3, 3, 6));
    assert_eq!((package.places.len(), package.people.len(), package.extensions.len()), (14, 31, 34));
    assert_eq!((package.devices.len(), package.unchanged, package.created()), (16, 0, 107));
    let state = |reference| package.people.iter().find(|p| p.person == reference).unwrap().account;
    assert_eq!(state("P1001"), AccountState::Active);
    assert_eq!(state("P1018"), AccountState::Expected);
    assert_eq!(state("P1019"), AccountState::Suspended);
}

#[test]
fn the_same_again_is_all_unchanged() {
    let (package, findings) = check(&demo(), &demo_stored());
    assert_eq!(findings, []);
    assert_eq!(package, Package { unchanged: 107, ..Package::default() });
}

#[test]
fn a_sheet_alone_is_checked_against_the_database() {
    let devices = "serial,site,MAC, Vendor ,model,place,segment\r\nNEW-1,lon,805ec0100099,Yealink,SIP-T46U,lobby,voice\r\n";
    let (package, findings) = check(&[upload("x", devices)], &demo_stored());
    assert_eq!(findings, []);
    assert_eq!(package.devices.first().unwrap().mac.to_string(), "80:5e:c0:10:00:99");
    assert_eq!(faults(&[upload("x", devices)], &Existing::default()), ["x 2 site site.unknown"]);
}

/// File, what is replaced, by what, and what is found.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

fn check_cases(existing: &Existing, cases: &[Case]) {
    for (file, from, to, expected) in cases {
        assert_eq!(faults(&demo_with(file, from, to), existing), *expected, "{file}: `{from}` -> `{to}`");
    }
}

#[test]
fn each_fault_is_found_where_it_is() {
    check_cases(
        &Existing::default(),
        &[
            // Form.
            ("devices.csv", "lon,YL54W", "lon,YL54W,", &["devices.csv 3  import.quoting"]),
            ("devices.csv", "T54W,2-15", "T54W\"x\",2-15", &["devices.csv 3  import.quoting"]),
            ("places.csv", "\"Halden House, 14", "\"x\"Halden House 14", &["places.csv 2  import.quoting"]),
            ("places.csv", "Raum V12\"", "Raum V12", &["places.csv 15  import.quoting"]),
            ("people.csv", "Ada Marlowe", "\"Ada\nMarlowe\"", &["people.csv 2 name field.too_long"]),
            ("people.csv", "Ada Marlowe", "Ada\u{7}Marlowe", &["people.csv 2 name field.too_long"]),
            (
                "people.csv",
                "name,email",
                "name,e-mail",
                &["people.csv 1 email import.header", "people.csv 1 e-mail import.header"],
            ),
            ("segments.csv", "ntp", "time", &["segments.csv 1 time import.header"]),
            ("segments.csv", "ntp", "vlan", &["segments.csv 1 vlan import.header"]),
            ("ranges.csv", "site,kind,first,last", "site;kind;first;last", &["ranges.csv 1  import.header"]),
            (
                "sites.csv",
                "time_zone",
                "timezone",
                &["sites.csv 1 time_zone import.header", "sites.csv 1 timezone import.header"],
            ),
            // Required fields.
            ("devices.csv", "lon,YL46U0000001,", "lon,,", &["devices.csv 2 serial field.missing"]),
            ("people.csv", "P1001", " ", &["people.csv 2 person field.missing"]),
            ("places.csv", "lon,lab,", "lon,,", &["places.csv 8 place field.missing"]),
            // Sites and segments.
            ("sites.csv", "", "Oslo!,Oslo,Europe/Oslo,pilot\n", &["sites.csv 5 site site.invalid"]),
            ("sites.csv", "Europe/Paris", "Europe/Lutetia", &["sites.csv 3 time_zone zone.unknown"]),
            ("sites.csv", "assisted", "manual", &["sites.csv 2 scope state.invalid"]),
            ("sites.csv", "", "lon,London,Europe/London,pilot\n", &["sites.csv 5 site row.duplicate"]),
            ("segments.csv", "10.20.0.0/24", "10.20.0.1/24", &["segments.csv 3 cidr cidr.invalid"]),
            ("segments.csv", "10.20.0.0/24", "10.20.0.0", &["segments.csv 3 cidr cidr.invalid"]),
            ("segments.csv", "10.30.0.0/24", "10.20.0.128/25", &["segments.csv 4 cidr cidr.overlap"]),
            ("segments.csv", "10.20.0.0/24", "10.0.0.0/8", &["segments.csv 4 cidr cidr.overlap"]),
            ("segments.csv", "220", "4095", &["segments.csv 3 vlan vlan.invalid"]),
            ("segments.csv", "220", "0", &["segments.csv 3 vlan vlan.invalid"]),
            ("segments.csv", "", "lon,voice,10.9.0.0/24,,\n", &["segments.csv 5 segment row.duplicate"]),
            // Ranges.
            ("ranges.csv", "2199", "21999", &["ranges.csv 2 last range.invalid"]),
            ("ranges.csv", "2199", "2099", &["ranges.csv 2 last range.invalid"]),
            ("ranges.csv", "+442079460100", "02079460100", &["ranges.csv 3 first number.invalid"]),
            ("ranges.csv", "lon,did", "lon,fax", &["ranges.csv 3 kind state.invalid"]),
            ("ranges.csv", "3100", "2150", &["ranges.csv 4 first range.overlap"]),
            ("ranges.csv", "", "ber,extension,4100,4199\n", &["ranges.csv 8 first row.duplicate"]),
            // Places and people.
            ("places.csv", ",+493023125100,\n", ",,\n", &["places.csv 14 callback_number emergency.missing"]),
            ("places.csv", "+33199000100", "0199000100", &["places.csv 9 callback_number number.invalid"]),
            (
                "places.csv",
                "",
                "ber,v-13,V,1,V13,,+493023125100,\n",
                &["places.csv 16 emergency_location emergency.missing"],
            ),
            (
                "places.csv",
                "lon,1-02",
                "lon,1-03",
                &["places.csv 5 place row.duplicate", "devices.csv 6 place place.unknown"],
            ),
            ("people.csv", "active", "gone", &["people.csv 2 account state.invalid"]),
            (
                "people.csv",
                "",
                "ber,P1001,Ada,a@halden.example,active\n",
                &["people.csv 33 person row.duplicate"],
            ),
            // Extensions.
            ("extensions.csv", "lon,2101", "lon,21o1", &["extensions.csv 2 extension number.invalid"]),
            ("extensions.csv", "lon,2101", "lon,2201", &["extensions.csv 2 extension number.outside"]),
            ("extensions.csv", "lon,2101", "lon,3150", &["extensions.csv 2 extension number.foreign"]),
            ("extensions.csv", "lon,2101", "lon,2102", &["extensions.csv 3 extension number.duplicate"]),
            ("extensions.csv", "+442079460101", "+442079460102", &["extensions.csv 3 did number.duplicate"]),
            ("extensions.csv", "+442079460101", "+442079460001", &["extensions.csv 2 did number.outside"]),
            ("extensions.csv", "+442079460101", "+33199000150", &["extensions.csv 2 did number.foreign"]),
            ("extensions.csv", "+442079460101", "020 7946 0101", &["extensions.csv 2 did number.invalid"]),
            ("extensions.csv", "person:P1001", "person:P2001", &["extensions.csv 2 owner owner.unknown"]),
            ("extensions.csv", "person:P1001", "person:P9", &["extensions.csv 2 owner owner.unknown"]),
            ("extensions.csv", "place:lobby", "place:accueil", &["extensions.csv 21 owner owner.unknown"]),
            ("extensions.csv", "place:lobby", "lobby", &["extensions.csv 21 owner owner.unknown"]),
            ("extensions.csv", "yes", "on", &["extensions.csv 2 enabled state.invalid"]),
            (
                "extensions.csv",
                "",
                "lon,2101,person:P1001,yes,+442079460101,international,Ada Marlowe\n",
                &["extensions.csv 36 extension number.duplicate"],
            ),
            // Devices.
            ("devices.csv", "80:5e:c0:10:00:01", "80:5e:c0:10:00", &["devices.csv 2 mac mac.invalid"]),
            ("devices.csv", "80:5e:c0:10:00:01", "805EC0100002", &["devices.csv 3 mac mac.duplicate"]),
            ("devices.csv", "YL46U0000001", "YL", &["devices.csv 2 serial serial.invalid"]),
            ("devices.csv", "YL46U0000001", "yl54w0000002", &["devices.csv 3 serial serial.duplicate"]),
            ("devices.csv", "yealink", "yaelink", &["devices.csv 2 vendor vendor.unknown"]),
            ("devices.csv", "T46U", "T99X", &["devices.csv 2 model device.model_unknown"]),
            ("devices.csv", "yealink,T46U", "cisco_mpp,8841", &[]),
            (
                "devices.csv",
                "yealink,T46U",
                "cisco_enterprise,8841",
                &["devices.csv 2 model proof.by_certificate"],
            ),
            (
                "devices.csv",
                "yealink,T46U",
                "cisco_enterprise,7940G",
                &["devices.csv 2 model device.model_tftp"],
            ),
            ("devices.csv", "2-14", "9-99", &["devices.csv 2 place place.unknown"]),
            ("devices.csv", "2-14,voice", "2-14,data", &["devices.csv 2 segment segment.unknown"]),
            ("devices.csv", "lon,LP00000001", "nyc,LP00000001", &["devices.csv 8 site site.unknown"]),
            (
                "devices.csv",
                "",
                "lon,LP00000001,02:00:00:00:21:01,linphone,daemon,lab,voice\n",
                &["devices.csv 18 serial serial.duplicate"],
            ),
        ],
    );
}

#[test]
fn a_phone_that_could_have_no_line_is_new_no_more_and_stays_where_it_is() {
    let row = "site,serial,mac,vendor,model,place,segment\nlon,FCH1,00562b043615,cisco_enterprise,8841,lobby,voice\n";
    let mut existing = demo_stored();
    let new = faults(&[upload("x", row)], &existing);
    assert_eq!(new, ["x 2 model proof.by_certificate"]);
    let device = DeviceRow {
        site: "lon".to_owned(),
        serial: Serial::parse("FCH1").unwrap(),
        mac: Mac::parse("00562b043615").unwrap(),
        vendor: Vendor::CiscoEnterprise,
        model: "8841".to_owned(),
        place: "lobby".to_owned(),
        segment: "voice".to_owned(),
    };
    existing.devices.insert(device.serial.clone(), device);
    let (package, findings) = check(&[upload("x", row)], &existing);
    assert_eq!((package.unchanged, findings.len()), (1, 0));
    let other = row.replace("8841", "8851");
    assert_eq!(faults(&[upload("x", other)], &existing), ["x 2 model proof.by_certificate"]);
}

#[test]
fn an_import_never_overwrites() {
    check_cases(
        &demo_stored(),
        &[
            ("sites.csv", "lon,London", "lon,Londres", &["sites.csv 2 name row.conflict"]),
            (
                "segments.csv",
                "127.0.0.0/8,120",
                "127.0.0.0/9,",
                &["segments.csv 2 cidr row.conflict", "segments.csv 2 vlan row.conflict"],
            ),
            ("people.csv", "par,P2001", "ber,P2001", &["people.csv 21 site row.conflict"]),
            (
                "extensions.csv",
                "international,Ada",
                "national,Ada",
                &["extensions.csv 2 class_of_service row.conflict"],
            ),
            ("devices.csv", "T46U", "T48U", &["devices.csv 2 model row.conflict"]),
            ("devices.csv", "lon,YL46U0000001", "lon,YL46U0009999", &["devices.csv 2 mac mac.duplicate"]),
            ("extensions.csv", "lon,2101", "lon,2199", &["extensions.csv 2 did number.duplicate"]),
            ("ranges.csv", "2100", "2101", &["ranges.csv 2 first range.overlap"]),
            ("segments.csv", "par,voice", "par,wifi", &["segments.csv 3 cidr cidr.overlap"]),
        ],
    );
}

#[test]
fn a_handset_is_one_of_a_base_and_has_one_ipei() {
    let base = "site,serial,mac,vendor,model,place,segment\n\
        lon,BASE1,7c:2f:80:00:00:01,gigaset,N670 IP PRO,lobby,voice\n";
    let (package, findings) = check(&[upload("devices.csv", base)], &demo_stored());
    assert_eq!(findings, []);
    let mut existing = demo_stored();
    existing.devices.extend(package.devices.into_iter().map(|r| (r.serial.clone(), r)));
    let said = |rows: &str, existing: &Existing| {
        faults(&[upload("handsets.csv", format!("serial,handset,ipei\n{rows}"))], existing)
    };
    for (rows, expected) in [
        ("base1,1,00077 0123456\nBASE1,20,004D01E241\n", vec![]),
        ("BASE1,0,000770123456\n", vec!["handsets.csv 2 handset form.invalid"]),
        ("BASE1,21,000770123456\n", vec!["handsets.csv 2 handset form.invalid"]),
        ("BASE1,one,000770123456\n", vec!["handsets.csv 2 handset form.invalid"]),
        ("BASE1,1,0007701234567\n", vec!["handsets.csv 2 ipei ipei.form"]),
        ("BASE2,1,000770123456\n", vec!["handsets.csv 2 serial device.unknown"]),
        ("YL46U0000001,1,000770123456\n", vec!["handsets.csv 2 serial ipei.form"]),
        ("BASE1,1,000770123456\nBASE1,1,004D01E241\n", vec!["handsets.csv 3 handset row.duplicate"]),
        ("BASE1,1,000770123456\nBASE1,2,0004D1E240\n", vec!["handsets.csv 3 ipei ipei.duplicate"]),
    ] {
        assert_eq!(said(rows, &existing), expected, "{rows}");
    }
    // In one import with its base.
    let handsets = "serial,handset,ipei\nBASE1,1,000770123456\n";
    let both = [upload("handsets.csv", handsets), upload("devices.csv", base)];
    let (package, findings) = check(&both, &demo_stored());
    assert_eq!((package.devices.len(), package.handsets.len(), findings), (1, 1, vec![]));

    existing.handsets.extend(package.handsets.into_iter().map(|r| ((r.serial.clone(), r.handset), r)));
    assert_eq!(check(&[upload("handsets.csv", handsets)], &existing).0.unchanged, 1);
    assert_eq!(said("BASE1,1,000770123457\n", &existing), ["handsets.csv 2 ipei row.conflict"]);
    assert_eq!(said("BASE1,2,000770123456\n", &existing), ["handsets.csv 2 ipei ipei.duplicate"]);
    existing.bound_handsets.insert((Serial::parse("BASE1").unwrap(), 3));
    assert_eq!(said("BASE1,3,000770123457\n", &existing), ["handsets.csv 2 ipei ipei.bound"]);
}

#[test]
fn all_faults_are_reported_at_once() {
    let devices = "site,serial,mac,vendor,model,place,segment\n\
        \n\
        lon,A,80:5e:c0:10:00:01,yealink,T46U,lobby,voice\n\
        ,,,,,,\n\
        lon,ABCD,zz,cisco,T46U,attic,\n\
        lon,ABCE,80:5e:c0:10:00:02\n\
        lon,ABCF,80:5e:c0:10:00:01,yealink,T11,lobby,voice\n";
    assert_eq!(
        faults(&with_bytes("devices.csv", devices), &Existing::default()),
        [
            "devices.csv 3 serial serial.invalid",
            "devices.csv 5 mac mac.invalid",
            "devices.csv 5 vendor vendor.unknown",
            "devices.csv 5 segment field.missing",
            "devices.csv 5 place place.unknown",
            "devices.csv 6  import.quoting",
            "devices.csv 7 model device.model_unknown",
            "devices.csv 7 mac mac.duplicate",
        ]
    );
}

#[test]
fn a_finding_reads_as_a_sentence() {
    let (_, findings) = check(&demo_with("devices.csv", "80:5e:c0:10:00:01", "zz"), &Existing::default());
    assert_eq!(findings[0].to_string(), "devices.csv row 2, mac: This is not a MAC address. It is `zz`.");
    let (_, findings) = check(&[upload("a.csv", "a,b\n1,2\n")], &Existing::default());
    assert_eq!(findings[0].to_string(), "a.csv row 1: The header row fits no known sheet.");
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let latin = DEMO[4].1.replace("Amélie", "Am\u{fffd}lie");
    let latin: Vec<u8> = latin.into_bytes();
    let at = latin.windows(3).position(|w| w == "\u{fffd}".as_bytes()).unwrap();
    let latin = [&latin[..at], b"\xE9", &latin[at + 3..]].concat();
    let none = Existing::default();
    assert_eq!(faults(&with_bytes("people.csv", latin), &none), ["people.csv 21 name import.encoding"]);
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(DEMO[4].1.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(faults(&with_bytes("people.csv", utf16), &none), ["people.csv 1  import.encoding"]);
}

#[test]
fn what_spreadsheets_write_is_read() {
    let (plain, _) = check(&demo(), &Existing::default());
    for text in [
        format!("\u{feff}{}", DEMO[4].1),
        DEMO[4].1.replace('\n', "\r\n"),
        DEMO[4].1.replace('\n', "\r"),
        DEMO[4].1.replace('\n', "\n\n,,,,\n"),
        DEMO[4].1.trim_end().to_owned(),
        DEMO[4].1.replace("site,person", "\"SITE\", Person"),
    ] {
        let (package, findings) = check(&with_bytes("people.csv", text.clone()), &Existing::default());
        assert_eq!((&package, findings.as_slice()), (&plain, [].as_slice()), "{text}");
    }
    let formula = demo_with("people.csv", "Ada Marlowe", "=1+1");
    assert_eq!(check(&formula, &Existing::default()).0.people[0].name, "=1+1");
}

#[test]
fn sizes_have_limits() {
    let none = Existing::default();
    let name = "é".repeat(MAX_FIELD);
    assert_eq!(faults(&demo_with("people.csv", "Ada Marlowe", &name), &none), [""; 0]);
    let name = format!("{name}é");
    let long = faults(&demo_with("people.csv", "Ada Marlowe", &name), &none);
    assert_eq!(long, ["people.csv 2 name field.too_long"]);
    let large = demo_with("people.csv", "", &"\n".repeat(MAX_BYTES));
    assert_eq!(faults(&large, &none), ["people.csv 0  import.too_large"]);
}

#[test]
fn a_file_of_faults_is_put_aside_in_the_end() {
    for row in ["x\n", "x,,,\n"] {
        let text = format!("site,name,time_zone,scope\n{}", row.repeat(3 * MAX_FINDINGS));
        let (_, findings) = check(&with_bytes("sites.csv", text), &Existing::default());
        assert!((MAX_FINDINGS..MAX_FINDINGS + 10).contains(&findings.len()), "{}", findings.len());
        assert!(findings.iter().all(|f| f.file == "sites.csv"));
        assert!(
            findings.last().unwrap().to_string().ends_with("Further findings of this file are not listed.")
        );
    }
}

#[test]
fn nothing_to_import_is_said() {
    let none = Existing::default();
    assert_eq!(faults(&[], &none), [" 0  import.empty"]);
    assert_eq!(faults(&[upload("a", "site,name,time_zone,scope\n")], &none), [" 0  import.empty"]);
    assert_eq!(faults(&[upload("a", "\n\n")], &none), ["a 0  import.empty"]);
}

#[test]
fn ten_thousand_rows_with_every_kind_of_key_are_all_read() {
    use std::fmt::Write as _;
    let mut texts = [DEMO[1].1, DEMO[2].1, DEMO[4].1, DEMO[5].1, DEMO[6].1].map(str::to_owned);
    for n in 0..10_000 {
        writeln!(texts[0], "ber,s{n},172.{}.{}.{}/30,,", 16 + n / 8192, n / 64 % 256, n % 64 * 4).unwrap();
        writeln!(texts[1], "ber,extension,{0},{0}", 500_000 + n).unwrap();
        writeln!(texts[2], "ber,Q{n},Name {n},q{n}@halden.example,active").unwrap();
        writeln!(texts[3], "ber,{},person:Q{n},yes,,,", 500_000 + n).unwrap();
        writeln!(texts[4], "ber,SERIAL{n},024000{n:06x},linphone,daemon,empfang,s{n}").unwrap();
    }
    let mut uploads = demo();
    for (index, text) in [1, 2, 4, 5, 6].into_iter().zip(texts) {
        uploads[index].bytes = text.into_bytes();
    }
    let (package, findings) = check(&uploads, &Existing::default());
    assert_eq!(findings, []);
    assert_eq!(package.created(), 50_107);
    let (again, findings) = check(&uploads, &stored(package));
    assert_eq!((again.unchanged, findings.len()), (50_107, 0));
}

#[test]
fn a_digest_knows_contents_and_not_names() {
    let mut turned = demo();
    turned.reverse();
    turned[0].name = "other".to_owned();
    assert_eq!(digest(&turned), digest(&demo()));
    assert_eq!(digest(&demo()).len(), 64);
    assert_ne!(digest(&demo_with("people.csv", "Ada", "Ida")), digest(&demo()));
    assert_ne!(digest(&demo()[..6]), digest(&demo()));
    // Where one file ends and the next begins is part of it.
    let split = |a: &str, b: &str| digest(&[upload("a", a), upload("b", b)]);
    assert_ne!(split("xy", "z"), split("x", "yz"));
}

/// A cell: right ones, wrong ones, and anything.
fn any_cell() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "lon",
            "par",
            "",
            "voice",
            "2101",
            "3101",
            "yes",
            "did",
            "extension",
            "+442079460101",
            "\"",
            "\n",
            "10.0.0.0/8",
            "0.0.0.0/0",
            "::/0",
            "9",
            "99999999",
            "person:P1001",
            "place:lobby",
            "yealink",
            "T46U",
            "80:5e:c0:10:00:01",
            "lobby",
            "active",
            "é",
        ])
        .prop_map(str::to_owned),
        ".{0,8}",
    ]
}

fn any_sheet() -> impl Strategy<Value = Upload> {
    let rows = prop::collection::vec(prop::collection::vec(any_cell(), 3..9), 0..6);
    (prop::sample::select(Kind::ALL.to_vec()), rows).prop_map(|(kind, rows)| {
        let mut lines = vec![kind.columns().collect::<Vec<_>>().join(",")];
        // As wide as the header, mostly.
        let width = kind.columns().count();
        lines.extend(
            rows.into_iter().map(|r| r.into_iter().cycle().take(width).collect::<Vec<_>>().join(",")),
        );
        upload(kind.name(), lines.join("\n"))
    })
}

const SCHEDULES: &str = include_str!("../../../../demo/schedules.csv");
const GROUPS: &str = include_str!("../../../../demo/hunt-groups.csv");
const PROFILES: &str = include_str!("../../../../demo/profiles.csv");

fn routing(schedules: &str, groups: &str, profiles: &str) -> Vec<Upload> {
    let own = [("schedules.csv", schedules), ("hunt-groups.csv", groups), ("profiles.csv", profiles)];
    demo().into_iter().chain(own.map(|(name, text)| upload(name, text))).collect()
}

#[test]
fn schedules_groups_and_profiles_are_read_and_written_and_come_inside_first() {
    let (package, findings) = check(&routing(SCHEDULES, GROUPS, PROFILES), &Existing::default());
    assert_eq!(findings, []);
    let codes: Vec<_> = package.hunt_groups.iter().map(|row| row.hunt_group.as_ref()).collect();
    let at = |code: &str| codes.iter().position(|c| *c == code).unwrap();
    assert!(at("london-desk") < at("london"), "{codes:?}");
    let existing = stored(package);
    let files: Vec<_> = Kind::ALL.map(|kind| upload(kind.name(), csv(kind, &existing))).into();
    let (again, findings) = check(&files, &existing);
    assert_eq!((again.created(), findings), (0, vec![]));
}

#[test]
fn what_calls_are_led_to_has_to_exist_and_no_call_goes_round() {
    let schedules = "site,schedule,name,time_zone,hours,holidays\n";
    let groups = "site,hunt_group,name,members,number,did,ring,seconds,schedule,closed,otherwise\n";
    let profiles = "extension,voicemail,forward_always,forward_no_answer,schedule\n";
    let own = |s: &str, g: &str, p: &str| {
        routing(&format!("{schedules}{s}"), &format!("{groups}{g}"), &format!("{profiles}{p}"))
    };
    let existing = Existing { now: crate::Timestamp(1_795_407_607_000_000), ..Existing::default() };
    let said = |uploads: &[Upload]| {
        let (_, findings) = check(uploads, &existing);
        findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let table = [
        said(&own("lon,night,Night,Europe/London,mon 22:00-06:00,", "", "")),
        said(&own("lon,turn,Turn,Europe/London,sun 01:30-04:00,", "", "")),
        said(&own("", "lon,a,A,2101,,,,,,,", "")),
        said(&own("", "lon,desk,Desk,,,,,,,,", "")),
        said(&own("", "lon,desk,Desk,2101 2999 group:none,,,,,night,,group:none", "")),
        said(&own("", "lon,desk,Desk,2101,2102,+442079460101,,,,,", "")),
        said(&own("", "lon,desk,Desk,2101,3150,,,,,,", "")),
        said(&own("", "lon,desk,Desk,group:lab,,,,,,,\nlon,lab,Lab,2101 group:desk,,,,,,,", "")),
        said(&own("", "lon,desk,Desk,2101,2190,,,,,,", "2101,yes,2190,,")),
        said(&own("", "", "2101,yes,,+442079460102,\n2102,yes,2101,,\n2999,no,,,\n2103,maybe,,,night")),
    ];
    insta::assert_snapshot!(table.join("\n\n"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let uploads = [upload("a", bytes)];
        let (_, findings) = check(&uploads, &Existing::default());
        prop_assert!(!findings.is_empty());
        prop_assert_eq!(digest(&uploads).len(), 64);
    }

    #[test]
    fn any_rows_are_checked_in_any_order_alike(
        (sheets, turned) in prop::collection::vec(any_sheet(), 0..6)
            .prop_flat_map(|sheets| (Just(sheets.clone()), Just(sheets).prop_shuffle())),
        stored in any::<bool>(),
    ) {
        let existing = if stored { demo_stored() } else { Existing::default() };
        prop_assert_eq!(check(&sheets, &existing), check(&turned, &existing));
        prop_assert_eq!(digest(&sheets), digest(&turned));
    }

    #[test]
    fn the_order_of_the_files_makes_no_difference(turned in Just(demo()).prop_shuffle()) {
        prop_assert_eq!(check(&turned, &Existing::default()), check(&demo(), &Existing::default()));
    }
}
