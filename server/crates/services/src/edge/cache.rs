//! What the edge keeps in memory: artifacts by digest, devices by digest user, common files by segment.
//!
//! A cached device carries the generations of what it was made from. The batch that records a serve compares
//! them, so a stale entry can never serve anything: it loses, is dropped, and the request is decided again.

use super::ready::Ready;
use crate::{
    Problem, Result, Services,
    certificate::Roots,
    facts::{self, Around, Loaded},
    limits::Limits,
};
use domain::{
    Code, Mac,
    artifact::{Artifact, Digest},
    device::Device,
    ids::{DeviceId, SecretId, SegmentId, SiteId},
    layer::Origin,
    revision::RevisionKind,
    site::Segment,
    vendor::Vendor,
};
use moka::future::Cache;
use sip::digest::Credential;
use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use storage::{
    Tx,
    device::{self, Shown},
    device_root,
    ledger::{self, Expects},
    revision, secret, site,
};
use zeroize::Zeroizing;

/// Digest users by MAC kept; some 150 bytes each.
const USERS: u64 = 50_000;
/// Bytes of a device without what there may be more of: its site, place, gate, secrets, names, its last answer.
const DEVICE_AT_LEAST: usize = 6144;
/// Segments whose facts are kept, some 2 kB each; more are read again.
const SEGMENTS: u64 = 2_000;
/// Requests for common files see changes after this at the latest.
const FRESH: Duration = Duration::from_secs(10);
/// A phone asks for its files within a minute, and then not for hours: what it leaves behind is given back. Whoever
/// proves himself sees changes at once, by the generations; a wrong answer makes the next one read again.
const KEPT: Duration = Duration::from_mins(1);

/// A device as the edge needs it.
pub(crate) struct Known {
    pub(crate) loaded: Loaded,
    pub(crate) credential: Credential,
    pub(crate) heads: BTreeMap<RevisionKind, revision::Head>,
    /// Whether its first use of its credential ends an enrolment. Only then is anything asked or written for it.
    pub(crate) enrolling: bool,
    /// What it was answered last.
    pub(crate) ready: Mutex<Option<Arc<Ready>>>,
    /// Plain secrets by id, with their versions.
    pub(crate) secrets: BTreeMap<SecretId, (u32, Zeroizing<String>)>,
}

impl Known {
    /// Which device it is.
    pub(crate) fn device(&self) -> DeviceId {
        self.loaded.stored.device.id
    }

    /// Which version of its credential it is proven by.
    pub(crate) fn credential_version(&self) -> Option<u32> {
        self.secrets.get(&self.loaded.stored.digest_secret).map(|(version, _)| *version)
    }

    /// About how many bytes it keeps.
    fn weight(&self) -> usize {
        let heads: usize = self.heads.values().map(|head| 512 + 192 * head.layers.len()).sum();
        DEVICE_AT_LEAST
            + heads
            + 64 * self.loaded.endpoints.len()
            + 768 * self.loaded.lines.len()
            + self.loaded.stored.published_paths.len()
    }
}

/// The common file of a vendor for a source address.
pub(crate) struct Common {
    pub(crate) digest: Digest,
    pub(crate) layers: Vec<Origin>,
}

/// Segments and common files, and the generation that they were read at.
pub(crate) struct Network {
    pub(super) segments: Vec<Segment>,
    common: BTreeMap<(Vendor, Option<SegmentId>), BTreeMap<String, Arc<Common>>>,
    pub(crate) generation: Expects,
    /// The vendors' roots at that generation.
    pub(crate) roots: Roots,
}

impl Network {
    /// The segment of a source address: the longest prefix that contains it.
    pub(crate) fn segment(&self, client: IpAddr) -> Option<&Segment> {
        self.segments.iter().filter(|s| s.cidr.contains(&client)).max_by_key(|s| s.cidr.prefix_len())
    }

    pub(crate) fn common(&self, vendor: Vendor, file: &str, client: IpAddr) -> Option<Arc<Common>> {
        let segment = self.segment(client).map(|s| s.id);
        let files = self.common.get(&(vendor, segment)).or_else(|| self.common.get(&(vendor, None)))?;
        files.get(file).cloned()
    }
}

