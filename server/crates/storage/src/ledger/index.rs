//! The searchable projection of the ledger. Disposable; reads add the tail beyond its watermark, so that
//! nothing acknowledged is ever invisible.

use super::{
    BatchRow, INDEX_DEVICE, INDEX_DEVICES, INDEX_KIND, OF_DEVICE, OF_KIND, ONE_BATCH, SET_WATERMARK,
    WATERMARK, batch, batches, heads, some_batches,
};
use crate::{
    Error, Store, Tx,
    args::{Arg, args},
};
use domain::{
    Timestamp,
    ids::DeviceId,
    ledger::{Batch, Entry, ProbeEntry, Unreadable},
};
use serde::Deserialize;
use std::{borrow::Cow, collections::BTreeMap};

/// Where an entry is: node, batch, position in the batch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Whose chain.
    pub node: String,
    /// Which batch.
    pub seq: i64,
    /// Which entry of it.
    pub position: i64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.node, self.seq, self.position)
    }
}

fn device(entry: &Entry) -> Option<DeviceId> {
    match entry {
        Entry::Serve(e) => e.device,
        Entry::Probe(_) => None,
        Entry::Act(e) => e.device,
    }
}

fn kind(entry: &Entry) -> &'static str {
    match entry {
        Entry::Serve(_) => "serve",
        Entry::Probe(_) => "probe",
        Entry::Act(_) => "act",
    }
}

fn unreadable(batch: &Batch) -> impl Fn(Unreadable) -> Error {
    let (node, seq) = (batch.node.clone(), batch.seq);
    move |e| Error::row("ledger_batch", format!("{node}/{seq}"), e)
}

/// Batches read for one transaction: about a second of a storm.
const STRETCH: i64 = 256;
/// Rows written in one transaction: more would keep the one writer of SQLite from the edge for too long.
const ROWS: usize = 2_000;
/// Entries that a trace shows.
const SHOWN: usize = 200;

/// What the index needs of an entry; the rest is skipped unread, which is most of it.
#[derive(Deserialize)]
struct Slim<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    at: Timestamp,
    #[serde(default)]
    device: Option<DeviceId>,
}

/// The entries about one device in a stretch.
struct Places {
    at: Timestamp,
    places: Vec<(i64, i64)>,
}

impl Places {
    fn row(self, device: DeviceId, node: &str) -> Result<Vec<Arg>, Error> {
        let (seq, position) = self.places.last().copied().unwrap_or_default();
        let places = serde_json::to_string(&self.places).map_err(|e| Error::row("ledger_places", node, e))?;
        Ok(args![device.0, self.at, node, seq, position, places])
    }
}

/// Projects a stretch beyond the watermark of `node`; returns how many batches.
///
/// Read and parsed before the writer is taken, so that the edge waits for the rows alone: one for each device that was
/// served, however often it was.
pub async fn project(store: &Store, node: &str) -> Result<usize, Error> {
    let mut tx = store.read().await?;
    let from = watermark(&mut tx, node).await?;
    let new = some_batches(&mut tx, node, from, STRETCH).await?;
    drop(tx);
    let (mut projected, mut last) = (0, None);
    let (mut of_device, mut of_kind) = (BTreeMap::<DeviceId, Places>::new(), Vec::new());
    for batch in &new {
        if of_device.len() + of_kind.len() >= ROWS {
            break;
        }
        projected += 1;
        last = Some(batch.seq);
        let json = batch.json().map_err(unreadable(batch))?;
        let slim: Vec<Slim<'_>> = serde_json::from_slice(&json).map_err(|e| unreadable(batch)(e.into()))?;
        for (position, Slim { kind, at, device }) in (0i64..).zip(slim) {
            if let Some(device) = device {
                let found = of_device.entry(device).or_insert(Places { at, places: vec![] });
                found.at = found.at.max(at);
                found.places.push((batch.seq, position));
            }
            if kind != "serve" {
                of_kind.push(args![&*kind, at, node, batch.seq, position]);
            }
        }
    }
    let Some(last) = last else { return Ok(0) };
    let rows: Result<Vec<_>, _> = of_device.into_iter().map(|(device, p)| p.row(device, node)).collect();
    let rows = rows?;
    let mut tx = store.derived().await?;
    insert(&mut tx, &rows).await?;
    for row in of_kind {
        tx.run(INDEX_KIND, row).await?;
    }
    tx.run(SET_WATERMARK, args![node, last]).await?;
    tx.commit().await?;
    Ok(projected)
}

