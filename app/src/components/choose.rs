//! A field with given answers, and one for several lines.

use crate::fields::Attempt;
use leptos::prelude::*;

/// One of `options`, each a value and a label; `chosen` stands there when nothing was chosen yet.
pub(crate) fn select(
    form: &str,
    name: &str,
    label: &str,
    options: &[(String, String)],
    chosen: &str,
    attempt: &Attempt,
) -> AnyView {
    let id = format!("{form}-{name}");
    let chosen = attempt.typed(form, name).unwrap_or(chosen).to_owned();
    let marked = attempt.marks(form, name).then_some("true");
    let options: Vec<_> = options
        .iter()
        .map(|(value, label)| {
            view! { <option value=value.clone() selected=*value == chosen>{label.clone()}</option> }
        })
        .collect();
    view! {
        <div class="field">
            <label for=id.clone()>{label.to_owned()}</label>
            <select id=id.clone() name=name.to_owned() aria-invalid=marked>{options}</select>
        </div>
    }
    .into_any()
}

/// Several lines, explained by `hint`.
pub(crate) fn area(
    form: &str,
    name: &str,
    label: &str,
    hint: &str,
    value: &str,
    attempt: &Attempt,
) -> AnyView {
    let id = format!("{form}-{name}");
    let described = format!("{id}-hint");
    let value = attempt.typed(form, name).unwrap_or(value).to_owned();
    let marked = attempt.marks(form, name).then_some("true");
    view! {
        <div class="field">
            <label for=id.clone()>{label.to_owned()}</label>
            <span class="hint" id=described.clone()>{hint.to_owned()}</span>
            <textarea id=id.clone() name=name.to_owned() rows="5" spellcheck="false" autocomplete="off" required
                aria-describedby=described.clone() aria-invalid=marked>{value}</textarea>
        </div>
    }
    .into_any()
}
