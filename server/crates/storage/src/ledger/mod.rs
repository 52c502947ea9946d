//! The ledger: append to a node's chain, read it back, and the generations that order acts and serves.
//!
//! This module owns the edge's batch transaction (`Chain::commit`); acts append to the same chain inside the
//! transaction of their use case (`append`).

mod chain;
mod index;
mod recent;
mod written;

pub use chain::Chain;
pub use index::{Place, acts, of_device, probes, project};
pub use recent::Recent;
pub use written::{Template, Written};

use crate::{
    Error, Store, Tx,
    args::{Arg, args},
    many::many,
    statements,
};
use domain::ledger::{Batch, Entry, Packer};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;

statements! {
    HEAD = "INSERT INTO ledger_head (node, seq, hash, count) VALUES ($1, 0, $2, 0) ON CONFLICT (node) DO UPDATE SET seq = ledger_head.seq RETURNING seq, hash, count, coalesce((SELECT generation FROM generation WHERE scope_id = $3), 0)";
    INSERT = "INSERT INTO ledger_batch (node, seq, count, prev_hash, hash, body) VALUES ($1, $2, $3, $4, $5, $6)";
    APPEND = "INSERT INTO ledger_batch (node, seq, count, prev_hash, hash, body) SELECT $1, $2, $3, $4, $5, $6 FROM ledger_head h WHERE h.node = $1 AND h.seq + 1 = $2 AND h.hash = $4 AND coalesce((SELECT generation FROM generation WHERE scope_id = $7), 0) = $8";
    BATCHES = "SELECT node, seq, count, prev_hash, hash, body FROM ledger_batch WHERE node = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    HEADS = "SELECT node, seq, hash, count FROM ledger_head ORDER BY node";
    NODES = "SELECT DISTINCT node FROM ledger_batch ORDER BY node";
    GENERATION = "SELECT generation FROM generation WHERE scope_id = $1";
    GENERATIONS = many!("SELECT scope_id, generation FROM generation WHERE scope_id IN (", 0 columns, 64 rows, ")");
    FEW_GENERATIONS = many!("SELECT scope_id, generation FROM generation WHERE scope_id IN (", 0 columns, 4 rows, ")");
    BUMP = "INSERT INTO generation (scope_id, generation) VALUES ($1, 1) ON CONFLICT (scope_id) DO UPDATE SET generation = generation.generation + 1";
    INDEX_DEVICE = "INSERT INTO ledger_places (device_id, at, node, seq, position, places) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (device_id, at, node, seq, position) DO NOTHING";
    INDEX_DEVICES = many!("INSERT INTO ledger_places (device_id, at, node, seq, position, places) VALUES ", 6 columns, 16 rows, " ON CONFLICT (device_id, at, node, seq, position) DO NOTHING");
    INDEX_KIND = "INSERT INTO ledger_of_kind (kind, at, node, seq, position) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, at, node, seq, position) DO NOTHING";
    WATERMARK = "SELECT seq FROM ledger_watermark WHERE node = $1";
    SET_WATERMARK = "INSERT INTO ledger_watermark (node, seq) VALUES ($1, $2) ON CONFLICT (node) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > ledger_watermark.seq";
    BACKLOG = "SELECT CAST(coalesce(sum(b.count), 0) AS BIGINT) FROM ledger_batch b LEFT JOIN ledger_watermark w ON w.node = b.node WHERE b.seq > coalesce(w.seq, 0)";
    ONE_BATCH = "SELECT node, seq, count, prev_hash, hash, body FROM ledger_batch WHERE node = $1 AND seq = $2";
    OF_DEVICE = "SELECT node, places FROM ledger_places WHERE device_id = $1 ORDER BY at DESC, node, seq DESC, position DESC LIMIT 200";
    OF_KIND = "SELECT node, seq, position, at FROM ledger_of_kind WHERE kind = $1 AND at <= $2 ORDER BY at DESC, node, seq DESC, position DESC LIMIT 260";
}

/// The scope id of facts that belong to the whole organisation.
pub const ORGANISATION: Uuid = Uuid::nil();
/// The scope that every bump bumps as well. As long as it stands still nothing has changed at all, and nobody needs to
/// compare scope by scope.
const EPOCH: Uuid = Uuid::max();

