//! What a platform says about a line.

use std::collections::BTreeSet;

/// A fact of an authority. `NotModelled` falls through to the next authority; `Unknown` never counts as yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// It said so.
    Known(T),
    /// It has no notion of this, as it is configured.
    NotModelled,
    /// It should know, but could not be asked: why.
    Unknown(String),
}

impl<T> Fact<T> {
    /// The same about something else.
    pub(crate) fn map<U>(self, of: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(of(value)),
            Self::NotModelled => Fact::NotModelled,
            Self::Unknown(why) => Fact::Unknown(why),
        }
    }
}

/// What a platform knows of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFacts {
    /// Whether it may register.
    pub exists: Fact<bool>,
    /// Where it is registered now.
    pub contacts: Fact<Vec<String>>,
}

/// Where a line is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The contact's address.
    pub address: String,
    /// When it was last made or renewed: seconds since 1970, by the platform's clock.
    pub renewed: i64,
}

/// Who is in a call, or is being called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls(pub(crate) BTreeSet<String>);

impl Calls {
    /// Whether this user is.
    pub fn has(&self, user: &str) -> bool {
        self.0.contains(user)
    }
}

/// What became of the contacts of a withdrawn line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contacts {
    /// There are none any more.
    Removed,
    /// There may be some until they expire: why.
    Left(String),
}

/// Where phones register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registrar {
    /// Host name or address; an IPv6 address without its brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Realm of its challenges, and domain of its users.
    pub realm: String,
    /// `udp`, `tcp` or `tls`.
    pub transport: String,
}

impl Registrar {
    /// Reads `host:port` or `[address]:port`; both parts must be there.
    pub(crate) fn parse(address: &str, realm: String, transport: String) -> Option<Self> {
        let (host, port) = address.rsplit_once(':')?;
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let host = match bare {
            Some(bare) => bare.parse::<std::net::Ipv6Addr>().ok()?.to_string(),
            None => host.to_owned(),
        };
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        (bare.is_some() || (!host.is_empty() && host.chars().all(plain))).then_some(Self {
            host,
            port,
            realm,
            transport,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registrar_is_a_host_and_a_port() {
        let parse = |text| Registrar::parse(text, "r".into(), "udp".into()).map(|r| (r.host, r.port));
        assert_eq!(parse("pbx.example:5060"), Some(("pbx.example".into(), 5060)));
        assert_eq!(parse("[2001:db8::1]:5061"), Some(("2001:db8::1".into(), 5061)));
        for wrong in
            ["pbx.example", "pbx.example:0", ":5060", "pbx:70000", "2001:db8::1:5060", "a b:5060", "[x]:1"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
