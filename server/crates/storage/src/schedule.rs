//! Schedules of opening hours.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    ids::{ScheduleId, SiteId},
    schedule::{Schedule, holidays, hours},
    slug::Slug,
};
use uuid::Uuid;

statements! {
    ALL = "SELECT schedule_id, site_id, code, name, time_zone, hours, holidays, changed_at, changed_by FROM schedule ORDER BY code";
    BY_CODE = "SELECT schedule_id, site_id, code, name, time_zone, hours, holidays, changed_at, changed_by FROM schedule WHERE code = $1";
    INSERT = "INSERT INTO schedule (schedule_id, site_id, code, name, time_zone, hours, holidays, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    UPDATE = "UPDATE schedule SET name = $2, time_zone = $3, hours = $4, holidays = $5, changed_at = $6, changed_by = $7 WHERE schedule_id = $1";
    REMOVE = "DELETE FROM schedule WHERE schedule_id = $1";
    GROUPS = "SELECT code FROM hunt_group WHERE schedule_id = $1 ORDER BY code LIMIT 50";
    EXTENSIONS = "SELECT x.number FROM profile p JOIN extension x ON x.extension_id = p.extension_id WHERE p.schedule_id = $1 ORDER BY x.number LIMIT 50";
}

/// A schedule, whose it is, and who said so.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its id.
    pub id: ScheduleId,
    /// The site that it belongs to.
    pub site: SiteId,
    /// Its short name.
    pub code: Slug,
    /// What people call it.
    pub name: String,
    /// When it is open.
    pub schedule: Schedule,
    /// When somebody said so.
    pub changed_at: Timestamp,
    /// Who.
    pub changed_by: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    schedule_id: Uuid,
    site_id: Uuid,
    code: String,
    name: String,
    time_zone: String,
    hours: String,
    holidays: String,
    changed_at: i64,
    changed_by: String,
}

impl TryFrom<Row> for Stored {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let bad = |what: String| Error::row("schedule", row.schedule_id, what);
        Ok(Self {
            id: ScheduleId(row.schedule_id),
            site: SiteId(row.site_id),
            code: Slug::parse(&row.code).ok_or_else(|| bad("code".to_owned()))?,
            name: row.name,
            schedule: Schedule {
                zone: row.time_zone,
                week: hours(&row.hours).map_err(bad)?,
                holidays: holidays(&row.holidays).map_err(bad)?,
            },
            changed_at: Timestamp(row.changed_at),
            changed_by: row.changed_by,
        })
    }
}

/// Every schedule.
pub async fn list(tx: &mut Tx) -> Result<Vec<Stored>, Error> {
    tx.all::<Row>(ALL, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The schedule of this short name.
pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Stored>, Error> {
    tx.one::<Row>(BY_CODE, args![code]).await?.map(TryInto::try_into).transpose()
}

/// Adds a schedule.
pub async fn insert(tx: &mut Tx, stored: &Stored) -> Result<(), Error> {
    let (s, of) = (stored, &stored.schedule);
    let args = args![
        s.id.0,
        s.site.0,
        s.code.as_ref(),
        &s.name,
        &of.zone,
        of.hours(),
        of.days(),
        s.changed_at,
        &s.changed_by
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Saves a schedule; its short name and site stay.
pub async fn update(tx: &mut Tx, stored: &Stored) -> Result<(), Error> {
    let (s, of) = (stored, &stored.schedule);
    let args = args![s.id.0, &s.name, &of.zone, of.hours(), of.days(), s.changed_at, &s.changed_by];
    tx.run(UPDATE, args).await?;
    Ok(())
}

/// Removes a schedule that nobody keeps.
pub async fn remove(tx: &mut Tx, id: ScheduleId) -> Result<(), Error> {
    tx.run(REMOVE, args![id.0]).await?;
    Ok(())
}

/// The first groups and the first extensions that keep a schedule.
pub async fn kept_by(tx: &mut Tx, id: ScheduleId) -> Result<(Vec<String>, Vec<String>), Error> {
    let groups = tx.all::<(String,)>(GROUPS, args![id.0]).await?;
    let extensions = tx.all::<(String,)>(EXTENSIONS, args![id.0]).await?;
    let names = |rows: Vec<(String,)>| rows.into_iter().map(|(name,)| name).collect();
    Ok((names(groups), names(extensions)))
}
