//! Every noun comes back as it went in.

use domain::{
    Timestamp,
    account::{AccountState, Owner},
    artifact::Digest,
    authz::Role,
    device::DeviceState,
    ids::{RangeId, SecretId},
    number::{Did, NumberRange, RangeKind},
    policy::Weight,
};
use storage::{change_request, device, firmware, import, outbox, person, secret, session, site, user};
use testkit::{
    sample::{self, NOW, id},
    stores,
};

#[tokio::test]
async fn sites_segments_ranges_and_places() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        let bare = domain::site::Segment {
            vlan: None,
            ntp: None,
            cidr: "2001:db8:2::/64".parse().unwrap(),
            ..sample::segment(2, &office.site)
        };
        site::insert_segment(&mut tx, &bare).await.unwrap();
        let range = |n, kind, first: &str, last: &str| NumberRange {
            id: RangeId(id(n)),
            site: office.site.id,
            kind,
            first: first.into(),
            last: last.into(),
        };
        let ranges = [
            range(1, RangeKind::Did, "+442079460000", "+442079460099"),
            range(2, RangeKind::Extension, "2000", "2099"),
        ];
        for range in &ranges {
            site::insert_range(&mut tx, range).await.unwrap();
        }
        test.same(site::list(&mut tx).await.unwrap(), [&office.site]);
        test.same(site::by_code(&mut tx, "s1").await.unwrap(), Some(&office.site));
        test.same(site::by_id(&mut tx, office.site.id).await.unwrap(), Some(&office.site));
        test.same(site::by_code(&mut tx, "S1").await.unwrap(), None::<()>);
        test.same(site::segments(&mut tx).await.unwrap(), [&office.segment, &bare]);
        test.same(site::ranges(&mut tx).await.unwrap(), ranges);
        test.same(site::places(&mut tx).await.unwrap(), [&office.place]);
        test.same(site::place(&mut tx, office.place.id).await.unwrap(), Some(&office.place));
    }
}

#[tokio::test]
async fn people_and_extensions() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        let lobby = domain::account::Extension {
            owner: Some(Owner::Place(office.place.id)),
            did: Some(Did::parse("+442079460007").unwrap()),
            enabled: false,
            ..sample::extension(7, &office.person)
        };
        let nobody = domain::account::Extension { owner: None, ..sample::extension(8, &office.person) };
        person::insert_extension(&mut tx, &lobby).await.unwrap();
        person::insert_extension(&mut tx, &nobody).await.unwrap();
        let [a, b] = &office.extensions;
        test.same(person::extensions(&mut tx).await.unwrap(), [a, b, &lobby, &nobody]);
        test.same(person::extension(&mut tx, lobby.id).await.unwrap(), Some(&lobby));
        test.same(person::extension_by_number(&mut tx, "2008").await.unwrap(), Some(&nobody));
        for state in
            [AccountState::Expected, AccountState::Suspended, AccountState::Left, AccountState::Active]
        {
            person::set_account(&mut tx, office.person.id, state).await.unwrap();
            let read = person::by_id(&mut tx, office.person.id).await.unwrap().unwrap();
            assert_eq!(read.account, state);
        }
        test.same(person::list(&mut tx).await.unwrap(), [&office.person]);
    }
}

#[tokio::test]
async fn devices_endpoints_and_what_was_seen() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        let [first, second] = &office.devices;
        let d = &first.device;
        test.same(device::all(&mut tx).await.unwrap(), &office.devices);
        test.same(device::by_id(&mut tx, d.id).await.unwrap(), Some(first));
        test.same(device::by_mac(&mut tx, d.mac).await.unwrap(), Some(first));
        test.same(device::by_serial(&mut tx, &d.serial.to_string()).await.unwrap(), Some(first));
        test.same(
            device::by_digest_user(&mut tx, "phone2").await.unwrap().map(|shown| shown.stored),
            Some(second),
        );
        test.same(device::endpoints(&mut tx, d.id).await.unwrap(), &office.endpoints[..2]);

        device::set_published(&mut tx, d.id, true, r#"["line.1.label"]"#).await.unwrap();
        assert!(device::set_state(&mut tx, d.id, DeviceState::Quarantined(Weight::Low)).await.unwrap());
        assert!(!device::set_state(&mut tx, d.id, DeviceState::Quarantined(Weight::Low)).await.unwrap());
        let read = device::by_id(&mut tx, d.id).await.unwrap().unwrap();
        assert_eq!((read.carried_line, read.device.state), (true, DeviceState::Quarantined(Weight::Low)));
        assert_eq!(read.published_paths, r#"["line.1.label"]"#);

        for (seconds, digest) in [(1, None), (2, Some(Digest([7; 32])))] {
            let seen = device::Observation {
                device: d.id,
                at: NOW.plus(seconds),
                client: "10.1.0.7".into(),
                user_agent: "Yealink".into(),
                firmware: "108.86.0.20".into(),
                digest,
            };
            device::observe(&mut tx, std::slice::from_ref(&seen)).await.unwrap();
        }
        // Who has the firmware that it had is not looked at again.
        let target = firmware::Target {
            installed: "108.86.0.10".into(),
            wanted: "108.86.0.30".into(),
            file: String::new(),
            bytes: 0,
            finding: None,
        };
        firmware::set_target(&mut tx, d.id, Some(&target)).await.unwrap();
        for (since, moved) in [(1, 1), (2, 0)] {
            let macs = firmware::macs(&mut tx, "", Some(NOW.plus(since))).await.unwrap();
            assert_eq!(macs.len(), moved, "{}: since {since}", test.database);
        }
        let rows = device::rows(&mut tx, "", "s1", "", &device::Words::default()).await.unwrap();
        let rows: Vec<_> = rows.iter().map(|r| (r.mac.as_str(), r.place.as_str(), r.seen_at)).collect();
        let seen = Some(NOW.0 + 2);
        assert_eq!(rows, [("805ec0000001", "2-1", seen), ("805ec0000002", "2-1", None)]);
        let counts = site::counts(&mut tx).await.unwrap();
        assert_eq!((counts[0].1.devices, counts[0].1.seen, counts[0].1.bound), (2, 1, 0));
    }
}

