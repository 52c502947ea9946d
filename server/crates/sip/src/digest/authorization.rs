//! What a client claims. Parsing decides the form only; [`Challenger`](super::Challenger) judges.

use std::fmt;

use super::Algorithm;
use super::header::{Parameters, ParseError};

/// A parsed `Authorization: Digest …` header. Texts are as sent, unquoted.
#[derive(Clone, Eq, PartialEq)]
pub struct Authorization {
    /// The claimed user, from `username` or `username*`. Holds no control characters.
    pub username: String,
    /// The realm that the client believes to talk to.
    pub realm: String,
    /// The server's nonce, given back.
    pub nonce: String,
    /// The request target that the client says it asks for.
    pub uri: String,
    /// The proof, in lower-case hex.
    pub response: String,
    /// MD5 if the client names none (RFC 2617); `None` if it names one that we do not speak.
    pub algorithm: Option<Algorithm>,
    /// Absent in RFC 2069 answers. If it is there, so are `nc` and `cnonce`.
    pub qop: Option<String>,
    /// The request counter, eight hex digits.
    pub nc: Option<String>,
    /// The client's nonce.
    pub cnonce: Option<String>,
    /// Given back by some clients; we issue none and do not look at it.
    pub opaque: Option<String>,
}

impl Authorization {
    /// Reads the value of an `Authorization` header. Unknown parameters are skipped.
    pub fn parse(header: &[u8]) -> Result<Self, ParseError> {
        let parameters = Parameters::parse(header)?;
        let optional = |name| parameters.get(name).map(str::to_owned);
        let required = |name| parameters.required(name).map(str::to_owned);

        let username = match (parameters.get("username"), parameters.get("username*")) {
            // A tab may stand in a quoted string, and has no business in a name.
            (Some(plain), None) if plain.chars().any(char::is_control) => {
                return Err(ParseError::Malformed("username"));
            }
            (Some(plain), None) => plain.to_owned(),
            (None, Some(extended)) => decode(extended).ok_or(ParseError::Malformed("username*"))?,
            (Some(_), Some(_)) => return Err(ParseError::Repeated),
            (None, None) => return Err(ParseError::Missing("username")),
        };
        let response = parameters.required("response")?.to_ascii_lowercase();
        if response.is_empty() || !is_hex(&response) {
            return Err(ParseError::Malformed("response"));
        }
        let nc = optional("nc");
        if nc.as_ref().is_some_and(|nc| nc.len() != 8 || !is_hex(nc)) {
            return Err(ParseError::Malformed("nc"));
        }
        let (qop, cnonce) = (optional("qop"), optional("cnonce"));
        if qop.is_some() && nc.is_none() {
            return Err(ParseError::Missing("nc"));
        }
        if qop.is_some() && cnonce.is_none() {
            return Err(ParseError::Missing("cnonce"));
        }
        Ok(Self {
            username,
            realm: required("realm")?,
            nonce: required("nonce")?,
            uri: required("uri")?,
            response,
            algorithm: parameters.get("algorithm").unwrap_or("MD5").parse().ok(),
            qop,
            nc,
            cnonce,
            opaque: optional("opaque"),
        })
    }
}

/// Who claims what, without the proof: a response can be attacked offline.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("username", &self.username)
            .field("realm", &self.realm)
            .field("uri", &self.uri)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The `ext-value` of RFC 8187: `UTF-8'language'percent-encoded`.
fn decode(extended: &str) -> Option<String> {
    let mut pieces = extended.splitn(3, '\'');
    let (charset, _language, text) = (pieces.next()?, pieces.next()?, pieces.next()?);
    if !charset.eq_ignore_ascii_case("UTF-8") {
        return None;
    }
    let mut chars = text.chars();
    let mut bytes = Vec::with_capacity(text.len());
    while let Some(c) = chars.next() {
        if c == '%' {
            let (high, low) = (chars.next()?.to_digit(16)?, chars.next()?.to_digit(16)?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    String::from_utf8(bytes).ok().filter(|name| !name.chars().any(char::is_control))
}
