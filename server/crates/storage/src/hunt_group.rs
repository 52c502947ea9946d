//! Hunt groups and their members.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    hunt_group::{HuntGroup, Member, Ring},
    ids::{HuntGroupId, SiteId},
    number::{Did, ExtensionNumber},
    profile::{Destination, Seconds},
    slug::Slug,
};
use std::collections::BTreeMap;
use uuid::Uuid;

statements! {
    ALL = "SELECT g.hunt_group_id, g.site_id, g.code, g.name, g.number, g.did, g.ring, g.seconds, s.code AS schedule, g.closed, g.otherwise, g.changed_at, g.changed_by FROM hunt_group g LEFT JOIN schedule s ON s.schedule_id = g.schedule_id ORDER BY g.code";
    MEMBERS = "SELECT m.hunt_group_id, x.number, i.code FROM hunt_group_member m LEFT JOIN extension x ON x.extension_id = m.extension_id LEFT JOIN hunt_group i ON i.hunt_group_id = m.member_group_id ORDER BY m.hunt_group_id, m.position";
    INSERT = "INSERT INTO hunt_group (hunt_group_id, site_id, code, name, number, did, ring, seconds, schedule_id, closed, otherwise, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT schedule_id FROM schedule WHERE code = $9), $10, $11, $12, $13)";
    UPDATE = "UPDATE hunt_group SET name = $2, number = $3, did = $4, ring = $5, seconds = $6, schedule_id = (SELECT schedule_id FROM schedule WHERE code = $7), closed = $8, otherwise = $9, changed_at = $10, changed_by = $11 WHERE hunt_group_id = $1";
    REMOVE = "DELETE FROM hunt_group WHERE hunt_group_id = $1";
    CLEAR = "DELETE FROM hunt_group_member WHERE hunt_group_id = $1";
    ADD_EXTENSION = "INSERT INTO hunt_group_member (hunt_group_id, position, extension_id) SELECT $1, $2, extension_id FROM extension WHERE number = $3";
    ADD_GROUP = "INSERT INTO hunt_group_member (hunt_group_id, position, member_group_id) SELECT $1, $2, hunt_group_id FROM hunt_group WHERE code = $3";
    REACHABLE = "SELECT DISTINCT x.number, s.code FROM hunt_group_member m JOIN extension x ON x.extension_id = m.extension_id JOIN line l ON l.extension_id = x.extension_id AND l.ended_at IS NULL LEFT JOIN person o ON o.person_id = x.owner_person_id LEFT JOIN profile p ON p.extension_id = x.extension_id LEFT JOIN schedule s ON s.schedule_id = p.schedule_id WHERE x.enabled AND p.forward_always IS NULL AND (o.account IS NULL OR o.account NOT IN ('suspended', 'left'))";
}

/// A hunt group, whose it is, and who said so.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its id.
    pub id: HuntGroupId,
    /// The site that it belongs to.
    pub site: SiteId,
    /// The group.
    pub group: HuntGroup,
    /// When somebody said so.
    pub changed_at: Timestamp,
    /// Who.
    pub changed_by: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    hunt_group_id: Uuid,
    site_id: Uuid,
    code: String,
    name: String,
    number: Option<String>,
    did: Option<String>,
    ring: String,
    seconds: i64,
    schedule: Option<String>,
    closed: Option<String>,
    otherwise: Option<String>,
    changed_at: i64,
    changed_by: String,
}

/// An optional column that has to be readable when it is there.
pub(crate) fn read<T>(
    table: &'static str,
    id: Uuid,
    column: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    text.map(|text| parse(text).ok_or_else(|| Error::row(table, id, column))).transpose()
}

impl Row {
    fn stored(self, members: Vec<Member>) -> Result<Stored, Error> {
        let id = self.hunt_group_id;
        let bad = |what: &str| Error::row("hunt_group", id, what);
        let to = |column, text: &Option<String>| {
            read("hunt_group", id, column, text.as_deref(), Destination::parse)
        };
        let group = HuntGroup {
            code: Slug::parse(&self.code).ok_or_else(|| bad("code"))?,
            number: read("hunt_group", id, "number", self.number.as_deref(), |text| {
                ExtensionNumber::parse(text).ok()
            })?,
            did: read("hunt_group", id, "did", self.did.as_deref(), |text| Did::parse(text).ok())?,
            ring: Ring::parse(&self.ring).ok_or_else(|| bad("ring"))?,
            seconds: u16::try_from(self.seconds).ok().and_then(Seconds::new).ok_or_else(|| bad("seconds"))?,
            schedule: read("hunt_group", id, "schedule", self.schedule.as_deref(), Slug::parse)?,
            closed: to("closed", &self.closed)?,
            otherwise: to("otherwise", &self.otherwise)?,
            name: self.name,
            members,
        };
        Ok(Stored {
            id: HuntGroupId(id),
            site: SiteId(self.site_id),
            group,
            changed_at: Timestamp(self.changed_at),
            changed_by: self.changed_by,
        })
    }
}

