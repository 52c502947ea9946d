//! Refuses what another site makes a browser send.
//!
//! With `SameSite=Strict` cookies this is the second lock, and the one that also guards the sign-in form.

use app::Console;
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, Method,
        header::{HOST, ORIGIN},
    },
    middleware::Next,
    response::Response,
};
use domain::{Code, Finding};
use services::{Kind, Problem};

pub(crate) async fn refuse_cross_site(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || is_ours(request.headers()) {
        return next.run(request).await;
    }
    app::refuse(&console, &Problem::new(Kind::Forbidden, Finding::new(Code::CrossSite, "request")))
}

/// Browsers say where a request comes from in `Sec-Fetch-Site`, and scripts cannot set it. Older ones say
/// it in `Origin`. Whoever says neither is refused.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    match (text(ORIGIN), text(HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, rest)| rest == host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_post() {
        for (ours, headers) in [
            (true, &[("sec-fetch-site", "same-origin")][..]),
            (true, &[("sec-fetch-site", "none")]),
            (false, &[("sec-fetch-site", "same-site")]),
            (false, &[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")]),
            (true, &[("origin", "http://a:8080"), ("host", "a:8080")]),
            (false, &[("origin", "http://a:8081"), ("host", "a:8080")]),
            (false, &[("origin", "null"), ("host", "a:8080")]),
            (false, &[("host", "a:8080")]),
            (false, &[]),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(*name, value.parse().unwrap());
            }
            assert_eq!(is_ours(&map), ours, "{headers:?}");
        }
    }
}
