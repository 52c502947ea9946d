//! The edge: what a phone gets. It proves identity, asks the fence, writes the ledger, answers.
//!
//! It reads; it never resolves layers and never decides policy. Nothing leaves before its record is durable.

use crate::{
    Problem, Result, Services, devices,
    edge_cache::{self, Known},
    env::Env,
    keys::Keys,
};
use dialects::{Asked, DeviceFile};
use domain::{
    Code, Finding, Mac,
    artifact::Artifact,
    fence::{Channel, Decision, Proof, Serve, decide},
    ids::SecretId,
    ledger::{Entry, ServeEntry},
    revision::RevisionKind,
    vendor::Vendor,
};
use sip::digest::{Authorization, Challenger, Credential, Verdict};
use std::{collections::BTreeMap, net::IpAddr, sync::Arc};
use storage::{Store, device::Observation, user};
use uuid::Uuid;

/// Bytes of a User-Agent that are kept.
const USER_AGENT_BYTES: usize = 200;
const NONCE_KEY: &str = "edge.nonce_key";
/// The id under which the nonce key is sealed; it has no row among the secrets of devices.
const NONCE_SECRET: SecretId = SecretId(Uuid::from_u128(1));

/// A request of a phone.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Onboarding or steady; plain HTTP is always onboarding.
    pub channel: Channel,
    /// `GET` or `HEAD`.
    pub method: &'a str,
    /// Path and query, as sent.
    pub target: &'a str,
    /// Last segment of the path.
    pub name: &'a str,
    /// The `Authorization` header.
    pub authorization: Option<&'a [u8]>,
    /// Where it came from.
    pub client: IpAddr,
    /// The `User-Agent` header, as bytes.
    pub user_agent: &'a [u8],
}

/// What to answer.
pub enum Answer {
    /// 200 with a file.
    File {
        /// Media type.
        content_type: String,
        /// The file with its secrets.
        body: Vec<u8>,
    },
    /// 404: no such file, which is normal.
    NotFound,
    /// 401 with challenges; the same for every device, known or not.
    Challenge {
        /// The `WWW-Authenticate` headers.
        challenges: Vec<String>,
    },
    /// 403: proven, and not for this file.
    Forbidden,
    /// 503: nothing can be served now.
    Hold {
        /// Seconds, with jitter.
        retry_after: u32,
    },
}

/// Says how large a file is, never what is in it: it holds secrets.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { content_type, body } => write!(f, "File({content_type}, {} bytes)", body.len()),
            Self::NotFound => f.write_str("NotFound"),
            Self::Challenge { challenges } => write!(f, "Challenge({challenges:?})"),
            Self::Forbidden => f.write_str("Forbidden"),
            Self::Hold { retry_after } => write!(f, "Hold({retry_after} s)"),
        }
    }
}

/// The challenger, with a nonce key that every node of the installation shares.
pub(crate) async fn challenger(store: &Store, env: &Env, keys: &Keys) -> Result<Challenger> {
    let unreadable = |_| Problem::invalid(Code::SecretUnreadable, "nonce key");
    // Read first: a command that only looks must not write.
    let present = user::value(&mut store.read().await?, NONCE_KEY).await?;
    let sealed = if let Some(sealed) = present {
        sealed
    } else {
        let mut tx = store.write().await?;
        // Another node may have been faster.
        let sealed = if let Some(sealed) = user::value(&mut tx, NONCE_KEY).await? {
            sealed
        } else {
            let text = zeroize::Zeroizing::new(hex::encode(env.bytes::<32>()));
            let sealed = keys.vault.seal(NONCE_SECRET, &text, env.bytes::<24>()).map_err(unreadable)?;
            user::set_value(&mut tx, NONCE_KEY, &sealed).await?;
            sealed
        };
        tx.commit().await?;
        sealed
    };
    let text = keys.vault.open(NONCE_SECRET, &sealed).map_err(unreadable)?;
    let mut key = [0; 32];
    hex::decode_to_slice(text.as_bytes(), &mut key).map_err(|_| unreadable(Code::SecretUnreadable))?;
    Ok(Challenger::new(key, crate::REALM))
}

/// Answers a request.
pub async fn answer(services: &Services, request: &Request<'_>) -> Answer {
    let answered = match dialects::recognise(request.name) {
        None | Some(Asked::Absent { .. }) => Ok(Answer::NotFound),
        Some(Asked::Common { vendor }) => common(services, request, vendor).await,
        Some(Asked::Device { vendor, mac, file }) => match request.channel {
            // By vendor and source, never by MAC: every name gets the same bytes.
            Channel::Onboarding if file == DeviceFile::Config => common(services, request, vendor).await,
            Channel::Onboarding => Ok(Answer::NotFound),
            Channel::Steady => steady(services, request, vendor, mac, file).await,
        },
    };
    answered.unwrap_or_else(|problem| {
        tracing::warn!(code = %problem.code(), error = %problem, "held");
        hold(services)
    })
}

/// 503 with 15 to 45 seconds: a thousand phones that are told the same number come back together.
fn hold(services: &Services) -> Answer {
    let [jitter] = services.0.env.bytes::<1>();
    Answer::Hold { retry_after: 15 + u32::from(jitter) % 31 }
}