/// 16 rows with each statement: SQLite looks every placeholder up in a list. One that is there already is left alone,
/// so the last may be filled up.
async fn insert(tx: &mut Tx, rows: &[Vec<Arg>]) -> Result<(), Error> {
    for rows in rows.chunks(16) {
        if let [one] = rows {
            tx.run(INDEX_DEVICE, one.clone()).await?;
        } else {
            let filled = rows.iter().chain(std::iter::repeat(&rows[rows.len() - 1])).take(16);
            tx.run(INDEX_DEVICES, filled.flatten().cloned().collect()).await?;
        }
    }
    Ok(())
}

async fn watermark(tx: &mut Tx, node: &str) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>(WATERMARK, args![node]).await?.map_or(0, |(seq,)| seq))
}

/// Entries beyond the watermark of every node that satisfy `wanted`.
async fn tail(tx: &mut Tx, wanted: impl Fn(&Entry) -> bool) -> Result<Vec<(Place, Entry)>, Error> {
    let mut found = Vec::new();
    for head in heads(tx).await? {
        let mut from = watermark(tx, &head.node).await?;
        while from < head.seq {
            let more = batches(tx, &head.node, from).await?;
            let Some(last) = more.last() else { break };
            from = last.seq;
            for batch in &more {
                for (position, entry) in (0i64..).zip(batch.entries().map_err(unreadable(batch))?) {
                    if wanted(&entry) {
                        found.push((Place { node: batch.node.clone(), seq: batch.seq, position }, entry));
                    }
                }
            }
        }
    }
    Ok(found)
}

async fn load(tx: &mut Tx, places: Vec<Place>) -> Result<Vec<(Place, Entry)>, Error> {
    let mut cache: BTreeMap<(String, i64), Vec<Entry>> = BTreeMap::new();
    let mut found = Vec::with_capacity(places.len());
    for place in places {
        let key = (place.node.clone(), place.seq);
        if !cache.contains_key(&key) {
            let row = tx.one::<BatchRow>(ONE_BATCH, args![&place.node, place.seq]).await?;
            let Some(row) = row else { continue };
            let batch = batch(row)?;
            cache.insert(key.clone(), batch.entries().map_err(unreadable(&batch))?);
        }
        let entry = usize::try_from(place.position).ok().and_then(|at| cache.get(&key)?.get(at).cloned());
        if let Some(entry) = entry {
            found.push((place, entry));
        }
    }
    Ok(found)
}

type Key = (String, i64, i64, i64);

fn place((node, seq, position, _): Key) -> Place {
    Place { node, seq, position }
}

fn newest_first(found: &mut [(Place, Entry)]) {
    found.sort_by(|(a, x), (b, y)| (y.at(), b).cmp(&(x.at(), a)));
}

/// The newest entries about a device: up to 200, and whatever is beyond the watermark.
pub async fn of_device(tx: &mut Tx, device: DeviceId) -> Result<Vec<(Place, Entry)>, Error> {
    let mut found = tail(tx, |entry| self::device(entry) == Some(device)).await?;
    let mut indexed = Vec::new();
    for (node, places) in tx.all::<(String, String)>(OF_DEVICE, args![device.0]).await? {
        let places: Vec<(i64, i64)> =
            serde_json::from_str(&places).map_err(|e| Error::row("ledger_places", &node, e))?;
        let newest = places.into_iter().rev();
        indexed.extend(newest.map(|(seq, position)| Place { node: node.clone(), seq, position }));
        if indexed.len() >= SHOWN {
            break;
        }
    }
    indexed.truncate(SHOWN);
    found.extend(load(tx, indexed).await?);
    newest_first(&mut found);
    Ok(found)
}

/// Acts at or before `at`, newest first, about 200 and never fewer than there are.
pub async fn acts(tx: &mut Tx, at: Timestamp) -> Result<Vec<(Place, Entry)>, Error> {
    of_kind(tx, "act", at).await
}

/// The newest counted probes.
pub async fn probes(tx: &mut Tx, at: Timestamp) -> Result<Vec<ProbeEntry>, Error> {
    let found = of_kind(tx, "probe", at).await?;
    let probe = |(_, entry)| match entry {
        Entry::Probe(probe) => Some(probe),
        _ => None,
    };
    Ok(found.into_iter().filter_map(probe).take(50).collect())
}

async fn of_kind(tx: &mut Tx, kind: &'static str, at: Timestamp) -> Result<Vec<(Place, Entry)>, Error> {
    let mut found = tail(tx, |entry| self::kind(entry) == kind && entry.at() <= at).await?;
    let indexed = tx.all::<Key>(OF_KIND, args![kind, at]).await?;
    found.extend(load(tx, indexed.into_iter().map(place).collect()).await?);
    newest_first(&mut found);
    Ok(found)
}
