//! Users of the console: signing in, the first administrator, and making others.

use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    reason,
};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, Actor, Reach, Role, Roles, authorise},
    ids::UserId,
    time::MINUTE,
};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, sync::Mutex};
pub use storage::user::Unconfirmed;
use storage::{
    Tx, site,
    user::{self, User},
};

/// Failed attempts per name and client in a minute, after which one has to wait.
const ATTEMPTS: u32 = 8;
/// Keys remembered at most; the oldest minute is dropped first.
const REMEMBERED: usize = 10_000;
/// NIST SP 800-63B asks for at least eight; these accounts can move telephone numbers.
const SHORTEST_PASSWORD: usize = 12;
const SETUP_CODE: &str = "console.setup_code";

/// Counts failed attempts. Only failures count, keyed by name and client.
#[derive(Default)]
pub(crate) struct SignInLimit(Mutex<BTreeMap<(i64, String), u32>>);

impl SignInLimit {
    fn exceeded(&self, key: &str, now: Timestamp) -> bool {
        let Ok(mut counts) = self.0.lock() else { return true };
        let minute = now.0 / MINUTE;
        counts.retain(|(m, _), _| *m == minute);
        counts.get(&(minute, key.to_owned())).is_some_and(|n| *n >= ATTEMPTS)
    }

    fn failed(&self, key: String, now: Timestamp) {
        if let Ok(mut counts) = self.0.lock()
            && counts.len() < REMEMBERED
        {
            *counts.entry((now.0 / MINUTE, key)).or_default() += 1;
        }
    }
}

/// Whether no user exists yet and the one-time code is needed.
pub async fn needs_setup(services: &Services) -> Result<bool> {
    let mut tx = services.0.store.read().await?;
    Ok(user::count(&mut tx).await? == 0)
}

/// Makes a one-time code for the first administrator, replacing any earlier one; `None` once a user exists.
pub async fn issue_setup_code(services: &Services) -> Result<Option<String>> {
    let mut tx = services.0.store.write().await?;
    if user::count(&mut tx).await? > 0 {
        return Ok(None);
    }
    let code = services.0.env.password();
    user::set_value(&mut tx, SETUP_CODE, &Sha256::digest(code.as_bytes())).await?;
    tx.commit().await?;
    Ok(Some(code))
}

/// Creates the first user with every role but the approver's, who must be somebody else.
pub async fn create_first(services: &Services, code: &str, name: &str, password: &str) -> Result<Actor> {
    let hash = Sha256::digest(code.trim().as_bytes());
    let roles = [Role::Administrator, Role::SiteLead, Role::Support, Role::Auditor];
    let new = new_user(services, name, password, (&roles).into()).await?;
    let mut act = Act::begin_program(services).await?;
    let stored = user::value(&mut act.tx, SETUP_CODE).await?;
    if user::count(&mut act.tx).await? > 0 || stored.as_deref() != Some(hash.as_slice()) {
        return Err(Problem::invalid(Code::SetupCodeWrong, "code"));
    }
    user::drop_value(&mut act.tx, SETUP_CODE).await?;
    insert(&mut act, &new, None, "user.create_first").await?;
    act.commit().await?;
    Ok(new.actor)
}

async fn insert(act: &mut Act<'_>, new: &User, by: Option<UserId>, action: &str) -> Result<()> {
    let now = act.now;
    user::insert_by(&mut act.tx, new, by, now).await?;
    let words = new.actor.roles.words();
    let waits = if new.actor.confirmed { "" } else { "; waits for confirmation" };
    act.note(Note {
        action,
        subject: new.actor.name.clone(),
        after: Some(format!("{}{waits}", words.join("; "))),
        ..Note::default()
    });
    Ok(())
}

async fn new_user(services: &Services, name: &str, password: &str, roles: Roles) -> Result<User> {
    let name = name.trim();
    if name.is_empty() || name.len() > 100 || name.chars().any(char::is_control) {
        return Err(Problem::invalid(Code::FieldMissing, "name"));
    }
    strong(password, "password")?;
    let id = UserId(services.0.env.id());
    let password_since = Some(services.now());
    let actor = Actor { id, name: name.to_owned(), roles, confirmed: true, password_since };
    Ok(User { actor, password_hash: hash(password).await? })
}

