//! One text per statement serves both databases: each is prepared on both.

use std::collections::BTreeSet;
use testkit::stores;

#[tokio::test]
async fn every_statement_is_understood_by_every_database() {
    for test in stores().await {
        let mut wrong = Vec::new();
        for (name, sql) in storage::every_statement() {
            if let Err(error) = test.store.prepare(sql).await {
                wrong.push(format!("{name}: {error:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", test.database, wrong.join("\n"));
    }
}

#[test]
fn no_statement_is_listed_twice() {
    let all = storage::every_statement();
    let names: BTreeSet<_> = all.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), all.len());
}

#[tokio::test]
async fn a_wrong_statement_would_be_found() {
    for test in stores().await {
        test.store.prepare("SELECT code FROM site WHERE site_id = $1").await.unwrap();
        assert!(test.store.prepare("SELECT colour FROM site").await.is_err(), "{}", test.database);
    }
}