#[tokio::test]
async fn the_inventory_is_searched_filtered_and_paged() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        change_request::insert(&mut tx, &office.request(1, 0, 0)).await.unwrap();
        storage::line::begin(&mut tx, sample::line(1, &office.request(1, 0, 0)), NOW).await.unwrap();
        let cases = [
            ("", "", "", "", "", "", 2),
            ("805ec0000001", "", "", "", "", "", 1),
            ("", "s2", "", "", "", "", 0),
            ("", "", "", "%sn000002%", "", "", 1),
            ("", "", "", "%80:5e:c0:00:00:01%", "%805ec0000001%", "", 1),
            ("", "", "", "%2001%", "", "%2001%", 1),
            ("", "", "", "%2001%", "", "", 0),
            ("", "", "", "%no such%", "", "", 0),
            ("", "", "", "%person 1%", "", "", 1),
            ("", "", "", "%2-1%", "", "", 2),
            ("", "", "bound", "%t46%", "", "", 1),
            ("", "", "bound", "", "", "", 1),
            ("", "", "unbound", "", "", "", 1),
            ("", "", "active", "", "", "", 2),
            ("", "", "retired", "", "", "", 0),
            ("805ec0000001", "", "", "%t46%", "", "", 1),
        ];
        for (after, site, state, text, mac, number, expected) in cases {
            let (mac, number, serial) = (mac.into(), number.into(), text.to_uppercase());
            let words = device::Words { text: text.into(), serial, name: text.into(), mac, number };
            let rows = device::rows(&mut tx, after, site, state, &words).await.unwrap();
            assert_eq!(rows.len(), expected, "{}: {after} {site} {state} {words:?}", test.database);
        }
        let lines = device::keys_between(&mut tx, "805ec0000001", "805ec0000002").await.unwrap();
        assert_eq!(lines, [("805ec0000001".to_owned(), 1, "2001".to_owned())]);
    }
}

#[tokio::test]
async fn an_import_is_committed_once() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        let staged = import::Import {
            import_id: id(1),
            number: user::next_number(&mut tx, "import").await.unwrap(),
            digest: "d1".into(),
            files: r#"["sites.csv"]"#.into(),
            body: Some(b"{}".to_vec()),
            staged_by: "user1".into(),
            staged_at: NOW.0,
            committed_at: None,
        };
        import::stage(&mut tx, &staged).await.unwrap();
        let again = import::Import { import_id: id(2), number: 2, ..staged.clone() };
        import::stage(&mut tx, &again).await.unwrap();
        test.same(import::load(&mut tx, id(1)).await.unwrap(), Some(&staged));
        assert_eq!(import::committed(&mut tx, "d1").await.unwrap(), None);
        assert!(import::commit(&mut tx, id(1), NOW).await.unwrap());
        assert!(!import::commit(&mut tx, id(1), NOW).await.unwrap());
        assert_eq!(import::committed(&mut tx, "d1").await.unwrap(), Some(1));
        let read = import::load(&mut tx, id(1)).await.unwrap().unwrap();
        assert_eq!((read.body, read.committed_at), (None, Some(NOW.0)));
        let recent = import::recent(&mut tx).await.unwrap();
        let recent: Vec<_> = recent.iter().map(|i| (i.number, i.body.is_some())).collect();
        assert_eq!(recent, [(2, false), (1, false)], "{}", test.database);

        let twice = import::commit(&mut tx, id(2), NOW).await.unwrap_err();
        let names = ["import_committed_digest_key", "import.digest"];
        assert!(names.contains(&twice.constraint().unwrap()), "{twice:?}");
    }
}

