//! The edge's TLS: the certificates that it shows, read again when they change, and those that it asks for.
//!
//! Some phones speak RSA only, others prefer ECDSA: the client's signature schemes choose.

mod authority;
mod client;
mod files;

pub(crate) use files::Pair;

use authority::{Authority, LEAVES};
use domain::{Code, Timestamp};
use rustls::{
    ServerConfig, SignatureAlgorithm,
    crypto::aws_lc_rs,
    server::{ClientHello, ResolvesServerCert, danger::ClientCertVerifier},
    sign::CertifiedKey,
};
use services::{
    Services, certificate,
    edge_certificates::{self, EdgeCertificate, expiry, stage},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
    time::{Duration, SystemTime},
};
use tokio::signal::unix::{SignalKind, signal};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);
/// After how many looks renewal is thought of: once an hour.
const LOOKS: u32 = 360;

/// The certificates cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// A file.
    #[error("the certificate file `{0}` cannot be read or made: {1}")]
    Io(String, std::io::Error),
    /// Its contents.
    #[error(
        "the certificate file `{0}` does not hold what it should, or does not belong to its pair; \
         restore it, or remove the folder to make new ones"
    )]
    Contents(String),
    /// Making one.
    #[error("a certificate cannot be made: {0}")]
    Make(#[from] rcgen::Error),
    /// Using one.
    #[error("a certificate cannot be used: {0}")]
    Use(#[from] rustls::Error),
}

/// Where the certificates come from.
#[derive(Debug)]
enum Source {
    Own(Authority),
    Supplied,
}

/// The edge's certificates.
#[derive(Debug)]
pub(crate) struct Certificates {
    /// What phones have to trust, when the certificates are our own.
    pub(crate) ca: PathBuf,
    source: Source,
    pairs: Vec<Pair>,
    shown: Arc<Shown>,
}

/// Asks for a certificate and takes any, or none.
pub(crate) fn any_client() -> Arc<dyn ClientCertVerifier> {
    Arc::new(client::AnyClient)
}

/// The certificates that are shown now.
#[derive(Debug, Default)]
struct Shown(RwLock<Vec<Arc<CertifiedKey>>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let shown = self.0.read().ok()?;
        let is_ecdsa = |key: &&Arc<CertifiedKey>| key.key.algorithm() == SignatureAlgorithm::ECDSA;
        let fits = |key: &&Arc<CertifiedKey>| key.key.choose_scheme(hello.signature_schemes()).is_some();
        let mut fitting: Vec<_> = shown.iter().filter(fits).collect();
        // ECDSA is cheaper for both; a phone that cannot do it does not offer it.
        fitting.sort_by_key(|key| !is_ecdsa(key));
        fitting.first().copied().or_else(|| shown.first()).cloned()
    }
}

impl Certificates {
    /// Those of `supplied`, or of an authority of our own in `folder`, for `host` and loopback.
    pub(crate) fn open(
        folder: &Path,
        host: &str,
        supplied: &[Pair],
        now: Timestamp,
    ) -> Result<Self, TlsError> {
        let ca = folder.join("ca.pem");
        let (source, pairs) = if supplied.is_empty() {
            let pairs = LEAVES.map(|name| Pair::in_folder(folder, name)).to_vec();
            (Source::Own(Authority::new(folder, host)), pairs)
        } else {
            (Source::Supplied, supplied.to_vec())
        };
        let certificates = Self { ca, source, pairs, shown: Arc::default() };
        certificates.renew(now)?;
        certificates.read()?;
        Ok(certificates)
    }

    fn renew(&self, now: Timestamp) -> Result<bool, TlsError> {
        match &self.source {
            Source::Own(authority) => authority.renew(now),
            Source::Supplied => Ok(false),
        }
    }

    /// Shows what is in the files from the next handshake on; keeps what there was when one of them is wrong.
    fn read(&self) -> Result<(), TlsError> {
        let read: Result<Vec<_>, _> = self.pairs.iter().map(|pair| pair.read().map(Arc::new)).collect();
        let read = read?;
        if let Ok(mut shown) = self.shown.0.write() {
            *shown = read;
        }
        Ok(())
    }

    /// The server's TLS: 1.2 and 1.3, asking for a certificate and requiring none.
    pub(crate) fn server(&self) -> Result<ServerConfig, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(any_client())
            .with_cert_resolver(Arc::clone(&self.shown) as _);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// The certificates in use, by file.
    fn in_use(&self) -> Vec<EdgeCertificate> {
        let shown = self.shown.0.read().map(|shown| shown.clone()).unwrap_or_default();
        let of = |(pair, key): (&Pair, Arc<CertifiedKey>)| {
            let not_after = certificate::expires(key.cert.first()?)?;
            Some(EdgeCertificate { name: pair.cert.display().to_string(), not_after })
        };
        self.pairs.iter().zip(shown).filter_map(of).collect()
    }

    fn stamps(&self) -> Vec<[Option<(SystemTime, u64)>; 2]> {
        self.pairs.iter().map(Pair::stamp).collect()
    }

    /// Renews what is due, and reads the files again on SIGHUP or when they change. Never ends.
    pub(crate) async fn watch(self, services: Services) {
        let mut warned = BTreeMap::new();
        self.announce(&services, &mut warned);
        let mut told = signal(SignalKind::hangup()).ok();
        let mut look = tokio::time::interval(LOOK);
        let mut stamps = self.stamps();
        let mut looks = 0;
        loop {
            let asked = tokio::select! {
                Some(()) = async { told.as_mut()?.recv().await } => true,
                _ = look.tick() => false,
            };
            looks = (looks + 1) % LOOKS;
            if looks == 0
                && let Err(error) = self.renew(services.now())
            {
                tracing::error!(%error, "the edge's certificates could not be renewed");
            }
            let found = self.stamps();
            if asked || found != stamps {
                match self.read() {
                    Ok(()) => tracing::info!("the edge's certificates were read again"),
                    // Tried again when the other file of a pair has followed.
                    Err(error) => tracing::error!(%error, "the edge keeps the certificates that it has"),
                }
                stamps = found;
            }
            self.announce(&services, &mut warned);
        }
    }

    /// Tells the console, and the log once at each step towards the end.
    fn announce(&self, services: &Services, warned: &mut BTreeMap<String, (Timestamp, usize)>) {
        let (now, in_use) = (services.now(), self.in_use());
        for used in &in_use {
            let due = (used.not_after, stage(now, used.not_after));
            let before = warned.insert(used.name.clone(), due);
            if before != Some(due)
                && let Some(finding) = expiry(&used.name, now, used.not_after)
            {
                tracing::warn!(code = %Code::CertificateExpires, "{finding}");
            }
        }
        edge_certificates::hold(services, in_use);
    }
}
