//! One check among several: what came of it, and what was seen.

use super::field::Field;
use crate::fields::Attempt;
use leptos::prelude::*;

/// The check `word`: one of `results`, each a value and a label, as the field `PREFIX.WORD`, and a note.
pub(crate) fn check(
    form: &str,
    prefix: &str,
    word: &str,
    title: &'static str,
    results: &[(&'static str, &'static str)],
    attempt: &Attempt,
) -> AnyView {
    let (name, note) = (format!("{prefix}.{word}"), format!("note.{word}"));
    let typed = attempt.typed(form, &name).unwrap_or_default().to_owned();
    let results: Vec<_> = results
        .iter()
        .map(|&(value, label)| {
            let id = format!("{form}-{word}-{}", if value.is_empty() { "none" } else { value });
            view! {
                <span class="choice">
                    <input type="radio" id=id.clone() name=name.clone() value=value checked=typed == value />
                    <label for=id>{label}</label>
                </span>
            }
        })
        .collect();
    view! {
        <fieldset class="check">
            <legend>{title}</legend>
            <div class="choices row">{results}</div>
            {Field::new(form, &note, "What was seen").view(attempt)}
        </fieldset>
    }
    .into_any()
}
