//! Halden, the demonstration organisation, loaded through the doors that everybody uses. Its clock stands until
//! the test moves it.

use connectors::CallControl;
use domain::{
    authz::{Actor, Role},
    gate::Check,
    ids::UserId,
    ledger::{ActEntry, Entry, ServeEntry},
    package::Upload,
    time::DAY,
};
use services::{
    Operation, Parts, Problem, Result, Services,
    approvals::{self, RuleInput},
    change_requests, checkpoint, devices,
    env::Env,
    exceptions,
    firmware::Folder,
    gates, imports,
    keys::Keys,
    limits::Limits,
    organisation::{self, Organisation},
    policies::{self, PolicyInput},
    users,
    view::{EvidenceInput, ExceptionFilter, RequestInput, RequestView},
};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use storage::{Store, ledger};
use tempfile::TempDir;
use testkit::{TestStore, sample::NOW, stores};
use uuid::Uuid;

/// Who works at the console, and as what.
const PEOPLE: [(&str, &[Role]); 6] = [
    ("ada", &[Role::Administrator]),
    ("grace", &[Role::Approver]),
    ("hedy", &[Role::Approver]),
    ("mary", &[Role::Administrator]),
    ("linus", &[Role::SiteLead]),
    ("both", &[Role::Administrator, Role::Approver]),
];

/// London has a gate that can be opened, and these phones and extensions.
pub(crate) const PHONE: &str = "80:5e:c0:10:00:03";
pub(crate) const OTHER_PHONE: &str = "80:5e:c0:10:00:04";
pub(crate) const EXTENSION: &str = "2103";
pub(crate) const OTHER_EXTENSION: &str = "2104";

/// Bytes that a firmware image may have.
pub(crate) const FIRMWARE_BYTES: u64 = 1_000_000;

/// An installation on a database of its own.
pub(crate) struct Halden {
    pub(crate) services: Services,
    pub(crate) database: TestStore,
    pub(crate) folder: TempDir,
    clock: Arc<AtomicI64>,
}

/// What `somebody` signs in with.
pub(crate) fn password(somebody: &str) -> String {
    format!("{somebody} has a long password")
}

/// The files of a package from the repository.
pub(crate) fn package() -> Vec<Upload> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    let files = ["sites", "segments", "ranges", "places", "people", "extensions", "devices"];
    let read = |name: &str| std::fs::read(folder.join(format!("{name}.csv"))).unwrap();
    files.map(|name| upload(name, read(name))).into()
}

/// A file of a package.
pub(crate) fn upload(name: &str, bytes: impl Into<Vec<u8>>) -> Upload {
    Upload { name: format!("{name}.csv"), bytes: bytes.into() }
}

/// One per database: nobody has ever signed in.
pub(crate) async fn empty() -> Vec<Halden> {
    let mut all = vec![];
    for database in stores().await {
        all.push(Halden::start(database).await);
    }
    all
}

/// One per database: people, inventory, and London's gate open for thirty days.
pub(crate) async fn open() -> Vec<Halden> {
    let all = empty().await;
    for halden in &all {
        halden.hire().await;
        halden.import(package()).await.unwrap();
        halden.open_gate().await;
    }
    all
}

