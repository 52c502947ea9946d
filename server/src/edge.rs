//! The edge's door: phones ask here. It turns a request into a question to `services::edge` and back.
//!
//! The steady address is `/steady/`; everything else is the onboarding address. Plain HTTP has the onboarding
//! behaviour and nothing more. `/enrol/TOKEN/` is for phones that hold nothing yet. Query strings, tokens and headers with
//! credentials are never logged.

mod firmware;
mod pieces;
mod upload;

use crate::proxy::{Behind, Proxies};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use domain::fence::Channel;
use pieces::Pieces;
use services::{
    Services,
    certificate::Presented,
    edge::{
        self, Answer,
        enrol::{Token, enrol},
    },
};
use std::{net::SocketAddr, sync::Arc};

/// The first part of every steady path.
const STEADY: &str = "/steady/";
/// The first part of every enrolment path; the second is a secret. People type it, so its case does not matter.
const ENROL: &str = "enrol";
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
    let presented = parts.extensions.get::<Arc<Presented>>();
    let behind = door.proxies.behind(peer, &parts.headers);
    let (client, tls, certificate) = match &behind {
        // What a proxy shows in its own handshake is about itself.
        Some(Behind { client, tls, certificate }) => (*client, *tls, certificate.as_ref()),
        None => (peer.ip().to_canonical(), door.tls, presented.map(AsRef::as_ref)),
    };
    let path = parts.uri.path();
    let enrolment = enrolment(path);
    let (channel, rest) = match path.strip_prefix(STEADY) {
        Some(rest) if tls => (Channel::Steady, rest),
        Some(rest) => (Channel::Onboarding, rest),
        None => (Channel::Onboarding, path),
    };
    if let Some(name) = firmware::name(rest).filter(|_| !brings && enrolment.is_none()) {
        let asked = firmware::Asked { client, name, headers: &parts.headers, head };
        return Box::pin(firmware::serve(&door.services, asked)).await;
    }
    // Of an enrolment path only what follows the token goes any further.
    let (channel, rest, target) = match &enrolment {
        Some((_, rest)) if tls => (Channel::Steady, *rest, "/enrol/"),
        Some((_, rest)) => (Channel::Onboarding, *rest, "/enrol/"),
        None => (channel, rest, target),
    };
    // One file name at the steady address; a phone may have put folders before it at the other.
    if channel == Channel::Steady && enrolment.is_none() && rest.contains('/') {
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
    let answer = match &enrolment {
        // Nobody uploads with a token.
        Some(_) if brings => Answer::NotFound,
        Some((token, _)) => Box::pin(enrol(&door.services, &question, Token(token))).await,
        None => edge::answer(&door.services, &question).await,
    };
    let answer = match answer {
        Answer::Take(ticket) => {
            Box::pin(upload::take(&door.services, &question, ticket, &parts.headers, body)).await
        }
        answer => {
            if brings {
                upload::discard(&parts.headers, body).await;
            }
            answer
        }
    };
    tracing::debug!(
        %client,
        file = %name.chars().filter(|c| !c.is_control()).take(128).collect::<String>(),
        answer = word(&answer),
        "phone"
    );
    respond(answer, head)
}

/// The token of an enrolment path, and what follows it.
fn enrolment(path: &str) -> Option<(String, &str)> {
    let (first, rest) = path.trim_start_matches('/').split_once('/')?;
    if !decode(first)?.eq_ignore_ascii_case(ENROL) {
        return None;
    }
    let (token, rest) = rest.split_once('/').unwrap_or((rest, ""));
    // What cannot be decoded is no token; it is a secret all the same.
    Some((decode(token).unwrap_or_default(), rest))
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
            let mut response = Response::new(if head { Body::empty() } else { Body::new(Pieces::new(body)) });
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
    fn what_follows_enrol_is_a_token_and_never_a_name() {
        let found = |path| enrolment(path).map(|(token, rest)| format!("{token} {rest}"));
        for (path, expected) in [
            ("/enrol/4829130576/805ec0100001.cfg", "4829130576 805ec0100001.cfg"),
            ("/enrol/4829130576/", "4829130576 "),
            ("/enrol/4829130576", "4829130576 "),
            ("/Enrol/482-913-0576/a/b.cfg", "482-913-0576 a/b.cfg"),
            ("//%65nrol/4829%31/x", "48291 x"),
            ("/enrol/%ff/x", " x"),
            ("/enrol/", " "),
        ] {
            assert_eq!(found(path).as_deref(), Some(expected), "{path}");
        }
        for other in ["/", "/enrol", "/enrolment/x", "/steady/enrol/x", "/805ec0100001.cfg"] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_is_one_file_and_nothing_else() {
        assert_eq!(decode("805ec0100001.cfg").as_deref(), Some("805ec0100001.cfg"));
        assert_eq!(decode("80%3A5e.cfg").as_deref(), Some("80:5e.cfg"));
        for bad in ["..%2f..%2fetc", "%", "%zz", "%ff", "a%00b", "a%5cb"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
