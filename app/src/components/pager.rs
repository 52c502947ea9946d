//! From one page of a list to the next; the place in the list is in the address.

use crate::render::query;
use leptos::prelude::*;

/// `rest` is what the address says beside the place.
pub(crate) fn pager(path: &str, rest: &[(&str, &str)], after: &str, next: Option<&str>) -> Option<AnyView> {
    if after.is_empty() && next.is_none() {
        return None;
    }
    let first = (!after.is_empty())
        .then(|| view! { <li><a href=format!("{path}{}", query(rest))>"First page"</a></li> });
    let next = next.map(|next| {
        let all: Vec<_> = rest.iter().copied().chain([("after", next)]).collect();
        view! { <li><a rel="next" href=format!("{path}{}", query(&all))>"Next page"</a></li> }
    });
    Some(view! { <nav class="pager" aria-label="Pages"><ul>{first} {next}</ul></nav> }.into_any())
}
