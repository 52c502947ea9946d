//! Work at call control: carried out from the outbox, in the order of each line.
//!
//! A line is withdrawn when it can neither register nor be reached any more (requirement C5). While contacts are left
//! the work stays open, is tried again at growing intervals, and whatever comes next for the same line waits; other
//! lines do not.

use crate::{Operation, Problem, Result, Services, credentials, replacements};
use connectors::{CallControl, Calls, Contacts, Fact};
use domain::{
    Timestamp,
    authz::{Action, authorise},
    ids::SecretId,
    time::{HOUR, SECOND},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use storage::outbox::{self, Work};
use uuid::Uuid;

#[derive(Deserialize)]
struct Establish {
    user: String,
    secret: SecretId,
}

#[derive(Deserialize, Serialize)]
struct Withdraw {
    user: String,
    /// Since when nobody can register there any more, once that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unregistrable_since: Option<Timestamp>,
}

/// A line of a replacement: nobody registers with the old credential any more, then the new one counts.
#[derive(Deserialize, Serialize)]
struct Rotate {
    user: String,
    secret: SecretId,
    replacement: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unregistrable_since: Option<Timestamp>,
    /// Whether the new credential counts already, because somebody answers for old contacts that are left.
    #[serde(default)]
    established: bool,
}

/// A phone that has something to fetch is told so.
#[derive(Deserialize)]
struct Wake {
    /// As whom it registers, in the order of its line keys.
    users: Vec<String>,
    /// The event of the NOTIFY.
    event: String,
    /// Whether the phone restarts when it hears it.
    restarts: bool,
}

/// For so long somebody in a call, or a platform that does not answer, is waited for: phones fetch by themselves too.
const WAKES: i64 = HOUR;

/// Whose line some work is about.
#[derive(Deserialize)]
struct About {
    user: String,
}

/// The kind of work that may be late, or come to nothing, and holds nothing else up.
const WAKE: &str = "call_control.wake";

/// What came of some work.
enum Outcome {
    Done,
    /// Nobody can register there any more; contacts are left. The work as it stands now, and why.
    Left {
        payload: String,
        why: String,
    },
    /// The platform did not take it.
    Failed(String),
}

/// Work that has been tried and is not done, for pages.
#[derive(Clone, Debug, Serialize)]
pub struct OpenWork {
    /// `establish`, `withdraw`, `rotate` or `wake`.
    pub kind: String,
    /// The line.
    pub user: String,
    /// Since when.
    pub since: Timestamp,
    /// Attempts so far.
    pub attempts: i64,
    /// Why it is not done.
    pub why: String,
}

/// Work that has been tried and is not done, oldest first; at most a hundred.
pub async fn open(services: &Services, op: &Operation) -> Result<Vec<OpenWork>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let tried = outbox::tried(&mut tx).await?;
    Ok(tried.into_iter().map(shown).collect())
}

fn shown(work: Work) -> OpenWork {
    OpenWork {
        user: about(&work).unwrap_or_default(),
        kind: work.kind.rsplit('.').next().unwrap_or_default().to_owned(),
        since: Timestamp(work.created_at),
        attempts: work.attempts,
        why: work.error.unwrap_or_default(),
    }
}

fn about(work: &Work) -> Option<String> {
    Some(serde_json::from_str::<About>(&work.payload).ok()?.user)
}

/// When contacts are looked after again: at growing intervals, of four minutes in the end. What the platform did not
/// take is tried in every turn.
fn due(work: &Work) -> Timestamp {
    let waits = work.kind == WAKE
        || serde_json::from_str::<Withdraw>(&work.payload).is_ok_and(|w| w.unregistrable_since.is_some());
    let attempts = if waits { work.attempts.clamp(0, 100_000) } else { 0 };
    let doubled = (1 << attempts.min(8)) - 1;
    Timestamp(work.created_at).plus((doubled + 256 * (attempts - 8).max(0)) * SECOND)
}

/// Whether what comes next for the same line waits for this. Not for a rotation of which the new credential counts already:
/// a lost phone that shares the line must not wait for the contacts of a replaced one.
fn holds_back(payload: &str) -> bool {
    !serde_json::from_str::<Rotate>(payload).is_ok_and(|work| work.established)
}

