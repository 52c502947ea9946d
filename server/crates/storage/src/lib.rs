//! The only crate that mentions SQL: SQLite and PostgreSQL from one text per statement.
