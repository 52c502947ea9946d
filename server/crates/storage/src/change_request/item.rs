//! The items of requests: what is asked for at each endpoint, and what was submitted for it.

use super::Request;
use crate::{Error, Tx, args::args, many::many, statements};
use domain::{
    Code, Mac,
    change_request::{ItemState, Wanted},
    ids::{ChangeRequestId, DeviceId, EndpointId, ExtensionId, ItemId},
    plan::{Effect, Item as Planned},
};
use std::collections::BTreeMap;
use uuid::Uuid;

statements! {
    SAVE = "INSERT INTO change_request_item (item_id, change_request_id, ordinal, device_id, endpoint_id, effect, extension_id, state_word, reason, applied_revision, plan, round) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (item_id) DO UPDATE SET state_word = excluded.state_word, reason = excluded.reason, applied_revision = excluded.applied_revision, plan = coalesce(excluded.plan, change_request_item.plan), round = excluded.round";
    SAVE_MANY = many!("INSERT INTO change_request_item (item_id, change_request_id, ordinal, device_id, endpoint_id, effect, extension_id, state_word, reason, applied_revision, plan, round) VALUES ", 12 columns, 32 rows, " ON CONFLICT (item_id) DO UPDATE SET state_word = excluded.state_word, reason = excluded.reason, applied_revision = excluded.applied_revision, plan = coalesce(excluded.plan, change_request_item.plan), round = excluded.round");
    OF_REQUEST = "SELECT item_id, device_id, endpoint_id, effect, extension_id, state_word, reason, applied_revision, plan, round FROM change_request_item WHERE change_request_id = $1 ORDER BY ordinal";
    PLACES = "SELECT d.mac, e.position, x.number FROM change_request_item i JOIN device d ON d.device_id = i.device_id JOIN endpoint e ON e.endpoint_id = i.endpoint_id JOIN extension x ON x.extension_id = i.extension_id WHERE i.change_request_id = $1 ORDER BY i.ordinal";
    ASKED_TO_UNBIND = "SELECT count(*) FROM change_request_item i JOIN change_request r ON r.change_request_id = i.change_request_id WHERE i.device_id = $1 AND i.extension_id = $2 AND i.effect = 'unbind' AND i.state_word <> 'applied' AND r.state_word IN ('submitted', 'approved', 'scheduled')";
}

/// What a request asks for at one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id; the line that it makes has the same.
    pub id: ItemId,
    /// What is asked for.
    pub wanted: Wanted,
    /// How far it has come.
    pub state: ItemState,
    /// In which round of the request it was submitted last; 0 for never.
    pub round: u32,
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    item_id: Uuid,
    device_id: Uuid,
    endpoint_id: Uuid,
    effect: String,
    extension_id: Uuid,
    state_word: String,
    reason: String,
    applied_revision: Option<i64>,
    plan: Option<String>,
    round: i64,
}

impl TryFrom<ItemRow> for (Item, Option<Planned>) {
    type Error = Error;
    fn try_from(row: ItemRow) -> Result<Self, Error> {
        let bad = |what: &dyn std::fmt::Display| Error::row("change_request_item", row.item_id, what);
        let revision = row.applied_revision.map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        let by: Vec<Code> = serde_json::from_str(&row.reason).map_err(|e| bad(&e))?;
        let state = match (row.state_word.as_str(), revision) {
            ("waiting", None) => ItemState::Waiting,
            ("applied", Some(revision)) => ItemState::Applied { revision },
            ("stale", None) => ItemState::Stale,
            ("blocked", None) => ItemState::Blocked { by },
            (word, _) => return Err(bad(&word)),
        };
        let wanted = Wanted {
            device: DeviceId(row.device_id),
            endpoint: EndpointId(row.endpoint_id),
            effect: Effect::parse(&row.effect).ok_or_else(|| bad(&row.effect))?,
            extension: ExtensionId(row.extension_id),
        };
        let round = u32::try_from(row.round).unwrap_or(u32::MAX);
        let plan = row.plan.as_deref().map(serde_json::from_str).transpose().map_err(|e| bad(&e))?;
        Ok((Item { id: ItemId(row.item_id), wanted, state, round }, plan))
    }
}

/// Reads the items of a request, and the items of its plan that were submitted in its last round.
pub(super) async fn load(tx: &mut Tx, request: &mut Request) -> Result<(), Error> {
    for row in tx.all::<ItemRow>(OF_REQUEST, args![request.id.0]).await? {
        let (item, planned) = row.try_into()?;
        if let (Some(plan), Some(planned)) = (&mut request.plan, planned)
            && item.round == request.round
        {
            plan.items.push(planned);
        }
        request.items.push(item);
    }
    Ok(())
}

/// Saves the items of a request: how far each has come, and what was submitted for it.
pub async fn save_items(tx: &mut Tx, request: &Request) -> Result<(), Error> {
    let planned: BTreeMap<_, _> =
        request.plan.iter().flat_map(|plan| &plan.items).map(|item| (item.wanted(), item)).collect();
    let mut rows = Vec::with_capacity(request.items.len());
    for (ordinal, item) in (1i64..).zip(&request.items) {
        let json = |e| Error::row("change_request_item", item.id, e);
        let w = item.wanted;
        let (revision, by) = match &item.state {
            ItemState::Waiting | ItemState::Stale => (None, &[][..]),
            ItemState::Applied { revision } => (Some(i64::from(*revision)), &[][..]),
            ItemState::Blocked { by } => (None, by.as_slice()),
        };
        let plan = planned.get(&w).map(serde_json::to_string).transpose().map_err(json)?;
        rows.push(args![
            item.id.0,
            request.id.0,
            ordinal,
            w.device.0,
            w.endpoint.0,
            w.effect.word(),
            w.extension.0,
            item.state.word(),
            serde_json::to_string(by).map_err(json)?,
            revision,
            plan,
            i64::from(item.round)
        ]);
    }
    let mut chunks = rows.chunks_exact(32);
    for chunk in &mut chunks {
        tx.run(SAVE_MANY, chunk.concat()).await?;
    }
    for row in chunks.remainder() {
        tx.run(SAVE, row.clone()).await?;
    }
    Ok(())
}

/// Where an item is, as people read it.
#[derive(Clone, Debug)]
pub struct Place {
    /// MAC of the device.
    pub mac: Mac,
    /// Line key, from 1.
    pub index: u8,
    /// Number of the extension.
    pub extension: String,
}

/// Where the items of a request are, in their order.
pub async fn places(tx: &mut Tx, request: ChangeRequestId) -> Result<Vec<Place>, Error> {
    let rows = tx.all::<(String, i64, String)>(PLACES, args![request.0]).await?;
    let place = |(mac, index, extension): (String, i64, String)| {
        let mac = Mac::parse(&mac).map_err(|_| Error::row("change_request_item", request, "mac"))?;
        Ok(Place { mac, index: u8::try_from(index).unwrap_or(u8::MAX), extension })
    };
    rows.into_iter().map(place).collect()
}

/// Whether an open request that was submitted takes an extension away from a device.
pub async fn asked_to_unbind(tx: &mut Tx, device: DeviceId, extension: ExtensionId) -> Result<bool, Error> {
    let asked = tx.one::<(i64,)>(ASKED_TO_UNBIND, args![device.0, extension.0]).await?;
    Ok(asked.is_some_and(|(n,)| n > 0))
}
