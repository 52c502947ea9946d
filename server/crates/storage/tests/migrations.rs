//! The schema goes forward only, is the same on both databases, and is never older than it says.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::path::Path;
use storage::{Error, Store, site};
use testkit::{sample, stores};

#[tokio::test]
async fn opening_twice_changes_nothing() {
    for test in stores().await {
        let mut tx = test.store.write().await.unwrap();
        site::insert(&mut tx, &sample::site(1)).await.unwrap();
        tx.commit().await.unwrap();
        let again = Store::open(&test.address).await.unwrap();
        let mut tx = again.read().await.unwrap();
        assert_eq!(site::list(&mut tx).await.unwrap(), [sample::site(1)], "{}", test.database);
        drop(tx);
        again.close().await;
        if let Some(file) = test.sqlite_file() {
            let beside = std::fs::read_dir(file.parent().unwrap()).unwrap();
            let backups =
                beside.filter(|f| f.as_ref().unwrap().file_name().to_string_lossy().contains("before"));
            assert_eq!(backups.count(), 0, "nothing was migrated, so nothing is backed up");
        }
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    for test in stores().await {
        let newer = "INSERT INTO _sqlx_migrations SELECT 9999, description, installed_on, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";
        assert_eq!(test.meddle(newer).await.unwrap(), 1);
        let refused = Store::open(&test.address).await;
        assert!(matches!(refused, Err(Error::NewerSchema)), "{}: {refused:?}", test.database);
        assert_eq!(test.meddle("DELETE FROM _sqlx_migrations WHERE version = 9999").await.unwrap(), 1);
        Store::open(&test.address).await.unwrap();
    }
}

#[tokio::test]
async fn an_edited_migration_is_refused() {
    for test in stores().await {
        let edit = "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 1) WHERE version = 2";
        assert_eq!(test.meddle(edit).await.unwrap(), 1);
        let refused = Store::open(&test.address).await;
        assert!(matches!(refused, Err(Error::Migrate(_))), "{}: {refused:?}", test.database);
    }
}

#[tokio::test]
async fn a_file_is_copied_before_it_is_migrated() {
    for test in stores().await {
        let Some(file) = test.sqlite_file() else { continue };
        let mut tx = test.store.write().await.unwrap();
        site::insert(&mut tx, &sample::site(1)).await.unwrap();
        tx.commit().await.unwrap();
        test.store.close().await;
        // As if the newest migration had not been there yet.
        let (number, tables) = newest();
        for table in tables.iter().rev() {
            test.meddle(&format!("DROP TABLE {table}")).await.unwrap();
        }
        test.meddle(&format!("DELETE FROM _sqlx_migrations WHERE version = {number}")).await.unwrap();
        Store::open(&test.address).await.unwrap();
        let copy = format!("{}.before-{number:04}", file.display());
        assert!(Path::new(&copy).exists());
        let restored = Store::open(&copy).await.unwrap();
        let mut tx = restored.read().await.unwrap();
        assert_eq!(site::list(&mut tx).await.unwrap().len(), 1);
    }
}

/// The newest migration: its number, and the tables that it makes.
fn newest() -> (i64, Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../migrations/sqlite");
    let file = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).max().unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let made = text.lines().filter_map(|line| line.strip_prefix("create table "));
    (name[..4].parse().unwrap(), made.map(|rest| rest.split(' ').next().unwrap().to_owned()).collect())
}

#[test]
fn both_folders_have_the_same_numbers_and_names() {
    let names = |folder: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../migrations").join(folder);
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let names_in_order = names("sqlite");
    assert_eq!(names_in_order, names("postgres"));
    for (number, name) in (1..).zip(names_in_order) {
        assert!(name.starts_with(&format!("{number:04}_")), "{name}");
    }
}

#[tokio::test]
async fn an_address_that_is_no_database_is_an_error() {
    for address in ["mysql://host/db", "", "sqlite://"] {
        assert!(matches!(Store::open(address).await, Err(Error::Address(_))), "{address}");
    }
    let nowhere = Store::open("/nonexistent/folder/ringfence.sqlite").await;
    assert!(matches!(nowhere, Err(Error::Unavailable(_))), "{nowhere:?}");
}