/// The end of a chain.
#[derive(Clone, Debug)]
pub struct Head {
    /// Whose chain.
    pub node: String,
    /// Last batch.
    pub seq: i64,
    /// Its hash.
    pub hash: [u8; 32],
    /// Entries in the chain.
    pub count: i64,
}

fn hash(node: &str, bytes: &[u8]) -> Result<[u8; 32], Error> {
    bytes.try_into().map_err(|_| Error::row("ledger", node, "length of hash"))
}

/// Appends a batch to `node`'s chain, inside the caller's transaction; returns the number of its last batch.
pub async fn append(tx: &mut Tx, node: &str, entries: &[Entry]) -> Result<i64, Error> {
    let written: Result<Vec<_>, _> = entries.iter().map(Written::new).collect();
    let written = written?;
    let (mut head, _) = end(tx, node).await?;
    for batch in written.chunks(MOST_ENTRIES) {
        head = link(tx, head, &batch.iter().collect::<Vec<_>>()).await?;
    }
    Ok(head.seq)
}

/// Entries of one batch: who reads the chain reads so many batches at once.
const MOST_ENTRIES: usize = 512;

/// The end of `node`'s chain, kept for this transaction, and the epoch: one statement, because everybody waits for it.
async fn end(tx: &mut Tx, node: &str) -> Result<(Head, i64), Error> {
    let args = args![node, domain::ledger::GENESIS.as_slice(), EPOCH];
    let (seq, bytes, count, epoch) = tx
        .one::<(i64, Vec<u8>, i64, i64)>(HEAD, args)
        .await?
        .ok_or_else(|| Error::row("ledger_head", node, "missing"))?;
    Ok((Head { node: node.to_owned(), seq, hash: hash(node, &bytes)?, count }, epoch))
}

/// Appends to the chain; its head follows by itself.
async fn link(tx: &mut Tx, head: Head, entries: &[&Written]) -> Result<Head, Error> {
    if entries.is_empty() {
        return Ok(head);
    }
    let Batch { node, seq, count, prev_hash, hash, body } = linked(&head, entries, &mut Space::default())?;
    tx.run(INSERT, args![&node, seq, count, prev_hash.as_slice(), hash.as_slice(), body]).await?;
    Ok(Head { node, seq, hash, count: head.count + count })
}

/// The batch that comes next in the chain.
fn linked(head: &Head, entries: &[&Written], space: &mut Space) -> Result<Batch, Error> {
    let count = i64::try_from(entries.len()).map_err(|e| Error::row("ledger_batch", &head.node, e))?;
    written::body(entries, &mut space.json)?;
    Ok(Batch::link(&head.node, head.seq + 1, count, head.hash, &space.json, &mut space.packer))
}

/// Where a batch is written before it is kept.
#[derive(Debug, Default)]
struct Space {
    json: Vec<u8>,
    packer: Packer,
}

/// The facts that an entry rests on, by the generations that were read. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expects {
    epoch: i64,
    scopes: Arc<[(Uuid, i64)]>,
}

impl Expects {
    /// Reads the generations of these scopes. To be called before the facts themselves are read: a change after it
    /// makes the batch refuse what rests on older facts.
    pub async fn read(tx: &mut Tx, scopes: &[Uuid]) -> Result<Self, Error> {
        let all: Vec<Uuid> = scopes.iter().copied().chain([EPOCH]).collect();
        let now = generations(tx, &all).await?;
        let of = |scope: &Uuid| now.get(scope).copied().unwrap_or(0);
        Ok(Self { epoch: of(&EPOCH), scopes: scopes.iter().map(|scope| (*scope, of(scope))).collect() })
    }

    /// The generation of a scope that it rests on.
    pub fn of(&self, scope: Uuid) -> Option<i64> {
        self.scopes.iter().find(|(own, _)| *own == scope).map(|(_, generation)| *generation)
    }
}

/// An entry that may be committed only if the facts it rests on are still those that were read.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The entry.
    pub entry: Written,
    /// What it rests on; nothing by default.
    pub expects: Expects,
}