/// Carries out what is due, in order. When the platform does not take something the turn ends.
pub(crate) async fn drain(services: &Services) {
    let Some(platform) = services.0.call_control.clone() else { return };
    // Lines for which something earlier is not done.
    let mut waiting = BTreeSet::new();
    let mut calls = Asked::default();
    let mut after = Uuid::nil();
    loop {
        let work = async {
            let mut tx = services.0.store.read().await?;
            Ok::<_, Problem>(outbox::open(&mut tx, after).await?)
        };
        let work = match work.await {
            Ok(work) => work,
            Err(problem) => return tracing::error!(error = %problem, "the outbox cannot be read"),
        };
        let Some(last) = work.last() else { return };
        after = last.outbox_id;
        for item in work.into_iter().filter(|item| !item.kind.starts_with("notice.")) {
            let user = about(&item).unwrap_or_default();
            let wakes = item.kind == WAKE;
            if waiting.contains(&user) || (wakes && calls.silent) {
                continue;
            }
            if services.now() < due(&item) {
                if !wakes && holds_back(&item.payload) {
                    waiting.insert(user);
                }
                continue;
            }
            let outcome = match item.kind.as_str() {
                "call_control.establish" => establish(services, &*platform, &item.payload).await,
                "call_control.withdraw" => withdraw(services, &*platform, &item.payload).await,
                "call_control.rotate" => rotate(services, &*platform, &item.payload).await,
                WAKE => wake(services, &*platform, &mut calls, &item).await,
                other => Outcome::Failed(format!("unknown kind of work: {other}")),
            };
            let failed = matches!(outcome, Outcome::Failed(_));
            if let (false, Outcome::Failed(why) | Outcome::Left { why, .. }) = (wakes, &outcome) {
                tracing::warn!(
                    kind = item.kind,
                    user,
                    why,
                    attempts = item.attempts + 1,
                    "not done at call control"
                );
            }
            let holds = match &outcome {
                Outcome::Done => false,
                Outcome::Left { payload, .. } => holds_back(payload),
                Outcome::Failed(_) => true,
            };
            if holds && !wakes {
                waiting.insert(user);
            }
            if note(services, &item, outcome).await.is_err() || failed {
                return;
            }
        }
    }
}

async fn note(services: &Services, item: &Work, outcome: Outcome) -> Result<()> {
    if let (Outcome::Done, "call_control.rotate") = (&outcome, item.kind.as_str())
        && let Ok(work) = serde_json::from_str::<Rotate>(&item.payload)
    {
        return replacements::dead_at_platform(services, item.outbox_id, work.replacement, &work.user).await;
    }
    let now = services.now();
    let mut tx = services.0.store.write().await?;
    match outcome {
        Outcome::Done => outbox::done(&mut tx, item.outbox_id, now).await?,
        Outcome::Left { payload, why } => outbox::failed(&mut tx, item.outbox_id, &payload, &why).await?,
        Outcome::Failed(why) => outbox::failed(&mut tx, item.outbox_id, &item.payload, &why).await?,
    }
    Ok(tx.commit().await?)
}

