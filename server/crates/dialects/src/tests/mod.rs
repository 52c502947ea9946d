//! Whole files as a reviewer reads them, and what must hold for any settings at all.

mod algo;
mod cisco_enterprise;
mod cisco_mpp;
mod cisco_spa;
mod fanvil;
mod gigaset;
mod grandstream;
mod handsets;
mod htek;
mod lengths;
mod linphone;
mod lives;
mod mitel;
mod panasonic;
mod poly;
mod properties;
mod snom;
mod spoken;
mod templates;
mod two_n;
mod unsaid;
mod yealink;

use crate::{DeviceContext, File, common_files, device_files};
use domain::{
    Code, Finding, Ipei, Mac,
    artifact::Artifact,
    ids::{LayerId, SecretId},
    layer::{Layer, Level, Origin},
    resolution::{Resolution, resolve},
    revision::RevisionKind::{self, Baseline, Bound, Clear},
    setting::{Path, Value},
    vendor::Vendor::{
        self, Algo, CiscoEnterprise, CiscoMpp, CiscoSpa, Fanvil, Gigaset, Grandstream, Htek, Linphone, Mitel,
        Panasonic, Poly, Snom, TwoN, Yealink,
    },
};
use std::collections::{BTreeMap, BTreeSet};
use testkit::handset::family;
use uuid::Uuid;

const MAC: &str = "805ec0123456";

/// One model of each family, and a second where files differ: every property holds for all of them.
const PHONES: &[(Vendor, &str)] = &[
    (Yealink, "T31G"),
    (Yealink, "T46U"),
    (Yealink, "W60B"),
    (Yealink, "W75DM"),
    (Linphone, "DAEMON"),
    (Poly, "VVX 250"),
    (Grandstream, "GRP2602"),
    (Grandstream, "GRP2614"),
    (Grandstream, "GRP2624"),
    (Grandstream, "GXP1630"),
    (Grandstream, "GXP1782"),
    (Grandstream, "HT802"),
    (Grandstream, "HT818"),
    (Snom, "D120"),
    (Snom, "D785"),
    (Snom, "M400"),
    (CiscoMpp, "6821"),
    (CiscoMpp, "8851"),
    (CiscoMpp, "9851"),
    (CiscoSpa, "ATA191"),
    (CiscoSpa, "SPA504G"),
    (Fanvil, "V64"),
    (Fanvil, "X3U"),
    (Fanvil, "X4U"),
    (Fanvil, "i61"),
    (Gigaset, "N670 IP PRO"),
    (Mitel, "6863i"),
    (Mitel, "6867i"),
    (Panasonic, "KX-HDV130"),
    (Htek, "UC926"),
    (Algo, "8186"),
    (CiscoEnterprise, "8841"),
    (TwoN, "IP Style"),
];

