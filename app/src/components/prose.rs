//! Sentences that rules and the record have written, as people read them.

use super::time::time;
use domain::Timestamp;
use leptos::prelude::*;
use std::fmt::Display;

/// How much of a digest tells it from others; the whole of it stands behind it.
const SHOWN: usize = 12;

#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    At(Timestamp),
    Digest(&'a str),
}

/// The text, its instants with their zone and its SHA-256 digests by their beginning.
pub(crate) fn prose(text: &str) -> AnyView {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned().into_any(),
            Piece::At(at) => time(at),
            Piece::Digest(digest) => {
                let short: String = digest.chars().take(SHOWN).collect();
                view! { <code title=digest.to_owned()>{short}</code> }.into_any()
            }
        })
        .collect::<Vec<_>>()
        .into_any()
}

/// So many of something that is counted by an `s` at its end.
pub(crate) fn many<N: Display + PartialEq + From<u8>>(n: N, one: &str) -> String {
    counted(n, one, &format!("{one}s"))
}

/// So many of something: `1 code is`, `12 codes are`.
pub(crate) fn counted<N: Display + PartialEq + From<u8>>(n: N, one: &str, more: &str) -> String {
    format!("{n} {}", if n == N::from(1) { one } else { more })
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut said, mut at) = (vec![], 0, 0);
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '-')) {
        if let Some(found) = read(word) {
            if said < at {
                pieces.push(Piece::Text(&text[said..at]));
            }
            pieces.push(found);
            said = at + word.len();
        }
        at += word.len();
        // What parts two words may be longer than a byte.
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    if said < text.len() {
        pieces.push(Piece::Text(&text[said..]));
    }
    pieces
}

fn read(word: &str) -> Option<Piece<'_>> {
    if word.len() == 64 && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Some(Piece::Digest(word));
    }
    if word.len() >= 20 && word.contains('T') && word.ends_with('Z') {
        return Timestamp::parse(word).map(Piece::At);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        let said = [many(0, "phone"), many(1_u32, "phone"), many(2_usize, "phone")];
        assert_eq!(said, ["0 phones", "1 phone", "2 phones"]);
    }

    #[test]
    fn instants_and_digests_are_found_wherever_they_stand() {
        let digest = "ab12".repeat(16);
        let at = Timestamp::parse("2026-12-23T22:18:14Z").unwrap_or(Timestamp(0));
        for (text, found) in [
            (String::new(), vec![]),
            ("Nothing of the kind – “Z”.".to_owned(), vec![Piece::Text("Nothing of the kind – “Z”.")]),
            (
                "The gate is open until 2026-12-23T22:18:14Z.".to_owned(),
                vec![Piece::Text("The gate is open until "), Piece::At(at), Piece::Text(".")],
            ),
            (
                format!("plan {digest}, as approver"),
                vec![Piece::Text("plan "), Piece::Digest(&digest), Piece::Text(", as approver")],
            ),
            (format!("é→{digest}"), vec![Piece::Text("é→"), Piece::Digest(&digest)]),
            ("2026-99-99T22:18:14Z".to_owned(), vec![Piece::Text("2026-99-99T22:18:14Z")]),
            (digest[1..].to_owned(), vec![Piece::Text(&digest[1..])]),
        ] {
            assert_eq!(pieces(&text), found, "{text}");
        }
    }
}