async fn establish(services: &Services, platform: &dyn CallControl, payload: &str) -> Outcome {
    let work: Establish = match serde_json::from_str(payload) {
        Ok(work) => work,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let counts = async {
        let mut tx = services.0.store.read().await?;
        credentials::counts(&mut tx, &work.user, work.secret).await
    };
    match counts.await {
        Ok(false) => return Outcome::Done,
        Ok(true) => {}
        Err(problem) => return Outcome::Failed(problem.to_string()),
    }
    match put(services, platform, &work.user, work.secret).await {
        Ok(()) => Outcome::Done,
        Err(why) => Outcome::Failed(why),
    }
}

/// Makes a line able to register with the current version of a secret, and with nothing else; then every phone that has
/// the line is given it.
async fn put(
    services: &Services,
    platform: &dyn CallControl,
    user: &str,
    id: SecretId,
) -> std::result::Result<(), String> {
    let read = async {
        let mut tx = services.0.store.read().await?;
        credentials::open(services, &mut tx, id).await
    };
    let password = read.await.map_err(|e| e.to_string())?;
    platform.establish(user, &password).await.map_err(|e| e.to_string())?;
    credentials::spread(services, user, id, &password).await.map_err(|e| e.to_string())
}

/// Withdraws the old credential; once no contact is left, the new one counts. When somebody answers for what is left,
/// the new one counts at once, and the old one is dead when its last contact must have ended. So it is where other phones
/// have the line: nobody can tell their contacts from the old handset's, and they keep them.
async fn rotate(services: &Services, platform: &dyn CallControl, payload: &str) -> Outcome {
    let mut work: Rotate = match serde_json::from_str(payload) {
        Ok(work) => work,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let asked = async {
        let mut tx = services.0.store.read().await?;
        replacements::answered(&mut tx, work.replacement, &work.user).await
    };
    let asked = match asked.await {
        Ok(Some(asked)) if !asked.called_off => asked,
        // Nothing to rotate any more; what gives the old credential back comes after this.
        Ok(_) => return Outcome::Done,
        Err(problem) => return Outcome::Failed(problem.to_string()),
    };
    let mut why = None;
    if !asked.dead && asked.shared {
        why = Some("other phones have the same number and keep theirs".to_owned());
    } else if !asked.dead && !work.established {
        why = match platform.withdraw(&work.user).await {
            Ok(Contacts::Removed) => None,
            Ok(Contacts::Left(why)) => Some(why),
            Err(error) => return Outcome::Failed(error.to_string()),
        };
    } else if !asked.dead {
        why = Some("somebody answers for them".to_owned());
    }
    let since = *work.unregistrable_since.get_or_insert_with(|| services.now());
    let lasts = i64::try_from(platform.longest_registration().as_micros()).unwrap_or(i64::MAX);
    let left = why.filter(|_| services.now() < since.plus(lasts));
    if (left.is_none() || asked.answered || asked.shared) && !work.established {
        if let Err(why) = put(services, platform, &work.user, work.secret).await {
            return Outcome::Failed(why);
        }
        work.established = true;
    }
    let Some(why) = left else { return Outcome::Done };
    match serde_json::to_string(&work) {
        Ok(payload) => Outcome::Left { payload, why: format!("Contacts are left: {why}.") },
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// Who is in a call, asked at most once in a turn, and whether the platform failed in it.
#[derive(Default)]
struct Asked {
    calls: Option<Fact<Calls>>,
    silent: bool,
}

/// Sends a NOTIFY to a phone that is in no call. Where nobody knows of calls it goes to phones that merely fetch, as they
/// would when they poll, and not to those that restart.
async fn wake(services: &Services, platform: &dyn CallControl, asked: &mut Asked, item: &Work) -> Outcome {
    let work: Wake = match serde_json::from_str(&item.payload) {
        Ok(work) => work,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let given_up = services.now() >= Timestamp(item.created_at).plus(WAKES);
    let left = |why: String| {
        if given_up { Outcome::Done } else { Outcome::Left { payload: item.payload.clone(), why } }
    };
    if asked.calls.is_none() {
        asked.calls = Some(platform.calls().await);
    }
    match &asked.calls {
        Some(Fact::Known(calls)) if work.users.iter().any(|user| calls.has(user)) => {
            return left("The phone is in a call.".to_owned());
        }
        Some(Fact::Known(_)) => {}
        _ if work.restarts => return Outcome::Done,
        _ => {}
    }
    for user in &work.users {
        match platform.wake(user, &work.event).await {
            // One of its lines is enough.
            Fact::Known(1..) | Fact::NotModelled => return Outcome::Done,
            Fact::Known(0) => {}
            Fact::Unknown(why) => {
                asked.silent = true;
                return left(why);
            }
        }
    }
    // It is registered nowhere: when it comes back it fetches by itself.
    Outcome::Done
}

async fn withdraw(services: &Services, platform: &dyn CallControl, payload: &str) -> Outcome {
    let mut work: Withdraw = match serde_json::from_str(payload) {
        Ok(work) => work,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let why = match platform.withdraw(&work.user).await {
        Ok(Contacts::Removed) => return Outcome::Done,
        Ok(Contacts::Left(why)) => why,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let since = *work.unregistrable_since.get_or_insert_with(|| services.now());
    let lasts = i64::try_from(platform.longest_registration().as_micros()).unwrap_or(i64::MAX);
    if services.now() >= since.plus(lasts) {
        // Nobody could renew one since: whatever was left has ended by itself.
        return Outcome::Done;
    }
    match serde_json::to_string(&work) {
        Ok(payload) => Outcome::Left { payload, why: format!("Contacts are left: {why}.") },
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_contacts_are_waited_for_and_attempts_grow_apart() {
        let due = |attempts, payload: &str| {
            let work = Work {
                outbox_id: Uuid::nil(),
                kind: String::new(),
                payload: payload.to_owned(),
                created_at: 0,
                attempts,
                error: None,
            };
            due(&work).0 / SECOND
        };
        let left = r#"{"user":"2103","unregistrable_since":7}"#;
        assert_eq!([0, 1, 2, 3, 8, 9, 10].map(|n| due(n, left)), [0, 1, 3, 7, 255, 511, 767]);
        assert_eq!([1, 9].map(|n| due(n, r#"{"user":"2103"}"#)), [0, 0]);
        assert!(due(i64::MAX, left) > due(14, left));
    }
}
