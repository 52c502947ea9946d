//! One field of a form: label, hint, what was typed, and whether a finding is about it.

use super::prose::prose;
use crate::fields::Attempt;
use leptos::prelude::*;

/// Asks for one's own password again, before one puts one's word behind something.
pub(crate) fn own_password(form: &str, attempt: &Attempt) -> AnyView {
    let field = Field::new(form, "password", "Your password");
    field.kind("password").complete("current-password").required().view(attempt)
}

/// A text field, built step by step.
pub(crate) struct Field<'a> {
    form: &'a str,
    name: &'a str,
    label: &'a str,
    kind: &'static str,
    hint: String,
    value: String,
    complete: &'static str,
    required: bool,
    list: Option<String>,
    rows: Option<u8>,
}

impl<'a> Field<'a> {
    /// A field `name` of the form with this id.
    pub(crate) fn new(form: &'a str, name: &'a str, label: &'a str) -> Self {
        Self {
            form,
            name,
            label,
            kind: "text",
            hint: String::new(),
            value: String::new(),
            complete: "off",
            required: false,
            list: None,
            rows: None,
        }
    }

    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// What stands there when nothing was typed yet.
    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// What browsers may fill in.
    pub(crate) fn complete(mut self, complete: &'static str) -> Self {
        self.complete = complete;
        self
    }

    pub(crate) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The id of a list of suggestions.
    pub(crate) fn list(mut self, list: impl Into<String>) -> Self {
        self.list = Some(list.into());
        self
    }

    /// So many lines instead of one.
    pub(crate) fn rows(mut self, rows: u8) -> Self {
        self.rows = Some(rows);
        self
    }

    pub(crate) fn view(self, attempt: &Attempt) -> AnyView {
        let id = format!("{}-{}", self.form, self.name.replace('.', "-"));
        let hint_id = format!("{id}-hint");
        let marked = attempt.marks(self.form, self.name);
        // A password is never shown again.
        let value = match attempt.typed(self.form, self.name) {
            Some(typed) if self.kind != "password" => typed.to_owned(),
            _ => self.value,
        };
        let hint = (!self.hint.is_empty())
            .then(|| view! { <span class="hint" id=hint_id.clone()>{prose(&self.hint)}</span> });
        let described = (!self.hint.is_empty()).then(|| hint_id.clone());
        let label_for = id.clone();
        let control = match self.rows {
            Some(rows) => view! {
                <textarea
                    id=id
                    name=self.name.to_owned()
                    rows=rows
                    spellcheck="false"
                    autocomplete=self.complete
                    required=self.required
                    aria-describedby=described
                    aria-invalid=marked.then_some("true")
                >{value}</textarea>
            }
            .into_any(),
            None => view! {
                <input
                    id=id
                    name=self.name.to_owned()
                    type=self.kind
                    value=value
                    list=self.list
                    autocomplete=self.complete
                    required=self.required
                    aria-describedby=described
                    aria-invalid=marked.then_some("true")
                />
            }
            .into_any(),
        };
        view! {
            <div class=if self.rows.is_some() { "field wide" } else { "field" }>
                <label for=label_for>{self.label.to_owned()} {(!self.required && self.hint.is_empty()).then_some(view! { <span class="optional">"optional"</span> })}</label>
                {hint}
                {control}
            </div>
        }
        .into_any()
    }
}
