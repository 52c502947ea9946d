//! A fleet of bound phones, written as rows: what is measured is the edge, not a hundred thousand approvals.
//!
//! Every phone is a copy of one that was bound by an approved request: its own identity, extension, line,
//! credentials and artifact, the same file.

use crate::exit::Failure;
use domain::{
    Mac, Timestamp,
    account::Extension,
    artifact::Artifact,
    device::{Device, Endpoint, EndpointKind, Serial},
    ids::{DeviceId, EndpointId, ExtensionId, LineId, RevisionId, SecretId, SegmentId, SiteId},
    number::ExtensionNumber,
    resolution::Resolution,
    revision::{Revision, RevisionFile, RevisionKind},
};
use serde::{Deserialize, Serialize};
use services::{REALM, env::Env, vault::Vault};
use sip::digest::{Challenge, Credential, respond};
use std::collections::BTreeMap;
use storage::{
    Store, Tx,
    device::{self, Stored},
    line::{self, Beginning, Standing},
    person, revision, secret,
};

/// The bound phone of the demonstration that all are copies of.
const TEMPLATE: &str = "805ec0100001";
/// Phones in one transaction.
const CHUNK: u32 = 1_000;
pub(super) const PASSWORD: &str = "fleet-of-the-measurement";

/// What every phone of the fleet has in common.
struct Template {
    stored: Stored,
    standing: Standing,
    extension: Extension,
    published: revision::Published,
    artifact: Artifact,
}

/// The phones from `first` to `last`.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Fleet {
    pub(super) first: u32,
    pub(super) last: u32,
}

impl Fleet {
    /// Writes all of them.
    pub(super) async fn load(self, store: &Store, vault: &Vault, env: &Env) -> Result<(), Failure> {
        self.load_at(store, vault, env, &[]).await
    }

    /// Writes all of them, one after the other at these sites and segments; at the template's where none are named.
    pub(super) async fn load_at(
        self,
        store: &Store,
        vault: &Vault,
        env: &Env,
        at: &[(SiteId, SegmentId)],
    ) -> Result<(), Failure> {
        let template = Template::read(&mut store.read().await.map_err(Failure::database)?).await?;
        let mut from = self.first;
        while from <= self.last {
            let to = self.last.min(from + CHUNK - 1);
            let mut tx = store.write().await.map_err(Failure::database)?;
            for n in from..=to {
                template.copy(&mut tx, vault, env, n, at).await?;
            }
            tx.commit().await.map_err(Failure::database)?;
            from = to + 1;
        }
        Ok(())
    }

    /// Writes them unless they are there.
    pub(super) async fn ensure(self, store: &Store, vault: &Vault, env: &Env) -> Result<(), Failure> {
        let first = Mac::parse(&mac(self.first)).map_err(Failure::environment)?;
        let mut tx = store.read().await.map_err(Failure::database)?;
        let present = device::by_mac(&mut tx, first).await.map_err(Failure::database)?.is_some();
        drop(tx);
        if present { Ok(()) } else { self.load(store, vault, env).await }
    }

    /// What each of them sends to get its own file, in answer to `challenge`.
    pub(super) fn requests(self, challenge: &Challenge) -> Vec<String> {
        (self.first..=self.last)
            .map(|n| {
                let (user, path) = (user(n), path(n));
                let credential = Credential::new(&user, REALM, PASSWORD);
                let answer = respond(challenge, "GET", &path, &credential, "5ad9c83b", 1);
                request(&path, n, &format!("Authorization: {answer}\r\n"))
            })
            .collect()
    }
}

/// The head of a request as a phone sends it.
pub(super) fn request(path: &str, n: u32, more: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Yealink SIP-T46U 108.86.0.45 {}\r\n{more}\r\n",
        mac(n)
    )
}

pub(super) fn mac(n: u32) -> String {
    let [_, a, b, c] = n.to_be_bytes();
    format!("24:9a:d8:{a:02x}:{b:02x}:{c:02x}")
}

pub(super) fn path(n: u32) -> String {
    format!("/steady/{}.cfg", mac(n).replace(':', ""))
}

fn user(n: u32) -> String {
    format!("fleet{n:07}")
}