fn strong(password: &str, field: &str) -> Result<()> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Problem::invalid(Code::PasswordWeak, field));
    }
    Ok(())
}

/// Argon2id takes tens of milliseconds on purpose: it runs off the async threads.
async fn hash(password: &str) -> Result<String> {
    let password = zeroize::Zeroizing::new(password.to_owned());
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string())
    });
    match hashed.await {
        Ok(Ok(hash)) => Ok(hash),
        _ => Err(Problem::invalid(Code::PasswordWeak, "password")),
    }
}

async fn verify(password: &str, hash: String) -> bool {
    let password = zeroize::Zeroizing::new(password.to_owned());
    let verified = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    });
    verified.await.unwrap_or(false)
}

/// Verified when the name is not known, so that both cases cost the same. It is the hash of a random password.
const DECOY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Y2hvc2VuIGJ5IG5vYm9keQ$bP3XcAjYtYzQ1m3KxW2lDkz0mM4xqk1bqWn0fV5aQ8o";

/// Checks name and password; limited per name and client; the same cost whether the name exists.
pub async fn sign_in(services: &Services, name: &str, password: &str, client: &str) -> Result<Actor> {
    let key = format!("{client} {name}");
    let now = services.now();
    if services.0.sign_in_limit.exceeded(&key, now) {
        return Err(Problem::new(Kind::Forbidden, Finding::new(Code::SignInLimited, "sign-in")));
    }
    let found = {
        let mut tx = services.0.store.read().await?;
        user::by_name(&mut tx, name.trim()).await?
    };
    let hash = found.as_ref().map_or(DECOY, |u| u.password_hash.as_str()).to_owned();
    let right = verify(password, hash).await;
    let action = if right && found.is_some() { "user.sign_in" } else { "user.sign_in_failed" };
    let Some(user) = found else {
        services.0.sign_in_limit.failed(key, now);
        return Err(Problem::invalid(Code::SignInFailed, "sign-in"));
    };
    let mut act = Act::begin(services, &services.operation(user.actor.clone())).await?;
    act.note(Note {
        action,
        subject: user.actor.name.clone(),
        reason: format!("from {client}"),
        ..Note::default()
    });
    act.commit().await?;
    if right {
        Ok(user.actor)
    } else {
        services.0.sign_in_limit.failed(key, now);
        Err(Problem::invalid(Code::SignInFailed, "sign-in"))
    }
}

/// Checks the actor's password again, before something that cannot be taken back.
pub(crate) async fn reauthenticate(services: &Services, op: &Operation, password: &str) -> Result<()> {
    verified(services, op, password).await.map(drop)
}

/// The same; the user as they were when it was checked.
async fn verified(services: &Services, op: &Operation, password: &str) -> Result<User> {
    let key = format!("again {}", op.actor.name);
    if services.0.sign_in_limit.exceeded(&key, op.now) {
        return Err(Problem::new(Kind::Forbidden, Finding::new(Code::SignInLimited, "password")));
    }
    let found = {
        let mut tx = services.0.store.read().await?;
        user::by_id(&mut tx, op.actor.id).await?
    };
    if let Some(user) = found
        && verify(password, user.password_hash.clone()).await
    {
        return Ok(user);
    }
    services.0.sign_in_limit.failed(key, op.now);
    let mut act = Act::begin(services, op).await?;
    act.note(Note {
        action: "user.reauthenticate_failed",
        subject: op.actor.name.clone(),
        ..Note::default()
    });
    act.commit().await?;
    Err(Problem::invalid(Code::SignInFailed, "password"))
}

/// The user of a session, with current roles; `None` when disabled or gone.
pub async fn actor(services: &Services, id: UserId) -> Result<Option<Actor>> {
    let mut tx = services.0.store.read().await?;
    Ok(user::by_id(&mut tx, id).await?.map(|u| u.actor))
}

