//! What must hold for every file name that anybody asks for.

use dialects::{Asked, recognise};

/// Nothing panics; a MAC that is recognised is the one that stands in the name; case does not matter.
pub(crate) fn holds(data: &[u8]) {
    let Ok(name) = std::str::from_utf8(data) else { return };
    let asked = recognise(name);
    assert_eq!(recognise(&name.to_ascii_uppercase()), asked);
    if let Some(Asked::Device { mac, .. }) = asked {
        assert!(name.to_ascii_lowercase().replace([':', '-'], "").starts_with(&mac.bare()));
    }
}
