//! What families ask for beside their own file, and what those that cannot prove themselves get.

use crate::{
    halden::{self, EXTENSION, Halden, codes, upload},
    layers::{draft, publish, site},
    phone::{Phone, onboarding, shown, text, unproven},
};
use domain::{
    Code::{DeviceModelTftp, ProofByCertificate, SettingInexpressible, SettingLeftOut},
    vendor::Vendor::{
        self, Algo, CiscoMpp, CiscoSpa, Fanvil, Gigaset, Grandstream, Htek, Mitel, Panasonic, Poly, Snom,
        TwoN,
    },
};
use services::edge::Answer;
use testkit::handset::{Handset, Registers};

/// A phone of a family: its model, its MAC, the file that it asks for, and what it calls itself.
struct Model {
    vendor: Vendor,
    name: &'static str,
    mac: &'static str,
    file: &'static str,
    says: &'static str,
}

const fn model(
    (vendor, name): (Vendor, &'static str),
    mac: &'static str,
    file: &'static str,
    says: &'static str,
) -> Model {
    Model { vendor, name, mac, file, says }
}

/// Those that other tests here do not bind, each as it spells its file's name.
const FAMILIES: [Model; 12] = [
    model(
        (Poly, "VVX 250"),
        "00:04:f2:00:00:01",
        "0004f2000001.cfg",
        "FileTransport PolycomVVX-VVX_250-UA/6.4.3.5059 (SN:0004f2000001) Type/Application",
    ),
    model(
        (Grandstream, "GRP2614"),
        "c0:74:ad:00:00:01",
        "cfgc074ad000001.xml",
        "Grandstream Model HW GRP2614 SW 1.0.5.15 DevId c074ad000001",
    ),
    model(
        (Snom, "D785"),
        "00:04:13:00:00:01",
        "snomD785-000413000001.htm",
        "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5 000413000001 SXM:0 UXM:0)",
    ),
    model(
        (CiscoMpp, "8851"),
        "00:56:2b:00:00:01",
        "00562b000001.xml",
        "Cisco-CP-8851-3PCC/11.3 (00562b000001)",
    ),
    model((Fanvil, "X4U"), "0c:38:3e:00:00:01", "0c383e000001.cfg", "Fanvil X4U 2.12.16.17 0c383e000001"),
    model(
        (CiscoSpa, "SPA504G"),
        "88:43:e1:00:00:01",
        "8843e1000001.xml",
        "Cisco/SPA504G-7.4.4 (8843E1000001)(CBT141100HR)",
    ),
    model(
        (Gigaset, "N670 IP PRO"),
        "7c:2f:80:00:00:01",
        "7C2F80000001.xml",
        "Gigaset N670 IP PRO/83.V2.49.1;7C2F80000001",
    ),
    model(
        (Mitel, "6867i"),
        "00:08:5d:00:00:01",
        "00085D000001.cfg",
        "Aastra6867i MAC:00-08-5D-00-00-01 V:4.2.0.181-SIP",
    ),
    model(
        (Panasonic, "KX-HDV130"),
        "00:80:f0:00:00:01",
        "Config0080F0000001.cfg",
        "Panasonic_KX-HDV130/02.100 (0080f0000001)",
    ),
    model((Htek, "UC926"), "00:1f:c1:00:00:01", "cfg001fc1000001.xml", "Htek UC926 2.0.4.4 001fc1000001"),
    model((Algo, "8186"), "00:22:ee:00:00:01", "algom0022EE000001.conf", "Algo-8186/3.4.4"),
    model((TwoN, "IP Style"), "7c:1e:b3:00:00:01", "hipve-7c-1e-b3-00-00-01.xml", "2N IP Style"),
];

/// They come with their base's handset, and calls travel as the least of them can.
async fn deliver(halden: &Halden) {
    let row = |(number, model): (usize, &Model)| {
        let Model { vendor, name, mac, .. } = model;
        format!("lon,FAMILY{number},{mac},{vendor},{name},lobby,voice\n")
    };
    let rows: Vec<_> = FAMILIES.iter().enumerate().map(row).collect();
    let rows = format!("site,serial,mac,vendor,model,place,segment\n{}", rows.concat());
    let base = FAMILIES.iter().position(|model| model.vendor == Gigaset).unwrap();
    let handset = format!("serial,handset,ipei\nFAMILY{base},1,00077 0000001\n");
    halden.import(vec![upload("devices", rows), upload("handsets", handset)]).await.unwrap();
}

/// Asks for its files, is challenged for each, and takes what it is given.
async fn fetch(halden: &Halden, handset: &mut Handset, model: &Model) {
    let own = Phone { file: model.file.to_owned(), ..Phone::of(halden, model.mac).await };
    let mut files = vec![text(own.fetch_with(&halden.services, model.says).await)];
    if model.vendor == Poly {
        // The first file is a master, which names it.
        let more = Phone { file: model.file.replace(".cfg", "-settings.cfg"), ..own };
        files.push(text(more.fetch_with(&halden.services, model.says).await));
    }
    handset.take(files.iter().map(String::as_bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_of_every_family_has_a_line_when_it_is_bound_and_none_when_it_is_not() {
    for halden in halden::open().await {
        deliver(&halden).await;
        // Over TLS a 2N can have none: it is said, by its key.
        let last = &FAMILIES[FAMILIES.len() - 1];
        let number = halden.draft_bind(last.mac, 1, EXTENSION).await.unwrap();
        let blocks = halden.request(number).await.blocks;
        let said = blocks.iter().any(|f| f.code == SettingInexpressible && f.subject == "sip.transport");
        assert!(said, "{}: {blocks:?}", halden.name());
        let london = site(&halden, "lon").await;
        let number = draft(&halden, "site", &london, "sip.transport = udp").await.unwrap();
        publish(&halden, number).await;

        for model in &FAMILIES {
            let at = format!("{}: {} {}", halden.name(), model.vendor, model.name);
            let mut handset = Handset::new(model.vendor);
            halden.bind(model.mac, EXTENSION).await;
            fetch(&halden, &mut handset, model).await;
            let lines = handset.lines();
            let [Registers { index: 1, user, password, host }] = &lines[..] else {
                panic!("{at}: {lines:?}")
            };
            assert_eq!((user.as_str(), host.as_str()), (EXTENSION, "sip.halden.example"), "{at}");
            assert!(password.len() >= 12, "{at}");
            let password = password.clone();
            let number = halden.approved_unbind(model.mac).await;
            halden.apply(number).await.unwrap();
            fetch(&halden, &mut handset, model).await;
            assert_eq!((handset.lines(), handset.holds(&password)), (vec![], vec![]), "{at}");
        }
    }
}

/// What a layer brings and some of its phones cannot have is named in its plan, although their bytes stay the same.
#[tokio::test(flavor = "multi_thread")]
async fn the_plan_of_a_layer_names_what_phones_go_without() {
    for halden in halden::open().await {
        deliver(&halden).await;
        let london = site(&halden, "lon").await;
        let number = draft(&halden, "site", &london, "network.pc_vlan = 30").await.unwrap();
        let view = crate::layers::view(&halden, "ada", number).await;
        let of_alike = view.plan.alike.iter().flat_map(|alike| &alike.findings);
        let said: Vec<_> = view.plan.findings.iter().chain(of_alike).collect();
        for family in ["Poly", "Gigaset", "Algo", "2N"] {
            let says = |f: &&&domain::Finding| {
                f.code == SettingLeftOut && f.subject == "network.pc_vlan" && f.detail.contains(family)
            };
            assert_eq!(said.iter().filter(says).count(), 1, "{} {family}: {said:?}", halden.name());
        }
        assert_eq!(view.blocks, vec![], "{}", halden.name());
    }
}

/// A phone loses what a file does not name: a common file at the steady address would take its line.
#[tokio::test(flavor = "multi_thread")]
async fn a_poly_is_challenged_for_its_common_names_at_the_steady_address() {
    for halden in halden::open().await {
        for file in ["000000000000.cfg", "000000000000-settings.cfg"] {
            let common = text(onboarding(&halden.services, file).await);
            assert!(common.contains("<?xml"), "{}: {common}", halden.name());
            let answer = unproven(&halden.services, file).await;
            assert!(matches!(answer, Answer::Challenge { .. }), "{}: {file} {answer:?}", halden.name());
            // Whoever answers the challenge is told to ask for its own file.
            let answer = shown(&halden.services, file, "Digest username=\"rf000000000000\"").await;
            assert!(matches!(answer, Answer::NotFound), "{}: {file} {answer:?}", halden.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_phone_is_refused_with_the_reason_and_gets_what_anybody_gets() {
    const MAC: &str = "00:56:2b:04:36:15";
    const FILE: &str = "SEP00562B043615.cnf.xml";
    for halden in halden::open().await {
        let head = "site,serial,mac,vendor,model,place,segment";
        for (model, code) in [("8841", ProofByCertificate), ("7940G", DeviceModelTftp)] {
            let row = format!("{head}\nlon,FCH1,{MAC},cisco_enterprise,{model},lobby,voice\n");
            let refused = halden.import(vec![upload("devices", row)]).await.unwrap_err();
            assert_eq!(codes(&refused), [code], "{}", halden.name());
        }
        let baseline = text(onboarding(&halden.services, FILE).await);
        for secret in [EXTENSION, "authPassword", "phonePassword"] {
            assert!(!baseline.contains(secret), "{}: {baseline}", halden.name());
        }
        let answer = unproven(&halden.services, FILE).await;
        assert!(matches!(answer, Answer::Challenge { .. }), "{}: {answer:?}", halden.name());
    }
}
