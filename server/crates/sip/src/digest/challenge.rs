//! One challenge: how the server writes it, how the client reads and answers it.

use std::fmt;

use super::credential::{Asked, Protection};
use super::header::{Parameters, ParseError, quoted};
use super::{Algorithm, Credential};

/// The value of a `WWW-Authenticate` (or `Proxy-Authenticate`) header. `Display` writes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Challenge {
    /// Whose password is wanted.
    pub realm: String,
    /// To be given back.
    pub nonce: String,
    /// To be given back, if it is there.
    pub opaque: Option<String>,
    /// MD5 if the server names none.
    pub algorithm: Algorithm,
    /// Whether `qop` offers `auth`. Without it the answer is that of RFC 2069.
    pub protected: bool,
    /// The last answer was right but for its age: try again without asking for a password.
    pub stale: bool,
}

impl Challenge {
    /// Reads one challenge. A challenge that we cannot answer is an error: read the others.
    pub fn parse(header: &[u8]) -> Result<Self, ParseError> {
        let parameters = Parameters::parse(header)?;
        let algorithm = parameters.get("algorithm").unwrap_or("MD5");
        let qop = parameters.get("qop");
        let offers = |qop: &str| qop.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth"));
        if qop.is_some_and(|qop| !offers(qop)) {
            return Err(ParseError::Unsupported("qop"));
        }
        Ok(Self {
            realm: parameters.required("realm")?.to_owned(),
            nonce: parameters.required("nonce")?.to_owned(),
            opaque: parameters.get("opaque").map(str::to_owned),
            algorithm: algorithm.parse().map_err(|_| ParseError::Unsupported("algorithm"))?,
            protected: qop.is_some(),
            stale: parameters.get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest realm={}", quoted(&self.realm))?;
        if self.protected {
            f.write_str(", qop=\"auth\"")?;
        }
        write!(f, ", algorithm={}, nonce={}", self.algorithm, quoted(&self.nonce))?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", quoted(opaque))?;
        }
        if self.stale {
            f.write_str(", stale=true")?;
        }
        Ok(())
    }
}

/// The challenge to answer: the first with SHA-256, else the first.
pub fn choose(challenges: &[Challenge]) -> Option<&Challenge> {
    challenges.iter().find(|challenge| challenge.algorithm == Algorithm::Sha256).or(challenges.first())
}

/// The value of the `Authorization` header that answers the challenge.
///
/// `uri` is the request target as sent, `cnonce` is fresh random text, `nc` counts the requests
/// made with this nonce, from 1.
pub fn respond(
    challenge: &Challenge,
    method: &str,
    uri: &str,
    credential: &Credential,
    cnonce: &str,
    nc: u32,
) -> String {
    let Challenge { realm, nonce, algorithm, .. } = challenge;
    let nc = format!("{nc:08x}");
    let protection = challenge.protected.then_some(Protection { nc: &nc, cnonce, qop: "auth" });
    let response = credential.response(*algorithm, &Asked { method, uri, nonce, protection });

    let mut fields = vec![
        format!("username={}", quoted(credential.username())),
        format!("realm={}", quoted(realm)),
        format!("nonce={}", quoted(nonce)),
        format!("uri={}", quoted(uri)),
        format!("algorithm={algorithm}"),
        format!("response=\"{}\"", *response),
    ];
    if challenge.protected {
        fields.push(format!("qop=auth, nc={nc}, cnonce={}", quoted(cnonce)));
    }
    if let Some(opaque) = &challenge.opaque {
        fields.push(format!("opaque={}", quoted(opaque)));
    }
    format!("Digest {}", fields.join(", "))
}
