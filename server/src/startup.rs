//! Composition: database, keys, services, doors.

use crate::{
    assets, config::Config, console, edge, exit::Failure, listen::Door, pnp::Responder, proxy::Proxies, tls,
};
use domain::authz::{Actor, Role};
use domain::ids::UserId;
use services::{
    Operation, Parts, Services, checkpoint,
    discovery::Onboarding,
    env::Env,
    firmware::Folder,
    jobs::Jobs,
    keys::Keys,
    organisation::{self, Organisation},
    users,
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::DirBuilderExt as _,
    path::PathBuf,
    sync::Arc,
};
use storage::Store;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinSet,
};

/// A server that listens, and does not serve yet.
pub(crate) struct Server {
    pub(crate) services: Services,
    pub(crate) console: SocketAddr,
    pub(crate) edge_http: SocketAddr,
    pub(crate) edge_https: SocketAddr,
    /// Certificate that phones have to trust.
    pub(crate) ca: PathBuf,
    onboarding: Onboarding,
    responders: Vec<Responder>,
    listeners: [TcpListener; 3],
    tls: Arc<rustls::ServerConfig>,
    certificates: tls::Certificates,
    proxies: Arc<Proxies>,
    told: ToldToStop,
}

/// Opens the database and the keys of `config`.
pub(crate) async fn services(config: &Config) -> Result<Services, Failure> {
    // What is in there concerns nobody else on this machine: names, numbers, hashes of passwords.
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data).map_err(|e| {
        Failure::environment(format!("the data folder `{}` cannot be made: {e}", config.data.display()))
    })?;
    let env = Env::system();
    let keys = Keys::open(&config.keys(), &env).map_err(Failure::environment)?;
    let store = Store::open(&config.database).await.map_err(Failure::database)?;
    let call_control = match config.call_control.clone() {
        Some(call_control) => Some(call_control.connector().map_err(Failure::environment)?),
        None => None,
    };
    let checkpoints = checkpoint::File::new(config.checkpoints());
    let parts = Parts {
        store,
        env,
        keys,
        node: config.node.clone(),
        call_control,
        checkpoints,
        firmware: Folder::new(config.firmware(), config.firmware_max_bytes),
        limits: config.limits,
    };
    Services::start(parts).await.map_err(Failure::environment)
}

/// The command line acts in its own name, and may do what the owner of the data folder may do.
pub(crate) fn command_line(services: &Services) -> Operation {
    let actor = Actor {
        id: UserId(uuid::Uuid::nil()),
        name: "command line".to_owned(),
        roles: Role::ALL.into_iter().collect(),
        confirmed: true,
        password_since: Some(services.now()),
    };
    services.operation(actor)
}

impl Server {
    /// Opens everything and listens. `registrar` is used when no call control is configured.
    pub(crate) async fn start(config: &Config, registrar: Option<Organisation>) -> Result<Self, Failure> {
        let services = services(config).await?;
        let folder = config.data.join("tls");
        let host = &config.public_host;
        let certificates = tls::Certificates::open(&folder, host, &config.edge_certificates, services.now())
            .map_err(Failure::environment)?;
        let tls = Arc::new(certificates.server().map_err(Failure::environment)?);
        let listeners =
            [bind(config.console).await?, bind(config.edge_http).await?, bind(config.edge_https).await?];
        let address = |l: &TcpListener| l.local_addr().map_err(Failure::environment);
        let (console, edge_http, edge_https) = (
            reachable(address(&listeners[0])?),
            reachable(address(&listeners[1])?),
            reachable(address(&listeners[2])?),
        );
        let mut organisation = registrar.unwrap_or_default();
        if let Some(platform) = services.call_control() {
            let registrar = platform.registrar();
            organisation.registrar_host = Some(registrar.host.clone());
            organisation.registrar_port = Some(registrar.port);
            organisation.transport = Some(registrar.transport.clone());
            organisation.domain = Some(registrar.realm.clone());
        }
        let onboarding = Onboarding::at(&config.public_host, edge_https.port(), edge_http.port());
        let onboarding = onboarding.ok_or_else(|| {
            Failure::usage(format!(
                "`public_host` is neither a host name nor an address: `{}`",
                config.public_host
            ))
        })?;
        organisation.keep_personal = config.keep_personal_uploads;
        organisation.steady_url = format!("{}steady/", onboarding.https.folder());
        let open = |interface: &String| Responder::open(interface, &onboarding).map_err(Failure::environment);
        let responders = config.pnp.iter().map(open).collect::<Result<_, _>>()?;
        organisation::ensure(&services, &organisation).await.map_err(Failure::environment)?;
        // Before anybody is told the addresses: whoever reads them may stop the server at once.
        let told = ToldToStop::listen().map_err(Failure::environment)?;
        let ca = certificates.ca.clone();
        let proxies = Arc::new(config.proxies.clone());
        Ok(Self {
            services,
            console,
            edge_http,
            edge_https,
            ca,
            onboarding,
            responders,
            listeners,
            tls,
            certificates,
            proxies,
            told,
        })
    }

    /// Serves until the process is told to stop, then ends in order.
    pub(crate) async fn run(self, demo: Option<Vec<app::Login>>) -> Result<(), Failure> {
        let (stop, stopped) = watch::channel(false);
        let path = |name| assets::path(name).unwrap_or_default();
        let console = app::Console {
            services: self.services.clone(),
            assets: app::Assets {
                css: path("style.css"),
                js: path("ringfence.js"),
                wasm: path("ringfence.wasm"),
                editor: (path("editor.js"), path("editor.wasm")),
                favicon: path("favicon.svg"),
            },
            demo,
            tls: false,
            onboarding: self.onboarding,
        };
        let [console_door, http_door, https_door] = self.listeners;
        let doors = [
            Door { listener: console_door, router: console::router(console, assets::router()), tls: None },
            Door {
                listener: http_door,
                router: edge::router(self.services.clone(), false, Arc::clone(&self.proxies)),
                tls: None,
            },
            Door {
                listener: https_door,
                router: edge::router(self.services.clone(), true, self.proxies),
                tls: Some(self.tls),
            },
        ];
        let mut tasks = JoinSet::new();
        for door in doors {
            tasks.spawn(door.serve(stopped.clone()));
        }
        for responder in self.responders {
            tasks.spawn(responder.serve(stopped.clone()));
        }
        let watch = tokio::spawn(self.certificates.watch(self.services.clone()));
        let work = Jobs::start(&self.services).map_err(Failure::environment)?;
        self.told.wait().await;
        tracing::info!("stopping");
        stop.send(true).ok();
        while tasks.join_next().await.is_some() {}
        watch.abort();
        work.stop().await;
        self.services.stop().await;
        Ok(())
    }

    /// Prints the one-time code of a first run.
    pub(crate) async fn announce_setup(&self) -> Result<(), Failure> {
        if let Some(code) = users::issue_setup_code(&self.services).await.map_err(Failure::environment)? {
            eprintln!("First run: open http://{}/setup and enter the one-time code {code}", self.console);
        }
        Ok(())
    }
}

/// An address that can be opened from this machine: a listener on all addresses is shown as loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|e| {
        Failure::environment(format!("the address {address} cannot be listened on: {e}; choose another one"))
    })
}

/// The signals by which operators and service managers end a process.
struct ToldToStop {
    interrupt: Signal,
    terminate: Signal,
}

impl ToldToStop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
