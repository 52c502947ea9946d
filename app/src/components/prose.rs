//! Sentences that rules, people and the record have written, as a page shows them: what stands between backquotes is
//! code, instants read as they do elsewhere, and a digest is known by its beginning.

use super::time::time;
use crate::islands::prose;
use domain::Timestamp;
use leptos::prelude::*;
use std::fmt::Display;

/// How much of a digest tells it from others; the whole of it stands behind it.
const SHOWN: usize = 12;

/// A sentence. A backquote without a partner stays what it is.
pub(crate) fn prose(text: &str) -> AnyView {
    parts(text)
        .into_iter()
        .map(|part| match part {
            Part::Words(words) => words.to_owned().into_any(),
            Part::Code(code) => view! { <code>{code.to_owned()}</code> }.into_any(),
            Part::At(at) => time(at),
            Part::Digest(digest) => {
                let short: String = digest.chars().take(SHOWN).collect();
                view! { <code title=digest.to_owned()>{short}</code> }.into_any()
            }
        })
        .collect::<Vec<_>>()
        .into_any()
}

/// So many of something that is counted by an `s` at its end.
pub(crate) fn many<N: Display + Copy + PartialEq + From<u8>>(n: N, one: &str) -> String {
    counted(n, one, &format!("{one}s"))
}

/// So many of something: `1 code is`, `12 codes are`.
pub(crate) fn counted<N: Display + Copy + PartialEq + From<u8>>(n: N, one: &str, more: &str) -> String {
    format!("{n} {}", if n == N::from(1) { one } else { more })
}

#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Words(&'a str),
    Code(&'a str),
    At(Timestamp),
    Digest(&'a str),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let split = |part| match part {
        prose::Part::Words(words) => found(words),
        prose::Part::Code(code) => vec![Part::Code(code)],
    };
    let mut parts: Vec<_> = prose::parts(text).into_iter().flat_map(split).collect();
    parts.retain(|part| !matches!(part, Part::Words("")));
    parts
}

/// Instants and digests, and the words around them.
fn found(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut said, mut at) = (Vec::new(), 0, 0);
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '-')) {
        if let Some(part) = read(word) {
            parts.extend([Part::Words(&text[said..at]), part]);
            said = at + word.len();
        }
        at += word.len();
        // What parts two words may be longer than a byte.
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    parts.push(Part::Words(&text[said..]));
    parts
}

fn read(word: &str) -> Option<Part<'_>> {
    if word.len() == 64 && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Some(Part::Digest(word));
    }
    if word.len() >= 20 && word.contains('T') && word.ends_with('Z') {
        return Timestamp::parse(word).map(Part::At);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{
        Part::{At, Code, Digest, Words},
        *,
    };

    #[test]
    fn instants_and_digests_are_found_wherever_they_stand() {
        let (digest, at) = ("ab12".repeat(16), Timestamp(1_798_064_294_000_000));
        for (text, expected) in [
            ("Nothing of the kind – “Z”.".to_owned(), vec![Words("Nothing of the kind – “Z”.")]),
            (format!("Open until {at}."), vec![Words("Open until "), At(at), Words(".")]),
            (
                format!("é→{digest}, `{at}`"),
                vec![Words("é→"), Digest(&digest), Words(", "), Code(&at.to_string())],
            ),
            ("2026-99-99T22:18:14Z".to_owned(), vec![Words("2026-99-99T22:18:14Z")]),
            (digest[1..].to_owned(), vec![Words(&digest[1..])]),
        ] {
            assert_eq!(parts(&text), expected, "{text}");
        }
    }

    #[test]
    fn one_is_not_many() {
        let said = [many(0, "phone"), many(1_u32, "phone"), many(2_usize, "phone")];
        assert_eq!(said, ["0 phones", "1 phone", "2 phones"]);
    }
}
