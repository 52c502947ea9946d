//! The hash functions that we speak. `-sess` variants and SHA-512/256 are left out: no phone
//! that we know offers them.

use std::fmt;
use std::str::FromStr;

use md5::Md5;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A digest algorithm, as named by the `algorithm` parameter.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Algorithm {
    /// `MD5`: what every phone can do.
    Md5,
    /// `SHA-256`: what a phone should do.
    Sha256,
}

impl Algorithm {
    /// The token of RFC 7616, section 6.1.
    pub fn token(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// Hashes the parts with a colon between them, as every formula of RFC 7616 does; lower-case hex.
    pub(super) fn hash(self, parts: &[&str]) -> Zeroizing<String> {
        match self {
            Self::Md5 => joined::<Md5>(parts),
            Self::Sha256 => joined::<Sha256>(parts),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.token())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(token: &str) -> Result<Self, Self::Err> {
        [Self::Md5, Self::Sha256]
            .into_iter()
            .find(|algorithm| algorithm.token().eq_ignore_ascii_case(token))
            .ok_or(UnknownAlgorithm)
    }
}

/// The token names no algorithm that we speak.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("unknown digest algorithm, expected `SHA-256` or `MD5`")]
pub struct UnknownAlgorithm;

fn joined<D: Digest>(parts: &[&str]) -> Zeroizing<String> {
    let mut hasher = D::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hasher.update(b":");
        }
        hasher.update(part.as_bytes());
    }
    Zeroizing::new(hex::encode(hasher.finalize()))
}
