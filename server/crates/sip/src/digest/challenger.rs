//! The server: asks for a proof and judges it, without remembering anything in between; that is for [`Seen`](super::Seen).

use std::fmt;

use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroizing;

use super::credential::{Asked, Protection};
use super::nonce::{self, Age, Salt};
use super::{Algorithm, Authorization, Challenge, Credential};

/// Issues challenges for one realm and judges the answers.
#[derive(Clone)]
pub struct Challenger {
    key: Zeroizing<[u8; 32]>,
    realm: String,
    order: Order,
}

/// Which challenge comes first. RFC 7616 wants the server's preference; some phones read only
/// the first, and give up on SHA-256. Both are always offered, and either is accepted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Order {
    /// SHA-256, then MD5.
    #[default]
    StrongestFirst,
    /// MD5, then SHA-256.
    Md5First,
}

/// What an answer is worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The client knows the secret.
    Proven {
        /// What it proved it with.
        algorithm: Algorithm,
    },
    /// The response is right and the nonce is ours, but too old: challenge again with `stale`.
    Stale,
    /// Anything else: challenge again. The reason is for the log, never for the client.
    Wrong(Reason),
}

/// The first thing wrong with an answer, in the order in which they are looked at.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
pub enum Reason {
    /// Neither MD5 nor SHA-256.
    #[error("the algorithm is not supported")]
    Algorithm,
    /// An RFC 2069 answer, which protects nothing against chosen plaintext.
    #[error("`qop` is missing")]
    QopMissing,
    /// `auth-int`, or an invention.
    #[error("`qop` is not `auth`")]
    QopUnsupported,
    /// Meant for another server.
    #[error("the realm is another")]
    Realm,
    /// Meant for another request.
    #[error("`uri` does not match the request")]
    Uri,
    /// Not issued by us, or in the future.
    #[error("the nonce is not ours")]
    NonceForged,
    /// The credential is another user's.
    #[error("the user name does not match the credential")]
    Username,
    /// The secret is wrong, or the user unknown.
    #[error("the response is wrong")]
    Response,
}

impl Challenger {
    /// The key is shared by all nodes of an installation. The realm must be printable.
    pub fn new(key: [u8; 32], realm: &str) -> Self {
        Self { key: Zeroizing::new(key), realm: realm.to_owned(), order: Order::default() }
    }

    /// With another order of challenges.
    #[must_use]
    pub fn with_order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// The realm that credentials must be made for.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The `WWW-Authenticate` headers of a 401, one value each, in order.
    ///
    /// They depend on the bucket of `now_seconds`, `stale` and `salt`, and on nothing else. A `salt` that is never used
    /// twice makes a nonce that is never given twice.
    pub fn challenges(&self, now_seconds: u64, stale: bool, salt: Option<Salt>) -> Vec<String> {
        let nonce = nonce::mint(&self.key, &self.realm, now_seconds, salt);
        let algorithms = match self.order {
            Order::StrongestFirst => [Algorithm::Sha256, Algorithm::Md5],
            Order::Md5First => [Algorithm::Md5, Algorithm::Sha256],
        };
        let challenge = |algorithm| Challenge {
            realm: self.realm.clone(),
            nonce: nonce.clone(),
            opaque: None,
            algorithm,
            protected: true,
            stale,
        };
        algorithms.map(|algorithm| challenge(algorithm).to_string()).to_vec()
    }

    /// Judges an answer to one of our challenges.
    ///
    /// `request_target` is the path with its query (or the absolute form), as it stood in the
    /// request line; for SIP the Request-URI. If the user is unknown pass
    /// [`Credential::decoy`], not a verdict of your own.
    pub fn verify(
        &self,
        authorization: &Authorization,
        method: &str,
        request_target: &str,
        credential: &Credential,
        now_seconds: u64,
    ) -> Verdict {
        match self.judge(authorization, method, request_target, credential, now_seconds) {
            Ok((algorithm, Age::Fresh)) => Verdict::Proven { algorithm },
            Ok((_, Age::Expired)) => Verdict::Stale,
            Err(reason) => Verdict::Wrong(reason),
        }
    }

    /// Up to the nonce every check looks at the request alone; only the last two look at the
    /// credential, and what they cost does not depend on it.
    fn judge(
        &self,
        authorization: &Authorization,
        method: &str,
        request_target: &str,
        credential: &Credential,
        now_seconds: u64,
    ) -> Result<(Algorithm, Age), Reason> {
        let Authorization { username, realm, nonce, uri, response, .. } = authorization;
        let algorithm = authorization.algorithm.ok_or(Reason::Algorithm)?;
        let protection = protection(authorization)?;
        if *realm != self.realm {
            return Err(Reason::Realm);
        }
        if path_and_query(uri) != path_and_query(request_target) {
            return Err(Reason::Uri);
        }
        let age = nonce::age(&self.key, &self.realm, nonce, now_seconds).ok_or(Reason::NonceForged)?;

        let asked = Asked { method, uri, nonce, protection: Some(protection) };
        let expected = credential.response(algorithm, &asked);
        let real = Choice::from(u8::from(!credential.is_decoy()));
        let right = expected.as_bytes().ct_eq(response.as_bytes()) & real;
        if username != credential.username() {
            return Err(Reason::Username);
        }
        if bool::from(right) { Ok((algorithm, age)) } else { Err(Reason::Response) }
    }
}

impl fmt::Debug for Challenger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenger")
            .field("realm", &self.realm)
            .field("order", &self.order)
            .finish_non_exhaustive()
    }
}

/// The parameters of `qop=auth`, which alone we accept.
fn protection(authorization: &Authorization) -> Result<Protection<'_>, Reason> {
    let Authorization { qop: Some(qop), nc: Some(nc), cnonce: Some(cnonce), .. } = authorization else {
        return Err(Reason::QopMissing);
    };
    if !qop.eq_ignore_ascii_case("auth") {
        return Err(Reason::QopUnsupported);
    }
    Ok(Protection { nc, cnonce, qop })
}

/// What follows the authority of an `http` or `https` URI; anything else, such as a path or a
/// SIP URI, as it is. Bytes are compared as sent: nothing is decoded or normalised.
fn path_and_query(target: &str) -> &str {
    let Some((scheme, rest)) = target.split_once("://") else { return target };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return target;
    }
    rest.find(['/', '?']).map_or("/", |start| &rest[start..])
}
