//! Reasons that people give: an act that needs one is not begun without.

use crate::{Problem, Result};
use domain::Code;

/// The reason without blanks at its ends.
pub(crate) fn given(text: &str) -> Result<&str> {
    match text.trim() {
        "" => Err(Problem::invalid(Code::FieldMissing, "reason")),
        reason => Ok(reason),
    }
}

/// The same, of at most so many bytes and on one line.
pub(crate) fn within(text: &str, bytes: usize) -> Result<&str> {
    let reason = given(text)?;
    if reason.len() > bytes || reason.chars().any(char::is_control) {
        return Err(Problem::invalid(Code::FieldTooLong, "reason"));
    }
    Ok(reason)
}