impl Halden {
    async fn start(database: TestStore) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW.0));
        let folder = tempfile::tempdir().unwrap();
        let services = node("a", &database.store, &clock, folder.path()).await;
        let registrar = registrar();
        organisation::ensure(&services, &registrar).await.unwrap();
        Self { services, database, folder, clock }
    }

    /// Another server on the same database, with a memory of its own.
    pub(crate) async fn second_node(&self) -> Services {
        node("b", &self.database.store, &self.clock, self.folder.path()).await
    }

    /// Another server on the same database, which reaches call control.
    pub(crate) async fn node_with(&self, platform: Arc<dyn CallControl>) -> Services {
        let parts = parts("c", &self.database.store, &self.clock, self.folder.path());
        Services::start(Parts { call_control: Some(platform), ..parts }).await.unwrap()
    }

    /// Another server on the same database, within limits of its own.
    pub(crate) async fn node_within(&self, limits: Limits) -> Services {
        let parts = parts("d", &self.database.store, &self.clock, self.folder.path());
        Services::start(Parts { limits, ..parts }).await.unwrap()
    }

    async fn hire(&self) {
        for (name, roles) in PEOPLE {
            let op = self.services.operation(owner_of_the_machine());
            users::create(&self.services, &op, name, &password(name), roles).await.unwrap();
        }
    }

    /// Checks London's voice segment and answers for it, for thirty days.
    pub(crate) async fn open_gate(&self) {
        self.record_checks(true).await.unwrap();
        let op = self.by("linus").await;
        let until = op.now.plus(30 * DAY);
        gates::sign_off(&self.services, &op, "lon", "voice", until, &password("linus")).await.unwrap();
    }

    /// Enters the result of every check in London's voice segment.
    pub(crate) async fn record_checks(&self, passed: bool) -> Result<()> {
        let op = self.by("linus").await;
        let check = |check| EvidenceInput { check, passed, note: "seen on site".to_owned() };
        let evidence = Check::ALL.map(check).to_vec();
        gates::record(&self.services, &op, "lon", "voice", evidence, op.now.plus(30 * DAY)).await
    }

    /// Sets what a site demands, by words.
    pub(crate) async fn policy(&self, site: &str, demand: &str, low: &str, high: &str, wan: &str) {
        let [demand, low, high, wan] = [demand, low, high, wan].map(str::to_owned);
        let input = PolicyInput { demand, low, high, wan };
        policies::set(&self.services, &self.by("ada").await, site, &input, "as agreed").await.unwrap();
    }

    /// Cases, newest first.
    pub(crate) async fn cases(&self, closed: bool) -> Vec<exceptions::Listed> {
        let filter = ExceptionFilter { closed, ..ExceptionFilter::default() };
        exceptions::list(&self.services, &self.by("ada").await, &filter).await.unwrap().rows
    }

    pub(crate) fn later(&self, micros: i64) {
        self.clock.fetch_add(micros, Ordering::Relaxed);
    }

    /// An operation of somebody, now.
    pub(crate) async fn by(&self, name: &str) -> Operation {
        let op = self.services.operation(owner_of_the_machine());
        let everybody = users::list(&self.services, &op).await.unwrap();
        self.services.operation(everybody.into_iter().find(|actor| actor.name == name).unwrap())
    }

    pub(crate) async fn import(&self, files: Vec<Upload>) -> Result<()> {
        let op = self.services.operation(owner_of_the_machine());
        let id = imports::stage(&self.services, &op, files).await?;
        imports::commit(&self.services, &op, &id).await.map(|_| ())
    }

    /// Ada asks for an extension on a line key; nobody has been told yet.
    pub(crate) async fn draft_bind(&self, mac: &str, key: u8, extension: &str) -> Result<i64> {
        self.draft("ada", "bind", mac, key, extension).await
    }

    pub(crate) async fn draft(
        &self,
        by: &str,
        kind: &str,
        mac: &str,
        key: u8,
        extension: &str,
    ) -> Result<i64> {
        let input = RequestInput {
            kind: kind.to_owned(),
            mac: mac.to_owned(),
            index: key.to_string(),
            extension: extension.to_owned(),
            reason: "New starter at this desk.".to_owned(),
            ..RequestInput::default()
        };
        change_requests::create(&self.services, &self.by(by).await, &input).await
    }

    pub(crate) async fn submit(&self, number: i64) -> Result<()> {
        change_requests::submit(&self.services, &self.by("ada").await, number).await
    }

    /// Grace reads the plan and signs it.
    pub(crate) async fn approve(&self, number: i64) -> Result<()> {
        self.approve_as("grace", number).await
    }

    /// Somebody reads the plan and signs it.
    pub(crate) async fn approve_as(&self, name: &str, number: i64) -> Result<()> {
        let digest = self.request(number).await.digest;
        let op = self.by(name).await;
        change_requests::approve(&self.services, &op, number, &digest, &password(name)).await
    }

    /// Ada proposes rules and Mary approves them: they hold.
    pub(crate) async fn rules(&self, rules: &[RuleInput]) {
        let version = approvals::propose(&self.services, &self.by("ada").await, rules, "as agreed").await;
        let version = version.unwrap();
        let mary = self.by("mary").await;
        let digest = approvals::view(&self.services, &mary).await.unwrap().proposal.unwrap().digest;
        approvals::approve(&self.services, &mary, version, &digest, &password("mary")).await.unwrap();
    }

    pub(crate) async fn apply(&self, number: i64) -> Result<()> {
        change_requests::apply(&self.services, &self.by("ada").await, number).await
    }

    pub(crate) async fn request(&self, number: i64) -> RequestView {
        change_requests::view(&self.services, &self.by("grace").await, number).await.unwrap()
    }

    /// The word for where a request is.
    pub(crate) async fn state(&self, number: i64) -> &'static str {
        self.request(number).await.row.state.word()
    }

    /// A request to bind, signed and not applied.
    pub(crate) async fn approved_bind(&self, mac: &str, key: u8, extension: &str) -> i64 {
        let number = self.draft_bind(mac, key, extension).await.unwrap();
        self.sign(number).await
    }

    /// A request to take away what stands on the first line key, signed and not applied.
    pub(crate) async fn approved_unbind(&self, mac: &str) -> i64 {
        let number = self.draft("ada", "unbind", mac, 1, "").await.unwrap();
        self.sign(number).await
    }

    /// Grace signs, and Hedy where the rules ask for two: where a key's number would change.
    pub(crate) async fn sign(&self, number: i64) -> i64 {
        self.submit(number).await.unwrap();
        self.approve(number).await.unwrap();
        if self.state(number).await == "submitted" {
            self.approve_as("hedy", number).await.unwrap();
        }
        number
    }

    /// Puts an extension on the first line key of a phone.
    pub(crate) async fn bind(&self, mac: &str, extension: &str) -> i64 {
        let number = self.approved_bind(mac, 1, extension).await;
        self.apply(number).await.unwrap();
        number
    }

    /// The extensions that stand on a phone.
    pub(crate) async fn lines(&self, mac: &str) -> Vec<String> {
        let view = devices::view(&self.services, &self.by("ada").await, mac).await.unwrap();
        view.endpoints.into_iter().filter_map(|endpoint| endpoint.extension).collect()
    }

    /// Everything that an act upon a phone would change: its page, its revision, and the end of the record.
    pub(crate) async fn standing_of(&self, mac: &str) -> String {
        let op = self.by("ada").await;
        let trace = services::trace::view(&self.services, &op, mac).await.unwrap();
        let head = self.heads().await;
        format!("{:#?} {:#?} {head:?}", trace.device, trace.revision)
    }

    /// The end of the record of each node.
    pub(crate) async fn heads(&self) -> Vec<(String, i64)> {
        let mut tx = self.database.store.read().await.unwrap();
        let heads = ledger::heads(&mut tx).await.unwrap();
        heads.into_iter().map(|head| (head.node, head.seq)).collect()
    }

    /// The record of the first node, in its order.
    pub(crate) async fn record(&self) -> Vec<Entry> {
        let mut tx = self.database.store.read().await.unwrap();
        let (mut entries, mut from) = (vec![], 0);
        loop {
            let batches = ledger::batches(&mut tx, "a", from).await.unwrap();
            let Some(last) = batches.last() else { return entries };
            from = last.seq;
            entries.extend(batches.iter().flat_map(|batch| batch.entries().unwrap()));
        }
    }

    /// What people and the program did, in the record's order.
    pub(crate) async fn acts(&self) -> Vec<ActEntry> {
        let act = |entry| match entry {
            Entry::Act(act) => Some(*act),
            Entry::Serve(_) | Entry::Probe(_) => None,
        };
        self.record().await.into_iter().filter_map(act).collect()
    }

    /// What the record says was served and refused, in its order.
    pub(crate) async fn serves(&self) -> Vec<ServeEntry> {
        let serve = |entry| match entry {
            Entry::Serve(serve) => Some(*serve),
            Entry::Probe(_) | Entry::Act(_) => None,
        };
        self.record().await.into_iter().filter_map(serve).collect()
    }

    pub(crate) async fn last_serve(&self) -> ServeEntry {
        self.serves().await.pop().unwrap()
    }

    pub(crate) fn checkpoint_file(&self) -> PathBuf {
        self.folder.path().join("checkpoints.jsonl")
    }

    /// The same database after `Services::stop`, which closes it.
    pub(crate) async fn reopened(self) -> Self {
        let store = Store::open(&self.database.address).await.unwrap();
        let services = node("a", &store, &self.clock, self.folder.path()).await;
        let mut database = self.database;
        database.store = store;
        Self { services, database, ..self }
    }

    /// For messages.
    pub(crate) fn name(&self) -> &'static str {
        self.database.database
    }
}

