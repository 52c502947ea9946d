//! Users of the console, and values of the installation itself.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    authz::{Actor, Role},
    ids::UserId,
};
use uuid::Uuid;

statements! {
    COUNT = "SELECT count(*) FROM user_account";
    BY_NAME = "SELECT user_id, name, password_hash, roles FROM user_account WHERE name = $1 AND disabled_at IS NULL";
    BY_ID = "SELECT user_id, name, password_hash, roles FROM user_account WHERE user_id = $1 AND disabled_at IS NULL";
    LIST = "SELECT user_id, name, password_hash, roles FROM user_account ORDER BY name LIMIT 200";
    INSERT = "INSERT INTO user_account (user_id, name, password_hash, roles, created_at) VALUES ($1, $2, $3, $4, $5)";
    VALUE = "SELECT value FROM installation WHERE name = $1";
    SET_VALUE = "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    DROP_VALUE = "DELETE FROM installation WHERE name = $1";
    NEXT = "INSERT INTO counter (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value";
}

/// A user with the hash of their password.
#[derive(Clone, Debug)]
pub struct User {
    /// Id, name and roles.
    pub actor: Actor,
    /// Argon2id, in PHC form.
    pub password_hash: String,
}

#[derive(sqlx::FromRow)]
struct UserRow {
    user_id: Uuid,
    name: String,
    password_hash: String,
    roles: String,
}

impl TryFrom<UserRow> for User {
    type Error = Error;
    fn try_from(row: UserRow) -> Result<Self, Error> {
        let words: Vec<String> =
            serde_json::from_str(&row.roles).map_err(|e| Error::row("user_account", row.user_id, e))?;
        let roles = words.iter().filter_map(|word| Role::parse(word)).collect();
        let actor = Actor { id: UserId(row.user_id), name: row.name, roles };
        Ok(Self { actor, password_hash: row.password_hash })
    }
}

/// How many users there are, disabled ones included.
pub async fn count(tx: &mut Tx) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>(COUNT, vec![]).await?.map_or(0, |(n,)| n))
}

/// The enabled user of this name.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<User>, Error> {
    tx.one::<UserRow>(BY_NAME, args![name]).await?.map(TryInto::try_into).transpose()
}

/// The enabled user of this id.
pub async fn by_id(tx: &mut Tx, id: UserId) -> Result<Option<User>, Error> {
    tx.one::<UserRow>(BY_ID, args![id.0]).await?.map(TryInto::try_into).transpose()
}

/// The first 200 users by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<User>, Error> {
    tx.all::<UserRow>(LIST, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Adds a user.
pub async fn insert(tx: &mut Tx, user: &User, now: Timestamp) -> Result<(), Error> {
    let words: Vec<_> = user.actor.roles.iter().map(|role| role.word()).collect();
    let roles = serde_json::to_string(&words).map_err(|e| Error::row("user_account", user.actor.id, e))?;
    tx.run(INSERT, args![user.actor.id.0, &user.actor.name, &user.password_hash, roles, now]).await?;
    Ok(())
}

/// A value of the installation.
pub async fn value(tx: &mut Tx, name: &str) -> Result<Option<Vec<u8>>, Error> {
    Ok(tx.one::<(Vec<u8>,)>(VALUE, args![name]).await?.map(|(v,)| v))
}

/// Sets a value of the installation.
pub async fn set_value(tx: &mut Tx, name: &str, value: &[u8]) -> Result<(), Error> {
    tx.run(SET_VALUE, args![name, value]).await?;
    Ok(())
}

/// Removes a value of the installation; whether it was there.
pub async fn drop_value(tx: &mut Tx, name: &str) -> Result<bool, Error> {
    Ok(tx.run(DROP_VALUE, args![name]).await? == 1)
}

/// The next number that people see: of change requests, of imports.
pub async fn next_number(tx: &mut Tx, counter: &str) -> Result<i64, Error> {
    tx.one::<(i64,)>(NEXT, args![counter])
        .await?
        .map(|(n,)| n)
        .ok_or_else(|| Error::row("counter", counter, "no value returned"))
}
