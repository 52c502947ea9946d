//! What a reverse proxy says about the phone behind it: its address, whether it spoke TLS, its certificate.
//!
//! Only proxies at configured addresses are believed, and only in the one header for certificates that they are
//! configured to write: another one would come from the phone itself. A certificate is verified again here.

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::ValueEnum;
use ipnet::IpNet;
use serde::Deserialize;
use services::certificate::Presented;
use std::net::{IpAddr, SocketAddr};

/// Characters of a certificate header.
const LONGEST: usize = 48 * 1024;
/// Certificates taken from headers; one more than is judged, so that a longer chain is refused for its length.
const MOST: usize = 5;

/// How proxies hand over the phone's certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CertificateHeader {
    /// nginx: `$ssl_client_escaped_cert` in `X-SSL-Client-Cert`.
    #[default]
    XSslClientCert,
    /// RFC 9440: `Client-Cert`, with `Client-Cert-Chain`.
    ClientCert,
}

/// Whom to believe.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    /// Their networks; nobody is believed when there are none.
    pub(crate) networks: Vec<IpNet>,
    /// Where they write the certificate.
    pub(crate) certificate: CertificateHeader,
}

/// What is known about the phone that a proxy speaks for.
#[derive(Debug)]
pub(crate) struct Behind {
    /// Where the phone is; the proxy itself when it does not say.
    pub(crate) client: IpAddr,
    /// Whether the phone's connection is encrypted, to the proxy.
    pub(crate) tls: bool,
    /// Its certificate.
    pub(crate) certificate: Option<Presented>,
}

impl Proxies {
    /// The phone behind `peer`; `None` when the peer is no proxy that is believed.
    pub(crate) fn behind(&self, peer: SocketAddr, headers: &HeaderMap) -> Option<Behind> {
        let peer = peer.ip().to_canonical();
        if !self.networks.iter().any(|network| network.contains(&peer)) {
            return None;
        }
        let tls = only(headers, "x-forwarded-proto").is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
        let chain = match self.certificate {
            CertificateHeader::XSslClientCert => only(headers, "x-ssl-client-cert").map(escaped_pem),
            CertificateHeader::ClientCert => only(headers, "client-cert").map(|leaf| {
                let rest = headers.get_all("client-cert-chain").iter().filter_map(|v| v.to_str().ok());
                std::iter::once(leaf)
                    .chain(rest.flat_map(|list| list.split(',')))
                    .map(binary)
                    .take(MOST)
                    .collect()
            }),
        };
        // A certificate that was shown over nothing proves nothing.
        let certificate = chain.filter(|_| tls).map(Presented::by_proxy);
        Some(Behind { client: client(headers).unwrap_or(peer), tls, certificate })
    }
}

/// The value of a header that is there once and says something.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim();
    (values.next().is_none() && !value.is_empty() && value.len() <= LONGEST).then_some(value)
}

/// The address that our proxy saw: the last one, because earlier ones are what it was told itself. Two kinds of
/// header say nothing, since one of them would be the phone's own.
fn client(headers: &HeaderMap) -> Option<IpAddr> {
    let last = |name: &str| {
        let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next().map(str::trim)
    };
    match (last("x-forwarded-for"), last("forwarded")) {
        (Some(address), None) => node(address),
        (None, Some(element)) => element
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| name.eq_ignore_ascii_case("for"))
            .and_then(|(_, address)| node(address.trim_matches('"'))),
        _ => None,
    }
}