/// Everybody who can sign in.
pub async fn list(services: &Services, op: &Operation) -> Result<Vec<Actor>> {
    authorise(&op.actor, Action::ManageUsers)?;
    let mut tx = services.0.store.read().await?;
    Ok(user::list(&mut tx).await?.into_iter().map(|u| u.actor).collect())
}

/// Accounts that wait for a second administrator, each with who made it.
pub async fn unconfirmed(services: &Services, op: &Operation) -> Result<Vec<Unconfirmed>> {
    authorise(&op.actor, Action::ManageUsers)?;
    let mut tx = services.0.store.read().await?;
    Ok(user::unconfirmed(&mut tx).await?)
}

/// Creates a user. The account vouches for nothing before somebody other than who made it has confirmed it: otherwise
/// one person could approve with it what they asked for. While there is no second administrator, that is whoever holds
/// the machine, who is no account and could do anything anyhow.
pub async fn create(
    services: &Services,
    op: &Operation,
    name: &str,
    password: &str,
    roles: impl Into<Roles>,
) -> Result<()> {
    authorise(&op.actor, Action::ManageUsers)?;
    let roles = roles.into();
    if roles.is_empty() {
        return Err(Problem::invalid(Code::FieldMissing, "roles"));
    }
    let mut new = new_user(services, name, password, roles).await?;
    let mut act = Act::begin(services, op).await?;
    let by = user::by_id(&mut act.tx, op.actor.id).await?.map(|u| u.actor.id);
    new.actor.confirmed = by.is_none();
    // Whoever made it knows the password, so it is nobody's word before its owner has chosen another.
    new.actor.password_since = new.actor.password_since.filter(|_| by.is_none());
    insert(&mut act, &new, by, "user.create").await?;
    act.commit().await
}

/// Confirms an account that another administrator made: one knows whose it is. `password` proves that it is them.
pub async fn confirm(services: &Services, op: &Operation, id: UserId, password: &str) -> Result<()> {
    authorise(&op.actor, Action::ManageUsers)?;
    waits(&mut services.0.store.read().await?, op, id).await?;
    reauthenticate(services, op, password).await?;
    confirm_unasked(services, op, id).await
}

/// The same by whoever runs the server, from the command line: they are no account, so they have no password here.
pub async fn confirm_unasked(services: &Services, op: &Operation, id: UserId) -> Result<()> {
    authorise(&op.actor, Action::ManageUsers)?;
    let mut act = Act::begin(services, op).await?;
    let (waiting, new) = waits(&mut act.tx, op, id).await?;
    let by = user::by_id(&mut act.tx, op.actor.id).await?.map(|u| u.actor.id);
    user::confirm(&mut act.tx, id, by, op.now).await?;
    act.note(Note {
        action: "user.confirm",
        subject: new.actor.name,
        before: Some(format!("made by {}", waiting.name)),
        after: Some(format!("confirmed by {}", op.actor.name)),
        ..Note::default()
    });
    act.commit().await
}

/// The account that somebody may confirm, with who made it.
async fn waits(tx: &mut Tx, op: &Operation, id: UserId) -> Result<(Unconfirmed, User)> {
    let waiting = user::unconfirmed(tx).await?.into_iter().find(|waiting| waiting.id == id);
    let (Some(waiting), Some(new)) = (waiting, user::by_id(tx, id).await?) else {
        return Err(Problem::not_found("account that waits for confirmation"));
    };
    if waiting.by == op.actor.id {
        return Err(Finding::new(Code::ApprovalSelf, "confirm").into());
    }
    Ok((waiting, new))
}

/// Reads roles as they are typed: each with the codes of its sites, with blanks or commas between; without one it is
/// held everywhere.
pub async fn read_roles(services: &Services, op: &Operation, typed: &[(Role, String)]) -> Result<Roles> {
    authorise(&op.actor, Action::ManageUsers)?;
    let sites = site::list(&mut services.0.store.read().await?).await?;
    let (mut roles, mut findings) = (Roles::default(), vec![]);
    for (role, codes) in typed {
        let mut at = BTreeMap::new();
        let codes = codes.split(|c: char| c.is_whitespace() || c == ',').filter(|code| !code.is_empty());
        let mut everywhere = true;
        for code in codes {
            everywhere = false;
            if let Some(site) = sites.iter().find(|site| site.code == code) {
                at.insert(site.id, site.code.clone());
            } else {
                let shown: String = code.chars().take(50).collect();
                let finding = Finding::new(Code::SiteUnknown, format!("sites-{}", role.word()));
                findings.push(finding.detail(format!("There is no site {shown}.")));
            }
        }
        roles.grant(*role, if everywhere { Reach::Everywhere } else { Reach::At(at) });
    }
    if findings.is_empty() { Ok(roles) } else { Err(Problem::blocked(findings)) }
}