/// Every group with its members. Two queries.
pub async fn list(tx: &mut Tx) -> Result<Vec<Stored>, Error> {
    let mut members: BTreeMap<Uuid, Vec<Member>> = BTreeMap::new();
    for (id, number, code) in tx.all::<(Uuid, Option<String>, Option<String>)>(MEMBERS, vec![]).await? {
        let member = match (&number, &code) {
            (Some(number), None) => ExtensionNumber::parse(number).ok().map(Member::Extension),
            (None, Some(code)) => Slug::parse(code).map(Member::Group),
            _ => None,
        };
        let member = member.ok_or_else(|| Error::row("hunt_group_member", id, "member"))?;
        members.entry(id).or_default().push(member);
    }
    let rows = tx.all::<Row>(ALL, vec![]).await?;
    rows.into_iter()
        .map(|row| {
            let own = members.remove(&row.hunt_group_id).unwrap_or_default();
            row.stored(own)
        })
        .collect()
}

fn text<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

/// Adds a group. Its schedule and its members are there already.
pub async fn insert(tx: &mut Tx, stored: &Stored) -> Result<(), Error> {
    let (s, g) = (stored, &stored.group);
    let args = args![
        s.id.0,
        s.site.0,
        g.code.as_ref(),
        &g.name,
        text(g.number.as_ref()),
        text(g.did.as_ref()),
        g.ring.word(),
        i64::from(g.seconds.get()),
        text(g.schedule.as_ref()),
        text(g.closed.as_ref()),
        text(g.otherwise.as_ref()),
        s.changed_at,
        &s.changed_by
    ];
    tx.run(INSERT, args).await?;
    members(tx, stored).await
}

/// Saves a group with its members; its short name and site stay.
pub async fn update(tx: &mut Tx, stored: &Stored) -> Result<(), Error> {
    let (s, g) = (stored, &stored.group);
    let args = args![
        s.id.0,
        &g.name,
        text(g.number.as_ref()),
        text(g.did.as_ref()),
        g.ring.word(),
        i64::from(g.seconds.get()),
        text(g.schedule.as_ref()),
        text(g.closed.as_ref()),
        text(g.otherwise.as_ref()),
        s.changed_at,
        &s.changed_by
    ];
    tx.run(UPDATE, args).await?;
    tx.run(CLEAR, args![s.id.0]).await?;
    members(tx, stored).await
}

async fn members(tx: &mut Tx, stored: &Stored) -> Result<(), Error> {
    for (position, member) in (0_i64..).zip(&stored.group.members) {
        let (statement, key) = match member {
            Member::Extension(number) => (ADD_EXTENSION, number.as_ref()),
            Member::Group(code) => (ADD_GROUP, code.as_ref()),
        };
        if tx.run(statement, args![stored.id.0, position, key]).await? != 1 {
            return Err(Error::row("hunt_group_member", stored.id.0, key));
        }
    }
    Ok(())
}

/// Removes a group that nothing leads to.
pub async fn remove(tx: &mut Tx, id: HuntGroupId) -> Result<(), Error> {
    tx.run(CLEAR, args![id.0]).await?;
    tx.run(REMOVE, args![id.0]).await?;
    Ok(())
}

/// Members of groups that calls can reach, each with its own schedule: enabled, standing on a phone, of somebody whose
/// account has not ended, and not forwarded away.
pub async fn reachable(tx: &mut Tx) -> Result<BTreeMap<ExtensionNumber, Option<Slug>>, Error> {
    let rows = tx.all::<(String, Option<String>)>(REACHABLE, vec![]).await?;
    let row = |(number, code): (String, Option<String>)| {
        let bad = || Error::row("extension", &number, "number");
        Ok((ExtensionNumber::parse(&number).map_err(|_| bad())?, code.as_deref().and_then(Slug::parse)))
    };
    rows.into_iter().map(row).collect()
}
