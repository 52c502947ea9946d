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
    BY_NAME = "SELECT user_id, name, password_hash, roles, confirmed_at FROM user_account WHERE name = $1 AND disabled_at IS NULL";
    BY_ID = "SELECT user_id, name, password_hash, roles, confirmed_at FROM user_account WHERE user_id = $1 AND disabled_at IS NULL";
    LIST = "SELECT user_id, name, password_hash, roles, confirmed_at FROM user_account ORDER BY name LIMIT 200";
    INSERT = "INSERT INTO user_account (user_id, name, password_hash, roles, created_at, created_by, confirmed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    CONFIRM = "UPDATE user_account SET confirmed_by = $2, confirmed_at = $3 WHERE user_id = $1 AND confirmed_at IS NULL AND disabled_at IS NULL";
    CREATED_BY = "SELECT u.user_id, m.user_id AS made_by, m.name FROM user_account u JOIN user_account m ON m.user_id = u.created_by WHERE u.confirmed_at IS NULL";
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
    confirmed_at: Option<i64>,
}

impl TryFrom<UserRow> for User {
    type Error = Error;
    fn try_from(row: UserRow) -> Result<Self, Error> {
        let words: Vec<String> =
            serde_json::from_str(&row.roles).map_err(|e| Error::row("user_account", row.user_id, e))?;
        let roles = words.iter().filter_map(|word| Role::parse(word)).collect();
        let confirmed = row.confirmed_at.is_some();
        let actor = Actor { id: UserId(row.user_id), name: row.name, roles, confirmed };
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

/// Adds a user, made by nobody in particular.
pub async fn insert(tx: &mut Tx, user: &User, now: Timestamp) -> Result<(), Error> {
    insert_by(tx, user, None, now).await
}

/// Adds a user.
pub async fn insert_by(tx: &mut Tx, user: &User, by: Option<UserId>, now: Timestamp) -> Result<(), Error> {
    let words: Vec<_> = user.actor.roles.iter().map(|role| role.word()).collect();
    let roles = serde_json::to_string(&words).map_err(|e| Error::row("user_account", user.actor.id, e))?;
    let confirmed = user.actor.confirmed.then_some(now);
    let args = args![
        user.actor.id.0,
        &user.actor.name,
        &user.password_hash,
        roles,
        now,
        by.map(|by| by.0),
        confirmed
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Confirms a new account; whether it waited for that. The database refuses whoever made it. `by` is `None` for whoever
/// holds the machine.
pub async fn confirm(tx: &mut Tx, id: UserId, by: Option<UserId>, now: Timestamp) -> Result<bool, Error> {
    Ok(tx.run(CONFIRM, args![id.0, by.map(|by| by.0), now]).await? == 1)
}

/// An account that waits for confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unconfirmed {
    /// The account.
    pub id: UserId,
    /// Who made it.
    pub by: UserId,
    /// Who, as people know them.
    pub name: String,
}

/// Accounts that wait for confirmation, each with who made it.
pub async fn unconfirmed(tx: &mut Tx) -> Result<Vec<Unconfirmed>, Error> {
    let rows = tx.all::<(Uuid, Uuid, String)>(CREATED_BY, vec![]).await?;
    let waits = |(id, by, name)| Unconfirmed { id: UserId(id), by: UserId(by), name };
    Ok(rows.into_iter().map(waits).collect())
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
