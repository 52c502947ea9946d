//! The edge's door: phones ask here. It turns a request into a question to `services::edge` and back.
//!
//! The steady address is `/steady/`; everything else is the onboarding address. Plain HTTP has the onboarding
//! behaviour and nothing more. Query strings and headers with credentials are never logged.

use crate::proxy::{Behind, Proxies};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use domain::fence::Channel;
use services::{
    Services,
    certificate::Presented,
    edge::{self, Answer},
};
use std::{net::SocketAddr, sync::Arc};

/// The first part of every steady path.
const STEADY: &str = "/steady/";
/// A longer target is nobody's file name.
const LONGEST_TARGET: usize = 4096;

#[derive(Clone)]
struct Door {
    services: Services,
    tls: bool,
    proxies: Arc<Proxies>,
}

/// The edge, with TLS or without.
pub(crate) fn router(services: Services, tls: bool, proxies: Arc<Proxies>) -> Router {
    Router::new().fallback(serve).with_state(Door { services, tls, proxies })
}

async fn serve(
    State(door): State<Door>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let head = parts.method == Method::HEAD;
    if !head && parts.method != Method::GET {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let target = parts.uri.path_and_query().map_or("/", |t| t.as_str());
    if target.len() > LONGEST_TARGET {
        return text(StatusCode::URI_TOO_LONG, "");
    }
    let presented = parts.extensions.get::<Arc<Presented>>();
    let behind = door.proxies.behind(peer, &parts.headers);
    let (client, tls, certificate) = match &behind {
        // What a proxy shows in its own handshake is about itself.
        Some(Behind { client, tls, certificate }) => (*client, *tls, certificate.as_ref()),
        None => (peer.ip().to_canonical(), door.tls, presented.map(AsRef::as_ref)),
    };
    let path = parts.uri.path();
    let (channel, rest) = match path.strip_prefix(STEADY) {
        Some(rest) if tls => (Channel::Steady, rest),
        Some(rest) => (Channel::Onboarding, rest),
        None => (Channel::Onboarding, path),
    };
    // One file name at the steady address; a phone may have put folders before it at the other.
    if channel == Channel::Steady && rest.contains('/') {
        return text(StatusCode::NOT_FOUND, "Not found.\n");
    }
    let Some(name) = decode(rest.rsplit('/').next().unwrap_or_default()) else {
        return text(StatusCode::NOT_FOUND, "Not found.\n");
    };
    let bytes = |name| parts.headers.get(name).map(HeaderValue::as_bytes);
    let question = edge::Request {
        channel,
        method: parts.method.as_str(),
        target,
        name: &name,
        authorization: bytes(header::AUTHORIZATION),
        client,
        encrypted: tls,
        certificate,
        user_agent: bytes(header::USER_AGENT).unwrap_or_default(),
    };
    let answer = edge::answer(&door.services, &question).await;
    tracing::debug!(
        %client,
        file = %name.chars().filter(|c| !c.is_control()).take(128).collect::<String>(),
        answer = word(&answer),
        "phone"
    );
    respond(answer, head)
}

/// Percent-decodes a file name; `None` when it is not UTF-8 or is no name of a file.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let name = String::from_utf8(bytes).ok()?;
    (!name.contains(['/', '\\', '\0'])).then_some(name)
}

const fn word(answer: &Answer) -> &'static str {
    match answer {
        Answer::File { .. } => "file",
        Answer::NotFound => "not found",
        Answer::Challenge { .. } => "challenge",
        Answer::Forbidden => "forbidden",
        Answer::Hold { .. } => "hold",
    }
}

/// Phones want `Content-Length` and no chunking; HEAD has the headers of GET.
fn respond(answer: Answer, head: bool) -> Response {
    match answer {
        Answer::File { content_type, body } => {
            let length = body.len();
            let mut response = Response::new(if head { Body::empty() } else { Body::from(body) });
            let headers = response.headers_mut();
            let content_type = HeaderValue::from_str(&content_type);
            headers
                .insert(header::CONTENT_TYPE, content_type.unwrap_or(HeaderValue::from_static("text/plain")));
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            secret(headers);
            response
        }
        Answer::NotFound => text(StatusCode::NOT_FOUND, "Not found.\n"),
        Answer::Forbidden => text(StatusCode::FORBIDDEN, "Not for this device.\n"),
        Answer::Challenge { challenges } => {
            let mut response = text(StatusCode::UNAUTHORIZED, "Proof required.\n");
            for challenge in challenges {
                if let Ok(value) = HeaderValue::from_str(&challenge) {
                    response.headers_mut().append(header::WWW_AUTHENTICATE, value);
                }
            }
            response
        }
        Answer::Hold { retry_after } => {
            let mut response = text(StatusCode::SERVICE_UNAVAILABLE, "Try again later.\n");
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
            response
        }
    }
}

fn text(status: StatusCode, body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    secret(headers);
    response
}

/// No cache between us and the phone may keep a configuration.
fn secret(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_file_and_nothing_else() {
        assert_eq!(decode("805ec0100001.cfg").as_deref(), Some("805ec0100001.cfg"));
        assert_eq!(decode("80%3A5e.cfg").as_deref(), Some("80:5e.cfg"));
        for bad in ["..%2f..%2fetc", "%", "%zz", "%ff", "a%00b", "a%5cb"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
