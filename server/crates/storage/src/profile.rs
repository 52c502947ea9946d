//! Profiles of extensions.

use crate::{Error, Tx, args::args, hunt_group::read, statements};
use domain::{
    Timestamp,
    ids::ExtensionId,
    number::ExtensionNumber,
    profile::{CallerId, Destination, Forwards, Profile, Seconds},
    slug::Slug,
};
use uuid::Uuid;

statements! {
    ONE = "SELECT p.extension_id, x.number, p.voicemail, p.conferencing, p.shared, p.caller_id, s.code AS schedule, p.closed, p.forward_always, p.forward_busy, p.forward_no_answer, p.seconds, p.forward_unregistered, p.changed_at, p.changed_by FROM profile p JOIN extension x ON x.extension_id = p.extension_id LEFT JOIN schedule s ON s.schedule_id = p.schedule_id WHERE p.extension_id = $1";
    ALL = "SELECT p.extension_id, x.number, p.voicemail, p.conferencing, p.shared, p.caller_id, s.code AS schedule, p.closed, p.forward_always, p.forward_busy, p.forward_no_answer, p.seconds, p.forward_unregistered, p.changed_at, p.changed_by FROM profile p JOIN extension x ON x.extension_id = p.extension_id LEFT JOIN schedule s ON s.schedule_id = p.schedule_id ORDER BY x.number";
    LEADING = "SELECT p.extension_id, x.number, p.voicemail, p.conferencing, p.shared, p.caller_id, s.code AS schedule, p.closed, p.forward_always, p.forward_busy, p.forward_no_answer, p.seconds, p.forward_unregistered, p.changed_at, p.changed_by FROM profile p JOIN extension x ON x.extension_id = p.extension_id LEFT JOIN schedule s ON s.schedule_id = p.schedule_id WHERE coalesce(p.closed, p.forward_always, p.forward_busy, p.forward_no_answer, p.forward_unregistered) IS NOT NULL ORDER BY x.number";
    HOLD = "UPDATE profile SET changed_by = changed_by WHERE extension_id = $1";
    SAVE = "INSERT INTO profile (extension_id, voicemail, conferencing, shared, caller_id, schedule_id, closed, forward_always, forward_busy, forward_no_answer, seconds, forward_unregistered, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, (SELECT schedule_id FROM schedule WHERE code = $6), $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (extension_id) DO UPDATE SET voicemail = excluded.voicemail, conferencing = excluded.conferencing, shared = excluded.shared, caller_id = excluded.caller_id, schedule_id = excluded.schedule_id, closed = excluded.closed, forward_always = excluded.forward_always, forward_busy = excluded.forward_busy, forward_no_answer = excluded.forward_no_answer, seconds = excluded.seconds, forward_unregistered = excluded.forward_unregistered, changed_at = excluded.changed_at, changed_by = excluded.changed_by";
}

/// A profile, whose it is, and who said so.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The extension.
    pub extension: ExtensionId,
    /// Its number.
    pub number: ExtensionNumber,
    /// The profile.
    pub profile: Profile,
    /// When somebody said so.
    pub changed_at: Timestamp,
    /// Who.
    pub changed_by: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    extension_id: Uuid,
    number: String,
    voicemail: bool,
    conferencing: bool,
    shared: bool,
    caller_id: String,
    schedule: Option<String>,
    closed: Option<String>,
    forward_always: Option<String>,
    forward_busy: Option<String>,
    forward_no_answer: Option<String>,
    seconds: Option<i64>,
    forward_unregistered: Option<String>,
    changed_at: i64,
    changed_by: String,
}

impl TryFrom<Row> for Stored {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let id = row.extension_id;
        let bad = |what: &str| Error::row("profile", id, what);
        let to =
            |column, text: &Option<String>| read("profile", id, column, text.as_deref(), Destination::parse);
        let seconds = row.seconds.and_then(|n| u16::try_from(n).ok()).and_then(Seconds::new);
        let profile = Profile {
            schedule: read("profile", id, "schedule", row.schedule.as_deref(), Slug::parse)?,
            closed: to("closed", &row.closed)?,
            forwards: Forwards {
                always: to("forward_always", &row.forward_always)?,
                busy: to("forward_busy", &row.forward_busy)?,
                no_answer: to("forward_no_answer", &row.forward_no_answer)?.zip(seconds),
                unregistered: to("forward_unregistered", &row.forward_unregistered)?,
            },
            voicemail: row.voicemail,
            conferencing: row.conferencing,
            shared: row.shared,
            caller_id: CallerId::parse(&row.caller_id).ok_or_else(|| bad("caller_id"))?,
        };
        Ok(Self {
            extension: ExtensionId(id),
            number: ExtensionNumber::parse(&row.number).map_err(|_| bad("number"))?,
            profile,
            changed_at: Timestamp(row.changed_at),
            changed_by: row.changed_by,
        })
    }
}

/// The profile of an extension, if somebody has given it one.
pub async fn of(tx: &mut Tx, extension: ExtensionId) -> Result<Option<Stored>, Error> {
    tx.one::<Row>(ONE, args![extension.0]).await?.map(TryInto::try_into).transpose()
}

/// Every profile.
pub async fn list(tx: &mut Tx) -> Result<Vec<Stored>, Error> {
    tx.all::<Row>(ALL, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Every profile that leads calls elsewhere: a small part of all.
pub async fn leading(tx: &mut Tx) -> Result<Vec<Stored>, Error> {
    tx.all::<Row>(LEADING, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Orders this act against others that do the same for the extension: what comes next reads what they committed.
pub async fn hold(tx: &mut Tx, extension: ExtensionId) -> Result<(), Error> {
    tx.run(HOLD, args![extension.0]).await?;
    Ok(())
}

/// Gives an extension a profile. Its schedule is there already.
pub async fn save(tx: &mut Tx, stored: &Stored) -> Result<(), Error> {
    let (s, p) = (stored, &stored.profile);
    let to = |to: Option<&Destination>| to.map(ToString::to_string);
    let no_answer = p.forwards.no_answer.as_ref();
    let args = args![
        s.extension.0,
        p.voicemail,
        p.conferencing,
        p.shared,
        p.caller_id.to_string(),
        p.schedule.as_ref().map(ToString::to_string),
        to(p.closed.as_ref()),
        to(p.forwards.always.as_ref()),
        to(p.forwards.busy.as_ref()),
        to(no_answer.map(|(to, _)| to)),
        no_answer.map(|(_, after)| i64::from(after.get())),
        to(p.forwards.unregistered.as_ref()),
        s.changed_at,
        &s.changed_by
    ];
    tx.run(SAVE, args).await?;
    Ok(())
}
