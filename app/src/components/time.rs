//! Instants as people read them, and as programs do.

use domain::Timestamp;
use leptos::prelude::*;

pub(crate) fn text(at: Timestamp) -> String {
    at.to_string().replace('T', " ").replace('Z', " UTC")
}

pub(crate) fn time(at: Timestamp) -> AnyView {
    view! { <time datetime=at.to_string()>{text(at)}</time> }.into_any()
}

pub(crate) fn maybe(at: Option<Timestamp>, otherwise: &'static str) -> AnyView {
    at.map_or_else(|| view! { <span class="none">{otherwise}</span> }.into_any(), time)
}
