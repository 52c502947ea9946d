//! What most families' keys of a line say, whatever they are called.

use crate::{
    entries::Content,
    lines::{Line, Registrar},
};

pub(crate) fn extension(line: &Line, _: &Registrar) -> Content {
    line.extension.clone().into()
}

pub(crate) fn password(line: &Line, _: &Registrar) -> Content {
    Content::Secret(line.password)
}

pub(crate) fn auth_user(line: &Line, _: &Registrar) -> Content {
    line.auth_user.as_ref().unwrap_or(&line.extension).clone().into()
}

pub(crate) fn display_name(line: &Line, _: &Registrar) -> Content {
    line.display_name.as_ref().unwrap_or(&line.extension).clone().into()
}

pub(crate) fn label(line: &Line, _: &Registrar) -> Content {
    line.label.as_ref().or(line.display_name.as_ref()).unwrap_or(&line.extension).clone().into()
}

/// A text, or nothing.
pub(crate) fn text(value: Option<&String>) -> Content {
    value.map_or(Content::Empty, |text| text.clone().into())
}
