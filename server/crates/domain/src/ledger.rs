//! The ledger: the append-only record of serves, refusals and administrative acts, and whether it is whole.
//!
//! Entries are written in batches; the chain runs over batches, one chain per node. A signed checkpoint,
//! kept outside the database, makes truncation and recomputation visible, not only edits (requirement G4).

use crate::{
    Code, Finding, Mac, Timestamp,
    artifact::Digest,
    fence::{Proof, Serve},
    ids::{DeviceId, RequestId, RevisionId, SecretId, SiteId, UserId},
    layer::Origin,
    vendor::Vendor,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

/// A configuration that was served, or a known device that was refused one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServeEntry {
    /// When.
    pub at: Timestamp,
    /// The device; `None` for a baseline by vendor and segment.
    pub device: Option<DeviceId>,
    /// Its MAC at that time.
    pub mac: Option<Mac>,
    /// Its serial at that time.
    pub serial: Option<String>,
    /// Its site, or the site of the source segment.
    pub site: Option<SiteId>,
    /// The file asked for.
    pub file: String,
    /// What the fence said.
    pub decision: Serve,
    /// HTTP status sent.
    pub status: u16,
    /// The revision, if one was served.
    pub revision: Option<(RevisionId, u32)>,
    /// Digest of the artifact served.
    pub digest: Option<Digest>,
    /// Versions of the secrets spliced in.
    pub secrets: Vec<(SecretId, u32)>,
    /// Change request of the revision, for example `CR-7`.
    pub change: Option<String>,
    /// Who approved it.
    pub approver: Option<String>,
    /// Layer versions of the stack.
    pub layers: Vec<Origin>,
    /// What proved the identity.
    pub proof: Proof,
    /// Where the request came from.
    pub client: String,
    /// What the phone says it is; capped.
    pub user_agent: String,
    /// Bytes sent in the body.
    pub bytes: u64,
    /// Why: every finding.
    pub findings: Vec<Finding>,
}

/// Requests that proved nothing, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeEntry {
    /// When the count was closed.
    pub at: Timestamp,
    /// Whose names were asked for.
    pub vendor: Option<Vendor>,
    /// Source prefix: /24 or /56.
    pub prefix: String,
    /// The minute counted, in minutes since the epoch.
    pub minute: i64,
    /// How many.
    pub count: u64,
}

/// Something that a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActEntry {
    /// When.
    pub at: Timestamp,
    /// Who; `None` for the program itself.
    pub actor: Option<(UserId, String)>,
    /// What was done: `change_request.approve`.
    pub action: String,
    /// What it was done to, as people read it: `CR-7`.
    pub subject: String,
    /// The site concerned.
    pub site: Option<SiteId>,
    /// The device concerned.
    pub device: Option<DeviceId>,
    /// The request that all acts of one click share.
    pub request: RequestId,
    /// Before, if it changed something; never a secret.
    pub before: Option<String>,
    /// After; never a secret.
    pub after: Option<String>,
    /// Why, in the actor's words.
    pub reason: String,
}

/// One entry of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Entry {
    /// A serve, or a refusal to a known device.
    Serve(Box<ServeEntry>),
    /// Counted probes.
    Probe(ProbeEntry),
    /// An administrative act.
    Act(Box<ActEntry>),
}

impl Entry {
    /// When it happened.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Serve(entry) => entry.at,
            Self::Probe(entry) => entry.at,
            Self::Act(entry) => entry.at,
        }
    }
}

/// One link of a node's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Whose chain.
    pub node: String,
    /// Position, from 1.
    pub seq: i64,
    /// Entries in this batch.
    pub count: i64,
    /// Hash of the batch before; zeros for the first.
    pub prev_hash: [u8; 32],
    /// Hash of this batch.
    pub hash: [u8; 32],
    /// The entries as they are stored: JSON packed with LZ4, because serves of one minute say nearly the same. Older
    /// batches are the JSON itself.
    pub body: Vec<u8>,
}

