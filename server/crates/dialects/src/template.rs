//! Expressions inside values: `{{ person.name }} {{ extension.number }}`.
//!
//! Strict (an unknown name is an error), fuelled, without escaping (the dialect escapes the result), and
//! without any secret within reach. Errors are shown as `{}`: their debug form prints values.

use crate::DeviceContext;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, value::Serde};
use serde::Serialize;

/// Enough for any label; a loop that makes text without end stops here.
const FUEL: u64 = 20_000;
/// Longer than any field of a phone; keeps the parser's work small.
const LONGEST: usize = 2_000;

/// The names that an expression may use.
#[derive(Serialize, Default)]
pub(crate) struct Names<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<Device<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<Extension>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<Person>,
}

#[derive(Serialize)]
struct Device<'a> {
    mac: String,
    serial: &'a str,
    model: &'a str,
}

#[derive(Serialize)]
pub(crate) struct Extension {
    pub(crate) number: String,
}

#[derive(Serialize)]
pub(crate) struct Person {
    pub(crate) name: String,
}

impl<'a> Names<'a> {
    pub(crate) fn of(device: Option<&'a DeviceContext<'a>>) -> Self {
        let device = device.map(|d| Device { mac: d.mac.bare(), serial: d.serial, model: d.model });
        Self { device, ..Self::default() }
    }
}

/// Why an expression could not be rendered.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unrendered {
    #[error("line {line}: {message}.")]
    Expression { line: usize, message: String },
    #[error("It is longer than {LONGEST} bytes.")]
    TooLong,
}

/// Renders `text`; text without an expression is returned as it is, and never parsed.
pub(crate) fn render<'a>(text: String, names: impl FnOnce() -> Names<'a>) -> Result<String, Unrendered> {
    if text.len() > LONGEST {
        return Err(Unrendered::TooLong);
    }
    if !text.contains("{{") && !text.contains("{%") {
        return Ok(text);
    }
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    match environment.render_str(&text, Serde(names())) {
        Ok(rendered) if rendered.len() > LONGEST => Err(Unrendered::TooLong),
        Ok(rendered) => Ok(rendered),
        Err(error) => {
            let line = error.line().unwrap_or(1);
            // `{}` of the error, without the name of the template, which has none.
            let message = error.to_string();
            let message = message.split(" (in <string>").next().unwrap_or_default().to_owned();
            Err(Unrendered::Expression { line, message })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Mac;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn check(text: &str) -> Result<String, String> {
        let mac = Mac::parse("80:5e:c0:12:34:56").unwrap();
        let device =
            DeviceContext { mac, serial: "S-1", model: "T46U", accounts: 16, handsets: &BTreeMap::new() };
        let mut names = Names::of(Some(&device));
        names.extension = Some(Extension { number: "2101".into() });
        names.person = Some(Person { name: "Ada <Lovelace>".into() });
        render(text.to_owned(), || names).map_err(|error| error.to_string())
    }

    #[test]
    fn names_are_filled_in_without_escaping() {
        let text = "{{ person.name }} {{ extension.number }} {{ device.mac }} {{ device.model|lower }}";
        assert_eq!(check(text).unwrap(), "Ada <Lovelace> 2101 805ec0123456 t46u");
        assert_eq!(check("100 % {plain}").unwrap(), "100 % {plain}");
    }

    #[test]
    fn an_error_names_its_line_and_no_value() {
        assert_eq!(check("{{ nobody }}"), Err("line 1: undefined value.".into()));
        assert!(check("\n{{ person.phone }}").unwrap_err().starts_with("line 2: undefined value"));
        assert!(check("{{ ").unwrap_err().starts_with("line 1: syntax error"));
        let bomb = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert!(check(bomb).unwrap_err().contains("fuel"));
        assert!(check("{{ 'x' * 99999999 }}").is_err());
        for error in [check("{{ person + 1 }}"), check("{{ person.name.x.y }}")] {
            assert!(!error.unwrap_err().contains("Ada"));
        }
    }

    proptest! {
        #[test]
        fn any_text_renders_or_not_without_panic(text in "(\\{\\{|\\}\\}|\\{%|%\\}|\\PC|\n){0,40}") {
            let _ = check(&text);
        }
    }
}
