//! What a dialect says that it writes, it writes: nothing that was set is lost without a word.

use super::*;
use crate::{buttons::Place, dialect};
use domain::setting::{
    lack::{Lack, lack},
    schema,
};

/// One good value for whatever some family writes.
pub(super) fn everything(vendor: Vendor) -> Vec<(Path, Value)> {
    let more = settings(vec![
        ("firmware.url", text("https://prov.example.com/f/1.bin")),
        ("fxs.1.caller_id", text("bt")),
        ("fxs.1.t38", Value::Flag(true)),
        ("keys.3.line", Value::Number(1)),
        ("expansion.1.keys.2.label", text("Lift")),
        ("expansion.1.keys.2.line", Value::Number(1)),
        ("line.1.auth_user", text("ada")),
        ("line.1.forward.busy", text("2198")),
        ("line.1.shared", Value::Flag(true)),
        ("network.pc_vlan", Value::Number(30)),
        ("paging.1.address", text("239.1.1.1:5001")),
        ("paging.1.label", text("Workshop")),
        ("phone.pickup_code", text("*8")),
        ("phone.unbound_text", text("Help desk 4444")),
        ("sip.backup.port", Value::Number(5064)),
        ("sip.codecs", text("pcma")),
        ("sip.lookup", text("srv")),
        ("sip.srtp", text("optional")),
    ]);
    let all: BTreeMap<_, _> = [london_of(vendor), desk(), more].concat().into_iter().collect();
    all.into_iter().filter(|(path, _)| !path.as_str().starts_with("raw.")).collect()
}

#[test]
fn patterns_are_of_the_table_and_in_its_order() {
    for vendor in Vendor::ALL {
        let own = dialect::of(vendor);
        let lacks = vendor.models().iter().map(|model| model.lacks);
        for list in lacks.chain([dialect::speaks(vendor), own.also, own.passes]) {
            assert!(list.is_sorted(), "{vendor}");
            for pattern in list {
                assert!(schema::RULES.iter().any(|rule| rule.pattern == *pattern), "{vendor} {pattern}");
            }
        }
        assert!(own.passes.iter().all(|pattern| !dialect::speaks(vendor).contains(pattern)), "{vendor}");
    }
}

/// What means nothing to a model, although others of its family have it: adapters show nothing.
const NOTHING: &[(Vendor, &str, &str)] =
    &[(CiscoSpa, "ATA191", "line.#.label"), (CiscoSpa, "ATA191", "phone.language")];

#[test]
fn what_is_set_is_in_the_file_or_in_a_finding() {
    let mut all = vec![];
    for (vendor, name) in PHONES {
        let (vendor, model) = (*vendor, vendor.model(name).unwrap());
        let everything = everything(vendor);
        let (files, findings) = files(vendor, name, Bound, &everything, &BTreeSet::new());
        let written: BTreeSet<_> =
            files.iter().flat_map(|file| &file.artifact.origins).map(|origin| &origin.path).collect();
        let mut lost = vec![];
        for (path, _) in &everything {
            let pattern = schema::rule_of(path).unwrap().pattern;
            let passed = dialect::of(vendor).passes.contains(&pattern) || model.lacks.contains(&pattern);
            let passed = passed || NOTHING.contains(&(vendor, *name, pattern));
            // A key that cannot be written is said once, at what it does.
            let does = Place::of(path).map(|key| key.path("type"));
            let said = findings.iter().any(|finding| {
                finding.subject == path.as_str() || does.as_ref().is_some_and(|does| finding.subject == *does)
            });
            if !passed && !said && !written.contains(path) {
                lost.push(path.as_str());
            }
        }
        all.extend(lost.into_iter().map(|path| format!("{vendor} {name}: {path}")));
    }
    assert_eq!(all, Vec::<String>::new());
}

#[test]
fn what_a_phone_has_not_and_nobody_needs_blocks_only_on_the_device_itself() {
    for (vendor, name) in PHONES {
        let everything = everything(*vendor);
        let of = |level| {
            let settings = resolution_at(level, everything.iter().cloned());
            files_of(*vendor, name, Bound, &settings, &BTreeSet::new())
        };
        let ((own, on_device), (general, on_site)) = (of(Level::Device), of(Level::Site));
        let settings = |f: &&Finding| f.code != Code::ProvisioningKept;
        assert!(on_device.iter().filter(settings).all(Finding::blocks), "{vendor} {name}");
        assert_eq!(subjects(&on_device), subjects(&on_site), "{vendor} {name}");
        for finding in on_site.iter().filter(settings) {
            let pattern = schema::rule_of(&Path::parse(&finding.subject).unwrap()).unwrap().pattern;
            assert_eq!(finding.blocks(), lack(pattern).0 == Lack::Blocks, "{vendor} {name} {finding}");
        }
        let bytes = |files: Vec<File>| files.into_iter().map(|f| f.artifact.redacted()).collect::<Vec<_>>();
        assert_eq!(bytes(own), bytes(general), "{vendor} {name}");
    }
}

/// Settings of which no document and no two templates say how these phones read them.
const UNDOCUMENTED: &[(Vendor, &str, &str)] = &[
    (Algo, "8186", "sip.codecs"),
    (Algo, "8186", "sip.srtp"),
    (CiscoMpp, "8851", "network.vlan_priority"),
    (Fanvil, "V64", "keys.3.type"),
    (Fanvil, "X4U", "phone.dial_plan"),
    (Grandstream, "GRP2614", "line.1.forward.always"),
    (Htek, "UC926", "line.1.forward.always"),
    (Htek, "UC926", "sip.srtp"),
    (Mitel, "6867i", "provisioning.dhcp_override"),
    (Panasonic, "KX-HDV130", "sip.codecs"),
    (Panasonic, "KX-HDV130", "sip.srtp"),
    (Poly, "VVX 250", "expansion.1.keys.2.type"),
    (Poly, "VVX 250", "line.1.forward.always"),
    (Poly, "VVX 250", "paging.1.address"),
    (Snom, "D785", "expansion.1.keys.2.type"),
    (TwoN, "IP Style", "sip.codecs"),
    (TwoN, "IP Style", "sip.srtp"),
];

#[test]
fn what_no_document_says_is_a_finding_by_its_key() {
    for (vendor, name, path) in UNDOCUMENTED {
        let (_, findings) = files(*vendor, name, Bound, &everything(*vendor), &BTreeSet::new());
        let said = findings.iter().any(|finding| finding.subject == *path && finding.blocks());
        assert!(said, "{vendor} {name} {path}");
        // And whoever chooses phones reads it beforehand, of the family or of the model.
        let pattern = schema::rule_of(&Path::parse(path).unwrap()).unwrap().pattern;
        let of_model = vendor.model(name).unwrap().lacks.contains(&pattern);
        assert!(of_model || dialect::cannot(*vendor).contains(&pattern), "{vendor} {name} {path}");
    }
    // Nothing is bound to a model that nobody has written for.
    for (vendor, name) in [(Gigaset, "MAXWELL 3"), (Snom, "D7"), (Fanvil, "X3")] {
        assert!(vendor.model(name).is_none(), "{vendor} {name}");
    }
}
