//! The code that somebody types at a phone's keypad: digits alone, the last of which tells a typo from a guess.

use std::fmt;

/// Digits typed, the check digit included.
pub const DIGITS: usize = 10;
/// Codes that there are: the check digit adds none.
pub const CODES: u64 = 1_000_000_000;

/// Damm's quasigroup of order 10: it finds every single wrong digit and every swap of neighbours, which are what
/// people do at keypads.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// What over all digits, the check digit included, is 0 for a code that was typed right.
fn damm(digits: &str) -> u8 {
    digits
        .bytes()
        .fold(0, |interim, digit| DAMM[usize::from(interim)][usize::from(digit.wrapping_sub(b'0') % 10)])
}

/// Ten digits of which the last is the check digit. It is a secret: it never prints by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedCode(String);

/// Why something is not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misread {
    /// It has not the form of one.
    NotACode,
    /// It has, but the check digit says that one was mistyped. Nothing has to be looked up to know it.
    Typo,
}

impl TypedCode {
    /// The code of a random number. Of 2⁶⁴ numbers no code gets more than one in 10¹⁰ above its share.
    pub fn from_random(number: u64) -> Self {
        let digits = format!("{:09}", number % CODES);
        let check = damm(&digits);
        Self(format!("{digits}{check}"))
    }

    /// Reads what was typed; blanks, hyphens and dots between the digits do not matter.
    pub fn parse(text: &str) -> Result<Self, Misread> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect();
        if digits.len() != DIGITS || !digits.bytes().all(|c| c.is_ascii_digit()) {
            return Err(Misread::NotACode);
        }
        if damm(&digits) == 0 { Ok(Self(digits)) } else { Err(Misread::Typo) }
    }

    /// The digits, as they are typed.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// In groups, as people read it out: `482-913-0576`. A spreadsheet does not take it for a number.
    pub fn grouped(&self) -> String {
        format!("{}-{}-{}", &self.0[..3], &self.0[3..6], &self.0[6..])
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_check_digit_is_damms() {
        // The example of the thesis: 572 has the check digit 4.
        assert_eq!(damm("572"), 4);
        assert_eq!(damm("5724"), 0);
    }

    #[test]
    fn a_code_reads_as_it_was_printed_and_prints_nothing_in_a_log() {
        let code = TypedCode::from_random(7);
        assert_eq!(code.digits().len(), DIGITS);
        for text in [code.digits().to_owned(), code.grouped(), format!(" {} ", code.grouped())] {
            assert_eq!(TypedCode::parse(&text).as_ref(), Ok(&code), "{text}");
        }
        assert!(!format!("{code:?}").contains('7'));
        for text in ["", "123456789", "12345678901", "12345x7890", "１２３４５６７８９０"] {
            assert_eq!(TypedCode::parse(text), Err(Misread::NotACode), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_wrong_digit_and_every_swap_of_neighbours_is_a_typo(
            number in any::<u64>(), at in 0..DIGITS, digit in 0u8..10,
        ) {
            let code = TypedCode::from_random(number);
            let mut wrong = code.digits().to_owned().into_bytes();
            wrong[at] = b'0' + digit;
            let text = String::from_utf8(wrong).unwrap();
            let same = text == code.digits();
            prop_assert_eq!(TypedCode::parse(&text).is_ok(), same);
            let mut swapped = code.digits().to_owned().into_bytes();
            swapped.swap(at, (at + 1).min(DIGITS - 1));
            let text = String::from_utf8(swapped).unwrap();
            let same = text == code.digits();
            prop_assert_eq!(TypedCode::parse(&text).is_ok(), same);
        }

        #[test]
        fn any_text_is_a_code_or_not_without_panic(text in ".{0,30}") {
            let _ = TypedCode::parse(&text);
        }
    }
}
