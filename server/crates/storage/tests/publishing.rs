//! What is published stays as it was published; what is newest counts.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use domain::{
    artifact::{Artifact, Escaper, LineOrigin, Slot},
    authz::Role,
    gate::{Check, Evidence, Gate, SignOff},
    group::Rule,
    ids::{EvidenceId, ExtensionId, LayerId, LineId, RevisionId, SecretId, SegmentId},
    layer::{Layer, Level, Origin, Release},
    resolution,
    revision::{LineFacts, Revision, RevisionFile, RevisionKind},
    setting::{Path, Value},
    time::DAY,
    vendor::Vendor,
};
use storage::{gate, label, layer, revision, revision::Published};
use testkit::{
    sample::{self, NOW, Office, id},
    stores,
};

fn origin(version: u32) -> Origin {
    Origin {
        layer: LayerId(id(1)),
        level: Level::Site,
        name: "s1".into(),
        version,
        change: "import 1".into(),
    }
}

fn a_layer(version: u32, zone: &str) -> Layer {
    let path = |text| Path::parse(text).unwrap();
    Layer {
        origin: origin(version),
        settings: [
            (path("phone.timezone"), Value::Text(zone.into())),
            (path("network.vlan"), Value::Number(100)),
            (path("network.lldp"), Value::Flag(true)),
            (path("line.1.password"), Value::Secret(SecretId(id(3)))),
        ]
        .into(),
        locks: [(path("network.vlan"), "so agreed".to_owned())].into(),
    }
}

#[tokio::test]
async fn layers_keep_their_versions() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        test.same(layer::current(&mut tx, Level::Site, "x").await.unwrap(), None::<()>);
        for version in [1, 2] {
            let layer = a_layer(version, if version == 1 { "Europe/London" } else { "Ünïcode/Zone" });
            layer::publish(&mut tx, &layer, "x", NOW).await.unwrap();
            test.same(layer::current(&mut tx, Level::Site, "x").await.unwrap(), Some(layer));
        }
        let again = layer::publish(&mut tx, &a_layer(2, "UTC"), "x", NOW).await.unwrap_err();
        assert!(again.constraint().is_some(), "a version is published once: {again:?}");
    }
}

#[tokio::test]
async fn artifacts_revisions_and_common_files() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        let artifact = Artifact {
            dialect: "yealink/1".into(),
            content_type: "text/plain".into(),
            bytes: b"#!version:1.0.0.1\naccount.1.password = \n\x00\xff".to_vec(),
            slots: vec![Slot { offset: 39, secret: SecretId(id(3)), escaper: Escaper::KeyValue }],
            origins: vec![LineOrigin { line: 2, path: Path::parse("line.1.password").unwrap() }],
        };
        let digest = revision::insert_artifact(&mut tx, &artifact).await.unwrap();
        assert_eq!(revision::insert_artifact(&mut tx, &artifact).await.unwrap(), digest);
        let read = revision::artifact(&mut tx, digest).await.unwrap().unwrap();
        assert_eq!((read.digest(), &read), (digest, &artifact));

        let device = office.devices[0].device.id;
        assert_eq!(revision::last_number(&mut tx, device).await.unwrap(), 0);
        let published = |number: u32, kind| Published {
            revision: Revision {
                id: RevisionId(id(number.into())),
                device,
                number,
                kind,
                change: "CR-1".into(),
                lines: vec![LineFacts {
                    line: LineId(id(1)),
                    index: 1,
                    extension: ExtensionId(id(1)),
                    number: "2001".into(),
                    display_name: "Person 1".into(),
                    owner: "Person 1".into(),
                    secret: SecretId(id(3)),
                    change: "CR-1".into(),
                    approver: "user2".into(),
                    shared: false,
                }],
                resolution: resolution::resolve(&[a_layer(1, "UTC")]).0,
                files: vec![RevisionFile { name: format!("{number}.cfg"), digest }],
            },
            approver: Some("user2".into()),
            layers: vec![origin(1)],
            at: NOW,
        };
        for (number, kind) in [
            (1, RevisionKind::Baseline),
            (2, RevisionKind::Bound),
            (3, RevisionKind::Bound),
            (4, RevisionKind::Clear),
        ] {
            let published = published(number, kind);
            revision::publish(&mut tx, &published).await.unwrap();
            test.same(revision::current(&mut tx, device, kind).await.unwrap(), Some(&published));
            let head = revision::heads(&mut tx, device).await.unwrap().remove(&kind).unwrap();
            assert_eq!((head.number, head.files), (number, published.revision.files));
        }
        assert_eq!(revision::last_number(&mut tx, device).await.unwrap(), 4);
        let bare = Published {
            revision: Revision { files: vec![], ..published(5, RevisionKind::Clear).revision },
            approver: None,
            layers: vec![],
            at: NOW,
        };
        revision::publish(&mut tx, &bare).await.unwrap();
        let heads = revision::heads(&mut tx, device).await.unwrap();
        assert_eq!(heads.len(), 3);
        let head = heads[&RevisionKind::Clear].clone();
        assert_eq!((head.number, head.files, head.approver), (5, vec![], None));

        for segment in [None, Some(office.segment.id)] {
            assert_eq!(revision::common(&mut tx, Vendor::Yealink, segment).await.unwrap(), []);
            for layers in [vec![], vec![origin(2)]] {
                revision::set_common(&mut tx, Vendor::Yealink, segment, "", digest, &layers).await.unwrap();
                test.same(
                    revision::common(&mut tx, Vendor::Yealink, segment).await.unwrap(),
                    vec![(String::new(), digest, layers)],
                );
            }
        }
    }
}