pub(crate) struct EdgeCache {
    artifacts: Cache<Digest, Arc<Artifact>>,
    devices: Cache<String, Arc<Known>>,
    /// Digest users by MAC; `None` for a MAC that is not in the inventory.
    users: Cache<Mac, Option<Arc<str>>>,
    network: Cache<(), Arc<Network>>,
    around: Cache<(SiteId, Option<SegmentId>), Arc<Surroundings>>,
}

/// What phones have in common, and the generations of site and organisation that it was read at.
type Surroundings = ([Option<i64>; 2], Around);

impl EdgeCache {
    /// Caches of the bytes that the configuration allows.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self::keeping(limits, KEPT)
    }

    fn keeping(limits: &Limits, kept: Duration) -> Self {
        let artifacts = Cache::builder()
            .max_capacity(limits.artifact_cache)
            .weigher(|_, a: &Arc<Artifact>| {
                u32::try_from(a.bytes.len() + 64 * a.slots.len() + 512).unwrap_or(u32::MAX)
            })
            .time_to_idle(kept)
            .build();
        let devices = Cache::builder()
            .max_capacity(limits.device_cache)
            .weigher(|_, known: &Arc<Known>| u32::try_from(known.weight()).unwrap_or(u32::MAX))
            .time_to_live(kept)
            .build();
        let network = Cache::builder().max_capacity(1).time_to_live(FRESH).build();
        let users = Cache::builder().max_capacity(USERS).time_to_live(FRESH.min(kept)).build();
        let around = Cache::builder().max_capacity(SEGMENTS).time_to_live(FRESH.min(kept)).build();
        Self { artifacts, devices, users, network, around }
    }

    /// Gives back what nobody has asked for in the last minute.
    pub(crate) async fn sweep(&self) {
        self.artifacts.run_pending_tasks().await;
        self.devices.run_pending_tasks().await;
        self.users.run_pending_tasks().await;
        self.around.run_pending_tasks().await;
    }

    pub(crate) async fn forget(&self, user: &str) {
        self.devices.invalidate(user).await;
    }

    pub(crate) async fn forget_network(&self) {
        self.network.invalidate(&()).await;
    }
}

/// The artifact of this digest: one read by key on a miss.
pub(crate) async fn artifact(services: &Services, digest: Digest) -> Result<Arc<Artifact>> {
    let cache = &services.0.edge.artifacts;
    if let Some(artifact) = cache.get(&digest).await {
        return Ok(artifact);
    }
    let mut tx = services.0.store.read().await?;
    let artifact = revision::served(&mut tx, digest).await?.ok_or_else(|| Problem::not_found("artifact"))?;
    let artifact = Arc::new(artifact);
    cache.insert(digest, Arc::clone(&artifact)).await;
    Ok(artifact)
}

/// The device of a digest user, from memory if it is there. On a miss seven reads by key, and another for every four
/// lines.
pub(crate) async fn known(services: &Services, user: &str) -> Result<Option<Arc<Known>>> {
    let cache = &services.0.edge.devices;
    if let Some(known) = cache.get(user).await {
        return Ok(Some(known));
    }
    // Boxed, like whatever else is rare: a request whose answer is ready carries no room for it.
    Box::pin(read_known(services, user)).await
}

async fn read_known(services: &Services, user: &str) -> Result<Option<Arc<Known>>> {
    let mut tx = services.0.store.read().await?;
    let Some(shown) = device::by_digest_user(&mut tx, user).await? else { return Ok(None) };
    let known = Arc::new(load(services, &mut tx, shown).await?);
    services.0.edge.devices.insert(user.to_owned(), Arc::clone(&known)).await;
    Ok(Some(known))
}

/// The device of a MAC, which a certificate names.
pub(crate) async fn known_by_mac(services: &Services, mac: Mac) -> Result<Option<Arc<Known>>> {
    let cache = &services.0.edge.users;
    let user = if let Some(user) = cache.get(&mac).await {
        user
    } else {
        let mut tx = services.0.store.read().await?;
        let user = device::by_mac(&mut tx, mac).await?.map(|stored| Arc::from(stored.digest_user));
        cache.insert(mac, user.clone()).await;
        user
    };
    let Some(user) = user else { return Ok(None) };
    Ok(known(services, &user).await?.filter(|known| known.loaded.stored.device.mac == mac))
}

