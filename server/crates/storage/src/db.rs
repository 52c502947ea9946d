//! The two databases behind one type, and transactions on them.

use crate::{
    Error,
    args::{self, Arg},
};
use sqlx::{
    ConnectOptions as _, FromRow, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool,
    Transaction,
    migrate::Migrator,
    postgres::{PgPoolOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use std::{
    path::Path,
    str::FromStr as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

static SQLITE: Migrator = sqlx::migrate!("../../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../../migrations/postgres");

/// PostgreSQL advisory lock: acts of people have one order, as on SQLite with its one writer.
const ACTS: &str = "SELECT pg_advisory_xact_lock(7226001)";
/// Taken exclusively by an act just before it bumps generations and commits.
const FENCE: &str = "SELECT pg_advisory_xact_lock(7226002)";
/// Taken shared by a ledger batch before it reads generations.
const FENCE_SHARED: &str = "SELECT pg_advisory_xact_lock_shared(7226002)";

/// How PostgreSQL appends to the ledger, where a lock has to be taken by a statement before it.
const LEDGER_APPEND: &str = "SELECT ledger_append($1, $2, $3, $4, $5, $6, $7, $8)";

/// A database: SQLite in a file with one writer, or PostgreSQL. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(Db, Count);

#[derive(Clone, Debug)]
enum Db {
    Lite {
        readers: SqlitePool,
        writer: SqlitePool,
        /// Writes what the ledger can give again.
        derived: SqlitePool,
        /// Who writes: an act in its transaction, or the edge on its own connection.
        turn: Arc<Mutex<()>>,
    },
    Pg(PgPool),
}

/// A transaction. Dropping it without `commit` rolls it back.
#[derive(Debug)]
pub struct Tx(Inner, Count);

/// Statements that were run.
type Count = Arc<AtomicU64>;

#[derive(Debug)]
enum Inner {
    /// The turn is given back after the transaction has ended.
    Lite(Transaction<'static, Sqlite>, Option<OwnedMutexGuard<()>>),
    Pg(Transaction<'static, Postgres>),
}

/// A connection of its own.
#[derive(Debug)]
pub(crate) enum Own {
    Lite(SqliteConnection, Arc<Mutex<()>>),
    Pg(PgConnection),
}

impl Own {
    /// Runs a statement that appends to the ledger, durable when it returns; the number of rows that it made.
    pub(crate) async fn append(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64, Error> {
        Ok(match self {
            Self::Lite(connection, turn) => {
                let args = args::sqlite(args).map_err(sqlx::Error::Encode)?;
                let _turn = turn.lock().await;
                sqlx::query_with(sql, args).execute(connection).await?.rows_affected()
            }
            Self::Pg(connection) => {
                let args = args::postgres(args).map_err(sqlx::Error::Encode)?;
                let appended: i64 =
                    sqlx::query_scalar_with(LEDGER_APPEND, args).fetch_one(connection).await?;
                appended.unsigned_abs()
            }
        })
    }
}

/// A row that both databases can give.
pub(crate) trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl Store {
    /// Opens `address`: a path or `sqlite:` address of a file, or a `postgres://` address. Migrates it.
    pub async fn open(address: &str) -> Result<Self, Error> {
        let db = if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(10))
                .connect(address)
                .await
                .map_err(Error::Unavailable)?;
            Db::Pg(pool)
        } else {
            Self::open_sqlite(address).await?
        };
        let store = Self(db, Count::default());
        store.migrate(address).await?;
        Ok(store)
    }

    async fn open_sqlite(address: &str) -> Result<Db, Error> {
        let path =
            address.strip_prefix("sqlite://").or_else(|| address.strip_prefix("sqlite:")).unwrap_or(address);
        if path.is_empty() || path.contains("://") {
            return Err(Error::Address(address.to_owned()));
        }
        let options = SqliteConnectOptions::from_str("sqlite:")
            .map_err(Error::Unavailable)?
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: what was acknowledged survives a power cut (invariant 5).
            .synchronous(SqliteSynchronous::Full)
            // 64 MB. The log is brought into the file beside the writer (`Store::settle`); a commit does it only where
            // that cannot keep up, because everybody waits for a commit.
            .pragma("wal_autocheckpoint", "16384")
            .busy_timeout(Duration::from_secs(5))
            // Rows that wait for whoever reads them: with few, the two threads wake each other all the time.
            .row_buffer_size(1024);
        // A file does not go away by itself: to ask each time would cost as much as a statement.
        let pool =
            |connections| SqlitePoolOptions::new().max_connections(connections).test_before_acquire(false);
        let writer = pool(1).connect_with(options.clone()).await?;
        let readers = pool(4).connect_with(options.clone()).await?;
        let derived = pool(1).connect_with(options.synchronous(SqliteSynchronous::Normal)).await?;
        Ok(Db::Lite { readers, writer, derived, turn: Arc::default() })
    }

    async fn migrate(&self, address: &str) -> Result<(), Error> {
        let result = match &self.0 {
            Db::Lite { writer, .. } => {
                backup(writer, address).await?;
                SQLITE.run(writer).await
            }
            Db::Pg(pool) => POSTGRES.run(pool).await,
        };
        result.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(_) => Error::NewerSchema,
            other => Error::Migrate(Box::new(other)),
        })
    }

    /// Whether several nodes may share this database.
    pub const fn is_shared(&self) -> bool {
        matches!(self.0, Db::Pg(_))
    }

    /// A transaction to read in: one consistent state.
    pub async fn read(&self) -> Result<Tx, Error> {
        let inner = match &self.0 {
            Db::Lite { readers, .. } => Inner::Lite(readers.begin_with("BEGIN DEFERRED").await?, None),
            Db::Pg(pool) => {
                Inner::Pg(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        Ok(Tx(inner, Arc::clone(&self.1)))
    }

    /// A transaction to act in. Acts have one order.
    pub async fn write(&self) -> Result<Tx, Error> {
        let mut tx = self.unordered().await?;
        tx.pg_only(ACTS).await?;
        Ok(tx)
    }

    /// The edge's batch transaction: ordered against acts by the fence lock, not by the acts' lock.
    pub(crate) async fn batch(&self) -> Result<Tx, Error> {
        let mut tx = self.unordered().await?;
        tx.pg_only(FENCE_SHARED).await?;
        Ok(tx)
    }

    /// A transaction to write in what the ledger can give again. After a power cut it may be missing, as a whole, unless a
    /// later act is there; so nobody waits for the disk.
    pub async fn derived(&self) -> Result<Tx, Error> {
        let inner = match &self.0 {
            Db::Lite { derived, turn, .. } => Self::lite(derived, turn).await?,
            Db::Pg(pool) => Inner::Pg(pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?),
        };
        let mut tx = Tx(inner, Arc::clone(&self.1));
        tx.pg_only("SET LOCAL synchronous_commit TO off").await?;
        Ok(tx)
    }

    async fn unordered(&self) -> Result<Tx, Error> {
        let inner = match &self.0 {
            Db::Lite { writer, turn, .. } => Self::lite(writer, turn).await?,
            Db::Pg(pool) => Inner::Pg(pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?),
        };
        Ok(Tx(inner, Arc::clone(&self.1)))
    }

    async fn lite(pool: &SqlitePool, turn: &Arc<Mutex<()>>) -> Result<Inner, Error> {
        let turn = Arc::clone(turn).lock_owned().await;
        Ok(Inner::Lite(pool.begin_with("BEGIN IMMEDIATE").await?, Some(turn)))
    }

    /// How many statements were run in transactions since it was opened: what a page costs does not grow with what is
    /// in the database, and this is how that is measured.
    pub fn statements(&self) -> u64 {
        self.1.load(Ordering::Relaxed)
    }

    /// A connection for one alone, on the runtime of its caller.
    pub(crate) async fn own(&self) -> Result<Own, Error> {
        Ok(match &self.0 {
            Db::Lite { writer, turn, .. } => {
                Own::Lite(writer.connect_options().connect().await?, Arc::clone(turn))
            }
            Db::Pg(pool) => Own::Pg(pool.connect_options().connect().await?),
        })
    }

    /// Prepares `sql` without running it; for the test that checks every statement on both databases.
    pub async fn prepare(&self, sql: &'static str) -> Result<(), Error> {
        use sqlx::{Executor as _, SqlSafeStr as _};
        match &self.0 {
            Db::Lite { readers, .. } => {
                readers.acquire().await?.prepare(sql.into_sql_str()).await?;
            }
            Db::Pg(pool) => {
                pool.acquire().await?.prepare(sql.into_sql_str()).await?;
            }
        }
        Ok(())
    }

    /// Brings what is committed from SQLite's log into its file, beside the writer. Durable it is without that.
    pub async fn settle(&self) -> Result<(), Error> {
        if let Db::Lite { readers, .. } = &self.0 {
            sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(readers).await?;
        }
        Ok(())
    }

    /// Closes all connections; what is committed is on disk.
    pub async fn close(&self) {
        match &self.0 {
            Db::Lite { readers, writer, derived, .. } => {
                readers.close().await;
                derived.close().await;
                writer.close().await;
            }
            Db::Pg(pool) => pool.close().await,
        }
    }
}

/// Copies a SQLite file that has pending migrations, before they run.
async fn backup(writer: &SqlitePool, address: &str) -> Result<(), Error> {
    let applied: Result<i64, _> =
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").fetch_one(writer).await;
    let Ok(applied) = applied else { return Ok(()) };
    let newest = SQLITE.iter().map(|m| m.version).max().unwrap_or(0);
    if applied >= newest {
        return Ok(());
    }
    let path =
        address.strip_prefix("sqlite://").or_else(|| address.strip_prefix("sqlite:")).unwrap_or(address);
    let copy = format!("{path}.before-{newest:04}");
    if Path::new(&copy).exists() {
        std::fs::remove_file(&copy).map_err(Error::Backup)?;
    }
    sqlx::query("VACUUM INTO $1").bind(copy).execute(writer).await?;
    Ok(())
}

impl Tx {
    /// Makes everything in it durable.
    pub async fn commit(self) -> Result<(), Error> {
        match self.0 {
            Inner::Lite(tx, _turn) => tx.commit().await?,
            Inner::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Orders this act against serving; call it just before bumping generations and committing, and before
    /// `ledger::append`: a batch takes the fence before the chain too, so the two cannot wait for each other.
    pub async fn lock_fence(&mut self) -> Result<(), Error> {
        self.pg_only(FENCE).await
    }

    async fn pg_only(&mut self, sql: &'static str) -> Result<(), Error> {
        if let Inner::Pg(tx) = &mut self.0 {
            sqlx::query(sql).execute(&mut **tx).await?;
        }
        Ok(())
    }

    pub(crate) async fn all<R: Row>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<R>, Error> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(match &mut self.0 {
            Inner::Lite(tx, _) => {
                sqlx::query_as_with(sql, args::sqlite(args).map_err(sqlx::Error::Encode)?)
                    .fetch_all(&mut **tx)
                    .await?
            }
            Inner::Pg(tx) => {
                sqlx::query_as_with(sql, args::postgres(args).map_err(sqlx::Error::Encode)?)
                    .fetch_all(&mut **tx)
                    .await?
            }
        })
    }

    pub(crate) async fn one<R: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Option<R>, Error> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(match &mut self.0 {
            Inner::Lite(tx, _) => {
                sqlx::query_as_with(sql, args::sqlite(args).map_err(sqlx::Error::Encode)?)
                    .fetch_optional(&mut **tx)
                    .await?
            }
            Inner::Pg(tx) => {
                sqlx::query_as_with(sql, args::postgres(args).map_err(sqlx::Error::Encode)?)
                    .fetch_optional(&mut **tx)
                    .await?
            }
        })
    }

    /// Runs a statement; returns the number of rows that it changed.
    pub(crate) async fn run(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64, Error> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(match &mut self.0 {
            Inner::Lite(tx, _) => sqlx::query_with(sql, args::sqlite(args).map_err(sqlx::Error::Encode)?)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Inner::Pg(tx) => sqlx::query_with(sql, args::postgres(args).map_err(sqlx::Error::Encode)?)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }
}
