//! SIP PnP: a phone asks a multicast group where its configuration is, and whoever answers first is believed.
//!
//! It is the `ua-profile` package (RFC 6080) as phones speak it: SUBSCRIBE, 200, NOTIFY with an address as its
//! body. Nothing in it proves anything to anybody, so an answer says what everybody may know.
//!
//! Pure: bytes and a source in, bytes and destinations out. Replies go to where the datagram came from and nowhere else, whatever its headers say.

mod limit;
mod message;
mod retransmission;

#[cfg(test)]
mod tests;

pub use limit::Limit;
pub use retransmission::Retransmissions;

use message::{Message, parameter, user};
use sha2::{Digest as _, Sha256};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The group that phones ask (IANA: sip.mcast.net), and its port.
pub const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 1, 75);
/// UDP port of the group.
pub const PORT: u16 = 5060;
/// Bytes of the longest datagram that is looked at.
pub const LONGEST: usize = 2048;

/// What is answered.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where this side can be reached: `Contact`.
    pub contact: SocketAddr,
    /// Where NOTIFYs are sent from, and their responses heard: their `Via`.
    pub notifies_from: SocketAddr,
    /// The address for phones of any other vendor.
    pub address: String,
    /// The address as a vendor's phones want it, by vendor; the case of the name does not matter.
    pub by_vendor: Vec<(String, String)>,
}

/// A datagram to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Where to.
    pub to: SocketAddr,
    /// What.
    pub bytes: Vec<u8>,
}

/// What a phone says about itself when it asks. Claims, for the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Twelve lower-case digits, if there is a MAC.
    pub mac: Option<String>,
    /// Vendor; may be empty.
    pub vendor: String,
    /// Model; may be empty.
    pub model: String,
    /// Firmware; may be empty.
    pub version: String,
}

/// What the datagram asks, if it is a SUBSCRIBE for a device's profile.
pub fn asked(bytes: &[u8]) -> Option<Asked> {
    let message = Message::parse(bytes)?;
    let event = message.event()?;
    let said = |name| parameter(event, name).unwrap_or_default();
    let mac = [Some(message.uri), message.one("to"), message.one("from")].into_iter().flatten().find_map(mac);
    Some(Asked { mac, vendor: said("vendor"), model: said("model"), version: said("version") })
}

/// The answers to a datagram: none, or a 200 and a NOTIFY, which belongs to [`Retransmissions`] as well.
pub fn answer(bytes: &[u8], source: SocketAddr, config: &Config) -> Vec<Reply> {
    replies(bytes, source, config).unwrap_or_default()
}

fn replies(bytes: &[u8], source: SocketAddr, config: &Config) -> Option<Vec<Reply>> {
    if !answerable(source) {
        return None;
    }
    let message = Message::parse(bytes)?;
    let event = message.event()?;
    let (via, from, to) = (message.one("via")?, message.one("from")?, message.one("to")?);
    let (call, sequence) = (message.one("call-id")?, message.one("cseq")?);
    let (_, method) = sequence.split_once(' ')?;
    if method.trim() != "SUBSCRIBE" {
        return None;
    }
    let via = message::via(via, source)?;
    let tag = tag(&[call, from, &source.to_string()]);
    let to = if message::tagged(to) { to.to_owned() } else { format!("{to};tag={tag}") };
    let (contact, from_here) = (config.contact, config.notifies_from);
    let ok = format!(
        "SIP/2.0 200 OK\r\nVia: {}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call}\r\nCSeq: {sequence}\r\n\
         Contact: <sip:{contact}>\r\nExpires: 0\r\nContent-Length: 0\r\n\r\n",
        via.text
    );
    let target = message::target(message.one("contact"), source);
    let vendor = parameter(event, "vendor").unwrap_or_default();
    let named = config.by_vendor.iter().find(|(name, _)| name.eq_ignore_ascii_case(&vendor));
    let address = named.map_or(&config.address, |(_, address)| address);
    let notify = format!(
        "NOTIFY {} SIP/2.0\r\nVia: SIP/2.0/UDP {from_here};branch=z9hG4bK{tag}\r\nMax-Forwards: 1\r\nFrom: {to}\r\n\
         To: {from}\r\nCall-ID: {call}\r\nCSeq: 1 NOTIFY\r\nContact: <sip:{contact}>\r\nEvent: {event}\r\n\
         Subscription-State: terminated;reason=timeout\r\nContent-Type: application/url\r\n\
         Content-Length: {}\r\n\r\n{address}",
        target.uri,
        address.len()
    );
    let reply =
        |port, text: String| Reply { to: SocketAddr::new(source.ip(), port), bytes: text.into_bytes() };
    Some(vec![reply(via.port, ok), reply(target.port, notify)])
}

/// Whether a single host can be there.
fn answerable(source: SocketAddr) -> bool {
    let one = match source.ip() {
        IpAddr::V4(ip) => !ip.is_multicast() && !ip.is_broadcast() && !ip.is_unspecified(),
        IpAddr::V6(ip) => !ip.is_multicast() && !ip.is_unspecified(),
    };
    one && source.port() != 0
}

/// The same question gets the same tag: a phone that asks twice sees one dialogue.
fn tag(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(&hash.finalize()[..8])
}

/// The MAC in `sip:MAC805ec0123456@…`, with `:`, `=` or `%3a` before the digits or nothing.
fn mac(text: &str) -> Option<String> {
    let user = user(text)?.to_ascii_lowercase();
    let rest = user.strip_prefix("mac")?;
    let digits =
        [":", "=", "%3a", "%3d"].into_iter().find_map(|mark| rest.strip_prefix(mark)).unwrap_or(rest);
    let digits = digits.get(..12)?;
    digits.bytes().all(|c| c.is_ascii_hexdigit()).then(|| digits.to_owned())
}
