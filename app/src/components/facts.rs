//! A short list of facts: term and value.

use leptos::prelude::*;

pub(crate) fn facts(pairs: Vec<(&'static str, AnyView)>) -> AnyView {
    let pairs: Vec<_> =
        pairs.into_iter().map(|(term, value)| view! { <div><dt>{term}</dt><dd>{value}</dd></div> }).collect();
    view! { <dl class="facts">{pairs}</dl> }.into_any()
}

/// Text, or a word that says that there is none.
pub(crate) fn text(text: &str) -> AnyView {
    if text.is_empty() { none() } else { text.to_owned().into_any() }
}

/// A value that wants the room of two: an address, a path, a sentence.
pub(crate) fn long(value: AnyView) -> AnyView {
    view! { <span class="long">{value}</span> }.into_any()
}

pub(crate) fn none() -> AnyView {
    view! { <span class="none">"none"</span> }.into_any()
}