fn user_agent(request: &Request<'_>) -> String {
    let capped = &request.user_agent[..request.user_agent.len().min(USER_AGENT_BYTES)];
    String::from_utf8_lossy(capped).chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The baseline by vendor and source segment.
async fn common(services: &Services, request: &Request<'_>, vendor: Vendor) -> Result<Answer> {
    // Twice at most: the second time with what changed in between.
    for _ in 0..2 {
        let network = edge_cache::network(services).await?;
        let Some(common) = network.common(vendor, request.client) else { return Ok(Answer::NotFound) };
        let artifact = edge_cache::artifact(services, common.digest).await?;
        let body = artifact.splice(&BTreeMap::new()).map_err(|code| Problem::invalid(code, "common file"))?;
        let entry = ServeEntry {
            site: network.segment(request.client).map(|s| s.site),
            decision: Serve::Baseline,
            digest: Some(common.digest),
            layers: common.layers.clone(),
            bytes: body.len() as u64,
            ..blank(services, request)
        };
        if commit(services, entry, vec![network.generation]).await? {
            return Ok(Answer::File { content_type: artifact.content_type.clone(), body });
        }
        services.0.edge.forget_network().await;
    }
    Err(Problem::invalid(Code::LedgerRaced, "common file"))
}

fn blank(services: &Services, request: &Request<'_>) -> ServeEntry {
    ServeEntry {
        at: services.now(),
        device: None,
        mac: None,
        serial: None,
        site: None,
        file: request.name.chars().take(128).collect(),
        decision: Serve::Refuse,
        status: 200,
        revision: None,
        digest: None,
        secrets: vec![],
        change: None,
        approver: None,
        layers: vec![],
        proof: Proof::None,
        client: request.client.to_string(),
        user_agent: user_agent(request),
        bytes: 0,
        findings: vec![],
    }
}

async fn commit(services: &Services, entry: ServeEntry, expects: Vec<(Uuid, i64)>) -> Result<bool> {
    let committed = services.0.writer.commit(Entry::Serve(Box::new(entry)), expects).await;
    committed.map_err(|code| Problem::invalid(code, "ledger"))
}

/// What the `Authorization` header showed.
enum Shown {
    Nothing,
    Stale,
    Wrong(Option<Arc<Known>>, String),
    Proven(Arc<Known>),
}

async fn prove(services: &Services, request: &Request<'_>) -> Result<Shown> {
    let Some(header) = request.authorization else { return Ok(Shown::Nothing) };
    let Ok(authorization) = Authorization::parse(header) else { return Ok(Shown::Nothing) };
    // The decoy is made for every request, so that an unknown name costs what a known one does.
    let decoy = Credential::decoy(&[0; 32], &authorization.username);
    let known = edge_cache::known(services, &authorization.username).await?;
    let credential = known.as_ref().map_or(&decoy, |k| &k.credential);
    let now = services.now().seconds();
    let verdict =
        services.0.challenger.verify(&authorization, request.method, request.target, credential, now);
    Ok(match (verdict, known) {
        (Verdict::Proven { .. }, Some(known)) => Shown::Proven(known),
        (Verdict::Stale, Some(_)) => Shown::Stale,
        (Verdict::Wrong(reason), known) => Shown::Wrong(known, reason.to_string()),
        (_, None) => Shown::Nothing,
    })
}

fn challenge(services: &Services, stale: bool) -> Answer {
    Answer::Challenge { challenges: services.0.challenger.challenges(services.now().seconds(), stale) }
}

async fn steady(
    services: &Services,
    request: &Request<'_>,
    vendor: Vendor,
    mac: Mac,
    file: DeviceFile,
) -> Result<Answer> {
    match prove(services, request).await? {
        Shown::Nothing => {
            services.0.probes.count(request.client, Some(vendor), services.now());
            Ok(challenge(services, false))
        }
        Shown::Stale => Ok(challenge(services, true)),
        Shown::Wrong(known, reason) => {
            services.0.probes.count(request.client, Some(vendor), services.now());
            if let Some(known) = known {
                // The password may have been rotated: the next attempt reads it again.
                services.0.edge.forget(&known.loaded.stored.digest_user).await;
                let finding = Finding::new(Code::ProofWrong, known.loaded.name()).detail(reason);
                let entry = refusal(services, request, &known, Serve::Refuse, 401, vec![finding]);
                // Not awaited: a wrong answer for a known device takes no longer than for an unknown one.
                let services = services.clone();
                tokio::spawn(async move { commit(&services, entry, vec![]).await.ok() });
            }
            Ok(challenge(services, false))
        }
        Shown::Proven(known) => {
            let device = &known.loaded.stored.device;
            if device.mac != mac || device.vendor != vendor {
                return disagrees(services, request, &known, mac).await;
            }
            if file != DeviceFile::Config {
                return Ok(Answer::NotFound);
            }
            proven(services, request, known).await
        }
    }
}

fn refusal(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    decision: Serve,
    status: u16,
    findings: Vec<Finding>,
) -> ServeEntry {
    let device = &known.loaded.stored.device;
    ServeEntry {
        device: Some(device.id),
        mac: Some(device.mac),
        serial: Some(device.serial.to_string()),
        site: Some(device.site),
        decision,
        status,
        findings,
        ..blank(services, request)
    }
}

/// A verified proof that names another device than the file does (invariant 7).
async fn disagrees(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    claimed: Mac,
) -> Result<Answer> {
    let detail = format!("Proven {}, asked for {claimed}.", known.loaded.name());
    let finding = Finding::new(Code::ProofDisagrees, known.loaded.name()).detail(detail.clone());
    let mut entry = refusal(services, request, known, Serve::Refuse, 403, vec![finding]);
    entry.proof = Proof::Disagrees;
    devices::quarantine(services, &known.loaded.stored, detail).await?;
    services.0.edge.forget(&known.loaded.stored.digest_user).await;
    commit(services, entry, vec![]).await?;
    Ok(Answer::Forbidden)
}

/// A proven device asks for its own file: the fence decides, the ledger orders, then it leaves.
async fn proven(services: &Services, request: &Request<'_>, mut known: Arc<Known>) -> Result<Answer> {
    for _ in 0..2 {
        let now = services.now();
        let decision = decide(&known.loaded.facts(Proof::Digest, BTreeMap::new()), now);
        let kind = match decision.serve {
            Serve::Bound => Some(RevisionKind::Bound),
            Serve::Clear => Some(RevisionKind::Clear),
            Serve::Baseline => Some(RevisionKind::Baseline),
            Serve::Hold | Serve::Refuse => None,
        };
        let answer = match kind {
            Some(kind) => serve(services, request, &known, kind, &decision).await?,
            None => withhold(services, request, &known, &decision).await?,
        };
        if let Some(answer) = answer {
            return Ok(answer);
        }
        // The facts changed while the answer was made: decide again, once.
        services.0.edge.forget(&known.loaded.stored.digest_user).await;
        known = edge_cache::known(services, &known.loaded.stored.digest_user)
            .await?
            .ok_or_else(|| Problem::invalid(Code::DeviceUnknown, "device"))?;
    }
    Err(Problem::invalid(Code::LedgerRaced, "device"))
}

/// Serves nothing now; `None` when the facts are no longer those that were read.
async fn withhold(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    decision: &Decision,
) -> Result<Option<Answer>> {
    let findings = decision.all_findings().cloned().collect();
    let mut entry = refusal(services, request, known, decision.serve, 503, findings);
    entry.proof = Proof::Digest;
    let held = commit(services, entry, known.loaded.generations.clone()).await?;
    Ok(held.then(|| hold(services)))
}

/// Serves the current revision of `kind`; `None` when the facts are no longer those that were read.
async fn serve(
    services: &Services,
    request: &Request<'_>,
    known: &Known,
    kind: RevisionKind,
    decision: &Decision,
) -> Result<Option<Answer>> {
    // A device retired before it ever had a line has no clear revision: its baseline holds none either.
    let head = known.heads.get(&kind).or_else(|| known.heads.get(&RevisionKind::Baseline));
    let head = head.ok_or_else(|| Problem::not_found("revision"))?;
    let file =
        head.files.iter().find(|f| f.name.eq_ignore_ascii_case(request.name)).or_else(|| head.files.first());
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    let artifact = edge_cache::artifact(services, file.digest).await?;
    let (body, versions) = splice(known, &artifact)?;
    let device = &known.loaded.stored.device;
    let entry = ServeEntry {
        decision: decision.serve,
        revision: Some((head.id, head.number)),
        digest: Some(file.digest),
        secrets: versions,
        change: Some(head.change.clone()),
        approver: head.approver.clone(),
        layers: head.layers.clone(),
        proof: Proof::Digest,
        bytes: body.len() as u64,
        ..refusal(services, request, known, decision.serve, 200, decision.all_findings().cloned().collect())
    };
    let at = entry.at;
    if !commit(services, entry, known.loaded.generations.clone()).await? {
        return Ok(None);
    }
    let seen = Observation {
        device: device.id,
        at,
        client: request.client.to_string(),
        user_agent: user_agent(request),
        firmware: dialects::user_agent(request.user_agent).firmware.unwrap_or_default(),
        digest: Some(file.digest),
    };
    services.0.observations.put(seen);
    Ok(Some(Answer::File { content_type: artifact.content_type.clone(), body }))
}

type Spliced = (Vec<u8>, Vec<(SecretId, u32)>);

fn splice(known: &Known, artifact: &Artifact) -> Result<Spliced> {
    let mut plain = BTreeMap::new();
    let mut versions = Vec::new();
    for slot in &artifact.slots {
        let unreadable = || Problem::invalid(Code::SecretUnreadable, "secret");
        let (version, secret) = known.secrets.get(&slot.secret).ok_or_else(unreadable)?;
        if plain.insert(slot.secret, secret.to_string()).is_none() {
            versions.push((slot.secret, *version));
        }
    }
    let body = artifact.splice(&plain).map_err(|code| Problem::invalid(code, "file"))?;
    Ok((body, versions))
}
