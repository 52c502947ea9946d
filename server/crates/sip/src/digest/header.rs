//! The grammar that both headers share: `Digest name=value, name="value"`.
//!
//! Tolerant where phones are sloppy (case, white space, folded lines, empty list elements, a
//! token quoted or not) and strict where sloppiness is an attack (repeated parameters, controls,
//! length). Errors carry no text of the header.

use std::borrow::Cow;

/// Longer headers are refused unread. Real ones have 250 to 600 bytes.
pub const MAX_HEADER_BYTES: usize = 4096;

/// RFC 7616 knows 13. The limit keeps the search for repeated names cheap.
const MAX_PARAMETERS: usize = 32;

/// Why a header could not be read. Never quotes the header.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseError {
    /// More than [`MAX_HEADER_BYTES`].
    #[error("the header is longer than {MAX_HEADER_BYTES} bytes")]
    TooLong,
    /// Not UTF-8, or with control characters.
    #[error("the header is not text")]
    NotText,
    /// Another scheme, for example `Basic`.
    #[error("the scheme is not `Digest`")]
    Scheme,
    /// Not `name=value, name="value"`.
    #[error("the parameters are malformed")]
    Syntax,
    /// More parameters than any client has reason to send.
    #[error("the header has more than {MAX_PARAMETERS} parameters")]
    TooMany,
    /// A parameter stands there twice, or `username` along with `username*`.
    #[error("a parameter is repeated")]
    Repeated,
    /// A required parameter is absent.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A parameter does not have its form.
    #[error("`{0}` is malformed")]
    Malformed(&'static str),
    /// A challenge asks for something that we do not speak.
    #[error("`{0}` asks for something unsupported")]
    Unsupported(&'static str),
}

/// The parameters of one header, names unique without regard to case. A value is borrowed unless something in it is
/// escaped.
pub(super) struct Parameters<'a>(Vec<(&'a str, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    pub(super) fn parse(header: &'a [u8]) -> Result<Self, ParseError> {
        if header.len() > MAX_HEADER_BYTES {
            return Err(ParseError::TooLong);
        }
        let text = str::from_utf8(header).map_err(|_| ParseError::NotText)?;
        if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n')) {
            return Err(ParseError::NotText);
        }

        let mut cursor = Cursor(text);
        cursor.skip_space();
        let scheme = cursor.token().map_err(|_| ParseError::Scheme)?;
        if !scheme.eq_ignore_ascii_case("Digest") || !(cursor.skip_space() || cursor.is_at_end()) {
            return Err(ParseError::Scheme);
        }

        // As many as a client sends.
        let mut found = Self(Vec::with_capacity(12));
        while !cursor.is_at_end() {
            if !cursor.eat(',') {
                let (name, value) = cursor.parameter()?;
                if found.get(name).is_some() {
                    return Err(ParseError::Repeated);
                }
                if found.0.len() == MAX_PARAMETERS {
                    return Err(ParseError::TooMany);
                }
                found.0.push((name, value));
                cursor.skip_space();
                if !(cursor.eat(',') || cursor.is_at_end()) {
                    return Err(ParseError::Syntax);
                }
            }
            cursor.skip_space();
        }
        Ok(found)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    pub(super) fn required(&self, name: &'static str) -> Result<&str, ParseError> {
        self.get(name).ok_or(ParseError::Missing(name))
    }
}

/// Writes a quoted-string. A control character becomes `?`: the other side will then refuse the
/// header, which is better than its seeing a second one.
pub(super) fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(if c.is_control() { '?' } else { c });
    }
    text.push('"');
    text
}

struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn eat(&mut self, c: char) -> bool {
        self.0.strip_prefix(c).inspect(|rest| self.0 = rest).is_some()
    }

    /// Spaces, tabs, and the line folds of SIP. Tells whether there were any.
    fn skip_space(&mut self) -> bool {
        let before = self.0.len();
        loop {
            self.0 = self.0.trim_start_matches([' ', '\t']);
            match self.0.strip_prefix("\r\n") {
                Some(folded) if folded.starts_with([' ', '\t']) => self.0 = folded,
                _ => return self.0.len() < before,
            }
        }
    }

    fn parameter(&mut self) -> Result<(&'a str, Cow<'a, str>), ParseError> {
        let name = self.token()?;
        self.skip_space();
        if !self.eat('=') {
            return Err(ParseError::Syntax);
        }
        self.skip_space();
        let value = if self.eat('"') { self.rest_of_quoted()? } else { Cow::Borrowed(self.token()?) };
        Ok((name, value))
    }

    fn token(&mut self) -> Result<&'a str, ParseError> {
        let end = self.0.find(|c| !is_token_char(c)).unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at(end);
        self.0 = rest;
        if token.is_empty() { Err(ParseError::Syntax) } else { Ok(token) }
    }

    fn rest_of_quoted(&mut self) -> Result<Cow<'a, str>, ParseError> {
        let plain = self.0.find(['"', '\\', '\r', '\n']).ok_or(ParseError::Syntax)?;
        let (value, rest) = self.0.split_at(plain);
        if let Some(rest) = rest.strip_prefix('"') {
            self.0 = rest;
            return Ok(Cow::Borrowed(value));
        }
        let mut value = value.to_owned();
        self.0 = rest;
        let mut chars = self.0.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => {
                    self.0 = chars.as_str();
                    return Ok(Cow::Owned(value));
                }
                '\\' => value.push(chars.next().filter(|c| !c.is_control()).ok_or(ParseError::Syntax)?),
                '\r' | '\n' => return Err(ParseError::Syntax),
                _ => value.push(c),
            }
        }
        Err(ParseError::Syntax)
    }
}

/// `tchar` of RFC 9110.
fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}
