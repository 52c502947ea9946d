//! The schema goes forward only, is the same on both databases, and is never older than it says.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use domain::layer::Level;
use sqlx::{SqlitePool, migrate::Migrator, sqlite::SqliteConnectOptions};
use std::path::Path;
use storage::{Error, Store, change_request, layer, site};
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

/// A file as an earlier release left it.
async fn earlier(file: &Path, version: i64) -> SqlitePool {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../migrations/sqlite");
    let mut migrator = Migrator::new(folder).await.unwrap();
    migrator.migrations.to_mut().retain(|migration| migration.version <= version);
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    migrator.run(&pool).await.unwrap();
    pool
}

/// A file as the first release left it, with a site in it.
async fn first_release(file: &Path) {
    let pool = earlier(file, 11).await;
    let site = "INSERT INTO site VALUES (zeroblob(16), 'lon', 'London', 'Europe/London', 'assisted')";
    sqlx::query(site).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn a_file_is_copied_before_it_is_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ringfence.db");
    first_release(&file).await;
    Store::open(file.to_str().unwrap()).await.unwrap().close().await;
    let beside = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().path());
    let copies: Vec<_> = beside.filter(|f| f.to_string_lossy().contains(".before-")).collect();
    let [copy] = &copies[..] else { panic!("one copy: {copies:?}") };
    let options = SqliteConnectOptions::new().filename(copy).read_only(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let newest: i64 =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&pool).await.unwrap();
    assert_eq!(newest, 11, "the copy is older than what was run");
    let sites: i64 = sqlx::query_scalar("SELECT count(*) FROM site").fetch_one(&pool).await.unwrap();
    assert_eq!(sites, 1);
}

/// What a request is about, and who made and approved it.
const BEFORE_RULES: &str = "
    INSERT INTO site VALUES (zeroblob(16), 'lon', 'London', 'Europe/London', 'assisted');
    INSERT INTO device VALUES (zeroblob(16), zeroblob(16), 'S', '805ec0000001', 'yealink', 'T46U', NULL, NULL,
        'active', 0, '[]', 'u', zeroblob(16), NULL);
    INSERT INTO endpoint VALUES (zeroblob(16), zeroblob(16), 'line-key', 1);
    INSERT INTO extension VALUES (zeroblob(16), zeroblob(16), '2101', NULL, NULL, NULL, 1, 'national', 'A');
    INSERT INTO user_account VALUES (zeroblob(16), 'a', '', '[]', 1, NULL),
        (x'00000000000000000000000000000002', 'g', '', '[]', 1, NULL);";

/// Requests of the time when one approval was enough are read as what they were, and can go on.
#[tokio::test]
async fn a_request_approved_before_there_were_rules_keeps_its_approval() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ringfence.db");
    let pool = earlier(&file, 18).await;
    sqlx::raw_sql(BEFORE_RULES).execute(&pool).await.unwrap();
    let digest = "ab".repeat(32);
    let by = "00000000-0000-0000-0000-000000000002";
    let approval = format!(r#""approval":{{"by":"{by}","at":7,"digest":"{digest}"}}"#);
    let insert = "INSERT INTO change_request VALUES (randomblob(16), $1, 'bind', zeroblob(16), zeroblob(16), \
        zeroblob(16), zeroblob(16), 'why', $2, $3, $4, CASE $1 WHEN 1 THEN NULL ELSE \
        x'00000000000000000000000000000002' END, 1)";
    for (number, word, facts) in [
        (1, "submitted", format!(r#""at":5,"digest":"{digest}""#)),
        (2, "approved", approval.clone()),
        (3, "applied", format!(r#"{approval},"by":"{by}","at":9"#)),
    ] {
        let state = format!(r#"{{"state":"{word}",{facts}}}"#);
        let plan = r#"{"policy_version":1,"items":[],"answers":[],"findings":[]}"#;
        let query = sqlx::query(insert).bind(number).bind(word).bind(state).bind(plan);
        query.execute(&pool).await.unwrap();
    }
    pool.close().await;

    let store = Store::open(file.to_str().unwrap()).await.unwrap();
    let mut tx = store.write().await.unwrap();
    for (number, word, waits) in [(1, "submitted", 1), (2, "approved", 0), (3, "applied", 0)] {
        let request = change_request::by_number(&mut tx, number).await.unwrap().unwrap();
        assert_eq!((request.workflow.state.word(), request.missing.len()), (word, waits));
        let by: Vec<_> = request.workflow.approvals().iter().map(|a| a.by.0.as_u128()).collect();
        assert_eq!(by, if number == 1 { vec![] } else { vec![2] });
        let before = request.workflow.state.clone();
        assert!(change_request::update(&mut tx, &request, &before).await.unwrap(), "{word} as we write it");
    }
}

/// Locks of the time when they had no reason, and versions that nobody had named.
#[tokio::test]
async fn a_layer_of_before_keeps_its_locks_and_gets_a_release() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ringfence.db");
    let pool = earlier(&file, 27).await;
    let before = "INSERT INTO layer VALUES (zeroblob(16), 'vendor', 'yealink', 'yealink');
        INSERT INTO layer_version VALUES (zeroblob(16), 1, '{}', '[]', 'built in', 1),
            (zeroblob(16), 2, '{}', '[\"network.vlan\",\"phone.ntp\"]', 'built in', 2)";
    sqlx::raw_sql(before).execute(&pool).await.unwrap();
    pool.close().await;
    let store = Store::open(file.to_str().unwrap()).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let versions = layer::versions(&mut tx, Level::Vendor, "yealink").await.unwrap();
    let said: Vec<_> = versions
        .iter()
        .map(|v| {
            (
                v.release.to_string(),
                v.parent,
                v.layer.locks.keys().map(ToString::to_string).collect::<Vec<_>>(),
            )
        })
        .collect();
    let locks = vec!["network.vlan".to_owned(), "phone.ntp".to_owned()];
    assert_eq!(said, [("2.0.0".to_owned(), 1, locks), ("1.0.0".to_owned(), 0, vec![])]);
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