/// Why the entries of a batch cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// They cannot be unpacked.
    #[error("it cannot be unpacked: {0}")]
    Packed(#[from] lz4_flex::block::DecompressError),
    /// It would be longer than any batch is.
    #[error("it says that it is {0} bytes long")]
    Long(u64),
    /// They are no JSON of entries.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// What a packed body begins with, then its length and an LZ4 block; JSON begins with `[`.
const PACKED: u8 = 4;
/// Bytes of JSON; a batch of 512 entries has about one million.
const LONGEST: u64 = 64 << 20;

/// The first batch's `prev_hash`.
pub const GENESIS: [u8; 32] = [0; 32];

/// Packs bodies, in memory that it keeps: the batches of a storm are large, and the system clears what it hands out
/// anew.
#[derive(Clone, Debug, Default)]
pub struct Packer(Vec<u8>);

impl Packer {
    fn pack(&mut self, json: &[u8]) -> Vec<u8> {
        let most = lz4_flex::block::get_maximum_output_size(json.len());
        if self.0.len() < most {
            self.0.resize(most, 0);
        }
        let mut body = vec![PACKED];
        match (u32::try_from(json.len()), lz4_flex::block::compress_into(json, &mut self.0)) {
            (Ok(length), Ok(packed)) => {
                body.reserve_exact(4 + packed);
                body.extend(length.to_le_bytes());
                body.extend_from_slice(&self.0[..packed]);
            }
            // There is room for whatever it becomes.
            _ => body.extend(lz4_flex::block::compress_prepend_size(json)),
        }
        body
    }
}

impl Batch {
    /// Links entries, as one JSON array, to the chain after `prev`.
    pub fn link(
        node: &str,
        seq: i64,
        count: i64,
        prev_hash: [u8; 32],
        json: &[u8],
        packer: &mut Packer,
    ) -> Self {
        let body = packer.pack(json);
        let hash = batch_hash(node, seq, count, &prev_hash, &body);
        Self { node: node.to_owned(), seq, count, prev_hash, hash, body }
    }

    /// The entries, as one JSON array.
    pub fn json(&self) -> Result<Cow<'_, [u8]>, Unreadable> {
        let Some((&PACKED, packed)) = self.body.split_first() else { return Ok(Cow::Borrowed(&self.body)) };
        let length = packed.first_chunk().map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)));
        if length > LONGEST {
            return Err(Unreadable::Long(length));
        }
        Ok(Cow::Owned(lz4_flex::block::decompress_size_prepended(packed)?))
    }

    /// The entries.
    pub fn entries(&self) -> Result<Vec<Entry>, Unreadable> {
        Ok(serde_json::from_slice(&self.json()?)?)
    }
}

fn batch_hash(node: &str, seq: i64, count: i64, prev_hash: &[u8; 32], body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"ringfence ledger 1");
    hash.update((node.len() as u64).to_be_bytes());
    hash.update(node.as_bytes());
    hash.update(seq.to_be_bytes());
    hash.update(count.to_be_bytes());
    hash.update(prev_hash);
    hash.update(Sha256::digest(body));
    hash.finalize().into()
}

/// What a node signs every minute and at shutdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Whose chain.
    pub node: String,
    /// The last batch.
    pub seq: i64,
    /// Its hash, as hex.
    pub hash: String,
    /// Entries in the whole chain up to here.
    pub count: i64,
    /// When it was signed.
    pub at: Timestamp,
    /// Ed25519 over `message`, as hex.
    pub signature: String,
}

impl Checkpoint {
    /// The bytes that are signed.
    pub fn message(&self) -> Vec<u8> {
        format!(
            "ringfence checkpoint 1\n{}\n{}\n{}\n{}\n{}\n",
            self.node, self.seq, self.hash, self.count, self.at.0
        )
        .into_bytes()
    }
}

/// Something wrong with the record: where, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Whose chain.
    pub node: String,
    /// Which batch.
    pub seq: i64,
    /// What.
    pub code: Code,
    /// Particulars.
    pub detail: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "node {} batch {}: {} {}", self.node, self.seq, self.code.says(), self.detail)
    }
}

