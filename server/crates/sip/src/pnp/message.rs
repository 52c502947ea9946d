//! As much of SIP (RFC 3261) as a SUBSCRIBE to the group needs. Anything unusual is no message.

use super::LONGEST;
use std::net::SocketAddr;

/// Lines of a head; phones send about fifteen.
const LINES: usize = 40;
/// Characters of a header's value that is said back.
const VALUE: usize = 512;

type Headers<'a> = Vec<(&'a str, &'a str)>;

/// The first line of a message, and its headers.
fn head(bytes: &[u8]) -> Option<(&str, Headers<'_>)> {
    let text = std::str::from_utf8(bytes.get(..bytes.len().min(LONGEST + 1))?).ok()?;
    let head = text.split_once("\r\n\r\n").map(|(head, _)| head)?;
    if text.len() > LONGEST || head.chars().any(|c| c.is_control() && !matches!(c, '\r' | '\n')) {
        return None;
    }
    let mut lines = head.split("\r\n");
    let first = lines.next()?;
    let headers: Headers<'_> = lines
        .take(LINES + 1)
        // A line that goes on with the next one is allowed and nobody sends it.
        .map(|line| line.split_once(':').filter(|(name, _)| token(name.trim_end())))
        .map(|line| line.map(|(name, value)| (name.trim_end(), value.trim())))
        .collect::<Option<_>>()?;
    let whole = headers.len() <= LINES && headers.iter().all(|(_, value)| fits(value));
    whole.then_some((first, headers))
}

fn fits(text: &str) -> bool {
    text.len() <= VALUE && !text.contains(['\r', '\n'])
}

/// The value of a header that must stand there once.
fn one<'a>(headers: &[(&'a str, &'a str)], name: &str) -> Option<&'a str> {
    let short = match name {
        "via" => "v",
        "from" => "f",
        "to" => "t",
        "call-id" => "i",
        "contact" => "m",
        "event" => "o",
        _ => name,
    };
    let is = |found: &str| found.eq_ignore_ascii_case(name) || found.eq_ignore_ascii_case(short);
    let mut found = headers.iter().filter(|(found, _)| is(found)).map(|(_, value)| *value);
    match (found.next(), found.next()) {
        (Some(value), None) if !value.is_empty() => Some(value),
        _ => None,
    }
}

/// A response, as far as it says what it is a response to.
pub(super) struct Response<'a> {
    /// 100 to 699.
    pub(super) status: u16,
    branch: String,
    sequence: &'a str,
}

impl<'a> Response<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (first, headers) = head(bytes)?;
        let (status, _) = first.strip_prefix("SIP/2.0 ")?.split_once(' ')?;
        let status = status.parse().ok().filter(|status| (100..700).contains(status))?;
        let branch = parameter(one(&headers, "via")?, "branch")?;
        Some(Self { status, branch, sequence: one(&headers, "cseq")? })
    }

    /// Whether this is a response to the request (RFC 3261, 17.1.3).
    pub(super) fn answers(&self, request: &[u8]) -> bool {
        let Some((_, headers)) = head(request) else { return false };
        let branch = one(&headers, "via").and_then(|via| parameter(via, "branch"));
        branch.as_ref() == Some(&self.branch) && one(&headers, "cseq") == Some(self.sequence)
    }
}

/// The head of a SUBSCRIBE.
pub(super) struct Message<'a> {
    /// Its request URI.
    pub(super) uri: &'a str,
    headers: Headers<'a>,
}

impl<'a> Message<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (first, headers) = head(bytes)?;
        let uri = first.strip_prefix("SUBSCRIBE ")?.strip_suffix(" SIP/2.0")?;
        (fits(uri) && !uri.contains(' ')).then_some(Self { uri, headers })
    }

    /// The value of a header that must stand there once.
    pub(super) fn one(&self, name: &str) -> Option<&'a str> {
        one(&self.headers, name)
    }

    /// Its event, if that is a device's profile.
    pub(super) fn event(&self) -> Option<&'a str> {
        let event = self.one("event")?;
        let package = event.split(';').next().unwrap_or_default().trim();
        package.eq_ignore_ascii_case("ua-profile").then_some(event)
    }
}

fn token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
}

/// A parameter behind a header's value, without its quotes.
pub(super) fn parameter(value: &str, name: &str) -> Option<String> {
    parts(value).into_iter().skip(1).find_map(|part| {
        let (found, value) = part.split_once('=').unwrap_or((part, ""));
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// What stands between semicolons that are not within quotes.
fn parts(value: &str) -> Vec<&str> {
    let mut quoted = false;
    let cut = |c: char| {
        quoted ^= c == '"';
        c == ';' && !quoted
    };
    value.split(cut).collect()
}

/// The address in `Name <sip:…>;tag=x` or `sip:…;tag=x`, and what follows it.
fn address(value: &str) -> (&str, &str) {
    match value.split_once('<').and_then(|(_, rest)| rest.split_once('>')) {
        Some(both) => both,
        None => value.find(';').map_or((value, ""), |at| value.split_at(at)),
    }
}

/// The user part of an address.
pub(super) fn user(value: &str) -> Option<&str> {
    let (uri, _) = address(value);
    Some(uri.strip_prefix("sip:")?.split_once('@')?.0)
}

/// Whether the header has a tag already.
pub(super) fn tagged(value: &str) -> bool {
    parameter(address(value).1, "tag").is_some()
}

/// `Via` as it is said back, and the port where the response goes (RFC 3261, 18.2; RFC 3581).
pub(super) struct Via {
    pub(super) text: String,
    pub(super) port: u16,
}

pub(super) fn via(value: &str, source: SocketAddr) -> Option<Via> {
    // More than one hop cannot be: the group is not routed through proxies.
    let sent_by = value.strip_prefix("SIP/2.0/UDP ").filter(|rest| !rest.contains(','))?;
    let (host, port) = host(sent_by.split(';').next()?.trim())?;
    let mut text: Vec<String> = parts(value).into_iter().map(str::to_owned).collect();
    let asks = text.iter_mut().skip(1).find(|part| part.trim().eq_ignore_ascii_case("rport"));
    let port = match asks {
        Some(part) => {
            *part = format!("rport={}", source.port());
            source.port()
        }
        None => port,
    };
    if host != source.ip().to_string() {
        text.push(format!("received={}", source.ip()));
    }
    Some(Via { text: text.join(";"), port })
}

/// Where the NOTIFY goes: the phone's contact if that is where it asks from.
pub(super) struct Target {
    pub(super) uri: String,
    pub(super) port: u16,
}

pub(super) fn target(contact: Option<&str>, source: SocketAddr) -> Target {
    let fallback = || Target { uri: format!("sip:{source}"), port: source.port() };
    let Some((uri, _)) = contact.map(address) else { return fallback() };
    let Some(rest) = uri.strip_prefix("sip:").filter(|_| uri.bytes().all(|c| c.is_ascii_graphic())) else {
        return fallback();
    };
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let port = match host(place.split(';').next().unwrap_or_default()) {
        Some((host, port)) if host == source.ip().to_string() => port,
        _ => source.port(),
    };
    Target { uri: uri.to_owned(), port }
}

/// Host and port of `host`, `host:port` or `[v6]:port`.
fn host(text: &str) -> Option<(&str, u16)> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map_or(Some(5060), |port| port.trim().parse().ok())?;
    (port != 0 && !host.is_empty()).then_some((host.trim(), port))
}
