//! Certificate files.

use super::TlsError;
use rustls::{
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};
use serde::Deserialize;
use std::{
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};
use zeroize::Zeroizing;

/// A certificate, with its issuers after it, and its key; both PEM.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    /// File of the certificate.
    pub(crate) cert: PathBuf,
    /// File of its private key.
    pub(crate) key: PathBuf,
}

impl Pair {
    pub(super) fn in_folder(folder: &Path, name: &str) -> Self {
        Self { cert: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) }
    }

    /// Certificate and key, which belong together.
    pub(super) fn read(&self) -> Result<CertifiedKey, TlsError> {
        let contents = |path: &Path| TlsError::Contents(path.display().to_string());
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_file_iter(&self.cert).map_err(|_| contents(&self.cert))?.collect();
        let chain = chain.map_err(|_| contents(&self.cert))?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|_| contents(&self.key))?;
        if chain.is_empty() {
            return Err(contents(&self.cert));
        }
        // The error says what does not fit, never what is in the key.
        CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(|_| contents(&self.key))
    }

    /// When its files were written, and how long they are: something else means that they were replaced.
    pub(super) fn stamp(&self) -> [Option<(SystemTime, u64)>; 2] {
        [&self.cert, &self.key].map(|path| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        })
    }
}

pub(super) fn folder(path: &Path) -> Result<(), TlsError> {
    std::fs::create_dir_all(path).map_err(|e| TlsError::Io(path.display().to_string(), e))
}

pub(super) fn read_secret(path: &Path) -> Result<Zeroizing<String>, TlsError> {
    let text = std::fs::read_to_string(path).map_err(|e| TlsError::Io(path.display().to_string(), e))?;
    Ok(Zeroizing::new(text))
}

/// Writes a file whole or not at all.
pub(super) fn write(path: &Path, text: &str, mode: u32) -> Result<(), TlsError> {
    let io = |e| TlsError::Io(path.display().to_string(), e);
    let new = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(mode).open(&new).map_err(io)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
    std::fs::rename(&new, path).map_err(io)
}

/// A certificate as PEM, 64 characters a line (RFC 7468).
pub(super) fn pem(der: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let text = STANDARD.encode(der);
    let mut out = String::from("-----BEGIN CERTIFICATE-----\n");
    for (n, letter) in text.chars().enumerate() {
        if n > 0 && n % 64 == 0 {
            out.push('\n');
        }
        out.push(letter);
    }
    out.push_str("\n-----END CERTIFICATE-----\n");
    out
}
