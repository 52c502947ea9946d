//! The console's door: sessions, cross-site refusal, security headers and the request log around `app`.
//!
//! No rule and no page is here.

mod csrf;
mod headers;
mod log;
mod session;

use app::Console;
use axum::{Router, extract::State, http::StatusCode, middleware, routing::get};
use services::Services;

/// The whole console. `assets` serves the files that `console.assets` names.
pub(crate) fn router(console: Console, assets: Router) -> Router {
    let services = console.services.clone();
    let tls = console.tls;
    let pages = app::router(console.clone())
        .layer(middleware::from_fn_with_state(console, csrf::refuse_cross_site))
        .layer(session::layer(services.clone(), tls));
    let health =
        Router::new().route("/healthz", get(healthy)).route("/readyz", get(ready)).with_state(services);
    // Assets and health first: they need no session, and no page has their addresses.
    assets
        .merge(health)
        .fallback_service(pages)
        .layer(middleware::from_fn_with_state(tls, headers::secure))
        .layer(middleware::from_fn(log::request))
}

/// The process runs.
async fn healthy() -> &'static str {
    "ok\n"
}

/// The database answers, so that a load balancer may send people here.
async fn ready(State(services): State<Services>) -> (StatusCode, &'static str) {
    match services.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(problem) => {
            tracing::warn!(error = %problem, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}