fn secret(n: u128) -> SecretId {
    SecretId(Uuid::from_u128(n))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// As the device's own settings: what a phone cannot have blocks, because somebody meant this phone.
fn resolution(settings: impl IntoIterator<Item = (Path, Value)>) -> Resolution {
    resolution_at(Level::Device, settings)
}

fn resolution_at(level: Level, settings: impl IntoIterator<Item = (Path, Value)>) -> Resolution {
    let origin = Origin {
        layer: LayerId(Uuid::from_u128(1)),
        level,
        name: level.word().into(),
        version: 1,
        change: "CR-1".into(),
    };
    let settings = settings.into_iter().collect();
    resolve(&[Layer { origin, settings, locks: BTreeMap::new() }]).0
}

fn settings(rows: Vec<(&str, Value)>) -> Vec<(Path, Value)> {
    rows.into_iter().map(|(path, value)| (Path::parse(path).unwrap(), value)).collect()
}

/// London as a family can have lines there: one knows no transport but UDP.
fn london_of(vendor: Vendor) -> Vec<(Path, Value)> {
    let starts: &[&str] = if vendor == TwoN { &["sip.transport"] } else { &[] };
    unsaid::without(london(), starts)
}

/// What a device of the London site has, with one line.
fn london() -> Vec<(Path, Value)> {
    settings(vec![
        ("phone.timezone", text("Europe/London")),
        ("phone.language", text("en-GB")),
        ("phone.ntp", text("ntp.example.com")),
        ("network.vlan", Value::Number(20)),
        ("network.vlan_priority", Value::Number(5)),
        ("network.lldp", Value::Flag(true)),
        ("network.qos_signalling", Value::Number(26)),
        ("network.qos_audio", Value::Number(46)),
        ("provisioning.url", text("https://prov.example.com/s/")),
        ("provisioning.user", text("{{ device.mac }}")),
        ("provisioning.password", Value::Secret(secret(100))),
        ("provisioning.interval_minutes", Value::Number(1440)),
        ("provisioning.dhcp_override", Value::Flag(false)),
        ("sip.registrar.host", text("sip.example.com")),
        ("sip.registrar.port", Value::Number(5061)),
        ("sip.transport", text("tls")),
        ("sip.expires", Value::Number(600)),
        ("sip.voicemail_number", text("*97")),
        ("line.1.extension", text("2101")),
        ("line.1.owner", text("Ada Lovelace")),
        ("line.1.label", text("{{ person.name }} {{ extension.number }}")),
        ("line.1.display_name", text("Ada \"Countess\" Lovelace")),
        ("line.1.password", Value::Secret(secret(1))),
        ("raw.yealink.\"features.dnd.enable\"", Value::Flag(false)),
        ("raw.yealink.\"account.1.codec.opus.enable\"", Value::Flag(true)),
        ("raw.linphone.\"sip.use_ipv6\"", Value::Number(0)),
    ])
}

fn served(paths: &[&str]) -> BTreeSet<Path> {
    paths.iter().map(|path| Path::parse(path).unwrap()).collect()
}

/// A device's files.
fn files(
    vendor: Vendor,
    model: &str,
    kind: RevisionKind,
    settings: &[(Path, Value)],
    served: &BTreeSet<Path>,
) -> (Vec<File>, Vec<Finding>) {
    files_of(vendor, model, kind, &resolution(settings.iter().cloned()), served)
}

fn files_of(
    vendor: Vendor,
    model: &str,
    kind: RevisionKind,
    resolution: &Resolution,
    served: &BTreeSet<Path>,
) -> (Vec<File>, Vec<Finding>) {
    let accounts = vendor.accounts(model).unwrap();
    let handset = |index: u8| (index, Ipei::parse(&format!("00077{index:07}")).unwrap());
    let device = DeviceContext {
        mac: Mac::parse(MAC).unwrap(),
        serial: "3146019091637071",
        model,
        accounts,
        handsets: &(1..=accounts).map(handset).collect(),
    };
    device_files(vendor, &device, kind, resolution, served)
}

/// The file of a device that has one.
fn file(
    vendor: Vendor,
    model: &str,
    kind: RevisionKind,
    settings: &[(Path, Value)],
    served: &BTreeSet<Path>,
) -> (Artifact, Vec<Finding>) {
    let (mut files, findings) = files(vendor, model, kind, settings, served);
    assert_eq!(files.len(), 1);
    (files.remove(0).artifact, findings)
}

/// Every key of a device's files with its value, read as a phone would.
fn keys(vendor: Vendor, files: &[File]) -> BTreeMap<String, String> {
    let family = family(vendor);
    let mut keys = BTreeMap::new();
    for file in files {
        for (key, value) in (family.read)(&file.artifact.redacted()) {
            assert_eq!(keys.insert(key, value), None, "written twice");
        }
    }
    keys
}

/// Each line of the file beside the settings that it comes from.
fn annotated(artifact: &Artifact) -> String {
    let mut out = String::new();
    for (line, number) in artifact.redacted().lines().zip(1..) {
        let from: Vec<_> =
            artifact.origins.iter().filter(|o| o.line == number).map(|o| o.path.as_str()).collect();
        let from = if from.is_empty() { String::new() } else { format!("   <- {}", from.join(", ")) };
        out.extend([line, &from, "\n"]);
    }
    out
}

/// Files one after the other, each under its name when there are several.
fn snapshot(name: &str, files: &[File]) {
    let one = files.len() == 1;
    let title = |file: &File| if one { String::new() } else { format!("== {}\n", file.name) };
    let text: String = files.iter().flat_map(|file| [title(file), annotated(&file.artifact)]).collect();
    insta::assert_snapshot!(name, text);
}

/// Writes the London device as a reviewer reads it: one setting is no longer set, two are of somebody else's.
fn check(name: &str, vendor: Vendor, model: &str, kind: RevisionKind) {
    check_but(name, vendor, model, kind, &[]);
}

/// The same for a vendor whose phones have no key for these settings.
fn check_but(name: &str, vendor: Vendor, model: &str, kind: RevisionKind, missing: &[&str]) {
    let served = served(&["phone.ntp", "raw.yealink.\"phone_setting.backlight_time\"", "provisioning.url"]);
    let settings: Vec<_> = london().into_iter().filter(|(path, _)| path.as_str() != "phone.ntp").collect();
    let (files, findings) = files(vendor, model, kind, &settings, &served);
    assert_eq!(subjects(&findings), missing);
    snapshot(name, &files);
}

/// What findings are about.
fn subjects(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.subject.as_str()).collect()
}