/// Walks one node's chain, batch by batch, so that memory does not grow with the record.
#[derive(Clone, Debug)]
pub struct Verifier {
    node: String,
    seq: i64,
    hash: [u8; 32],
    count: i64,
    checkpoints: Vec<Checkpoint>,
    faults: Vec<Fault>,
}

impl Verifier {
    /// A walk over `node`'s chain that must pass through `checkpoints`, whose signatures were verified.
    pub fn new(node: &str, checkpoints: Vec<Checkpoint>) -> Self {
        Self { node: node.to_owned(), seq: 0, hash: GENESIS, count: 0, checkpoints, faults: vec![] }
    }

    fn fault(&mut self, seq: i64, code: Code, detail: impl Into<String>) {
        self.faults.push(Fault { node: self.node.clone(), seq, code, detail: detail.into() });
    }

    /// Takes the next batch, in the order of `seq`.
    pub fn push(&mut self, batch: &Batch) {
        if batch.seq != self.seq + 1 {
            self.fault(
                self.seq + 1,
                Code::LedgerMissing,
                format!("The next batch present is {}.", batch.seq),
            );
        } else if batch.prev_hash != self.hash {
            self.fault(batch.seq, Code::LedgerMissing, "It does not follow the batch before it.");
        }
        if batch_hash(&batch.node, batch.seq, batch.count, &batch.prev_hash, &batch.body) != batch.hash {
            self.fault(batch.seq, Code::LedgerAltered, "Its hash does not match its contents.");
        }
        match batch.entries() {
            Ok(entries) if i64::try_from(entries.len()) == Ok(batch.count) => {}
            Ok(entries) => self.fault(
                batch.seq,
                Code::LedgerAltered,
                format!("It says {} entries and holds {}.", batch.count, entries.len()),
            ),
            Err(_) => self.fault(batch.seq, Code::LedgerAltered, "Its entries cannot be read."),
        }
        self.seq = batch.seq;
        self.hash = batch.hash;
        self.count += batch.count;
        let at_checkpoint: Vec<_> = self.checkpoints.iter().filter(|c| c.seq == batch.seq).cloned().collect();
        for checkpoint in at_checkpoint {
            if checkpoint.hash != hex::encode(batch.hash) || checkpoint.count != self.count {
                self.fault(
                    batch.seq,
                    Code::LedgerAltered,
                    format!("It is not what was signed at {}.", checkpoint.at),
                );
            }
        }
    }

    /// Ends the walk. `head` is what the database says of the last batch: number, hash, entries in the chain.
    pub fn finish(mut self, head: Option<(i64, [u8; 32], i64)>) -> Verified {
        let last_signed = self.checkpoints.iter().map(|c| c.seq).max().unwrap_or(0);
        if last_signed > self.seq {
            let detail =
                format!("A checkpoint was signed at batch {last_signed}; the record ends at {}.", self.seq);
            self.fault(self.seq + 1, Code::LedgerTruncated, detail);
        }
        match head {
            Some(head) if head == (self.seq, self.hash, self.count) => {}
            Some((seq, _, count)) => {
                let detail = format!(
                    "The head says batch {seq} and {count} entries; the record ends at {} with {}.",
                    self.seq, self.count
                );
                self.fault(self.seq + 1, Code::LedgerTruncated, detail);
            }
            None if self.seq > 0 => {
                self.fault(self.seq + 1, Code::LedgerTruncated, "The head of the chain is missing.");
            }
            None => {}
        }
        Verified { node: self.node, batches: self.seq, entries: self.count, last_signed, faults: self.faults }
    }
}