#[tokio::test]
async fn sessions_and_form_tokens() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        for (body, expires) in [("{}", 5), (r#"{"user":1}"#, 10)] {
            session::save(&mut tx, &[1; 32], body, Timestamp(expires)).await.unwrap();
            let read = session::load(&mut tx, &[1; 32]).await.unwrap();
            assert_eq!(read, Some((body.to_owned(), Timestamp(expires))));
        }
        session::save(&mut tx, &[2; 32], "{}", Timestamp(20)).await.unwrap();
        assert!(session::use_token(&mut tx, &[3; 32], Timestamp(1)).await.unwrap());
        assert!(!session::use_token(&mut tx, &[3; 32], Timestamp(2)).await.unwrap(), "{}", test.database);
        session::sweep(&mut tx, Timestamp(10), Timestamp(0)).await.unwrap();
        assert_eq!(session::load(&mut tx, &[1; 32]).await.unwrap(), None);
        assert!(!session::use_token(&mut tx, &[3; 32], Timestamp(3)).await.unwrap());
        session::sweep(&mut tx, Timestamp(10), Timestamp(1)).await.unwrap();
        assert!(session::use_token(&mut tx, &[3; 32], Timestamp(4)).await.unwrap());
        session::delete(&mut tx, &[2; 32]).await.unwrap();
        assert_eq!(session::load(&mut tx, &[2; 32]).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_form_token_is_used_once_however_many_try() {
    for test in stores().await {
        let tries: Vec<_> = (0..20)
            .map(|n| {
                let store = test.store.clone();
                tokio::spawn(async move {
                    let mut tx = store.write().await?;
                    let used = session::use_token(&mut tx, &[1; 32], Timestamp(n)).await?;
                    tx.commit().await?;
                    Ok::<_, storage::Error>(used)
                })
            })
            .collect();
        let mut used = 0;
        for one in tries {
            used += u8::from(one.await.unwrap().unwrap());
        }
        assert_eq!(used, 1, "{}", test.database);
    }
}

#[tokio::test]
async fn secrets_have_versions() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        let secret = SecretId(id(1));
        assert_eq!(secret::current(&mut tx, secret).await.unwrap(), None);
        for version in 1..=3u8 {
            secret::insert(&mut tx, secret, vec![version; 40], NOW).await.unwrap();
            let current = secret::current(&mut tx, secret).await.unwrap();
            assert_eq!(current, Some((version.into(), vec![version; 40])), "{}", test.database);
        }
        secret::insert(&mut tx, SecretId(id(2)), vec![], NOW).await.unwrap();
        assert_eq!(secret::current(&mut tx, SecretId(id(2))).await.unwrap(), Some((1, vec![])));
    }
}

#[tokio::test]
async fn users_numbers_and_values_of_the_installation() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        assert_eq!(user::count(&mut tx).await.unwrap(), 0);
        let mut all = sample::user(1, Role::Administrator);
        all.actor.roles = Role::ALL.into_iter().collect();
        user::insert(&mut tx, &all, NOW).await.unwrap();
        test.same(user::by_name(&mut tx, "user1").await.unwrap(), Some(&all));
        test.same(user::by_id(&mut tx, all.actor.id).await.unwrap(), Some(&all));
        test.same(user::list(&mut tx).await.unwrap(), [&all]);
        assert_eq!(user::count(&mut tx).await.unwrap(), 1);

        for expected in 1..=3 {
            assert_eq!(user::next_number(&mut tx, "change_request").await.unwrap(), expected);
        }
        assert_eq!(user::next_number(&mut tx, "import").await.unwrap(), 1);

        assert_eq!(user::value(&mut tx, "code").await.unwrap(), None);
        for value in [b"one".as_slice(), b"\x00\xff"] {
            user::set_value(&mut tx, "code", value).await.unwrap();
            assert_eq!(user::value(&mut tx, "code").await.unwrap().unwrap(), value);
        }
        assert!(user::drop_value(&mut tx, "code").await.unwrap());
        assert!(!user::drop_value(&mut tx, "code").await.unwrap());
    }
}

#[tokio::test]
async fn work_is_open_until_it_is_done() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        for n in [2, 1] {
            outbox::insert(&mut tx, id(n), "platform.withdraw", "{}", NOW).await.unwrap();
        }
        outbox::failed(&mut tx, id(1), "{}", "no answer").await.unwrap();
        let open = outbox::open(&mut tx, uuid::Uuid::nil()).await.unwrap();
        let open: Vec<_> = open.iter().map(|w| (w.outbox_id, w.attempts)).collect();
        assert_eq!(open, [(id(1), 1), (id(2), 0)], "{}", test.database);
        outbox::done(&mut tx, id(1), NOW).await.unwrap();
        assert_eq!(outbox::open(&mut tx, uuid::Uuid::nil()).await.unwrap().len(), 1);
    }
}