/// What a desk has beside its line: keys, a backup, encryption, forwarding.
fn desk() -> Vec<(Path, Value)> {
    settings(vec![
        ("expansion.1.keys.2.type", text("speed-dial")),
        ("expansion.1.keys.2.value", text("2190")),
        ("keys.3.type", text("blf")),
        ("keys.3.value", text("2102")),
        ("keys.3.label", text("Sales")),
        ("line.1.forward.always", text("2199")),
        ("line.1.forward.no_answer", text("*97")),
        ("line.1.forward.no_answer_seconds", Value::Number(20)),
        ("phone.admin_password", Value::Secret(secret(9))),
        ("phone.dial_plan", text("[2-9]xxx|0x.")),
        ("phone.tone_region", text("GB")),
        ("sip.backup.host", text("backup.example.com")),
        ("sip.codecs", text("opus, g722")),
        ("sip.outbound_proxy.host", text("sbc.example.com")),
        ("sip.outbound_proxy.port", Value::Number(5063)),
        ("sip.srtp", text("required")),
    ])
}

/// What of a whole desk a vendor's phones have no key for, beside what it says: nothing is lost without a word.
fn check_desk(name: &str, vendor: Vendor, model: &str, missing: &[&str]) {
    let settings: Vec<_> = [london(), desk()].concat();
    let (files, findings) = files(vendor, model, Bound, &settings, &BTreeSet::new());
    assert_eq!(subjects(&findings), missing);
    snapshot(name, &files);
}

/// What anybody gets.
fn check_common(name: &str, vendor: Vendor) {
    check_common_but(name, vendor, &[]);
}

/// The same for a vendor whose phones have no key for these settings.
fn check_common_but(name: &str, vendor: Vendor, missing: &[&str]) {
    let (files, findings) = common_files(vendor, &resolution(london()));
    assert_eq!(subjects(&findings), missing);
    assert!(files.iter().all(|file| file.artifact.slots.is_empty()));
    snapshot(name, &files);
}

#[test]
fn a_line_without_a_registrar_is_not_written() {
    for (vendor, model) in PHONES {
        let settings = unsaid::without(london_of(*vendor), &["sip.registrar.host"]);
        let (files, findings) = files(*vendor, model, Bound, &settings, &BTreeSet::new());
        // What a family cannot say at all is another matter.
        let other = [Code::SettingInexpressible, Code::ProvisioningKept];
        let codes = findings.iter().map(|f| f.code).filter(|code| !other.contains(code));
        assert_eq!(codes.collect::<Vec<_>>(), [Code::RegistrarMissing], "{vendor} {model}");
        let mut slots = files.iter().flat_map(|file| &file.artifact.slots);
        assert!(slots.all(|slot| slot.secret == secret(100)), "{vendor} {model}");
    }
}