/// What a walk found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Whose chain.
    pub node: String,
    /// Batches walked.
    pub batches: i64,
    /// Entries walked.
    pub entries: i64,
    /// Last batch that a checkpoint covers; what follows is chained but not yet signed.
    pub last_signed: i64,
    /// Everything that is wrong; empty is good.
    pub faults: Vec<Fault>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chain(n: i64) -> Vec<Batch> {
        let mut prev = GENESIS;
        (1..=n)
            .map(|seq| {
                let entry = Entry::Probe(ProbeEntry {
                    at: Timestamp(seq),
                    vendor: None,
                    prefix: "192.0.2.0/24".into(),
                    minute: seq,
                    count: 1,
                });
                let batch = Batch::link(
                    "a",
                    seq,
                    1,
                    prev,
                    &serde_json::to_vec(&[entry]).unwrap(),
                    &mut Packer::default(),
                );
                prev = batch.hash;
                batch
            })
            .collect()
    }

    fn checkpoint(batch: &Batch) -> Checkpoint {
        Checkpoint {
            node: "a".into(),
            seq: batch.seq,
            hash: hex::encode(batch.hash),
            count: batch.seq,
            at: Timestamp(0),
            signature: String::new(),
        }
    }

    fn walk(batches: &[Batch], checkpoints: Vec<Checkpoint>, head: Option<&Batch>) -> Vec<Fault> {
        let mut verifier = Verifier::new("a", checkpoints);
        for batch in batches {
            verifier.push(batch);
        }
        verifier.finish(head.map(|b| (b.seq, b.hash, b.seq))).faults
    }

    #[test]
    fn a_whole_chain_is_whole() {
        let whole = chain(5);
        assert_eq!(walk(&whole, vec![checkpoint(&whole[2])], whole.last()), []);
    }

    #[test]
    fn truncation_is_found_by_the_head_or_a_checkpoint() {
        let whole = chain(5);
        let cut = &whole[..3];
        assert_eq!(walk(cut, vec![], whole.last())[0].code, Code::LedgerTruncated);
        let signed = walk(cut, vec![checkpoint(&whole[4])], cut.last());
        assert_eq!((signed[0].code, signed[0].seq), (Code::LedgerTruncated, 4));
    }

    #[test]
    fn a_chain_recomputed_after_an_edit_is_found_by_a_checkpoint() {
        let whole = chain(4);
        let mut prev = GENESIS;
        let forged: Vec<_> = whole
            .iter()
            .map(|b| {
                let json = String::from_utf8(b.json().unwrap().into_owned()).unwrap();
                let json = json.replace("\"count\":1", "\"count\":7");
                let batch = Batch::link("a", b.seq, 1, prev, json.as_bytes(), &mut Packer::default());
                prev = batch.hash;
                batch
            })
            .collect();
        assert_eq!(walk(&forged, vec![], forged.last()), []);
        assert_eq!(walk(&forged, vec![checkpoint(&whole[3])], forged.last())[0].code, Code::LedgerAltered);
    }

    #[test]
    fn what_was_written_before_it_was_packed_is_still_read_and_no_length_is_believed() {
        let [batch] = &chain(1)[..] else { panic!() };
        let json = batch.json().unwrap().into_owned();
        let plain = Batch { body: json.clone(), ..batch.clone() };
        assert_eq!(plain.entries().unwrap(), batch.entries().unwrap());
        for body in [vec![], vec![PACKED], vec![PACKED, 255, 255, 255, 255, 0], vec![PACKED, 9, 0, 0, 0, 7]] {
            assert!(Batch { body, ..batch.clone() }.entries().is_err());
        }
        let many = Batch::link("a", 1, 1, GENESIS, &json.repeat(100), &mut Packer::default());
        assert!(many.body.len() * 20 < json.len() * 100, "serves of a minute say nearly the same");
    }

    proptest! {
        /// G4: one changed, dropped or reordered entry is found, and where.
        #[test]
        fn any_single_tampering_is_found(n in 2i64..12, at in 0usize..12, how in 0u8..4, byte in 0usize..200) {
            let whole = chain(n);
            let head = whole.last().cloned();
            let at = at % whole.len();
            let mut bad = whole.clone();
            match how {
                0 => { let i = byte % bad[at].body.len(); bad[at].body[i] ^= 1; }
                1 => { bad.remove(at); }
                2 => { let other = (at + 1) % bad.len(); bad.swap(at, other); }
                _ => { bad[at].count += 1; }
            }
            let faults = walk(&bad, vec![], head.as_ref());
            prop_assert!(!faults.is_empty());
            let first = faults[0].seq;
            prop_assert!(first <= whole[at].seq.max(n) && first >= 1);
        }
    }
}
