//! The edge's own authority: made on first start, kept with its key, followed by the next one in time.
//!
//! `ca.pem` is what phones have to trust: the newest authority first, and the older ones while they last. A new
//! authority stands in it for half a year before it signs anything, so that phones know it by then.

use super::{TlsError, files};
use domain::{Timestamp, time::DAY};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize, SanType,
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use services::certificate::{expires, fingerprint, is_issued_by};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::{Path, PathBuf},
};
use time::OffsetDateTime;

const YEAR: i64 = 365 * DAY;
/// How long an authority lasts; the next one is made two years before its end.
const AUTHORITY: i64 = 10 * YEAR;
const NEXT_AUTHORITY: i64 = 2 * YEAR;
/// How long it is only known before it signs.
const OVERLAP: i64 = 180 * DAY;
/// How long a server certificate lasts; it is renewed thirty days before its end.
const LEAF: i64 = YEAR;
const RENEWAL: i64 = 30 * DAY;

pub(super) const LEAVES: [&str; 2] = ["rsa", "ecdsa"];

/// The folder of the authority, and for whom its certificates are.
#[derive(Debug)]
pub(super) struct Authority {
    folder: PathBuf,
    host: String,
}

impl Authority {
    pub(super) fn new(folder: &Path, host: &str) -> Self {
        Self { folder: folder.to_owned(), host: host.to_owned() }
    }

    pub(super) fn bundle(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Makes what is missing or due at `now`; says whether anything was.
    pub(super) fn renew(&self, now: Timestamp) -> Result<bool, TlsError> {
        files::folder(&self.folder)?;
        let mut authorities = self.authorities()?;
        let present = authorities.len();
        // The last one stays, whatever its age: phones may trust nothing else.
        authorities.retain(|der| present == 1 || left(der, now) > 0);
        let follows = authorities.iter().any(|der| left(der, now) > NEXT_AUTHORITY);
        let due: Vec<_> = LEAVES.into_iter().filter(|name| self.is_due(name, &authorities, now)).collect();
        let can_sign = authorities.iter().any(|der| self.key(der).exists());
        if !follows || (!due.is_empty() && !can_sign) {
            authorities.insert(0, self.make(now)?);
        }
        if authorities.len() != present {
            let pem: String = authorities.iter().map(|der| files::pem(der)).collect();
            files::write(&self.bundle(), &pem, 0o644)?;
        }
        for name in &due {
            self.issue(name, &authorities, now)?;
        }
        Ok(authorities.len() != present || !due.is_empty())
    }

    fn authorities(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let bundle = self.bundle();
        if !bundle.exists() {
            return Ok(vec![]);
        }
        let contents = |_| TlsError::Contents(bundle.display().to_string());
        CertificateDer::pem_file_iter(&bundle).map_err(contents)?.collect::<Result<_, _>>().map_err(contents)
    }

    /// A key by its certificate. Before there was a next authority, the first one's key was thrown away.
    fn key(&self, authority: &CertificateDer<'_>) -> PathBuf {
        let name: String = fingerprint(authority).chars().take(16).collect();
        self.folder.join(format!("ca-{name}.key"))
    }

    fn make(&self, now: Timestamp) -> Result<CertificateDer<'static>, TlsError> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Ringfence edge authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_after = at(now.plus(AUTHORITY))?;
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let authority = CertifiedIssuer::self_signed(params, key)?;
        let der = authority.der().clone();
        files::write(&self.key(&der), &authority.key().serialize_pem(), 0o600)?;
        Ok(der)
    }

