//! Signatures, with the algorithms that phones use, old ones included.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA1_ASN1, ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ED25519, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA384, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};
use x509_parser::{
    oid_registry::{
        OID_PKCS1_SHA1WITHRSA, OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA,
        OID_SHA1_WITH_RSA, OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ECDSA_WITH_SHA512,
        OID_SIG_ED25519,
    },
    public_key::PublicKey,
    x509::{AlgorithmIdentifier, SubjectPublicKeyInfo},
};

type Algorithm = &'static dyn VerificationAlgorithm;

/// How a certificate was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    RsaSha1,
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    Ed25519,
}

impl Scheme {
    pub(super) fn of(algorithm: &AlgorithmIdentifier<'_>) -> Option<Self> {
        let oid = &algorithm.algorithm;
        let known = [
            (OID_PKCS1_SHA1WITHRSA, Self::RsaSha1),
            (OID_SHA1_WITH_RSA, Self::RsaSha1),
            (OID_PKCS1_SHA256WITHRSA, Self::RsaSha256),
            (OID_PKCS1_SHA384WITHRSA, Self::RsaSha384),
            (OID_PKCS1_SHA512WITHRSA, Self::RsaSha512),
            (OID_SIG_ECDSA_WITH_SHA256, Self::EcdsaSha256),
            (OID_SIG_ECDSA_WITH_SHA384, Self::EcdsaSha384),
            (OID_SIG_ECDSA_WITH_SHA512, Self::EcdsaSha512),
            (OID_SIG_ED25519, Self::Ed25519),
        ];
        known.into_iter().find(|(known, _)| known == oid).map(|(_, scheme)| scheme)
    }

    pub(super) fn is_weak(self) -> bool {
        self == Self::RsaSha1
    }

    /// One algorithm per curve; a key of another curve is refused by it.
    fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::RsaSha1 => &[&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY],
            Self::RsaSha256 => &[&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY],
            Self::RsaSha384 => &[&RSA_PKCS1_2048_8192_SHA384],
            Self::RsaSha512 => &[&RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY],
            Self::EcdsaSha256 => &[&ECDSA_P256_SHA256_ASN1, &ECDSA_P384_SHA256_ASN1, &ECDSA_P521_SHA256_ASN1],
            Self::EcdsaSha384 => &[&ECDSA_P256_SHA384_ASN1, &ECDSA_P384_SHA384_ASN1, &ECDSA_P521_SHA384_ASN1],
            Self::EcdsaSha512 => &[&ECDSA_P384_SHA512_ASN1, &ECDSA_P521_SHA512_ASN1],
            Self::Ed25519 => &[&ED25519],
        }
    }
}

/// Whether the key in `spki` (DER) made `signature` over `message`.
pub(super) fn verify(scheme: Scheme, spki: &[u8], message: &[u8], signature: &[u8]) -> bool {
    any(scheme.algorithms(), spki, message, signature)
}

fn any(algorithms: &[Algorithm], spki: &[u8], message: &[u8], signature: &[u8]) -> bool {
    algorithms.iter().any(|a| UnparsedPublicKey::new(*a, spki).verify(message, signature).is_ok())
}

/// Bits of an RSA key's modulus; `None` for other keys.
pub(super) fn rsa_bits(spki: &SubjectPublicKeyInfo<'_>) -> Option<usize> {
    match spki.parsed() {
        Ok(PublicKey::RSA(key)) => {
            let modulus =
                key.modulus.iter().position(|byte| *byte != 0).map_or(&[][..], |at| &key.modulus[at..]);
            Some(modulus.len() * 8 - modulus.first().map_or(0, |first| first.leading_zeros() as usize))
        }
        // It says RSA and is none: of no length.
        Err(_) => Some(0),
        Ok(_) => None,
    }
}

/// Whether the holder of `certificate` (DER) made a TLS 1.2 handshake's `signature`. `scheme` is the number of
/// `SignatureScheme` (RFC 8446, 4.2.3). Accepts what certificates of phones need: version 1, RSA keys of 1024 bits
/// with PKCS #1, and SHA-1 of RSA.
pub fn possession(scheme: u16, certificate: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let algorithms: &[Algorithm] = match scheme {
        0x0201 => Scheme::RsaSha1.algorithms(),
        0x0401 => Scheme::RsaSha256.algorithms(),
        0x0501 => Scheme::RsaSha384.algorithms(),
        0x0601 => Scheme::RsaSha512.algorithms(),
        // TLS 1.2 names the hash alone; the curve is the key's.
        0x0203 => &[&ECDSA_P256_SHA1_ASN1],
        0x0403 => Scheme::EcdsaSha256.algorithms(),
        0x0503 => Scheme::EcdsaSha384.algorithms(),
        0x0603 => Scheme::EcdsaSha512.algorithms(),
        other => return possession_tls13(other, certificate, message, signature),
    };
    held(algorithms, certificate, message, signature)
}

/// The same for TLS 1.3, which knows no PKCS #1 and no SHA-1, and names the curve.
pub fn possession_tls13(scheme: u16, certificate: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let algorithm: Algorithm = match scheme {
        0x0403 => &ECDSA_P256_SHA256_ASN1,
        0x0503 => &ECDSA_P384_SHA384_ASN1,
        0x0603 => &ECDSA_P521_SHA512_ASN1,
        0x0804 => &RSA_PSS_2048_8192_SHA256,
        0x0805 => &RSA_PSS_2048_8192_SHA384,
        0x0806 => &RSA_PSS_2048_8192_SHA512,
        0x0807 => &ED25519,
        _ => return false,
    };
    held(&[algorithm], certificate, message, signature)
}

fn held(algorithms: &[Algorithm], certificate: &[u8], message: &[u8], signature: &[u8]) -> bool {
    super::chain::parse(certificate).is_some_and(|c| any(algorithms, c.public_key().raw, message, signature))
}