fn evidence(n: u128, check: Check, passed: bool, seconds: i64) -> Evidence {
    let at = NOW.plus(seconds);
    let by = sample::user(1, Role::SiteLead).actor.id;
    Evidence { id: EvidenceId(id(n)), check, passed, note: "tried".into(), by, at, until: at.plus(DAY) }
}

#[tokio::test]
async fn the_newest_evidence_per_check_and_the_newest_sign_off_count() {
    for test in stores().await {
        let office = test.office().await;
        let segment = office.segment.id;
        let mut tx = test.store.write().await.unwrap();
        test.same(gate::load(&mut tx, segment).await.unwrap(), Gate { evidence: vec![], sign_off: None });
        // Two of the same moment: the later id counts.
        let entered = [
            evidence(1, Check::Dns, false, 0),
            evidence(2, Check::Dns, true, 1),
            evidence(3, Check::Transport, true, 2),
            evidence(4, Check::Transport, false, 2),
        ];
        for one in &entered {
            gate::insert(&mut tx, segment, one).await.unwrap();
        }
        let sign = |seconds, ids: &[u128]| SignOff {
            by: office.approver.actor.id,
            at: NOW.plus(seconds),
            until: NOW.plus(DAY),
            evidence: ids.iter().map(|n| EvidenceId(id(*n))).collect(),
        };
        gate::sign(&mut tx, segment, &sign(3, &[1])).await.unwrap();
        gate::sign(&mut tx, segment, &sign(4, &[2, 4])).await.unwrap();
        let [_, dns, _, transport] = entered;
        let gate = Gate { evidence: vec![dns, transport], sign_off: Some(sign(4, &[2, 4])) };
        test.same(gate::load(&mut tx, segment).await.unwrap(), gate);
        assert!(gate::load(&mut tx, SegmentId(id(99))).await.unwrap().evidence.is_empty());
    }
}

#[tokio::test]
async fn the_program_names_its_versions_and_keeps_the_rule_of_a_group() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        let rule = Rule { tags: ["quiet".to_owned()].into(), ..Rule::default() };
        let release = Release::parse("2.4.1").unwrap();
        let said = layer::Said { release, note: "As agreed.", rule: Some(&rule) };
        layer::publish_as(&mut tx, &a_layer(1, "UTC"), "x", &said, NOW).await.unwrap();
        layer::publish(&mut tx, &a_layer(2, "UTC"), "x", NOW).await.unwrap();
        let versions = layer::versions(&mut tx, Level::Site, "x").await.unwrap();
        let said: Vec<_> =
            versions.iter().map(|v| (v.release.to_string(), v.note.as_str(), v.parent)).collect();
        test.same(said, vec![("2.4.2".to_owned(), "", 1), ("2.4.1".to_owned(), "As agreed.", 0)]);
        assert!(versions.iter().all(|version| version.rule.as_ref() == Some(&rule)), "{}", test.database);
        let by = layer::made_by(&mut tx, Level::Site, "x", "import 1").await.unwrap();
        assert_eq!(by.map(|version| version.layer.origin.version), Some(2));
    }
}

#[tokio::test]
async fn a_device_has_one_role_and_any_tags() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        let office = Office::new();
        office.save(&mut tx).await.unwrap();
        let device = office.devices[0].device.id;
        let labels =
            label::Labels { role: Some("lobby".into()), tags: ["a".to_owned(), "b".to_owned()].into() };
        for labels in [labels.clone(), label::Labels::default(), labels] {
            label::set(&mut tx, device, &labels).await.unwrap();
            test.same(label::of(&mut tx, device).await.unwrap(), labels);
        }
        tx.commit().await.unwrap();
        let second =
            "INSERT INTO device_label SELECT device_id, 'role', 'lift' FROM device_label WHERE kind = 'role'";
        assert!(test.meddle(second).await.is_err(), "{}", test.database);
    }
}
