//! Sentences in which something literal stands between backquotes: on a page that is code.

use leptos::prelude::*;

/// A sentence. A backquote without a partner stays what it is.
pub(crate) fn prose(text: &str) -> AnyView {
    parts(text)
        .into_iter()
        .map(|part| match part {
            Part::Words(words) => words.to_owned().into_any(),
            Part::Code(code) => view! { <code>{code.to_owned()}</code> }.into_any(),
        })
        .collect::<Vec<_>>()
        .into_any()
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Words(&'a str),
    Code(&'a str),
}

pub(crate) fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((words, after)) = rest.split_once('`')
        && let Some((code, after)) = after.split_once('`')
    {
        parts.extend([Part::Words(words), Part::Code(code)]);
        rest = after;
    }
    parts.push(Part::Words(rest));
    parts.retain(|part| !matches!(part, Part::Words("") | Part::Code("")));
    parts
}

#[cfg(test)]
mod tests {
    use super::{
        Part::{Code, Words},
        *,
    };

    #[test]
    fn what_stands_between_backquotes_is_code_and_one_alone_is_a_character() {
        for (text, expected) in [
            ("", vec![]),
            ("Nothing.", vec![Words("Nothing.")]),
            (
                "Set `sip.registrar.host` here.",
                vec![Words("Set "), Code("sip.registrar.host"), Words(" here.")],
            ),
            ("`a``b`", vec![Code("a"), Code("b")]),
            ("It is `x", vec![Words("It is `x")]),
            ("`a` and `b", vec![Code("a"), Words(" and `b")]),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }
}
