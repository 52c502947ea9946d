//! Tokens: what is written is read, a state is changed once, and the database holds what it can.

use domain::{
    Timestamp,
    enrolment::{Enrolment, Fingerprint, Kind, SESSION, State},
    ids::EnrolmentId,
    time::{DAY, MINUTE},
};
use storage::{
    device,
    enrolment::{self, Kept},
};
use testkit::{
    sample::{NOW, Office, id},
    stores,
};

fn code(office: &Office, n: u128, state: State) -> Enrolment {
    let device = office.devices[0].device.id;
    Enrolment { id: EnrolmentId(id(n)), device, kind: Kind::Code, state, clashed: None, made: NOW }
}

fn kept(n: u8) -> Kept {
    Kept { lookup: vec![n; 32], sealed: vec![1, 2, 3] }
}

fn session(since: Timestamp) -> State {
    let by = Fingerprint { client: [192, 0, 2, 1].into(), user_agent: "x".into(), certificate: None };
    State::InSession { since, by }
}

#[tokio::test]
async fn a_token_reads_as_it_was_written_in_every_state() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        let mut one = code(&office, 1, State::Inactive);
        enrolment::insert(&mut tx, &one, Some(kept(1))).await.unwrap();
        assert_eq!(enrolment::sealed(&mut tx, one.id).await.unwrap(), Some(vec![1, 2, 3]));
        let states = [
            State::Waiting { until: NOW.plus(DAY) },
            session(NOW),
            State::Used { at: NOW },
            State::Expired { at: NOW, delivered: true },
            State::Revoked { at: NOW },
            State::Released { at: NOW },
        ];
        for state in states {
            let before = std::mem::replace(&mut one.state, state);
            one.clashed = Some(NOW);
            assert!(enrolment::save(&mut tx, &one, &before).await.unwrap());
            assert!(!enrolment::save(&mut tx, &one, &before).await.unwrap(), "changed since");
            test.same(enrolment::by_id(&mut tx, one.id).await.unwrap(), Some(&one));
            test.same(enrolment::by_lookup(&mut tx, &[1; 32]).await.unwrap(), Some(&one));
            let user = device::by_id(&mut tx, one.device).await.unwrap().unwrap().digest_user;
            let enrolling = device::by_digest_user(&mut tx, &user).await.unwrap().unwrap().enrolling;
            assert_eq!(enrolling, one.state.credential_used(NOW).is_some(), "{:?}", one.state);
            let sealed = enrolment::sealed(&mut tx, one.id).await.unwrap();
            assert_eq!(sealed.is_some(), one.state.is_open(), "a code that has ended cannot be read");
        }
        let second = code(&office, 2, State::Waiting { until: NOW.plus(MINUTE) });
        enrolment::insert(&mut tx, &second, Some(kept(2))).await.unwrap();
        test.same(enrolment::of_device(&mut tx, one.device).await.unwrap(), vec![&second, &one]);
        assert!(enrolment::lapsed(&mut tx, NOW).await.unwrap().is_empty());
        test.same(enrolment::lapsed(&mut tx, NOW.plus(SESSION)).await.unwrap(), vec![&second]);
    }
}

#[tokio::test]
async fn the_database_holds_what_it_can_about_tokens() {
    let cases = [
        ("UPDATE enrolment SET kind = 'letter'", "enrolment_kind_check", "enrolment_kind_check"),
        (
            "UPDATE enrolment SET state_word = 'lost', ends_at = NULL, sealed = NULL",
            "enrolment_state_check",
            "enrolment_state_check",
        ),
        ("UPDATE enrolment SET lookup = NULL", "enrolment_lookup_check", "enrolment_lookup_check"),
        (
            "UPDATE enrolment SET state_word = 'used', ends_at = NULL",
            "enrolment_sealed_check",
            "enrolment_sealed_check",
        ),
        ("UPDATE enrolment SET ends_at = NULL", "enrolment_ends_check", "enrolment_ends_check"),
    ];
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        let open = code(&office, 1, State::Waiting { until: NOW.plus(DAY) });
        enrolment::insert(&mut tx, &open, Some(kept(1))).await.unwrap();
        tx.commit().await.unwrap();
        for (sql, postgres, sqlite) in cases {
            let error = storage::Error::from(test.meddle(sql).await.unwrap_err());
            let expected = if test.database == "SQLite" { sqlite } else { postgres };
            assert_eq!(error.constraint(), Some(expected), "{}: {sql}", test.database);
        }
        for (n, lookup, name, columns) in [
            (2, 2, "enrolment_open_key", "enrolment.device_id, enrolment.kind"),
            (3, 1, "enrolment_lookup_key", "enrolment.lookup"),
        ] {
            let mut tx = test.store.write().await.unwrap();
            let mut again = code(&office, n, State::Inactive);
            if n == 3 {
                again.device = office.devices[1].device.id;
            }
            let error = enrolment::insert(&mut tx, &again, Some(kept(lookup))).await.unwrap_err();
            let expected = if test.database == "SQLite" { columns } else { name };
            assert_eq!(error.constraint(), Some(expected), "{}", test.database);
        }
    }
}
