//! Freezes: those that still matter, and all of them as history.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    freeze::{Expiries, Freeze},
    ids::{FreezeId, SiteId},
};
use uuid::Uuid;

statements! {
    FROM = "SELECT freeze_id, site_id, from_at, until_at, reason, expiries FROM freeze_period WHERE lifted_at IS NULL AND until_at > $1 ORDER BY from_at, freeze_id";
    ROWS = "SELECT f.freeze_id, f.site_id, f.from_at, f.until_at, f.reason, f.expiries, coalesce(s.code, '') AS site, f.made_by, f.made_at, f.lifted_by, f.lifted_at, f.lift_reason FROM freeze_period f LEFT JOIN site s ON s.site_id = f.site_id ORDER BY f.until_at DESC, f.freeze_id LIMIT 200";
    INSERT = "INSERT INTO freeze_period (freeze_id, site_id, from_at, until_at, reason, expiries, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LIFT = "UPDATE freeze_period SET lifted_at = $2, lifted_by = $3, lift_reason = $4 WHERE freeze_id = $1 AND lifted_at IS NULL AND until_at > $2";
}

#[derive(sqlx::FromRow)]
struct Row {
    freeze_id: Uuid,
    site_id: Option<Uuid>,
    from_at: i64,
    until_at: i64,
    reason: String,
    expiries: String,
}

impl TryFrom<Row> for Freeze {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: FreezeId(row.freeze_id),
            site: row.site_id.map(SiteId),
            from: Timestamp(row.from_at),
            until: Timestamp(row.until_at),
            reason: row.reason,
            expiries: Expiries::parse(&row.expiries)
                .ok_or_else(|| Error::row("freeze_period", row.freeze_id, &row.expiries))?,
        })
    }
}

/// That somebody lifted a freeze.
#[derive(Clone, Debug)]
pub struct Lifted {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// A freeze with its history.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The freeze.
    pub freeze: Freeze,
    /// Code of its site; empty for the organisation.
    pub site: String,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// That it was lifted.
    pub lifted: Option<Lifted>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    freeze: Row,
    site: String,
    made_by: String,
    made_at: i64,
    lifted_by: Option<String>,
    lifted_at: Option<i64>,
    lift_reason: Option<String>,
}

impl TryFrom<ListedRow> for Listed {
    type Error = Error;
    fn try_from(row: ListedRow) -> Result<Self, Error> {
        let lifted = row.lifted_at.zip(row.lifted_by).zip(row.lift_reason);
        Ok(Self {
            freeze: row.freeze.try_into()?,
            site: row.site,
            made_by: row.made_by,
            made_at: Timestamp(row.made_at),
            lifted: lifted.map(|((at, by), reason)| Lifted { by, at: Timestamp(at), reason }),
        })
    }
}

/// The freezes that hold at `at` or later, all sites'. Few, as they are made by hand.
pub async fn from(tx: &mut Tx, at: Timestamp) -> Result<Vec<Freeze>, Error> {
    tx.all::<Row>(FROM, args![at]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The last 200 freezes, those that end last first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Listed>, Error> {
    tx.all::<ListedRow>(ROWS, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Adds a freeze.
pub async fn insert(tx: &mut Tx, freeze: &Freeze, by: &str, at: Timestamp) -> Result<(), Error> {
    let f = freeze;
    let site = f.site.map(|site| site.0);
    tx.run(INSERT, args![f.id.0, site, f.from, f.until, &f.reason, f.expiries.word(), by, at]).await?;
    Ok(())
}

/// Lifts a freeze that has not ended; whether there was one.
pub async fn lift(tx: &mut Tx, id: FreezeId, lifted: &Lifted) -> Result<bool, Error> {
    Ok(tx.run(LIFT, args![id.0, lifted.at, &lifted.by, &lifted.reason]).await? == 1)
}
