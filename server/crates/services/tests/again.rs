//! A phone that asks what it asked before is answered from memory, and nobody can tell: not from the file, not from
//! the record, and not after anything has changed, at whatever node.

use crate::{
    halden::{self, EXTENSION, PHONE},
    phone::{Phone, text, value},
};
use domain::{Code, fence::Serve, ledger::ServeEntry, time::MINUTE};
use services::change_requests;

#[tokio::test]
async fn it_is_recorded_like_the_first_time() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        let first = phone.configuration(&halden.services).await;
        let before = halden.last_serve().await;
        halden.later(MINUTE / 12);
        assert_eq!(phone.configuration(&halden.services).await, first);
        let again = halden.last_serve().await;
        assert_ne!(again.at, before.at);
        assert_eq!(ServeEntry { at: before.at, ..again }, before, "{}", halden.name());

        let other = "Yealink SIP-T31G 124.86.0.1 80:5e:c0:10:00:01";
        assert_eq!(text(phone.fetch_with(&halden.services, other).await), first);
        let said: Vec<_> = halden.last_serve().await.findings.iter().map(|finding| finding.code).collect();
        assert!(said.contains(&Code::UserAgentDisagrees), "another question is decided anew: {said:?}");
        phone.configuration(&halden.services).await;
        let back = halden.last_serve().await;
        assert_eq!(ServeEntry { at: before.at, ..back }, before);
    }
}

#[tokio::test]
async fn what_changed_at_another_node_is_not_answered_from_memory() {
    for halden in halden::open().await {
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        for _ in 0..3 {
            let file = phone.configuration(&halden.services).await;
            assert_eq!(value(&file, "account.1.user_name"), EXTENSION);
        }
        let node = halden.second_node().await;
        let unbind = halden.approved_unbind(PHONE).await;
        let op = node.operation(halden.by("ada").await.actor);
        change_requests::apply(&node, &op, unbind).await.unwrap();
        phone.fetch(&halden.services).await;
        let last = halden.last_serve().await;
        assert_eq!(last.decision, Serve::Clear, "{}", halden.name());
    }
}
