//! A field with given answers.

use crate::fields::Attempt;
use leptos::prelude::*;

/// One of `options`, each a value and a label; `chosen` stands there when nothing was chosen yet.
pub(crate) fn select(
    form: &str,
    name: &str,
    label: &str,
    options: &[(impl AsRef<str>, impl AsRef<str>)],
    chosen: &str,
    attempt: &Attempt,
) -> AnyView {
    let id = format!("{form}-{name}");
    let chosen = attempt.typed(form, name).unwrap_or(chosen).to_owned();
    let marked = attempt.marks(form, name).then_some("true");
    let options: Vec<_> = options
        .iter()
        .map(|(value, label)| {
            let (value, label) = (value.as_ref().to_owned(), label.as_ref().to_owned());
            let selected = value == chosen;
            view! { <option value=value selected=selected>{label}</option> }
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
