//! Who may do what with tokens, and where none of them may stand.

use super::{At, FILE, OTHER_FILE, refused};
use crate::{
    halden::{self, PHONE, codes},
    phone::text,
};
use domain::{
    Code::{FieldMissing, Forbidden},
    enrolment::Kind,
    time::DAY,
};
use services::{enrolment, jobs, view::EnrolmentFilter};

#[tokio::test]
async fn each_act_needs_its_permission_and_codes_are_seen_by_administrators_alone() {
    for halden in halden::open().await {
        let services = &halden.services;
        let op = halden.by("grace").await;
        let refusals = [
            enrolment::make(services, &op, "lon", Kind::Code, None).await.err(),
            enrolment::activate_site(services, &op, "lon").await.err(),
            enrolment::activate(services, &op, PHONE).await.err(),
            enrolment::revoke(services, &op, PHONE, "x").await.err(),
            enrolment::reopen(services, &op, PHONE, Kind::Code, None, "x").await.err(),
            enrolment::release(services, &op, PHONE, "x").await.err(),
            enrolment::export(services, &op, "lon", Kind::Code, "x").await.err(),
            enrolment::signed_address(services, &op, PHONE, "x").await.err(),
            enrolment::export(services, &halden.by("linus").await, "lon", Kind::Code, "x").await.err(),
        ];
        for refusal in refusals {
            assert_eq!(codes(&refusal.unwrap()), [Forbidden]);
        }
        halden.make_codes().await;
        let op = halden.by("linus").await;
        assert!(enrolment::activate_site(services, &op, "lon").await.unwrap() >= 6);
        assert_eq!(enrolment::activate_site(services, &op, "lon").await.unwrap(), 0);
        let unreasoned = enrolment::export(services, &halden.by("ada").await, "lon", Kind::Code, "").await;
        assert_eq!(codes(&unreasoned.err().unwrap()), [FieldMissing]);
    }
}

/// Neither a code nor an address is in the record, in the database, or in what prints itself.
#[tokio::test]
async fn no_token_is_in_the_record_or_readable_in_the_database() {
    for halden in halden::open().await {
        halden.make_codes().await;
        halden.make_addresses(DAY).await;
        halden.activate(PHONE).await;
        let mut tokens = vec![];
        for kind in Kind::ALL {
            for handout in halden.handouts(kind).await {
                tokens.push(handout.address.trim_end_matches('/').rsplit('/').next().unwrap().to_owned());
                tokens.push(handout.code);
            }
        }
        tokens.retain(|token| !token.is_empty());
        let code = halden.handout(PHONE, Kind::Code).await.address;
        At(1).asks(&halden.services, &code, OTHER_FILE).await;
        while halden.open_cases().await.is_empty() {
            tokio::task::yield_now().await;
        }
        text(At(1).asks(&halden.services, &code, FILE).await);
        assert!(refused(&At(2).asks(&halden.services, &code, FILE).await));
        jobs::tick(&halden.services).await;
        let record = serde_json::to_string(&halden.record().await).unwrap();
        let rows = format!(
            "{:?} {:?}",
            halden.open_cases().await,
            enrolment::list(&halden.services, &halden.by("ada").await, &EnrolmentFilter::default()).await
        );
        for token in &tokens {
            assert!(!record.contains(token.as_str()) && !rows.contains(token.as_str()), "{}", halden.name());
        }
        let Some(file) = halden.database.sqlite_file() else { continue };
        for entry in file.parent().unwrap().read_dir().unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            for token in &tokens {
                assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()));
            }
        }
    }
}
