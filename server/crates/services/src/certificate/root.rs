//! Certificates of vendors, behind which phones stand.

use super::{
    chain, name,
    signature::{self, Scheme},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Timestamp, time::SECOND, vendor::Vendor};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use x509_parser::x509::X509Version;

/// Bytes of an upload, and certificates in it.
const LARGEST_UPLOAD: usize = 256 * 1024;
const MOST: usize = 50;
const BEGIN: &str = "-----BEGIN ";
const CERTIFICATE: &str = "CERTIFICATE-----";

/// A vendor's certificate as it was uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Whose it is.
    pub vendor: Vendor,
    /// The certificate.
    pub der: Vec<u8>,
    /// Its subject, as people read it.
    pub subject: String,
    /// SHA-256 of the certificate, in hexadecimal digits.
    pub fingerprint: String,
    /// From when it is valid, in seconds since 1970.
    pub not_before: i64,
    /// Until when.
    pub not_after: i64,
}

/// Why an upload is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A private key is in it. It is not kept.
    #[error("There is a private key in it. It was thrown away; treat it as known to others all the same.")]
    PrivateKey,
    /// No PEM certificate is in it.
    #[error("There is no certificate in it: PEM begins with `-----BEGIN CERTIFICATE-----`.")]
    NotPem,
    /// A PEM block cannot be read.
    #[error("A certificate in it cannot be read.")]
    Unreadable,
    /// A certificate of a device or a server.
    #[error("A certificate in it is not that of an authority.")]
    NotAuthority,
    /// Too much.
    #[error("It is larger than 256 KiB, or has more than 50 certificates.")]
    TooLarge,
}

impl Root {
    /// Reads one authority's certificate. It may be a root or an issuer below one: phones often send no issuers.
    pub fn read(vendor: Vendor, der: Vec<u8>) -> Result<Self, Malformed> {
        let root = {
            let certificate = chain::parse(&der).ok_or(Malformed::Unreadable)?;
            let constraints = certificate.basic_constraints().map_err(|_| Malformed::Unreadable)?;
            // Version 1 has no way to say that it is an authority; a root signs itself.
            let old = certificate.version() == X509Version::V1
                && certificate.subject().as_raw() == certificate.issuer().as_raw();
            if !old && !constraints.is_some_and(|constraints| constraints.value.ca) {
                return Err(Malformed::NotAuthority);
            }
            let validity = certificate.validity();
            Self {
                vendor,
                subject: name::shown(certificate.subject()),
                fingerprint: fingerprint(&der),
                not_before: validity.not_before.timestamp(),
                not_after: validity.not_after.timestamp(),
                der: vec![],
            }
        };
        Ok(Self { der, ..root })
    }
}

/// SHA-256 in hexadecimal digits.
pub fn fingerprint(der: &[u8]) -> String {
    hex::encode(Sha256::digest(der))
}

/// The authorities' certificates in a PEM text, each once.
pub fn from_pem(vendor: Vendor, text: &str) -> Result<Vec<Root>, Malformed> {
    // First of all, so that a key is never looked at further, whatever surrounds it.
    if text.contains("PRIVATE KEY") {
        return Err(Malformed::PrivateKey);
    }
    if text.len() > LARGEST_UPLOAD {
        return Err(Malformed::TooLarge);
    }
    let mut roots: Vec<Root> = Vec::new();
    for block in text.split(BEGIN).skip(1) {
        let label = block.strip_prefix("TRUSTED ").or_else(|| block.strip_prefix("X509 ")).unwrap_or(block);
        let body = label.strip_prefix(CERTIFICATE).ok_or(Malformed::NotPem)?;
        let (body, _) = body.split_once("-----END").ok_or(Malformed::NotPem)?;
        let body: String = body.split_ascii_whitespace().collect();
        let der = STANDARD.decode(body).map_err(|_| Malformed::Unreadable)?;
        let root = Root::read(vendor, der)?;
        if roots.iter().all(|r| r.fingerprint != root.fingerprint) {
            roots.push(root);
        }
        if roots.len() > MOST {
            return Err(Malformed::TooLarge);
        }
    }
    if roots.is_empty() { Err(Malformed::NotPem) } else { Ok(roots) }
}

/// What of a root the judging needs, taken out once.
#[derive(Debug)]
pub(super) struct Anchor {
    pub(super) vendor: Vendor,
    pub(super) fingerprint: String,
    pub(super) spki: Vec<u8>,
    pub(super) rsa_bits: Option<usize>,
    pub(super) path_length: Option<u32>,
    pub(super) not_before: i64,
    pub(super) not_after: i64,
}

/// The roots that count, and the generation of the organisation that they were read at.
#[derive(Debug, Default)]
pub struct Roots {
    /// Verdicts are kept as long as this is the same.
    pub generation: i64,
    by_subject: BTreeMap<Vec<u8>, Vec<Anchor>>,
}

impl Roots {
    /// Takes the roots apart. What cannot be read any more stands behind nothing.
    pub fn new(generation: i64, roots: impl IntoIterator<Item = (Vendor, Vec<u8>)>) -> Self {
        let mut by_subject: BTreeMap<Vec<u8>, Vec<Anchor>> = BTreeMap::new();
        for (vendor, der) in roots {
            let Some(certificate) = chain::parse(&der) else { continue };
            let constraints = certificate.basic_constraints().ok().flatten();
            let anchor = Anchor {
                vendor,
                fingerprint: fingerprint(&der),
                spki: certificate.public_key().raw.to_vec(),
                rsa_bits: signature::rsa_bits(certificate.public_key()),
                path_length: constraints.and_then(|constraints| constraints.value.path_len_constraint),
                not_before: certificate.validity().not_before.timestamp(),
                not_after: certificate.validity().not_after.timestamp(),
            };
            by_subject.entry(certificate.subject().as_raw().to_vec()).or_default().push(anchor);
        }
        Self { generation, by_subject }
    }

    pub(super) fn named(&self, subject: &[u8]) -> &[Anchor] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }
}

/// Until when a certificate is valid; `None` when it cannot be read.
pub fn expires(der: &[u8]) -> Option<Timestamp> {
    let seconds = chain::parse(der)?.validity().not_after.timestamp();
    Some(Timestamp(seconds.saturating_mul(SECOND)))
}

/// Whether the key of `issuer` (DER) signed `der`, under its name.
pub fn is_issued_by(der: &[u8], issuer: &[u8]) -> bool {
    let (Some(certificate), Some(issuer)) = (chain::parse(der), chain::parse(issuer)) else { return false };
    let signed = certificate.tbs_certificate.as_ref();
    certificate.issuer().as_raw() == issuer.subject().as_raw()
        && Scheme::of(&certificate.signature_algorithm).is_some_and(|scheme| {
            signature::verify(scheme, issuer.public_key().raw, signed, &certificate.signature_value.data)
        })
}
