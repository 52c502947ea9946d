//! Client certificates that vendors put into phones at the factory, judged. Pure: DER, roots and the time come in,
//! a verdict goes out.
//!
//! A checker of our own, because phones are what they are: X.509 version 1, SHA-1 signatures, RSA keys of 1024 bits,
//! no extended key usage, no alternative name. What is old is tolerated and *marked*; what is wrong is refused.
//! Nobody publishes revocations for these certificates, so none are asked for: withdraw the root, or quarantine the
//! device.

mod chain;
mod name;
mod presented;
mod root;
mod signature;

pub use presented::Presented;
pub use root::{Malformed, Root, Roots, expires, fingerprint, from_pem, is_issued_by};
pub use signature::{possession, possession_tls13};

use domain::{Code, Finding, Mac, Timestamp, vendor::Vendor};

/// What a presented certificate is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No certificate was presented.
    None,
    /// It names one device, and a root of that vendor stands behind it.
    Verified(Identity),
    /// Nobody that we know issued it; the issuer's name, cut to what can be shown.
    UnknownIssuer(String),
    /// It is wrong.
    Bad(Bad),
}

/// What a verified certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Whose root stands behind it.
    pub vendor: Vendor,
    /// The device that it names.
    pub mac: Mac,
    /// The serial number of the device, where the vendor writes one.
    pub serial: Option<String>,
    /// SHA-256 of the root, in hexadecimal digits.
    pub root: String,
    /// What lowers its worth, in a fixed order; empty when nothing does.
    pub weak: Vec<Weakness>,
}

/// What is tolerated and lowers the worth of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// A signature of the chain uses SHA-1.
    Sha1,
    /// An RSA key of the chain has fewer than 2048 bits.
    ShortKey,
    /// The device's certificate is X.509 version 1.
    VersionOne,
    /// The device's certificate has expired. Nobody can renew what was made at the factory.
    Expired,
    /// An issuer's certificate has expired.
    IssuerExpired,
}

impl Weakness {
    /// Whether a certificate like this would not be accepted of anybody today. What has expired is as hard to forge as
    /// ever, and nobody can renew what was made at the factory.
    pub const fn outdated(self) -> bool {
        match self {
            Self::Sha1 | Self::ShortKey | Self::VersionOne => true,
            Self::Expired | Self::IssuerExpired => false,
        }
    }

    /// As people read it.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Sha1 => "signed with SHA-1",
            Self::ShortKey => "RSA key under 2048 bits",
            Self::VersionOne => "X.509 version 1",
            Self::Expired => "expired",
            Self::IssuerExpired => "issuer expired",
        }
    }
}

/// Why a certificate is refused although its issuer may be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bad {
    /// It cannot be read, or it is larger than 16 KiB.
    Malformed,
    /// More than four certificates were presented.
    TooLong,
    /// It carries the name of a known issuer, and not its signature.
    Signature,
    /// A signature algorithm that is not accepted: MD5 and older, or unknown.
    Algorithm,
    /// An RSA key of fewer than 1024 bits.
    Key,
    /// It is not valid yet.
    NotYetValid,
    /// Its extended key usage does not allow a client.
    Usage,
    /// The device's certificate is that of an authority.
    Authority,
    /// An issuer in the chain is no authority, or may not issue this far down.
    Issuer,
    /// An extension that must be understood is not.
    Critical,
    /// It names no device: a generic certificate proves a vendor, not a phone.
    NoDevice,
    /// It names more than one device.
    Ambiguous,
}

impl Bad {
    /// As people read it.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Malformed => "it cannot be read",
            Self::TooLong => "the chain is longer than four certificates",
            Self::Signature => "it was not signed by the issuer that it names",
            Self::Algorithm => "its signature algorithm is not accepted",
            Self::Key => "its RSA key has fewer than 1024 bits",
            Self::NotYetValid => "it is not valid yet",
            Self::Usage => "its extended key usage does not allow a client",
            Self::Authority => "it is the certificate of an authority",
            Self::Issuer => "an issuer in its chain is no authority",
            Self::Critical => "it has a critical extension that is not understood",
            Self::NoDevice => "it names no device",
            Self::Ambiguous => "it names more than one device",
        }
    }
}

impl Verdict {
    /// Who was verified, if anybody was.
    pub const fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Verified(identity) => Some(identity),
            Self::None | Self::UnknownIssuer(_) | Self::Bad(_) => None,
        }
    }

    /// What the record says about it, beside what was decided.
    pub fn finding(&self, subject: &str) -> Option<Finding> {
        match self {
            Self::None => None,
            Self::Verified(identity) if identity.weak.is_empty() => None,
            Self::Verified(identity) => {
                let weak: Vec<_> = identity.weak.iter().map(|w| w.says()).collect();
                let detail = format!("In its chain: {}.", weak.join(", "));
                Some(Finding::new(Code::CertificateWeak, subject).detail(detail))
            }
            Self::UnknownIssuer(issuer) => {
                let finding = Finding::new(Code::CertificateUnknownIssuer, subject);
                Some(finding.detail(format!("Issuer: {issuer}.")))
            }
            Self::Bad(bad) => {
                let detail = format!("Reason: {}.", bad.says());
                Some(Finding::new(Code::CertificateBad, subject).detail(detail))
            }
        }
    }
}

/// Judges a chain as a phone presents it: its own certificate first, each in DER. Never fails, never panics; the work
/// is bounded by four certificates of 16 KiB and the roots of one name.
pub fn judge<C: AsRef<[u8]>>(chain: &[C], roots: &Roots, now: Timestamp) -> Verdict {
    chain::judge(chain, roots, now)
}