/// `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]:4711` (RFC 7239, section 6).
fn node(text: &str) -> Option<IpAddr> {
    let address = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    address.or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

/// A byte sequence of RFC 9651: `:base64:`. What is none becomes no certificate, and is judged as such.
fn binary(text: &str) -> Vec<u8> {
    let text = text.trim().strip_prefix(':').and_then(|text| text.strip_suffix(':'));
    text.and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default()
}

/// PEM, percent-encoded; nginx gives the phone's own certificate alone, other proxies may add its issuers.
fn escaped_pem(text: &str) -> Vec<Vec<u8>> {
    let mut pem = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = if byte == b'%' { [rest.next(), rest.next()] } else { [None; 2] };
        pem.push(match digits {
            [Some(high), Some(low)] => hex_byte(high, low).unwrap_or(b'?'),
            _ => byte,
        });
    }
    let pem = String::from_utf8_lossy(&pem);
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1).take(MOST);
    let ders: Vec<_> = blocks
        .map(|block| {
            let body = block.split_once("-----END CERTIFICATE-----").map_or("", |(body, _)| body);
            let body: String = body.split_ascii_whitespace().collect();
            STANDARD.decode(body).unwrap_or_default()
        })
        .collect();
    if ders.is_empty() { vec![vec![]] } else { ders }
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(&[high, low]).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn behind(certificate: CertificateHeader, peer: &str, pairs: &[(&'static str, &str)]) -> Option<Behind> {
        let proxies = Proxies { networks: vec!["10.0.0.5/32".parse().unwrap()], certificate };
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        proxies.behind(peer.parse().unwrap(), &headers)
    }

    fn nginx(pairs: &[(&'static str, &str)]) -> Behind {
        behind(CertificateHeader::XSslClientCert, "10.0.0.5:4711", pairs).unwrap()
    }

    #[test]
    fn headers_count_from_configured_addresses_alone() {
        let said = [("x-forwarded-for", "192.0.2.7"), ("x-forwarded-proto", "https")];
        assert!(behind(CertificateHeader::XSslClientCert, "10.0.0.6:1", &said).is_none());
        assert!(Proxies::default().behind("10.0.0.5:1".parse().unwrap(), &HeaderMap::new()).is_none());
        let mapped = behind(CertificateHeader::XSslClientCert, "[::ffff:10.0.0.5]:1", &said).unwrap();
        assert_eq!((mapped.client.to_string().as_str(), mapped.tls), ("192.0.2.7", true));
    }

    #[test]
    fn the_last_address_is_the_one_that_the_proxy_saw() {
        for (pairs, client) in [
            (&[][..], "10.0.0.5"),
            (&[("x-forwarded-for", "1.1.1.1, 192.0.2.7")], "192.0.2.7"),
            (&[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "192.0.2.7:99")], "192.0.2.7"),
            (&[("forwarded", "for=1.1.1.1, for=\"[2001:db8::7]:99\";proto=https")], "2001:db8::7"),
            (&[("x-forwarded-for", "192.0.2.7"), ("forwarded", "for=1.1.1.1")], "10.0.0.5"),
            (&[("x-forwarded-for", "unknown")], "10.0.0.5"),
        ] {
            assert_eq!(nginx(pairs).client.to_string(), client, "{pairs:?}");
        }
    }

    #[test]
    fn a_connection_is_encrypted_only_if_the_proxy_says_exactly_that() {
        assert!(nginx(&[("x-forwarded-proto", "https")]).tls);
        for pairs in [
            &[][..],
            &[("x-forwarded-proto", "http")],
            &[("x-forwarded-proto", "https, http")],
            &[("x-forwarded-proto", "https"), ("x-forwarded-proto", "https")],
            &[("forwarded", "proto=https")],
        ] {
            assert!(!nginx(pairs).tls, "{pairs:?}");
        }
    }

    #[test]
    fn a_certificate_is_taken_from_the_configured_header_alone() {
        let https = ("x-forwarded-proto", "https");
        let pem = "-----BEGIN%20CERTIFICATE-----%0AMAA%3D%0A-----END%20CERTIFICATE-----%0A";
        let escaped = ("x-ssl-client-cert", pem);
        let rfc = ("client-cert", ":MAA=:");
        assert!(nginx(&[https, escaped]).certificate.unwrap().proxied);
        assert!(nginx(&[https, rfc]).certificate.is_none());
        assert!(nginx(&[escaped]).certificate.is_none());
        assert!(nginx(&[https, escaped, escaped]).certificate.is_none());
        let client_cert = |pairs: &[_]| behind(CertificateHeader::ClientCert, "10.0.0.5:1", pairs).unwrap();
        assert!(client_cert(&[https, rfc, ("client-cert-chain", ":MAA=:, :MAA=:")]).certificate.is_some());
        assert!(client_cert(&[https, escaped]).certificate.is_none());
        assert_eq!(escaped_pem(pem), [vec![0x30, 0]]);
        for text in ["%", "%zz", "hello", "-----BEGIN%20CERTIFICATE-----"] {
            assert_eq!(escaped_pem(text), [Vec::<u8>::new()], "{text}");
        }
        assert_eq!((binary(":MAA=:"), binary("MAA="), binary(":!:")), (vec![0x30, 0], vec![], vec![]));
    }
}