impl Template {
    async fn read(tx: &mut Tx) -> Result<Self, Failure> {
        let missing = || Failure::environment("the demonstration has no bound phone");
        let mac = Mac::parse(TEMPLATE).map_err(Failure::environment)?;
        let stored = device::by_mac(tx, mac).await.map_err(Failure::database)?.ok_or_else(missing)?;
        let id = stored.device.id;
        let lines = line::standing(tx, id).await.map_err(Failure::database)?;
        let standing = lines.into_iter().next().ok_or_else(missing)?;
        let extension = person::extension(tx, standing.extension).await.map_err(Failure::database)?;
        let published = revision::current(tx, id, RevisionKind::Bound).await.map_err(Failure::database)?;
        let published = published.ok_or_else(missing)?;
        let file = published.revision.files.first().ok_or_else(missing)?.digest;
        let artifact = revision::artifact(tx, file).await.map_err(Failure::database)?.ok_or_else(missing)?;
        Ok(Self { stored, standing, extension: extension.ok_or_else(missing)?, published, artifact })
    }

    async fn copy(
        &self,
        tx: &mut Tx,
        vault: &Vault,
        env: &Env,
        n: u32,
        at: &[(SiteId, SegmentId)],
    ) -> Result<(), Failure> {
        let written = self.write(tx, vault, env, n, at).await;
        written.map_err(|error| Failure::environment(format!("phone {n}: {error}")))
    }

    async fn write(
        &self,
        tx: &mut Tx,
        vault: &Vault,
        env: &Env,
        n: u32,
        at: &[(SiteId, SegmentId)],
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let now = env.now();
        let mut stored = self.device(env, n)?;
        if !at.is_empty() {
            let (site, segment) = at[n as usize % at.len()];
            (stored.device.site, stored.device.segment, stored.device.place) = (site, Some(segment), None);
        }
        let id = stored.device.id;
        device::insert(tx, &stored).await?;
        let endpoint = Endpoint {
            id: EndpointId(env.id()),
            device: id,
            kind: EndpointKind::LineKey,
            index: 1,
            ipei: None,
        };
        device::insert_endpoint(tx, &endpoint).await?;
        let extension = Extension {
            id: ExtensionId(env.id()),
            number: ExtensionNumber::parse(&format!("{}", 10_000_000 + n))?,
            did: None,
            ..self.extension.clone()
        };
        person::insert_extension(tx, &extension).await?;
        let line = Beginning {
            line: LineId(env.id()),
            endpoint: endpoint.id,
            extension: extension.id,
            shared: false,
            secret: SecretId(env.id()),
            change_request: self.standing.change_request,
        };
        line::begin(tx, line, now).await?;
        for id in [stored.digest_secret, line.secret] {
            let sealed = vault.seal(id, PASSWORD, env.bytes::<24>()).map_err(domain::Code::text)?;
            secret::insert(tx, id, sealed, now).await?;
        }
        let own = BTreeMap::from([
            (self.stored.digest_secret, stored.digest_secret),
            (self.standing.secret, line.secret),
        ]);
        self.publish(tx, &stored, &own, env, now).await
    }

    fn device(&self, env: &Env, n: u32) -> Result<Stored, Box<dyn std::error::Error + Send + Sync>> {
        let serial = Serial::parse(&format!("FLEET{n:07}")).ok_or("serial")?;
        let device = Device {
            id: DeviceId(env.id()),
            serial,
            mac: Mac::parse(&mac(n))?,
            ..self.stored.device.clone()
        };
        Ok(Stored { device, digest_user: user(n), digest_secret: SecretId(env.id()), ..self.stored.clone() })
    }

    /// The same file with secrets of its own. What only people read, settings and origins, is left out.
    async fn publish(
        &self,
        tx: &mut Tx,
        stored: &Stored,
        own: &BTreeMap<SecretId, SecretId>,
        env: &Env,
        now: Timestamp,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let mut artifact = Artifact { origins: vec![], ..self.artifact.clone() };
        for slot in &mut artifact.slots {
            slot.secret = own.get(&slot.secret).copied().unwrap_or(slot.secret);
        }
        let digest = revision::insert_artifact(tx, &artifact).await?;
        let name = format!("{}.cfg", stored.device.mac.bare());
        let mut published = self.published.clone();
        published.at = now;
        published.revision = Revision {
            id: RevisionId(env.id()),
            device: stored.device.id,
            lines: vec![],
            resolution: Resolution::default(),
            files: vec![RevisionFile { name, digest }],
            ..published.revision
        };
        Ok(revision::publish(tx, &published).await?)
    }
}
