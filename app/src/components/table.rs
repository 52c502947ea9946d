//! Tables: a caption, headings with a scope, and a container that scrolls instead of the page.

use super::prose::prose;
use leptos::prelude::*;

/// A heading that starts with `#` stands over numbers.
pub(crate) fn table(id: &str, caption: &str, heads: &[&str], rows: Vec<AnyView>, none: &str) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="empty" id=id.to_owned()>{none.to_owned()}</p> }.into_any();
    }
    let heads: Vec<_> = heads
        .iter()
        .map(|head| match head.strip_prefix('#') {
            Some(head) => view! { <th scope="col" class="number">{head.to_owned()}</th> }.into_any(),
            None => view! { <th scope="col">{(*head).to_owned()}</th> }.into_any(),
        })
        .collect();
    view! {
        <div class="scroll" role="region" aria-label=caption.replace('`', "") tabindex="0">
            <table id=id.to_owned()>
                <caption>{prose(caption)}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
