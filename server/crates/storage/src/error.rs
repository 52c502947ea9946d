//! What can go wrong between us and the database.

/// A database error. Its text is logged, never shown to a client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A named constraint said no.
    #[error("constraint {0}")]
    Constraint(String),
    /// The database does not answer, is full, or is busy for too long.
    #[error("the database cannot be used")]
    Unavailable(#[source] sqlx::Error),
    /// A row that no code of ours writes.
    #[error("inconsistent row: {table} {row}: {what}")]
    Inconsistent {
        /// Which table.
        table: &'static str,
        /// Which row.
        row: String,
        /// What is wrong.
        what: String,
    },
    /// The database's schema is newer than this program.
    #[error(
        "the database was written by a newer version of ringfence; use that version, or restore a backup"
    )]
    NewerSchema,
    /// A migration failed.
    #[error("the database could not be migrated")]
    Migrate(#[source] Box<sqlx::migrate::MigrateError>),
    /// The address of the database cannot be read.
    #[error("`{0}` is neither a file nor a postgres:// address")]
    Address(String),
    /// The backup before a migration failed.
    #[error("the backup before the migration failed")]
    Backup(#[source] std::io::Error),
}

impl Error {
    /// The violated constraint's name, if that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Constraint(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn row(table: &'static str, row: impl ToString, what: impl ToString) -> Self {
        Self::Inconsistent { table, row: row.to_string(), what: what.to_string() }
    }
}

/// An exclusion constraint of PostgreSQL, and a trigger of SQLite that stands for one and raises its name.
const NAMED: [&str; 2] = ["23P01", "1811"];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(inner) = &error
            && (inner.is_unique_violation()
                || inner.is_foreign_key_violation()
                || inner.is_check_violation()
                || inner.code().is_some_and(|code| NAMED.contains(&&*code)))
        {
            // PostgreSQL names the constraint. SQLite names it for checks, and the columns for unique keys:
            // `UNIQUE constraint failed: device.mac`.
            let text = inner.message();
            let name = inner
                .constraint()
                .map_or_else(|| text.rsplit(": ").next().unwrap_or(text).to_owned(), str::to_owned);
            return Self::Constraint(name);
        }
        Self::Unavailable(error)
    }
}
