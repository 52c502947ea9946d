//! From a view to a response: HTML in the shell, with a Content-Security-Policy of its own.
//!
//! Pages are rendered in one synchronous pass. Nothing is fetched while rendering, so there is
//! nothing to suspend on and nothing to stream.

use crate::{shell, visitor::Visitor};
use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    },
    response::{Html, IntoResponse, Response},
};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use std::sync::Arc;

/// A page in the console's shell.
///
/// `view` is a closure because islands have to be made inside the rendering's owner.
pub(crate) fn page(
    visitor: &Visitor,
    status: StatusCode,
    title: &str,
    view: impl FnOnce() -> AnyView,
) -> Response {
    // Unguessable, which is all that a nonce has to be.
    let nonce = visitor.services().form_token();
    let body = html(|| shell::shell(visitor, title, &nonce, view()));
    let mut response = (status, Html(format!("<!DOCTYPE html>{body}"))).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::try_from(policy(&nonce)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Our own files, one inline script that loads the islands, and nothing else.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// A part of a page by itself.
pub(crate) fn part(view: impl FnOnce() -> AnyView) -> String {
    html(view)
}

fn html(view: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    owner.with(|| view().to_html())
}

/// A query string with its question mark, of the pairs that say something.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let said: Vec<_> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", percent(value)))
        .collect();
    if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) }
}

/// Escapes everything but what RFC 3986 calls unreserved.
pub(crate) fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_only_what_was_chosen() {
        assert_eq!(query(&[("site", ""), ("q", "a b&c"), ("after", "x")]), "?q=a%20b%26c&after=x");
        assert_eq!(query(&[("site", "")]), "");
        assert_eq!(percent("/é?"), "%2F%C3%A9%3F");
    }
}