    /// Whether a server certificate is missing, or ours and at its end. One that was put here by somebody is theirs.
    fn is_due(&self, name: &str, authorities: &[CertificateDer<'_>], now: Timestamp) -> bool {
        let Ok(pair) = files::Pair::in_folder(&self.folder, name).read() else {
            return !self.is_anothers(name, authorities);
        };
        pair.cert.first().is_none_or(|leaf| {
            left(leaf, now) <= RENEWAL && authorities.iter().any(|authority| is_issued_by(leaf, authority))
        })
    }

    fn is_anothers(&self, name: &str, authorities: &[CertificateDer<'_>]) -> bool {
        let leaf = CertificateDer::from_pem_file(files::Pair::in_folder(&self.folder, name).cert);
        leaf.is_ok_and(|leaf| !authorities.iter().any(|authority| is_issued_by(&leaf, authority)))
    }

    fn issue(&self, name: &str, authorities: &[CertificateDer<'_>], now: Timestamp) -> Result<(), TlsError> {
        let able = || authorities.iter().filter(|der| self.key(der).exists());
        // Made ten years before its end.
        let known = able().find(|der| AUTHORITY - left(der, now) >= OVERLAP && left(der, now) > LEAF);
        let authority = known.or_else(|| able().next_back());
        let authority = authority.ok_or_else(|| TlsError::Contents(self.bundle().display().to_string()))?;
        let path = self.key(authority);
        let pem = files::read_secret(&path)?;
        let key = KeyPair::from_pem(&pem).map_err(|_| TlsError::Contents(path.display().to_string()))?;
        let issuer = Issuer::from_ca_cert_der(authority, key)?;
        let key = match name {
            "rsa" => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?,
            _ => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?,
        };
        let mut params = server_params(&self.host)?;
        params.not_after = at(now.plus(LEAF))?;
        let certificate = params.signed_by(&key, &issuer)?;
        let pair = files::Pair::in_folder(&self.folder, name);
        files::write(&pair.key, &key.serialize_pem(), 0o600)?;
        files::write(&pair.cert, &certificate.pem(), 0o644)
    }
}

/// Microseconds until a certificate ends.
fn left(der: &[u8], now: Timestamp) -> i64 {
    expires(der).map_or(0, |end| end.0.saturating_sub(now.0))
}

fn at(end: Timestamp) -> Result<OffsetDateTime, TlsError> {
    let seconds = i64::try_from(end.seconds()).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| TlsError::Make(rcgen::Error::Time))
}

fn server_params(host: &str) -> Result<CertificateParams, TlsError> {
    // Some phones know names only: the loopback address stands there as a name too. Valid from long ago, because a
    // phone that has not found a time server yet lives in the past.
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_767_225_600_000_000);

    fn leaf(folder: &Path, name: &str) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(folder.join(format!("{name}.pem"))).unwrap()
    }

    #[test]
    fn a_server_certificate_is_renewed_thirty_days_before_its_end_by_the_same_authority() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new(folder.path(), "phones.example.com");
        assert!(authority.renew(NOW).unwrap());
        let (bundle, first) = (std::fs::read(authority.bundle()).unwrap(), leaf(folder.path(), "rsa"));
        assert!(!authority.renew(NOW.plus(LEAF - 31 * DAY)).unwrap());
        assert_eq!(leaf(folder.path(), "rsa"), first);
        assert!(authority.renew(NOW.plus(LEAF - 29 * DAY)).unwrap());
        assert_eq!(std::fs::read(authority.bundle()).unwrap(), bundle);
        for name in LEAVES {
            let second = leaf(folder.path(), name);
            assert_eq!(left(&second, NOW), 2 * LEAF - 29 * DAY);
            assert!(is_issued_by(&second, &authority.authorities().unwrap()[0]));
        }
    }

    #[test]
    fn the_next_authority_is_known_for_half_a_year_before_it_signs() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new(folder.path(), "phones.example.com");
        authority.renew(NOW).unwrap();
        let old = authority.authorities().unwrap()[0].clone();
        let mut now = NOW.plus(8 * YEAR + DAY);
        authority.renew(now).unwrap();
        let both = authority.authorities().unwrap();
        assert_eq!((both.len(), &both[1]), (2, &old));
        assert!(is_issued_by(&leaf(folder.path(), "ecdsa"), &old));
        now = now.plus(YEAR);
        authority.renew(now).unwrap();
        assert!(is_issued_by(&leaf(folder.path(), "ecdsa"), &both[0]));
        assert_eq!(authority.authorities().unwrap().len(), 2);
        authority.renew(NOW.plus(AUTHORITY)).unwrap();
        assert_eq!(authority.authorities().unwrap(), [both[0].clone()]);
    }

    #[test]
    fn what_somebody_put_there_is_left_alone_and_what_was_half_written_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new(folder.path(), "phones.example.com");
        authority.renew(NOW).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = server_params("theirs.example.com").unwrap();
        params.not_after = at(NOW.plus(DAY)).unwrap();
        let theirs = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("ecdsa.pem"), theirs.pem()).unwrap();
        std::fs::write(folder.path().join("ecdsa.key"), key.serialize_pem()).unwrap();
        std::fs::remove_file(folder.path().join("rsa.key")).unwrap();
        assert!(authority.renew(NOW).unwrap());
        assert_eq!(&leaf(folder.path(), "ecdsa"), theirs.der());
        assert!(folder.path().join("rsa.key").exists());
    }
}
