//! A user's secret, in the only form that digest needs: HA1, the hash of `user:realm:password`.

use std::fmt;

use hmac::Mac as _;
use zeroize::Zeroizing;

use super::Algorithm;
use super::keyed::keyed;

const DECOY: &[u8] = b"ringfence digest decoy 1\0";

/// A user name with its HA1 for both algorithms. Wiped on drop.
///
/// HA1 is as good as the password within its realm, and must be guarded like it.
#[derive(Clone)]
pub struct Credential {
    username: String,
    md5: Zeroizing<String>,
    sha256: Zeroizing<String>,
    decoy: bool,
}

impl Credential {
    /// From the password. The realm must be the server's, to the letter.
    pub fn new(username: &str, realm: &str, password: &str) -> Self {
        let ha1 = |algorithm: Algorithm| algorithm.hash(&[username, realm, password]);
        Self {
            username: username.to_owned(),
            md5: ha1(Algorithm::Md5),
            sha256: ha1(Algorithm::Sha256),
            decoy: false,
        }
    }

    /// From hashes that were computed before.
    pub fn from_ha1(username: &str, md5: &[u8; 16], sha256: &[u8; 32]) -> Self {
        Self {
            username: username.to_owned(),
            md5: Zeroizing::new(hex::encode(md5)),
            sha256: Zeroizing::new(hex::encode(sha256)),
            decoy: false,
        }
    }

    /// Stands in for a user that does not exist. It is judged with the same work as a real
    /// credential, and is never proven, not even by the right response.
    ///
    /// So that making it takes no telltale time either, make it before looking the user up, for
    /// every request, and replace it by what was found.
    pub fn decoy(key: &[u8; 32], username: &str) -> Self {
        let tag = keyed(key, DECOY).chain_update(username).finalize().into_bytes();
        Self {
            username: username.to_owned(),
            md5: Zeroizing::new(hex::encode(&tag[..16])),
            sha256: Zeroizing::new(hex::encode(tag)),
            decoy: true,
        }
    }

    /// The user's name.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Whether this stands in for nobody.
    pub(super) fn is_decoy(&self) -> bool {
        self.decoy
    }

    /// The `response` of RFC 7616, section 3.4.1, or without protection that of RFC 2069.
    pub(super) fn response(&self, algorithm: Algorithm, asked: &Asked<'_>) -> Zeroizing<String> {
        let ha1 = match algorithm {
            Algorithm::Md5 => &self.md5,
            Algorithm::Sha256 => &self.sha256,
        };
        let ha2 = algorithm.hash(&[asked.method, asked.uri]);
        match &asked.protection {
            Some(Protection { nc, cnonce, qop }) => {
                algorithm.hash(&[ha1, asked.nonce, nc, cnonce, qop, &ha2])
            }
            None => algorithm.hash(&[ha1, asked.nonce, &ha2]),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("username", &self.username).finish_non_exhaustive()
    }
}

/// HA1 for MD5 in lower-case hex, as the subscriber tables of call control hold it.
pub fn ha1_md5_hex(username: &str, realm: &str, password: &str) -> Zeroizing<String> {
    Algorithm::Md5.hash(&[username, realm, password])
}

/// Everything that a response covers, besides the credential.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) nonce: &'a str,
    pub(super) protection: Option<Protection<'a>>,
}

/// What RFC 2617 added to RFC 2069.
pub(super) struct Protection<'a> {
    pub(super) nc: &'a str,
    pub(super) cnonce: &'a str,
    pub(super) qop: &'a str,
}