/// Six queries, and another for every four lines.
async fn load(services: &Services, tx: &mut Tx, shown: Shown) -> Result<Known> {
    let Shown { stored, place, enrolling } = shown;
    let generations = facts::generations(tx, &stored.device).await?;
    let around = around(services, tx, &stored.device, &generations).await?;
    let loaded = facts::within(tx, stored, place, around, generations).await?;
    let heads = revision::heads(tx, loaded.stored.device.id).await?;
    let of_lines = loaded.lines.iter().map(|l| l.standing.secret);
    let ids: Vec<_> = of_lines.chain([loaded.stored.digest_secret]).collect();
    let mut secrets = BTreeMap::new();
    for (id, version, sealed) in secret::currents(tx, &ids).await? {
        let plain = services.0.keys.vault.open(id, &sealed).map_err(|_| unreadable())?;
        secrets.insert(id, (version, plain));
    }
    let password = secrets.get(&loaded.stored.digest_secret).ok_or_else(unreadable)?;
    let credential = Credential::new(&loaded.stored.digest_user, crate::REALM, &password.1);
    Ok(Known { loaded, credential, heads, enrolling, ready: Mutex::default(), secrets })
}

/// What the phones of a segment have in common, from memory while the generations that it was read at still hold.
async fn around(services: &Services, tx: &mut Tx, device: &Device, now: &Expects) -> Result<Around> {
    let cache = &services.0.edge.around;
    let key = (device.site, device.segment);
    let generations = [device.site.0, ledger::ORGANISATION].map(|scope| now.of(scope));
    if let Some(kept) = cache.get(&key).await
        && kept.0 == generations
    {
        return Ok(kept.1.clone());
    }
    let around = Around::load(tx, device).await?;
    cache.insert(key, Arc::new((generations, around.clone()))).await;
    Ok(around)
}

fn unreadable() -> Problem {
    Problem::invalid(Code::SecretUnreadable, "secret")
}

/// Segments and common files: a few rows, read together.
pub(crate) async fn network(services: &Services) -> Result<Arc<Network>> {
    let cache = &services.0.edge.network;
    if let Some(network) = cache.get(&()).await {
        return Ok(network);
    }
    let mut tx = services.0.store.read().await?;
    let generation = Expects::read(&mut tx, &[ledger::ORGANISATION]).await?;
    let version = generation.of(ledger::ORGANISATION).unwrap_or_default();
    let roots = Roots::new(version, device_root::standing(&mut tx).await?);
    let segments = site::segments(&mut tx).await?;
    let mut common = BTreeMap::new();
    let keys: Vec<_> = segments.iter().map(|s| Some(s.id)).chain([None]).collect();
    for vendor in Vendor::ALL {
        for segment in &keys {
            let files = revision::common(&mut tx, vendor, *segment).await?;
            if !files.is_empty() {
                let file = |(name, digest, layers)| (name, Arc::new(Common { digest, layers }));
                common.insert((vendor, *segment), files.into_iter().map(file).collect());
            }
        }
    }
    let network = Arc::new(Network { segments, common, generation, roots });
    cache.insert((), Arc::clone(&network)).await;
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::MIB;

    #[tokio::test]
    async fn what_does_not_fit_into_the_budget_is_not_kept() {
        let artifact = |bytes| Artifact {
            dialect: "test/1".to_owned(),
            content_type: "text/plain".to_owned(),
            bytes: vec![0; bytes],
            slots: vec![],
            origins: vec![],
        };
        for (budget, kept) in [(0, 0), (MIB, 1), (4 * MIB, 4)] {
            let cache = EdgeCache::new(&Limits { artifact_cache: budget, ..Limits::default() });
            for n in 0..6 {
                cache.artifacts.insert(Digest([n; 32]), Arc::new(artifact(1_000_000))).await;
                cache.artifacts.run_pending_tasks().await;
            }
            assert_eq!(cache.artifacts.entry_count(), kept, "{budget}");
        }
        // Nothing is left of what nobody asks for.
        let cache = EdgeCache::keeping(&Limits::default(), Duration::ZERO);
        for n in 0..=255 {
            cache.artifacts.insert(Digest([n; 32]), Arc::new(artifact(1_000))).await;
            let mac = Mac::parse(&format!("805ec10000{n:02x}")).unwrap();
            cache.users.insert(mac, Some(Arc::from("rf1"))).await;
        }
        cache.sweep().await;
        assert_eq!((cache.artifacts.entry_count(), cache.users.entry_count()), (0, 0));
        let cache = EdgeCache::new(&Limits { device_cache: 7, ..Limits::default() });
        assert_eq!(cache.devices.policy().max_capacity(), Some(7));
    }
}