/// Gives somebody these roles instead of those that they have, from now on. What they signed counts with the roles that
/// they had then. Nobody changes their own: so an administrator stays one, and takes no other's part.
pub async fn grant(services: &Services, op: &Operation, id: UserId, roles: Roles, why: &str) -> Result<()> {
    authorise(&op.actor, Action::ManageUsers)?;
    let why = reason::within(why, 200)?;
    if roles.is_empty() {
        return Err(Problem::invalid(Code::FieldMissing, "roles"));
    }
    if id == op.actor.id {
        return Err(Finding::new(Code::ApprovalSelf, "grant").into());
    }
    let mut act = Act::begin(services, op).await?;
    let whom = user::by_id(&mut act.tx, id).await?.ok_or_else(|| Problem::not_found("user"))?.actor;
    if whom.roles == roles {
        return Err(Finding::new(Code::FormInvalid, "roles").detail("They are what they are.").into());
    }
    user::set_roles(&mut act.tx, id, &roles).await?;
    act.note(Note {
        action: "user.grant",
        subject: whom.name,
        before: Some(whom.roles.words().join("; ")),
        after: Some(roles.words().join("; ")),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.commit().await
}

/// Somebody chooses another password, and says the present one; returns them as they are now. Every session that was
/// begun with the present one ends with it.
pub async fn change_password(
    services: &Services,
    op: &Operation,
    present: &str,
    new: &str,
    again: &str,
) -> Result<Actor> {
    authorise(&op.actor, Action::Read)?;
    let found = verified(services, op, present).await?;
    strong(new, "new")?;
    if new == present {
        let finding = Finding::new(Code::FormInvalid, "new");
        return Err(finding.detail("It is the password that you have.").into());
    }
    if new != again {
        let finding = Finding::new(Code::FormInvalid, "again");
        return Err(finding.detail("It is not what was typed above.").into());
    }
    let hash = hash(new).await?;
    let mut act = Act::begin(services, op).await?;
    let now = act.now;
    // Of two at once one wins: the other has verified a password that is no more.
    if !user::set_password(&mut act.tx, op.actor.id, &found.password_hash, &hash, now).await? {
        return Err(Problem::new(Kind::Conflict, Finding::new(Code::StorageConflict, "password")));
    }
    let first = found.actor.password_since.is_none();
    act.note(Note {
        action: "user.change_password",
        subject: found.actor.name.clone(),
        before: Some(if first { "chosen by whoever made the account" } else { "their own" }.to_owned()),
        after: Some("their own".to_owned()),
        ..Note::default()
    });
    act.commit().await?;
    Ok(Actor { password_since: Some(now), ..found.actor })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoy_is_a_hash_that_costs_what_a_real_one_costs() {
        let decoy = PasswordHash::new(DECOY).unwrap();
        let real = Argon2::default().hash_password(b"a password of somebody").unwrap();
        assert_eq!(decoy.algorithm, real.algorithm);
        assert_eq!(decoy.params.to_string(), real.params.to_string());
        assert!(Argon2::default().verify_password(b"a password of somebody", &decoy).is_err());
    }

    #[test]
    fn only_failures_of_this_minute_count() {
        let limit = SignInLimit::default();
        let now = Timestamp(10 * MINUTE);
        for _ in 0..ATTEMPTS {
            assert!(!limit.exceeded("a", now));
            limit.failed("a".to_owned(), now);
        }
        assert!(limit.exceeded("a", now));
        assert!(!limit.exceeded("b", now));
        assert!(!limit.exceeded("a", now.plus(MINUTE)));
    }
}
