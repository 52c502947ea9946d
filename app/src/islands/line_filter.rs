//! The lines of a served file, each with its origin; in the browser also to be searched and walked through.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One line of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// From 1.
    pub number: usize,
    /// The line, secrets as dots.
    pub text: String,
    /// The setting that wrote it; empty when none did.
    pub path: String,
    /// The layer version that set it; empty when none did.
    pub origin: String,
    /// What it overrode: layer and value.
    pub overrode: Vec<(String, String)>,
}

impl Line {
    fn haystack(&self) -> String {
        format!("{} {} {}", self.text, self.path, self.origin).to_lowercase()
    }

    fn explanation(&self) -> String {
        if self.path.is_empty() {
            return format!("Line {}: written by the dialect, not by a setting.", self.number);
        }
        let overrode: Vec<_> =
            self.overrode.iter().map(|(layer, value)| format!("{value} from {layer}")).collect();
        let instead =
            if overrode.is_empty() { String::new() } else { format!(" instead of {}", overrode.join(", ")) };
        format!("Line {}: {} is set by {}{instead}.", self.number, self.path, self.origin)
    }
}

/// A table of lines, with a filter over text, setting and layer.
#[island]
pub fn LineFilter(
    /// Unique on the page.
    id: String,
    /// The table's caption.
    caption: String,
    /// The lines.
    lines: Vec<Line>,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    let query = RwSignal::new(String::new());
    let current = RwSignal::new(0_usize);
    let explained = RwSignal::new(String::new());
    Effect::new(move |_| ready.set(true));

    let haystacks = StoredValue::new(lines.iter().map(Line::haystack).collect::<Vec<_>>());
    let shown = move |index: usize| {
        let wanted = query.get().to_lowercase();
        haystacks.with_value(|all| all.get(index).is_some_and(|hay| hay.contains(wanted.trim())))
    };
    let total = lines.len();
    let count = move || (0..total).filter(|index| shown(*index)).count();
    let walk = {
        let id = id.clone();
        move |event: leptos::ev::KeyboardEvent| {
            let here = current.get_untracked();
            let next = match event.key().as_str() {
                "ArrowDown" => (here + 1..total).find(|index| shown(*index)),
                "ArrowUp" => (0..here).rev().find(|index| shown(*index)),
                _ => return,
            };
            if let Some(next) = next {
                event.prevent_default();
                browser::focus(&format!("{id}-line-{next}"));
            }
        }
    };

    let rows: Vec<_> = lines
        .into_iter()
        .enumerate()
        .map(|(index, line)| {
            let explanation = StoredValue::new(line.explanation());
            let explain = move || {
                current.set(index);
                explained.set(explanation.get_value());
            };
            let overrode: Vec<_> = line
                .overrode
                .into_iter()
                .map(|(layer, value)| view! { <span class="instead">"instead of " <code>{value}</code> " from " {layer}</span> })
                .collect();
            view! {
                <tr
                    id=format!("{id}-line-{index}")
                    hidden=move || !shown(index)
                    tabindex=move || ready.get().then(|| if current.get() == index { "0" } else { "-1" })
                    on:focus=move |_| explain()
                    on:mouseenter=move |_| explain()
                >
                    <td class="number">{line.number}</td>
                    <td class="line"><code>{line.text}</code></td>
                    <td><code class="path">{line.path}</code></td>
                    <td>{line.origin} {overrode}</td>
                </tr>
            }
        })
        .collect();

    let name = caption.clone();
    view! {
        <div class="lines" data-hydrated=move || ready.get().then_some("")>
            <div class="lines-tools" hidden=move || !ready.get()>
                <label for=format!("{id}-filter")>"Filter lines"</label>
                <input
                    id=format!("{id}-filter")
                    type="search"
                    placeholder="text, setting or layer"
                    on:input=move |event| query.set(event_target_value(&event))
                />
                <output for=format!("{id}-filter")>{move || format!("{} of {total} lines", count())}</output>
                <p class="explained" aria-live="polite">
                    {move || {
                        let text = explained.get();
                        if text.is_empty() { "Point at a line to see where it comes from.".to_owned() } else { text }
                    }}
                </p>
            </div>
            <div class="scroll tall" role="region" aria-label=name tabindex="0">
                <table class="dense">
                    <caption>{caption}</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="number">"No."</th>
                            <th scope="col">"Line"</th>
                            <th scope="col">"Setting"</th>
                            <th scope="col">"Set by"</th>
                        </tr>
                    </thead>
                    <tbody on:keydown=walk>{rows}</tbody>
                </table>
            </div>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{prelude::document, wasm_bindgen::JsCast as _};

    pub(super) fn focus(id: &str) {
        let row = document().get_element_by_id(id).and_then(|el| el.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(row) = row {
            // Nothing depends on the focus having moved.
            let _ = row.focus();
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod browser {
    pub(super) fn focus(_id: &str) {}
}
