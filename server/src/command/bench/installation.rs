//! An installation to measure: the demonstration, its edge, and bare handlers beside it.

use super::{fleet::request, load::Tls};
use crate::{
    config::{Config, Options},
    edge,
    exit::Failure,
    listen::Door,
    startup, tls,
};
use axum::{Router, http::header};
use rustls::ServerConfig;
use services::{Services, env::Env, jobs::Jobs, keys::Keys, organisation};
use sip::digest::Challenge;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};
use storage::Store;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

pub(super) struct Installation {
    pub(super) services: Services,
    pub(super) store: Store,
    pub(super) keys: Keys,
    pub(super) env: Env,
    pub(super) folder: PathBuf,
    pub(super) tls: Arc<ServerConfig>,
    jobs: Jobs,
    stop: watch::Sender<bool>,
    stopped: watch::Receiver<bool>,
}

impl Installation {
    /// The demonstration in an empty database: SQLite in a temporary folder, or the PostgreSQL database at
    /// `database`.
    pub(super) async fn open(database: Option<&str>) -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("ringfence-bench-{}", std::process::id()));
        std::fs::remove_dir_all(&folder).ok();
        let database = database.map(str::to_owned);
        let options = Options { data: Some(folder.clone()), database, ..Options::default() };
        let config = Config::load(&options).map_err(Failure::usage)?;
        let services = startup::services(&config).await?;
        let steady_url = "https://localhost:8443/steady/".to_owned();
        let registrar = organisation::Organisation { steady_url, ..crate::command::demo::registrar() };
        organisation::ensure(&services, &registrar).await.map_err(Failure::environment)?;
        crate::command::demo::load(&services).await.map_err(Failure::environment)?;
        let env = Env::system();
        let keys = Keys::open(&config.keys(), &env).map_err(Failure::environment)?;
        let store = Store::open(&config.database).await.map_err(Failure::database)?;
        let certificates =
            tls::Certificates::open(&folder.join("tls"), &config.public_host, &[], services.now())
                .map_err(Failure::environment)?;
        let tls = Arc::new(certificates.server().map_err(Failure::environment)?);
        let jobs = Jobs::start(&services).map_err(Failure::environment)?;
        let (stop, stopped) = watch::channel(false);
        Ok(Self { services, store, keys, env, folder, tls, jobs, stop, stopped })
    }

    pub(super) async fn close(self) {
        self.stop.send(true).ok();
        self.jobs.stop().await;
        self.services.stop().await;
        self.store.close().await;
        std::fs::remove_dir_all(&self.folder).ok();
    }

    /// A listener of its own, with TLS or without.
    pub(super) async fn door(
        &self,
        router: Router,
        tls: Option<Arc<ServerConfig>>,
    ) -> Result<SocketAddr, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::environment)?;
        let address = listener.local_addr().map_err(Failure::environment)?;
        tokio::spawn(Door { listener, router, tls }.serve(self.stopped.clone()));
        Ok(address)
    }

    /// The edge itself, with the rights of the HTTPS door.
    pub(super) fn edge(&self) -> Router {
        edge::router(self.services.clone(), true, Arc::default())
    }

    /// How a generator trusts our doors; nobody shows a certificate.
    pub(super) fn trust(&self, old: bool) -> Tls {
        Tls { ca: self.folder.join("tls/ca.pem"), identities: vec![], old }
    }

    /// Entries of the ledger that its index does not have yet.
    pub(super) async fn backlog(&self) -> Result<i64, Failure> {
        let mut tx = self.store.read().await.map_err(Failure::database)?;
        storage::ledger::backlog(&mut tx).await.map_err(Failure::database)
    }
}

/// A handler that returns `body` and does nothing else.
pub(super) fn bare(body: Vec<u8>) -> Router {
    let body = axum::body::Bytes::from(body);
    Router::new().fallback(move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body) }
    })
}

/// A challenge that every phone may answer.
pub(super) async fn challenge(plain: SocketAddr) -> Result<Challenge, Failure> {
    Challenge::parse(challenge_header(plain).await?.as_bytes()).map_err(Failure::environment)
}

/// The header that it comes in.
pub(super) async fn challenge_header(plain: SocketAddr) -> Result<String, Failure> {
    let (head, _) = exchange(plain, &request(&super::fleet::path(1), 1, "")).await?;
    let header = head.lines().find_map(|l| l.strip_prefix("www-authenticate: "));
    header.map(str::to_owned).ok_or_else(|| Failure::environment("no challenge"))
}

/// The body of the answer to a request.
pub(super) async fn body(plain: SocketAddr, request: &str) -> Result<Vec<u8>, Failure> {
    let (head, body) = exchange(plain, request).await?;
    if head.starts_with("HTTP/1.1 200") { Ok(body) } else { Err(Failure::environment(head)) }
}

async fn exchange(plain: SocketAddr, request: &str) -> Result<(String, Vec<u8>), Failure> {
    let mut stream = TcpStream::connect(plain).await.map_err(Failure::environment)?;
    let request = request.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1);
    stream.write_all(request.as_bytes()).await.map_err(Failure::environment)?;
    let mut bytes = vec![];
    stream.read_to_end(&mut bytes).await.map_err(Failure::environment)?;
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    let body = bytes.split_off(end);
    Ok((String::from_utf8_lossy(&bytes).into_owned(), body))
}
