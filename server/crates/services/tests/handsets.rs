//! Which DECT handset is which: by import and by hand, never under a line that stands.

use crate::halden::{self, EXTENSION, Halden, upload};
use domain::{
    Code::{
        FieldMissing, FormInvalid, IpeiBound, IpeiDemanded, IpeiDuplicate, IpeiForm, IpeiMissing,
        SettingInexpressible,
    },
    ledger::Entry,
};
use services::{devices, handsets, imports};

const BASE: &str = "7c:2f:80:00:00:01";
const ONE: &str = "00077 0123456";
const TWO: &str = "00077 0123457";

fn base() -> domain::package::Upload {
    let head = "site,serial,mac,vendor,model,place,segment";
    upload("devices", format!("{head}\nlon,BASE1,{BASE},gigaset,N670 IP PRO,lobby,voice\n"))
}

fn rows(rows: &str) -> domain::package::Upload {
    upload("handsets", format!("serial,handset,ipei\n{rows}"))
}

async fn entered(halden: &Halden, index: u8) -> Option<String> {
    let op = halden.by("ada").await;
    let view = devices::view(&halden.services, &op, BASE).await.unwrap();
    let endpoint = view.endpoints.into_iter().find(|e| e.index == index).unwrap();
    endpoint.ipei.map(domain::Ipei::hex)
}

#[tokio::test(flavor = "multi_thread")]
async fn handsets_come_with_their_base_and_go_out_as_they_came() {
    for halden in halden::open().await {
        halden.import(vec![rows(&format!("BASE1,1,{ONE}\n")), base()]).await.unwrap();
        assert_eq!(entered(&halden, 1).await.as_deref(), Some("0004D1E240"), "{}", halden.name());
        assert_eq!(entered(&halden, 2).await, None, "{}", halden.name());

        // Later ones come by themselves.
        halden.import(vec![rows(&format!("BASE1,1,{ONE}\nBASE1,2,{TWO}\n"))]).await.unwrap();
        let op = halden.by("ada").await;
        let sheet = imports::export(&halden.services, &op, domain::package::Kind::Handsets).await.unwrap();
        assert_eq!(sheet.lines().count(), 3, "{}: {sheet}", halden.name());
        let again = halden.import(vec![rows(&format!("BASE1,3,{TWO}\n"))]).await.unwrap_err();
        assert_eq!(again.code(), IpeiDuplicate, "{}", halden.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handset_is_changed_with_a_reason_and_never_under_a_line() {
    for halden in halden::open().await {
        halden.import(vec![base(), rows(&format!("BASE1,1,{ONE}\n"))]).await.unwrap();
        let op = halden.by("ada").await;
        let change = async |index: &str, ipei: &str, reason: &str| {
            handsets::change(&halden.services, &op, BASE, index, ipei, reason).await.map_err(|p| p.code())
        };
        for (index, ipei, reason, code) in [
            ("2", "1234", "It is new.", IpeiForm),
            ("2", TWO, " ", FieldMissing),
            ("21", TWO, "It is new.", FormInvalid),
            ("", TWO, "It is new.", FormInvalid),
            ("2", ONE, "It is new.", IpeiDuplicate),
            ("1", ONE, "It is new.", IpeiDuplicate),
        ] {
            assert_eq!(change(index, ipei, reason).await, Err(code), "{}: {index} {ipei}", halden.name());
        }
        change("1", TWO, "The first one was broken.").await.unwrap();
        assert_eq!(entered(&halden, 1).await.as_deref(), Some("0004D1E241"), "{}", halden.name());
        let acts = halden.record().await.into_iter().filter_map(|entry| match entry {
            Entry::Act(act) if act.action == "handset.change" => Some((act.before, act.after, act.reason)),
            _ => None,
        });
        let text = |text: &str| Some(text.to_owned());
        let said = (text("0007701234565"), text("0007701234576"), "The first one was broken.".to_owned());
        assert_eq!(acts.collect::<Vec<_>>(), [said], "{}", halden.name());

        halden.bind(BASE, EXTENSION).await;
        assert_eq!(change("1", ONE, "Swapped.").await, Err(IpeiBound), "{}", halden.name());
        assert_eq!(change("1", "", "Swapped.").await, Err(IpeiBound), "{}", halden.name());
        let import = halden.import(vec![rows(&format!("BASE1,1,{ONE}\n"))]).await.unwrap_err();
        assert_eq!(import.findings.len(), 1, "{}", halden.name());
        assert_eq!(entered(&halden, 1).await.as_deref(), Some("0004D1E241"), "{}", halden.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gigaset_handset_that_nobody_has_entered_gets_no_line() {
    for halden in halden::open().await {
        halden.import(vec![base()]).await.unwrap();
        let number = halden.draft_bind(BASE, 1, EXTENSION).await.unwrap();
        let op = halden.by("ada").await;
        let blocked = async || {
            let view = halden.request(number).await;
            view.blocks.iter().any(|f| f.code == SettingInexpressible && f.subject == "line.1.extension")
        };
        assert!(blocked().await, "{}", halden.name());
        handsets::change(&halden.services, &op, BASE, "1", ONE, "Read from the handset.").await.unwrap();
        assert!(!blocked().await, "{}", halden.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handset_that_nobody_has_entered_is_said_and_blocks_where_the_site_demands_a_certificate() {
    const SNOM: &str = "00:04:13:00:00:01";
    let head = "site,serial,mac,vendor,model,place,segment";
    let base = format!("{head}\nlon,SNOM1,{SNOM},snom,M400,lobby,voice\n");
    for halden in halden::open().await {
        halden.import(vec![upload("devices", base.clone())]).await.unwrap();
        let number = halden.draft_bind(SNOM, 1, EXTENSION).await.unwrap();
        let said = async || {
            let view = halden.request(number).await;
            let own = |f: &&domain::Finding| f.subject == "handset 1";
            let all: Vec<_> = view.plan.findings.iter().filter(own).map(|f| f.code).collect();
            (all, view.blocks.iter().any(|f| f.subject == "handset 1"))
        };
        assert_eq!(said().await, (vec![IpeiMissing], false), "{}", halden.name());
        halden.policy("lon", "certificate", "keep", "hold", "").await;
        assert_eq!(said().await, (vec![IpeiDemanded], true), "{}", halden.name());
        let op = halden.by("ada").await;
        handsets::change(&halden.services, &op, SNOM, "1", ONE, "Read from the handset.").await.unwrap();
        assert_eq!(said().await, (vec![], false), "{}", halden.name());
    }
}
