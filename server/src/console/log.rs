//! One line per request: method, path, status and time. Never a query string, a header or a body.

use axum::{extract::Request, middleware::Next, response::Response};
use std::time::Instant;

pub(crate) async fn request(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(http.method = %method, http.path = path, http.status = status, micros, "console request");
    response
}
