//! The edge's certificates: an authority of our own, and two server certificates, because phones are particular.
//!
//! Some phones speak RSA only, others prefer ECDSA: the client's signature schemes choose.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize, SanType,
};
use rustls::{
    ServerConfig, SignatureScheme,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::{
    io::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The certificates cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// A file.
    #[error("the certificate file `{0}` cannot be read or made: {1}")]
    Io(String, std::io::Error),
    /// Its contents.
    #[error(
        "the certificate file `{0}` does not hold what it should; restore it, or remove the folder to make new ones"
    )]
    Contents(String),
    /// Making one.
    #[error("a certificate cannot be made: {0}")]
    Make(#[from] rcgen::Error),
    /// Using one.
    #[error("a certificate cannot be used: {0}")]
    Use(#[from] rustls::Error),
}

/// The files of the edge's certificates.
pub(crate) struct Files {
    /// Certificate of the authority, for phones to trust.
    pub(crate) ca: PathBuf,
    folder: PathBuf,
}

#[derive(Debug)]
struct ByScheme {
    rsa: Arc<CertifiedKey>,
    ecdsa: Arc<CertifiedKey>,
}

impl ResolvesServerCert for ByScheme {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let ecdsa = hello.signature_schemes().contains(&SignatureScheme::ECDSA_NISTP256_SHA256);
        Some(Arc::clone(if ecdsa { &self.ecdsa } else { &self.rsa }))
    }
}

impl Files {
    /// Makes what is missing in `folder`, for `host` and loopback.
    pub(crate) fn ensure(folder: &Path, host: &str) -> Result<Self, TlsError> {
        let files = Self { ca: folder.join("ca.pem"), folder: folder.to_owned() };
        if !files.ca.exists() {
            std::fs::create_dir_all(folder).map_err(|e| TlsError::Io(folder.display().to_string(), e))?;
            files.make(host)?;
        }
        Ok(files)
    }

    fn make(&self, host: &str) -> Result<(), TlsError> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Ringfence edge authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(
            params,
            KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?,
        )?;
        let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let ecdsa = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        for (name, key) in [("rsa", rsa), ("ecdsa", ecdsa)] {
            let certificate = server_params(host)?.signed_by(&key, &authority)?;
            write(&self.folder.join(format!("{name}.key")), &key.serialize_pem(), 0o600)?;
            write(&self.folder.join(format!("{name}.pem")), &certificate.pem(), 0o644)?;
        }
        // Last, because its presence says that all is there. The authority's key is not kept: there is
        // nothing else to sign with it.
        write(&self.ca, &authority.pem(), 0o644)
    }

    /// The server's TLS: 1.2 and 1.3.
    pub(crate) fn server(&self) -> Result<ServerConfig, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let resolver = ByScheme { rsa: self.key("rsa")?, ecdsa: self.key("ecdsa")? };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(resolver));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    fn key(&self, name: &str) -> Result<Arc<CertifiedKey>, TlsError> {
        let (pem, key) = (self.folder.join(format!("{name}.pem")), self.folder.join(format!("{name}.key")));
        let contents = |path: &Path| TlsError::Contents(path.display().to_string());
        let certificate = CertificateDer::from_pem_file(&pem).map_err(|_| contents(&pem))?;
        let private = PrivateKeyDer::from_pem_file(&key).map_err(|_| contents(&key))?;
        let signer = aws_lc_rs::sign::any_supported_type(&private)?;
        Ok(Arc::new(CertifiedKey::new(vec![certificate], signer)))
    }
}

fn server_params(host: &str) -> Result<CertificateParams, TlsError> {
    // Some phones know names only: the loopback address stands there as a name too.
    let mut names = vec!["localhost".to_owned(), host.to_owned()];
    names.dedup();
    let mut params = CertificateParams::new(names)?;
    params.subject_alt_names.push(SanType::DnsName("127.0.0.1".try_into()?));
    params.subject_alt_names.push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    params.subject_alt_names.push(SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)));
    params.distinguished_name.push(DnType::CommonName, host);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), TlsError> {
    let io = |e| TlsError::Io(path.display().to_string(), e);
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(mode).open(path).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)
}