/// What the configuration file of these tests says.
pub(crate) fn registrar() -> Organisation {
    Organisation {
        steady_url: "https://edge.halden.example:8443/steady/".to_owned(),
        registrar_host: Some("sip.halden.example".to_owned()),
        registrar_port: Some(5061),
        transport: Some("tls".to_owned()),
        domain: None,
        keep_personal: false,
    }
}

async fn node(name: &str, store: &Store, clock: &Arc<AtomicI64>, folder: &Path) -> Services {
    Services::start(parts(name, store, clock, folder)).await.unwrap()
}

fn parts(name: &str, store: &Store, clock: &Arc<AtomicI64>, folder: &Path) -> Parts {
    let env = Env::fixed(Arc::clone(clock));
    let keys = Keys::open(&folder.join("keys"), &env).unwrap();
    let checkpoints = checkpoint::File::new(folder.join("checkpoints.jsonl"));
    Parts {
        store: store.clone(),
        env,
        keys,
        node: name.to_owned(),
        call_control: None,
        checkpoints,
        firmware: Folder::new(folder.join("firmware"), FIRMWARE_BYTES),
        limits: Limits::default(),
    }
}

/// Whoever may read the data folder may do everything, as on the command line.
pub(crate) fn owner_of_the_machine() -> Actor {
    Actor {
        id: UserId(Uuid::nil()),
        name: "command line".to_owned(),
        roles: Role::ALL.into_iter().collect(),
        confirmed: true,
        password_since: Some(NOW),
    }
}

/// The codes of a refusal, sorted.
pub(crate) fn codes(problem: &Problem) -> Vec<domain::Code> {
    let mut codes: Vec<_> = problem.findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
