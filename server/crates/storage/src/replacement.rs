//! Orders of replacement. One row each; the partial unique indexes let one of many attempts win.

use crate::{Error, Tx, args::args, statements};
use domain::{Timestamp, ids::DeviceId, replacement::Order};

statements! {
    INSERT = "INSERT INTO replacement (number, old_device_id, new_device_id, state_word, body, version) VALUES ($1, $2, $3, $4, $5, 1)";
    UPDATE = "UPDATE replacement SET state_word = $2, body = $3, version = version + 1, overdue_at = $5 WHERE number = $1 AND version = $4";
    BY_NUMBER = "SELECT number, body, version FROM replacement WHERE number = $1";
    OPEN_OF = "SELECT number, body, version FROM replacement WHERE state_word IN ('planned', 'rotating', 'taken-over') AND (old_device_id = $1 OR (new_device_id = $1 AND state_word <> 'taken-over')) ORDER BY number LIMIT 1";
    OPEN = "SELECT number, body, version FROM replacement WHERE state_word IN ('planned', 'rotating', 'taken-over') AND number > $1 ORDER BY number LIMIT 200";
    OVERDUE = "SELECT r.number, r.body, r.version FROM replacement r WHERE r.overdue_at <= $1 AND NOT EXISTS (SELECT 1 FROM exception e WHERE e.kind = 'loan' AND e.device_id = r.old_device_id AND e.closed_at IS NULL) ORDER BY r.overdue_at, r.number LIMIT 200";
}

/// An order as it is stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The number of its case: 7 of `EX-7`.
    pub number: i64,
    /// The order.
    pub order: Order,
    /// How often it was written.
    pub version: i64,
}

type Row = (i64, String, i64);

fn stored((number, body, version): Row) -> Result<Stored, Error> {
    let order = serde_json::from_str(&body).map_err(|e| Error::row("replacement", number, e))?;
    Ok(Stored { number, order, version })
}

fn to_json(number: i64, order: &Order) -> Result<String, Error> {
    serde_json::to_string(order).map_err(|e| Error::row("replacement", number, e))
}

/// Adds an order, under the number of its case.
pub async fn insert(tx: &mut Tx, number: i64, order: &Order) -> Result<(), Error> {
    let body = to_json(number, order)?;
    tx.run(INSERT, args![number, order.old.0, order.new.0, order.state.word(), body]).await?;
    Ok(())
}

/// Saves an order; false when somebody else was faster.
pub async fn update(tx: &mut Tx, stored: &Stored) -> Result<bool, Error> {
    let body = to_json(stored.number, &stored.order)?;
    let args =
        args![stored.number, stored.order.state.word(), body, stored.version, stored.order.overdue_at()];
    Ok(tx.run(UPDATE, args).await? == 1)
}

/// The order of this case.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Stored>, Error> {
    tx.one::<Row>(BY_NUMBER, args![number]).await?.map(stored).transpose()
}

/// The order of which a device is a part now.
pub async fn open_of(tx: &mut Tx, device: DeviceId) -> Result<Option<Stored>, Error> {
    tx.one::<Row>(OPEN_OF, args![device.0]).await?.map(stored).transpose()
}

/// Up to 200 orders after this number that are not at their end.
pub async fn open(tx: &mut Tx, after: i64) -> Result<Vec<Stored>, Error> {
    tx.all::<Row>(OPEN, args![after]).await?.into_iter().map(stored).collect()
}

/// Up to 200 orders of which the old handset is lent out, overdue, and nobody's case yet; longest overdue first.
pub async fn overdue(tx: &mut Tx, now: Timestamp) -> Result<Vec<Stored>, Error> {
    tx.all::<Row>(OVERDUE, args![now]).await?.into_iter().map(stored).collect()
}
