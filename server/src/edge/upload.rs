//! Bodies of requests: read as far as they are wanted, and not a byte further.

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use http_body_util::BodyExt as _;
use services::{
    Services,
    edge::{
        Answer, Request,
        upload::{self, MAX_BYTES, Ticket},
    },
};
use std::time::Duration;

/// Bytes of a body that are thrown away so that the phone reads the answer; whoever sends more is cut off.
const DISCARDED: usize = 64 * 1024;
/// How long a body may take: a phone is on the next switch, or on a line of some hundred kbit/s.
const PATIENCE: Duration = Duration::from_mins(1);

/// Reads the file that a proven device may send.
pub(super) async fn take(
    services: &Services,
    request: &Request<'_>,
    ticket: Ticket,
    headers: &HeaderMap,
    body: Body,
) -> Answer {
    let said =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let read = match said {
        Some(length) if length > MAX_BYTES => {
            discard(headers, body).await;
            None
        }
        _ => tokio::time::timeout(PATIENCE, read(body, MAX_BYTES)).await.ok().flatten(),
    };
    upload::take(services, request, ticket, read.as_deref()).await
}

/// Reads the beginning of a body that nobody wants: a phone that still sends would not see the answer.
pub(super) async fn discard(headers: &HeaderMap, body: Body) {
    // Whoever asks first sends nothing before the answer.
    if !headers.contains_key(header::EXPECT) {
        tokio::time::timeout(PATIENCE, read(body, DISCARDED)).await.ok();
    }
}

/// The bytes of a body; `None` when there are more than `most`, or it breaks off.
async fn read(mut body: Body, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        if bytes.len() + data.len() > most {
            return None;
        }
        bytes.extend_from_slice(&data);
    }
    Some(bytes)
}
