//! What must hold for every file that a phone sends.

use dialects::uploads::{kind, parse, winning};

/// The first line is the name, the rest the file. Nothing panics, and no password that stands in the file is shown.
pub(crate) fn holds(data: &[u8]) {
    let (name, bytes) = match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[][..]),
    };
    let Ok(name) = std::str::from_utf8(name) else { return };
    let _ = kind(name);
    let own = parse(name, bytes);
    assert!(winning(&own).len() <= own.len());
}
