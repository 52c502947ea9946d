//! The edge's door: phones ask here. It turns a request into a question to `services::edge` and back.
//!
//! The steady address is `/steady/`; everything else is the onboarding address. Plain HTTP has the onboarding
//! behaviour and nothing more. Query strings and headers with credentials are never logged.

mod firmware;
mod upload;

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
    edge::{self, Answer},
};
use std::net::SocketAddr;

/// The first part of every steady path.
const STEADY: &str = "/steady/";
/// A longer target is nobody's file name.
const LONGEST_TARGET: usize = 4096;

#[derive(Clone)]
struct Door {
    services: Services,
    tls: bool,
}

/// The edge, with TLS or without.
pub(crate) fn router(services: Services, tls: bool) -> Router {
    Router::new().fallback(serve).with_state(Door { services, tls })
}

async fn serve(
    State(door): State<Door>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let head = parts.method == Method::HEAD;
    // Phones send files of their own to the steady address.
    let brings = matches!(parts.method, Method::PUT | Method::POST)
        && door.tls
        && parts.uri.path().starts_with(STEADY);
    if !head && !brings && parts.method != Method::GET {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let target = parts.uri.path_and_query().map_or("/", |t| t.as_str());
    if target.len() > LONGEST_TARGET {
        return text(StatusCode::URI_TOO_LONG, "");
    }
    let path = parts.uri.path();
    let (channel, rest) = match path.strip_prefix(STEADY) {
        Some(rest) if door.tls => (Channel::Steady, rest),
        Some(rest) => (Channel::Onboarding, rest),
        None => (Channel::Onboarding, path),
    };
    if let Some(name) = firmware::name(rest).filter(|_| !brings) {
        let asked = firmware::Asked { client: peer.ip().to_canonical(), name, headers: &parts.headers, head };
        return firmware::serve(&door.services, asked).await;
    }
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
        client: peer.ip().to_canonical(),
        user_agent: bytes(header::USER_AGENT).unwrap_or_default(),
    };
    let answer = match edge::answer(&door.services, &question).await {
        Answer::Take(ticket) => upload::take(&door.services, &question, ticket, &parts.headers, body).await,
        answer => {
            if brings {
                upload::discard(&parts.headers, body).await;
            }
            answer
        }
    };
    tracing::debug!(
        client = %peer.ip(),
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
        Answer::Take(_) => "take",
        Answer::Stored { .. } => "stored",
        Answer::TooLarge => "too large",
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
        Answer::Stored { created: true } => text(StatusCode::CREATED, ""),
        Answer::Stored { created: false } => text(StatusCode::NO_CONTENT, ""),
        // A body that was never read is one that is not taken.
        Answer::TooLarge | Answer::Take(_) => text(StatusCode::PAYLOAD_TOO_LARGE, "Too large.\n"),
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
