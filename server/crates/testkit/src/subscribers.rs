//! A Kamailio's subscriber table in a file.

use sqlx::{
    Connection as _,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use std::path::Path;

/// As Kamailio 5.6's `kamdbctl` creates it.
const TABLE: &str = "CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY NOT NULL,
    username VARCHAR(64) DEFAULT '' NOT NULL,
    domain VARCHAR(64) DEFAULT '' NOT NULL,
    password VARCHAR(64) DEFAULT '' NOT NULL,
    ha1 VARCHAR(128) DEFAULT '' NOT NULL,
    ha1b VARCHAR(128) DEFAULT '' NOT NULL,
    CONSTRAINT subscriber_account_idx UNIQUE (username, domain)
)";

async fn open(file: &Path, create: bool) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(create);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Makes the file, with no subscriber in it.
pub async fn create_subscribers(file: &Path) {
    sqlx::query(TABLE).execute(&mut open(file, true).await).await.unwrap();
}

/// Who may register, in order, and the hash of the password that is accepted.
pub async fn accepted(file: &Path) -> Vec<(String, String)> {
    let rows = sqlx::query_as("SELECT username, ha1 FROM subscriber ORDER BY username");
    rows.fetch_all(&mut open(file, false).await).await.unwrap()
}

/// Who may register, in order.
pub async fn subscribers(file: &Path) -> Vec<String> {
    let rows = sqlx::query_scalar("SELECT username FROM subscriber ORDER BY username");
    rows.fetch_all(&mut open(file, false).await).await.unwrap()
}
