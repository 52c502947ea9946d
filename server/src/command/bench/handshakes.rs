//! Ten thousand phones after a power cut: each a new connection with its own certificate, nothing resumed.

use super::{
    installation::Installation,
    load::{Pace, Plan, Tls},
    nginx::{Certificates, Nginx},
    usage,
};
use crate::{exit::Failure, tls};
use axum::{Extension, Router, body::Bytes, http::StatusCode};
use domain::{Timestamp, vendor::Vendor};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize,
};
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::NoServerSessionStorage,
};
use services::certificate::{Presented, Roots};
use std::{net::SocketAddr, path::PathBuf, sync::Arc};

const CONNECTIONS: usize = 64;
/// Certificates of phones, taken in turn: making ten thousand RSA keys would take longer than the measurement.
const IDENTITIES: u32 = 16;
const BODY: usize = 1_000;

struct Authority {
    ca: PathBuf,
    identities: Vec<(PathBuf, PathBuf)>,
}

struct Server {
    name: &'static str,
    address: SocketAddr,
    process: Option<u32>,
}

pub(super) async fn run(at: &Installation, phones: usize) -> Result<(), Failure> {
    let authority = authority(at.folder.join("phones")).map_err(Failure::environment)?;
    let ca = CertificateDer::from_pem_file(&authority.ca).map_err(Failure::environment)?;
    let roots = Arc::new(Roots::new(1, [(Vendor::Yealink, ca.to_vec())]));
    let requests = Arc::new(vec![super::fleet::request("/file", 1, "Connection: close\r\n"); phones]);
    println!(
        "{phones} new connections, {CONNECTIONS} at a time, client certificate RSA 2048, nothing resumed, {BODY} B"
    );
    println!(
        "{:<24} {:<22} {:>9} {:>14} {:>7} {:>8} {:>8} {:>8} {:>7}",
        "", "", "/s", "server µs each", "ratio", "load µs", "p50 ms", "p99 ms", "failed"
    );
    for (key, old) in [("rsa", true), ("rsa", false), ("ecdsa", true), ("ecdsa", false)] {
        let (certificate, private) =
            (at.folder.join(format!("tls/{key}.pem")), at.folder.join(format!("tls/{key}.key")));
        let name = format!("{} server key, TLS 1.{}", key.to_uppercase(), if old { 2 } else { 3 });
        let mut servers = vec![];
        for (name, provider) in providers() {
            let tls = config(provider, &certificate, &private)?;
            let address =
                at.door(judging(Arc::clone(&roots), at.services.now()), Some(Arc::new(tls))).await?;
            servers.push(Server { name, address, process: None });
        }
        let certificates =
            Certificates { certificate: &certificate, key: &private, clients: Some(&authority.ca) };
        let nginx = Nginx::start(&at.folder.join("nginx"), &[b'x'; BODY], &certificates).await?;
        if let Some(nginx) = &nginx {
            let process = Some(nginx.process());
            servers.insert(0, Server { name: "nginx, OpenSSL", address: nginx.tls, process });
        }
        let mut first = None;
        for server in servers {
            let used = || match server.process {
                Some(process) => usage::cpu_of_family(process),
                None => usage::cpu(std::process::id()),
            };
            let plan = Plan {
                target: server.address,
                tls: Some(Tls { identities: authority.identities.clone(), ..at.trust(old) }),
                connections: CONNECTIONS,
                requests: (&requests).into(),
                pace: Pace::Fresh,
            };
            let before = used();
            let outcome = plan.run().await?;
            let each = |seconds: f64| seconds * 1e6 / (outcome.served.max(1) as f64);
            let cpu = each(used() - before);
            println!(
                "{name:<24} {:<22} {:>9.0} {cpu:>14.0} {:>7.2} {:>8.0} {:>8.1} {:>8.1} {:>7}",
                server.name,
                outcome.rate(),
                cpu / *first.get_or_insert(cpu),
                each(outcome.cpu),
                outcome.p50,
                outcome.p99,
                outcome.failed
            );
        }
    }
    Ok(())
}

/// A handler that judges the certificate of the connection as the edge does, and answers nobody else.
fn judging(roots: Arc<Roots>, now: Timestamp) -> Router {
    let body = Bytes::from(vec![b'x'; BODY]);
    Router::new().fallback(move |Extension(presented): Extension<Arc<Presented>>| {
        let verdict = presented.verdict(&roots, now);
        let judged = verdict.identity().map(|_| body.clone()).ok_or(StatusCode::FORBIDDEN);
        async move { judged }
    })
}

fn providers() -> Vec<(&'static str, CryptoProvider)> {
    vec![
        ("ours, aws-lc-rs", aws_lc_rs::default_provider()),
        #[cfg(feature = "bench-ring")]
        ("ours, ring", rustls::crypto::ring::default_provider()),
    ]
}

fn config(
    provider: CryptoProvider,
    certificate: &std::path::Path,
    key: &std::path::Path,
) -> Result<ServerConfig, Failure> {
    let provider = Arc::new(provider);
    let certificate = CertificateDer::from_pem_file(certificate).map_err(Failure::environment)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(Failure::environment)?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Failure::environment)?
        .with_client_cert_verifier(tls::any_client())
        .with_single_cert(vec![certificate], key)
        .map_err(Failure::environment)?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// A vendor's authority, and phones with its certificates.
fn authority(folder: PathBuf) -> Result<Authority, Box<dyn std::error::Error + Send + Sync>> {
    std::fs::create_dir_all(&folder)?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Phones of the measurement");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?)?;
    let ca = folder.join("ca.pem");
    std::fs::write(&ca, issuer.pem())?;
    let mut identities = vec![];
    for n in 0..IDENTITIES {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, format!("249AD8{n:06X}"));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let (certificate, private) = (folder.join(format!("{n}.pem")), folder.join(format!("{n}.key")));
        std::fs::write(&certificate, params.signed_by(&key, &issuer)?.pem())?;
        std::fs::write(&private, key.serialize_pem())?;
        identities.push((certificate, private));
    }
    Ok(Authority { ca, identities })
}
