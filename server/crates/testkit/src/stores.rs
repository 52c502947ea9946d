//! Fresh, migrated databases, gone after the test.

use crate::sample::Office;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fmt::Debug,
    io::Write as _,
    path::PathBuf,
    sync::{
        Once,
        atomic::{AtomicU32, Ordering},
    },
};
use storage::Store;
use tempfile::TempDir;

/// Names a PostgreSQL server, as somebody who may create databases.
const POSTGRES: &str = "RINGFENCE_TEST_POSTGRES";

/// A database of one test.
pub struct TestStore {
    /// `SQLite` or `PostgreSQL`, for messages.
    pub database: &'static str,
    /// It, opened.
    pub store: Store,
    /// Where it is, to open it again.
    pub address: String,
    kept: Kept,
}

enum Kept {
    Folder(TempDir),
    Database { admin: String, name: String },
}

/// Every database that the program runs on, fresh and migrated.
pub async fn stores() -> Vec<TestStore> {
    let mut stores = vec![sqlite().await];
    match std::env::var(POSTGRES) {
        Ok(admin) => stores.push(postgres(admin).await),
        Err(_) => skipped(),
    }
    stores
}

async fn sqlite() -> TestStore {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}", folder.path().join("ringfence.sqlite").display());
    let store = Store::open(&address).await.unwrap();
    TestStore { database: "SQLite", store, address, kept: Kept::Folder(folder) }
}

async fn postgres(admin: String) -> TestStore {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("rf_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&admin).await.unwrap();
    // A run that was killed may have had the same process id.
    for sql in [drop_database(&name), format!("CREATE DATABASE {name}")] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let (server, options) =
        admin.split_once('?').map_or((admin.as_str(), String::new()), |(s, o)| (s, format!("?{o}")));
    let base = server.rsplit_once('/').unwrap().0;
    let address = format!("{base}/{name}{options}");
    let store = Store::open(&address).await.unwrap();
    TestStore { database: "PostgreSQL", store, address, kept: Kept::Database { admin, name } }
}

fn drop_database(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
}

/// Straight to the stream, because the test harness hides what a passing test prints.
fn skipped() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(writeln!(std::io::stderr(), "SKIPPED: PostgreSQL ({POSTGRES} is not set)")));
}

impl TestStore {
    /// Does behind the program's back what `sql` says, on a connection of its own; returns the rows changed.
    pub async fn meddle(&self, sql: &str) -> Result<u64, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(if let Some(file) = self.sqlite_file() {
            let options = SqliteConnectOptions::new().filename(file);
            let mut connection = SqliteConnection::connect_with(&options).await?;
            sqlx::query(sql).execute(&mut connection).await?.rows_affected()
        } else {
            let mut connection = PgConnection::connect(&self.address).await?;
            sqlx::query(sql).execute(&mut connection).await?.rows_affected()
        })
    }

    /// A sample office, saved.
    pub async fn office(&self) -> Office {
        let office = Office::new();
        let mut tx = self.store.write().await.unwrap();
        office.save(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        office
    }

    /// Asserts that what was read is what was written. Rows of `storage` have no equality of their own; what
    /// they print is all of them.
    #[track_caller]
    pub fn same(&self, read: impl Debug, written: impl Debug) {
        assert_eq!(format!("{read:#?}"), format!("{written:#?}"), "{}", self.database);
    }

    /// The file, if it is one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        match &self.kept {
            Kept::Folder(folder) => Some(folder.path().join("ringfence.sqlite")),
            Kept::Database { .. } => None,
        }
    }
}

impl Drop for TestStore {
    /// Best effort: a database that stays behind harms nobody but its server.
    fn drop(&mut self) {
        let Kept::Database { admin, name } = &self.kept else { return };
        let (admin, sql) = (admin.clone(), drop_database(name));
        let work = async move {
            let mut connection = PgConnection::connect(&admin).await?;
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await
        };
        // On a thread of its own, because the runtime of the test may be ending.
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build();
        let thread = std::thread::spawn(move || runtime().map(|runtime| runtime.block_on(work)));
        drop(thread.join());
    }
}
