#![doc = include_str!("../README.md")]

pub mod acceptances;
mod act;
pub mod advances;
pub mod approvals;
pub mod audit;
pub mod certificate;
pub mod change_requests;
pub mod checkpoint;
pub mod classes;
mod credentials;
pub mod cutovers;
pub mod devices;
pub mod discovery;
mod doubts;
pub mod drift;
pub mod edge;
pub mod edge_certificates;
pub mod enrolment;
pub mod env;
pub mod exceptions;
mod existing;
mod facts;
pub mod feeds;
pub mod firmware;
pub mod forms;
pub mod freezes;
pub mod gates;
pub mod glass;
pub mod handsets;
pub mod hunt_groups;
pub mod imports;
pub mod jobs;
pub mod keys;
pub mod layers;
pub mod ledger_writer;
pub mod limits;
pub mod losses;
pub mod numbers;
mod observations;
pub mod opening_sheets;
pub mod openings;
pub mod operation;
pub mod organisation;
mod parallel;
pub mod people;
mod planning;
pub mod platform;
pub mod policies;
mod probes;
pub mod problem;
pub mod profiles;
mod publish;
mod reason;
pub mod replacements;
mod rerouting;
pub mod reviews;
pub mod rollouts;
pub mod roots;
mod routes;
pub mod schedules;
pub mod scopes;
pub mod sessions;
pub mod site_facts;
pub mod site_packages;
pub mod sites;
pub mod steps;
pub mod trace;
mod uploads;
pub mod users;
pub mod vault;
pub mod view;

pub use layers::returns;
pub use operation::Operation;
pub use problem::{Kind, Problem, Result};

use connectors::CallControl;
use domain::{Timestamp, authz::Actor, ids::RequestId};
use env::Env;
use keys::Keys;
use ledger_writer::LedgerWriter;
use limits::Limits;
use sip::digest::Challenger;
use std::sync::{Arc, atomic::AtomicI64};
use storage::Store;

/// The realm of our digest challenges. Phones keep it with their credential, so it never changes.
pub const REALM: &str = "ringfence";

/// Everything a use case needs: database, clock, ids, keys. Cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Inner>);

struct Inner {
    store: Store,
    env: Env,
    keys: Keys,
    node: String,
    challenger: Challenger,
    answers: edge::challenger::Answers,
    writer: LedgerWriter,
    edge: edge::cache::EdgeCache,
    failures: edge::limits::Failures,
    probes: probes::Probes,
    doubts: doubts::Doubts,
    observations: observations::Observations,
    drift: drift::Progress,
    edge_certificates: edge_certificates::Held,
    sign_in_limit: users::SignInLimit,
    guesses: enrolment::guesses::Guesses,
    call_control: Option<Arc<dyn CallControl>>,
    registrations: rollouts::registrations::Answers,
    looks: rollouts::looks::Looks,
    checkpoints: checkpoint::File,
    firmware: firmware::Firmware,
    limits: Limits,
    /// The last batch of our chain that this process signed.
    signed: AtomicI64,
    outbox_wake: tokio::sync::Notify,
    /// A layer was published; phones' files are to follow.
    layers: tokio::sync::Notify,
    /// A rollout began, or somebody did something to one.
    rollouts: tokio::sync::Notify,
}

/// What `Services::start` is given.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Clock, ids, randomness.
    pub env: Env,
    /// Key files.
    pub keys: Keys,
    /// This node's name in the ledger.
    pub node: String,
    /// Call control, if one is configured.
    pub call_control: Option<Arc<dyn CallControl>>,
    /// Where checkpoints are kept.
    pub checkpoints: checkpoint::File,
    /// Where firmware is kept.
    pub firmware: firmware::Folder,
    /// What the configuration file limits.
    pub limits: Limits,
}

impl Services {
    /// Starts the ledger writer and makes the services.
    pub async fn start(parts: Parts) -> Result<Self> {
        let Parts { store, env, keys, node, call_control, checkpoints, firmware, limits } = parts;
        firmware.sweep(&node);
        let challenger = edge::challenger::open(&store, &env, &keys).await?;
        let writer = LedgerWriter::start(store.clone(), node.clone());
        Ok(Self(Arc::new(Inner {
            store,
            env,
            keys,
            node,
            challenger,
            answers: edge::challenger::Answers::default(),
            writer,
            edge: edge::cache::EdgeCache::new(&limits),
            failures: edge::limits::Failures::default(),
            probes: probes::Probes::default(),
            doubts: doubts::Doubts::default(),
            observations: observations::Observations::default(),
            drift: drift::Progress::default(),
            edge_certificates: edge_certificates::Held::default(),
            sign_in_limit: users::SignInLimit::default(),
            guesses: enrolment::guesses::Guesses::default(),
            call_control,
            registrations: rollouts::registrations::Answers::default(),
            looks: rollouts::looks::Looks::default(),
            checkpoints,
            firmware: firmware::Firmware::new(firmware),
            limits,
            signed: AtomicI64::new(0),
            outbox_wake: tokio::sync::Notify::new(),
            layers: tokio::sync::Notify::new(),
            rollouts: tokio::sync::Notify::new(),
        })))
    }

    /// The clock's time.
    pub fn now(&self) -> Timestamp {
        self.0.env.now()
    }

    /// An operation of `actor`, now, with a fresh request id.
    pub fn operation(&self, actor: Actor) -> Operation {
        Operation { actor, request: RequestId(self.0.env.id()), now: self.now() }
    }

    /// A fresh random token for a form, unguessable.
    pub fn form_token(&self) -> String {
        hex::encode(self.0.env.bytes::<16>())
    }

    /// Call control, if one is configured.
    pub fn call_control(&self) -> Option<&dyn CallControl> {
        self.0.call_control.as_deref()
    }

    /// Bytes that a firmware image may have.
    pub fn firmware_max_bytes(&self) -> u64 {
        self.0.firmware.folder.max_bytes()
    }

    /// How many statements its transactions have run: what a page costs does not grow with what is in the database.
    pub fn statements(&self) -> u64 {
        self.0.store.statements()
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<()> {
        let mut tx = self.0.store.read().await?;
        storage::user::count(&mut tx).await?;
        Ok(())
    }

    /// Finishes the ledger, signs a last checkpoint and closes the database.
    pub async fn stop(&self) {
        probes::flush(self).await;
        observations::write(self).await;
        self.0.writer.stop().await;
        if let Err(problem) = checkpoint::sign(self).await {
            tracing::error!(error = %problem, "the last checkpoint could not be signed");
        }
        self.0.store.close().await;
    }
}
