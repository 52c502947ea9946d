//! Users of the console, and values of the installation itself.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    authz::{Actor, Reach, Role, Roles},
    ids::{SiteId, UserId},
};
use uuid::Uuid;

statements! {
    COUNT = "SELECT count(*) FROM user_account";
    BY_NAME = "SELECT u.user_id, u.name, u.password_hash, u.roles, u.confirmed_at, u.password_since, r.role, r.site_id, s.code FROM user_account u LEFT JOIN user_site_role r ON r.user_id = u.user_id LEFT JOIN site s ON s.site_id = r.site_id WHERE u.name = $1 AND u.disabled_at IS NULL";
    BY_ID = "SELECT u.user_id, u.name, u.password_hash, u.roles, u.confirmed_at, u.password_since, r.role, r.site_id, s.code FROM user_account u LEFT JOIN user_site_role r ON r.user_id = u.user_id LEFT JOIN site s ON s.site_id = r.site_id WHERE u.user_id = $1 AND u.disabled_at IS NULL";
    LIST = "SELECT u.user_id, u.name, u.password_hash, u.roles, u.confirmed_at, u.password_since, r.role, r.site_id, s.code FROM (SELECT * FROM user_account ORDER BY name LIMIT 200) u LEFT JOIN user_site_role r ON r.user_id = u.user_id LEFT JOIN site s ON s.site_id = r.site_id ORDER BY u.name, u.user_id";
    INSERT = "INSERT INTO user_account (user_id, name, password_hash, roles, created_at, created_by, confirmed_at, password_since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SET_PASSWORD = "UPDATE user_account SET password_hash = $3, password_since = $4 WHERE user_id = $1 AND password_hash = $2 AND disabled_at IS NULL";
    SET_ROLES = "UPDATE user_account SET roles = $2 WHERE user_id = $1 AND disabled_at IS NULL";
    FORGET_SITES = "DELETE FROM user_site_role WHERE user_id = $1";
    AT_SITE = "INSERT INTO user_site_role (user_id, role, site_id) VALUES ($1, $2, $3)";
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

/// A user beside one of the roles that they hold at a site, or beside none.
#[derive(sqlx::FromRow)]
struct UserRow {
    user_id: Uuid,
    name: String,
    password_hash: String,
    roles: String,
    confirmed_at: Option<i64>,
    password_since: Option<i64>,
    role: Option<String>,
    site_id: Option<Uuid>,
    code: Option<String>,
}

impl TryFrom<UserRow> for User {
    type Error = Error;
    fn try_from(row: UserRow) -> Result<Self, Error> {
        let roles = everywhere(row.user_id, &row.roles)?;
        let confirmed = row.confirmed_at.is_some();
        let password_since = row.password_since.map(Timestamp);
        let actor = Actor { id: UserId(row.user_id), name: row.name, roles, confirmed, password_since };
        Ok(Self { actor, password_hash: row.password_hash })
    }
}

/// Roles that are held at every site, as they are stored.
pub(crate) fn everywhere(user: Uuid, words: &str) -> Result<Roles, Error> {
    let words: Vec<String> = serde_json::from_str(words).map_err(|e| Error::row("user_account", user, e))?;
    Ok(words.iter().filter_map(|word| Role::parse(word)).collect())
}

/// Adds a role at one site, as it is stored.
pub(crate) fn at_site(
    roles: &mut Roles,
    user: Uuid,
    (role, site, code): (&str, Uuid, String),
) -> Result<(), Error> {
    let role = Role::parse(role).ok_or_else(|| Error::row("user_site_role", user, "unknown role"))?;
    roles.grant(role, Reach::At([(SiteId(site), code)].into()));
    Ok(())
}

/// Users of rows of which those of one user follow each other.
fn users(rows: Vec<UserRow>) -> Result<Vec<User>, Error> {
    let mut users: Vec<User> = vec![];
    for mut row in rows {
        let (id, held) = (row.user_id, row.role.take().zip(row.site_id).zip(row.code.take()));
        if users.last().is_none_or(|user| user.actor.id.0 != id) {
            users.push(row.try_into()?);
        }
        if let (Some(user), Some(((role, site), code))) = (users.last_mut(), held) {
            at_site(&mut user.actor.roles, id, (&role, site, code))?;
        }
    }
    Ok(users)
}

/// How many users there are, disabled ones included.
pub async fn count(tx: &mut Tx) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>(COUNT, vec![]).await?.map_or(0, |(n,)| n))
}

/// The enabled user of this name.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<User>, Error> {
    Ok(users(tx.all(BY_NAME, args![name]).await?)?.pop())
}

/// The enabled user of this id.
pub async fn by_id(tx: &mut Tx, id: UserId) -> Result<Option<User>, Error> {
    Ok(users(tx.all(BY_ID, args![id.0]).await?)?.pop())
}

/// The first 200 users by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<User>, Error> {
    users(tx.all(LIST, vec![]).await?)
}

/// Adds a user, made by nobody in particular.
pub async fn insert(tx: &mut Tx, user: &User, now: Timestamp) -> Result<(), Error> {
    insert_by(tx, user, None, now).await
}

/// Adds a user.
pub async fn insert_by(tx: &mut Tx, user: &User, by: Option<UserId>, now: Timestamp) -> Result<(), Error> {
    let roles = everywhere_words(user.actor.id, &user.actor.roles)?;
    let confirmed = user.actor.confirmed.then_some(now);
    let args = args![
        user.actor.id.0,
        &user.actor.name,
        &user.password_hash,
        roles,
        now,
        by.map(|by| by.0),
        confirmed,
        user.actor.password_since
    ];
    tx.run(INSERT, args).await?;
    at_sites(tx, user.actor.id, &user.actor.roles).await
}

fn everywhere_words(user: UserId, roles: &Roles) -> Result<String, Error> {
    let words = roles.held().filter(|(_, reach)| **reach == Reach::Everywhere);
    let words: Vec<_> = words.map(|(role, _)| role.word()).collect();
    serde_json::to_string(&words).map_err(|e| Error::row("user_account", user, e))
}

async fn at_sites(tx: &mut Tx, user: UserId, roles: &Roles) -> Result<(), Error> {
    for (role, reach) in roles.held() {
        let Reach::At(sites) = reach else { continue };
        for site in sites.keys() {
            tx.run(AT_SITE, args![user.0, role.word(), site.0]).await?;
        }
    }
    Ok(())
}

/// Gives somebody these roles instead of those that they have; whether there is such a user.
pub async fn set_roles(tx: &mut Tx, user: UserId, roles: &Roles) -> Result<bool, Error> {
    if tx.run(SET_ROLES, args![user.0, everywhere_words(user, roles)?]).await? != 1 {
        return Ok(false);
    }
    tx.run(FORGET_SITES, args![user.0]).await?;
    at_sites(tx, user, roles).await?;
    Ok(true)
}

/// Sets a password that the user chose, if it is still the one of `before`; false when somebody was faster.
pub async fn set_password(
    tx: &mut Tx,
    user: UserId,
    before: &str,
    hash: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    Ok(tx.run(SET_PASSWORD, args![user.0, before, hash, now]).await? == 1)
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