/// Commits a batch of the edge in a transaction of several statements; says where the chain ends then, and the epoch.
async fn commit_and_end(
    store: &Store,
    node: &str,
    pending: &[Pending],
) -> Result<(Vec<bool>, (Head, i64)), Error> {
    let mut tx = store.batch().await?;
    let (head, epoch) = end(&mut tx, node).await?;
    // Acts are few: nearly always nothing at all has changed.
    let changed = || pending.iter().filter(|item| item.expects.epoch != epoch);
    let scopes: BTreeSet<Uuid> =
        changed().flat_map(|item| item.expects.scopes.iter().map(|(scope, _)| *scope)).collect();
    let now = generations(&mut tx, &scopes.into_iter().collect::<Vec<_>>()).await?;
    let holds = |(scope, expected): &(Uuid, i64)| now.get(scope).copied().unwrap_or(0) == *expected;
    let won: Vec<_> = pending
        .iter()
        .map(|Pending { expects, .. }| expects.epoch == epoch || expects.scopes.iter().all(holds))
        .collect();
    let entries: Vec<_> = pending.iter().zip(&won).filter(|(_, won)| **won).map(|(p, _)| &p.entry).collect();
    let head = link(&mut tx, head, &entries).await?;
    tx.commit().await?;
    Ok((won, (head, epoch)))
}

/// The generations of scopes that were ever bumped; 64 with each statement, or 4.
async fn generations(tx: &mut Tx, scopes: &[Uuid]) -> Result<BTreeMap<Uuid, i64>, Error> {
    let mut found = BTreeMap::new();
    for scopes in scopes.chunks(64) {
        let (sql, most) = if scopes.len() > 4 { (GENERATIONS, 64) } else { (FEW_GENERATIONS, 4) };
        let filled = scopes.iter().chain(std::iter::repeat(&scopes[scopes.len() - 1])).take(most);
        let args = filled.map(|scope| Arg::from(*scope)).collect();
        found.extend(tx.all::<(Uuid, i64)>(sql, args).await?);
    }
    Ok(found)
}

/// The generation of a scope; 0 before its first bump.
pub async fn generation(tx: &mut Tx, scope: Uuid) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>(GENERATION, args![scope]).await?.map_or(0, |(n,)| n))
}

/// Bumps the generations of scopes, in the transaction that changes their facts.
pub async fn bump(tx: &mut Tx, scopes: impl IntoIterator<Item = Uuid>) -> Result<(), Error> {
    for scope in scopes.into_iter().chain([EPOCH]) {
        tx.run(BUMP, args![scope]).await?;
    }
    Ok(())
}

type BatchRow = (String, i64, i64, Vec<u8>, Vec<u8>, Vec<u8>);

fn batch((node, seq, count, prev, own, body): BatchRow) -> Result<Batch, Error> {
    let prev_hash = hash(&node, &prev)?;
    let hash = hash(&node, &own)?;
    Ok(Batch { node, seq, count, prev_hash, hash, body })
}

/// Up to 64 batches of `node` after `seq`, packed as they are: some megabytes at most, since a batch holds at most 512
/// entries.
pub async fn batches(tx: &mut Tx, node: &str, seq: i64) -> Result<Vec<Batch>, Error> {
    some_batches(tx, node, seq, 64).await
}

async fn some_batches(tx: &mut Tx, node: &str, seq: i64, most: usize) -> Result<Vec<Batch>, Error> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    tx.all::<BatchRow>(BATCHES, args![node, seq, most]).await?.into_iter().map(batch).collect()
}

/// The end of every chain.
pub async fn heads(tx: &mut Tx) -> Result<Vec<Head>, Error> {
    let rows = tx.all::<(String, i64, Vec<u8>, i64)>(HEADS, vec![]).await?;
    rows.into_iter()
        .map(|(node, seq, bytes, count)| {
            let hash = hash(&node, &bytes)?;
            Ok(Head { node, seq, hash, count })
        })
        .collect()
}

/// Entries, of every node, that the index does not have yet.
pub async fn backlog(tx: &mut Tx) -> Result<i64, Error> {
    Ok(tx.one::<(i64,)>(BACKLOG, vec![]).await?.map_or(0, |(n,)| n))
}

/// Every node that has batches, heads or not.
pub async fn nodes(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(tx.all::<(String,)>(NODES, vec![]).await?.into_iter().map(|(node,)| node).collect())
}
