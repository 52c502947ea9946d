//! The searchable projection of the ledger. Disposable; reads add the tail beyond its watermark, so that
//! nothing acknowledged is ever invisible.

use super::{
    BatchRow, INDEX_DEVICE, INDEX_DEVICES, INDEX_KIND, OF_DEVICE, OF_KIND, ONE_BATCH, Recent, SET_WATERMARK,
    WATERMARK, batch, batches, heads, some_batches,
    written::{self, About},
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
use std::collections::BTreeMap;

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

fn unreadable(batch: &Batch) -> impl Fn(Unreadable) -> Error {
    let (node, seq) = (batch.node.clone(), batch.seq);
    move |e| Error::row("ledger_batch", format!("{node}/{seq}"), e)
}

/// Batches read for one transaction: about a second of a storm.
const STRETCH: usize = 256;
/// Rows written in one transaction: more would keep the one writer of SQLite from the edge for too long.
const ROWS: usize = 2_000;
/// Entries that a trace shows.
const SHOWN: usize = 200;

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

/// What a stretch becomes in the index.
#[derive(Default)]
struct Rows {
    of_device: BTreeMap<DeviceId, Places>,
    of_kind: Vec<(i64, i64, About)>,
    batches: usize,
}

impl Rows {
    fn full(&self) -> bool {
        self.batches >= STRETCH || self.of_device.len() + self.of_kind.len() >= ROWS
    }

    fn add(&mut self, seq: i64, entries: Vec<About>) {
        self.batches += 1;
        for (position, about) in (0i64..).zip(entries) {
            if let Some(device) = about.device {
                let at = about.at;
                let found = self.of_device.entry(device).or_insert(Places { at, places: vec![] });
                found.at = found.at.max(at);
                found.places.push((seq, position));
            }
            if about.kind != "serve" {
                self.of_kind.push((seq, position, about));
            }
        }
    }
}

/// Projects a stretch beyond the watermark of `node`; returns how many batches. What `recent` has is not read again.
///
/// Read and parsed before the writer is taken, so that the edge waits for the rows alone: one for each device that was
/// served, however often it was.
pub async fn project(store: &Store, node: &str, recent: &Recent) -> Result<usize, Error> {
    let mut tx = store.read().await?;
    let from = watermark(&mut tx, node).await?;
    let (mut rows, mut last) = (Rows::default(), from);
    while !rows.full()
        && let Some(entries) = recent.following(last)
    {
        last += 1;
        rows.add(last, entries);
    }
    if rows.batches == 0 {
        for batch in some_batches(&mut tx, node, from, STRETCH).await? {
            let json = batch.json().map_err(unreadable(&batch))?;
            rows.add(batch.seq, serde_json::from_slice(&json).map_err(|e| unreadable(&batch)(e.into()))?);
            last = batch.seq;
            if rows.full() {
                break;
            }
        }
    }
    drop(tx);
    if rows.batches > 0 {
        write(store, node, &mut rows, last).await?;
    }
    Ok(rows.batches)
}

async fn write(store: &Store, node: &str, rows: &mut Rows, last: i64) -> Result<(), Error> {
    let of_device = std::mem::take(&mut rows.of_device).into_iter();
    let of_device: Result<Vec<_>, _> = of_device.map(|(device, places)| places.row(device, node)).collect();
    let of_device = of_device?;
    let mut tx = store.derived().await?;
    insert(&mut tx, &of_device).await?;
    for (seq, position, about) in &rows.of_kind {
        tx.run(INDEX_KIND, args![&*about.kind, about.at, node, *seq, *position]).await?;
    }
    tx.run(SET_WATERMARK, args![node, last]).await?;
    tx.commit().await
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
    let mut found = tail(tx, |entry| written::device(entry) == Some(device)).await?;
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
    let mut found = tail(tx, |entry| written::kind(entry) == kind && entry.at() <= at).await?;
    let indexed = tx.all::<Key>(OF_KIND, args![kind, at]).await?;
    found.extend(load(tx, indexed.into_iter().map(place).collect()).await?);
    newest_first(&mut found);
    Ok(found)
}
