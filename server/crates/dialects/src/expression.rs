//! Whether an expression in a value can be rendered at all, said at the door: with path, line and column.
//!
//! What it becomes for a phone, its dialect says when the file is written. No secret is within reach of an expression,
//! and none is in a message.

use domain::{
    Code, Finding,
    setting::{Path, Value},
};
use minijinja::Environment;

/// Names that any value may use, and those that a line's may use beside them.
const DEVICE: [&str; 3] = ["device.mac", "device.serial", "device.model"];
const LINE: [&str; 2] = ["extension.number", "person.name"];

/// What is wrong with the expressions of a value; nothing when it has none.
pub fn check(path: &Path, value: &Value) -> Option<Finding> {
    let Value::Text(text) = value else { return None };
    if !text.contains("{{") && !text.contains("{%") {
        return None;
    }
    let (at, detail) = wrong(text, path.line_index().is_some())?;
    let (line, column) = place(text, at);
    let detail = format!("Line {line}, column {column}: {detail}");
    Some(Finding::new(Code::TemplateError, path.as_str()).detail(detail))
}

/// The byte at which something is wrong, and what.
fn wrong(text: &str, of_line: bool) -> Option<(usize, String)> {
    for (at, tag) in tags(text) {
        let word = tag.trim_start_matches(['{', '%', '-', '+']).trim_start();
        if tag.starts_with("{%") && word.split_whitespace().next() == Some("for") {
            return Some((at, "An expression may not loop.".to_owned()));
        }
        if tag.starts_with("{{")
            && let Err(error) = Environment::new().template_from_str(tag)
        {
            return Some((at, said(&error)));
        }
    }
    let environment = Environment::new();
    let template = match environment.template_from_str(text) {
        Ok(template) => template,
        Err(error) => {
            let start = text.split_inclusive('\n').take(error.line().unwrap_or(1) - 1).map(str::len).sum();
            let at = text[start..].find("{%").map_or(start, |more| start + more);
            return Some((at, said(&error)));
        }
    };
    let mut known = DEVICE.to_vec();
    if of_line {
        known.extend(LINE);
    }
    let mut unknown: Vec<_> = template
        .undeclared_variables(true)
        .into_iter()
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    unknown.sort_by_key(|name| text.find(name.as_str()));
    let name = unknown.into_iter().next()?;
    let at = text.find(&name).unwrap_or_default();
    let secret = ["password", "secret", "credential"].iter().any(|word| name.contains(word));
    Some(if secret {
        (at, format!("`{name}`: no expression can read a secret."))
    } else {
        (at, format!("There is no `{name}` here; there are {}.", known.join(", ")))
    })
}

/// The `{{ … }}` and `{% … %}` of a text, each with where it begins. One that does not end goes to the end.
fn tags(text: &str) -> Vec<(usize, &str)> {
    let (mut tags, mut from) = (Vec::new(), 0);
    while let Some(start) = ["{{", "{%"].iter().filter_map(|open| text[from..].find(open)).min() {
        let start = from + start;
        let close = if text[start..].starts_with("{{") { "}}" } else { "%}" };
        let end = text[start..].find(close).map_or(text.len(), |more| start + more + 2);
        tags.push((start, &text[start..end]));
        from = end;
    }
    tags
}

fn said(error: &minijinja::Error) -> String {
    // `{}` of the error, without the name of the template, which has none; its debug form prints values.
    let message = error.to_string();
    let message = message.split(" (in <string>").next().unwrap_or_default();
    format!("{message}.")
}

/// Line and column, from 1; a column counts characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said_of(path: &str, text: &str) -> Option<String> {
        check(&Path::parse(path).unwrap(), &Value::Text(text.to_owned())).map(|f| {
            assert_eq!((f.code, f.subject.as_str()), (Code::TemplateError, path));
            f.detail
        })
    }

    #[test]
    fn what_can_be_rendered_passes() {
        for (path, text) in [
            ("phone.ntp", "ntp.example"),
            ("phone.ntp", "{{ device.model|lower }}.example"),
            ("line.1.label", "{{ person.name }} {{ extension.number }}"),
            ("line.1.label", "{% if device.model == 'T46U' %}a{% endif %}"),
        ] {
            assert_eq!(said_of(path, text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_is_said_with_its_place() {
        for (path, text, start) in [
            ("line.1.label", "{{ person.phone }}", "Line 1, column 4: There is no `person.phone` here"),
            ("phone.ntp", "{{ person.name }}", "Line 1, column 4: There is no `person.name` here"),
            (
                "phone.ntp",
                "ü {{ line.password }}",
                "Line 1, column 6: `line.password`: no expression can read",
            ),
            ("phone.ntp", "a\n {{ device.mac + }}", "Line 2, column 2: syntax error"),
            ("phone.ntp", "{{ device.mac", "Line 1, column 1: syntax error"),
            ("phone.ntp", "x{% for a in b %}{% endfor %}", "Line 1, column 2: An expression may not loop."),
            ("phone.ntp", "{% if %}", "Line 1, column 1: syntax error"),
        ] {
            let said = said_of(path, text).unwrap_or_default();
            assert!(said.starts_with(start), "{text}: {said}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_checked_without_panic(text in "(\\{\\{|\\}\\}|\\{%|%\\}|for |device.mac|\\PC|\n){0,40}") {
            let _ = said_of("line.1.label", &text);
        }
    }
}
