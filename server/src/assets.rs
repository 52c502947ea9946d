//! The console's files, embedded in the binary, under addresses that change with their bytes.
//!
//! One digest stands for the whole bundle: a page of one build never loads a file of another.
//! Nothing is read from the disk and nothing is compressed while serving.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

// `const BUNDLE: Bundle`, written by the build script.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address may be kept for good: other bytes have another address.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// Browsers ask for this address on their own, so it cannot change with the bytes.
const FOR_A_DAY: &str = "public, max-age=86400";

/// Serves `/assets/{digest}/{*name}` and `/favicon.ico`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    BUNDLE.router()
}

/// Where the page finds a file; none in a development build without a console.
pub(crate) fn path(name: &str) -> Option<String> {
    BUNDLE.path(name)
}

#[derive(Clone, Copy)]
struct Bundle {
    digest: &'static str,
    assets: &'static [Asset],
}

struct Asset {
    name: &'static str,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
}

impl Bundle {
    fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let asset = move |Path((digest, name)): Path<(String, String)>, headers: HeaderMap| async move {
            if digest == self.digest { self.serve(&name, FOR_GOOD, &headers) } else { not_found() }
        };
        let favicon = move |headers: HeaderMap| async move { self.serve("favicon.svg", FOR_A_DAY, &headers) };
        Router::new().route("/assets/{digest}/{*name}", get(asset)).route("/favicon.ico", get(favicon))
    }

    fn path(self, name: &str) -> Option<String> {
        self.find(name).map(|asset| format!("/assets/{}/{}", self.digest, asset.name))
    }

    fn find(self, name: &str) -> Option<&'static Asset> {
        self.assets.iter().find(|asset| asset.name == name)
    }

    fn serve(self, name: &str, keep: &'static str, headers: &HeaderMap) -> Response {
        let Some(asset) = self.find(name) else { return not_found() };
        let brotli = takes_brotli(headers);
        // Two forms of one file are two representations, so each has its own tag.
        let etag = format!("\"{}{}\"", self.digest, if brotli { "-br" } else { "" });
        let unchanged = is_known(headers, &etag);

        let mut answer = HeaderMap::new();
        let mut say = |name: HeaderName, value: &'static str| {
            answer.insert(name, HeaderValue::from_static(value));
        };
        say(CACHE_CONTROL, keep);
        say(VARY, "accept-encoding");
        if !unchanged {
            say(CONTENT_TYPE, asset.content_type);
        }
        if brotli && !unchanged {
            say(CONTENT_ENCODING, "br");
        }
        if let Ok(etag) = HeaderValue::try_from(etag) {
            answer.insert(ETAG, etag);
        }
        if unchanged {
            (StatusCode::NOT_MODIFIED, answer).into_response()
        } else {
            (answer, if brotli { asset.brotli } else { asset.plain }).into_response()
        }
    }
}

fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// The members of a header that is a comma-separated list.
fn members(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim)
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    members(headers, ACCEPT_ENCODING).any(|member| {
        let (coding, weight) = member.split_once(';').unwrap_or((member, "q=1"));
        let weight = weight.trim().trim_start_matches("q=");
        coding.trim().eq_ignore_ascii_case("br") && weight.parse::<f32>().is_ok_and(|weight| weight > 0.0)
    })
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    members(headers, IF_NONE_MATCH).any(|member| member == "*" || member.trim_start_matches("W/") == etag)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::{Method, Request};
    use tower::ServiceExt as _;

    use super::*;

    const SAMPLE: Bundle = Bundle {
        digest: "0123456789abcdef",
        assets: &[
            Asset { name: "style.css", content_type: "text/css", plain: b"body {}", brotli: b"small" },
            Asset { name: "favicon.svg", content_type: "image/svg+xml", plain: b"<svg/>", brotli: b"tiny" },
        ],
    };

    /// Status, the headers asked for, and the body.
    async fn ask(method: Method, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let router: Router = SAMPLE.router();
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        (parts.status, parts.headers, to_bytes(body, 1000).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn a_file_is_served_for_good() {
        let path = SAMPLE.path("style.css").unwrap();
        assert_eq!(path, "/assets/0123456789abcdef/style.css");
        let (status, headers, body) = ask(Method::GET, &path, &[]).await;
        assert_eq!((status, &*body), (StatusCode::OK, &b"body {}"[..]));
        assert_eq!(headers["cache-control"], FOR_GOOD);
        assert_eq!(headers["content-type"], "text/css");
        assert_eq!(headers["etag"], "\"0123456789abcdef\"");
        assert_eq!(headers["vary"], "accept-encoding");
        assert!(!headers.contains_key("content-encoding"));
    }

    #[tokio::test]
    async fn brotli_is_served_to_those_who_take_it() {
        let path = SAMPLE.path("style.css").unwrap();
        for (accepted, body) in [
            ("gzip, deflate, br, zstd", &b"small"[..]),
            ("br;q=0.1", b"small"),
            ("br; q=0", b"body {}"),
            ("gzip", b"body {}"),
            ("brr", b"body {}"),
        ] {
            let (_, headers, served) = ask(Method::GET, &path, &[("accept-encoding", accepted)]).await;
            assert_eq!(served, body, "{accepted}");
            assert_eq!(headers.contains_key("content-encoding"), body == b"small", "{accepted}");
        }
    }

    #[tokio::test]
    async fn a_known_file_is_not_sent_again() {
        let path = SAMPLE.path("style.css").unwrap();
        let known = ("if-none-match", "\"other\", W/\"0123456789abcdef\"");
        let (status, headers, body) = ask(Method::GET, &path, &[known]).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(headers["cache-control"], FOR_GOOD);
        // The tag of the plain form says nothing about the compressed one.
        let (status, ..) = ask(Method::GET, &path, &[known, ("accept-encoding", "br")]).await;
        assert_eq!(status, StatusCode::OK);
    }

    #[tokio::test]
    async fn head_gives_the_length_alone() {
        let path = SAMPLE.path("style.css").unwrap();
        let (status, headers, body) = ask(Method::HEAD, &path, &[]).await;
        assert_eq!((status, body.len()), (StatusCode::OK, 0));
        assert_eq!(headers["content-length"], "7");
    }

    #[tokio::test]
    async fn anything_else_is_not_found() {
        for path in
            ["/assets/0123456789abcdef/other.css", "/assets/fedcba9876543210/style.css", "/assets/style.css"]
        {
            assert_eq!(ask(Method::GET, path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(SAMPLE.path("other.css"), None);
    }

    #[tokio::test]
    async fn the_favicon_has_the_address_that_browsers_guess() {
        let (status, headers, body) = ask(Method::GET, "/favicon.ico", &[]).await;
        assert_eq!((status, &*body), (StatusCode::OK, &b"<svg/>"[..]));
        assert_eq!(headers["content-type"], "image/svg+xml");
        assert_eq!(headers["cache-control"], FOR_A_DAY);
    }
}
