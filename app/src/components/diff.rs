//! What changes, setting by setting.

use super::table::table;
use domain::plan::Difference;
use leptos::prelude::*;

pub(crate) fn diff(id: &str, caption: &str, differences: &[Difference]) -> AnyView {
    let side = |value: &Option<String>, class: &'static str| match value {
        Some(value) if value.is_empty() => view! { <span class="none">"empty"</span> }.into_any(),
        Some(value) => view! { <code class=class>{value.clone()}</code> }.into_any(),
        None => view! { <span class="none">"not set"</span> }.into_any(),
    };
    let rows = differences
        .iter()
        .map(|difference| {
            view! {
                <tr>
                    <th scope="row"><code class="path">{difference.path.clone()}</code></th>
                    <td data-label="Before">{side(&difference.before, "before")}</td>
                    <td data-label="After">{side(&difference.after, "after")}</td>
                    <td data-label="Set by">{difference.origin.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(id, caption, &["Setting", "Before", "After", "Set by"], rows, "No setting changes.")
}
