//! What must hold for every file name that anybody asks for.

use dialects::{Asked, recognise};
use domain::vendor::Vendor;

/// Nothing panics; a MAC that is recognised is one that stands in the name; case does not matter.
pub(crate) fn holds(data: &[u8]) {
    let Ok(name) = std::str::from_utf8(data) else { return };
    let plain = name.to_ascii_lowercase().replace([':', '-'], "");
    for hint in std::iter::once(None).chain(Vendor::ALL.into_iter().map(Some)) {
        let asked = recognise(name, hint);
        assert_eq!(recognise(&name.to_ascii_uppercase(), hint), asked);
        if let Some(Asked::Device { mac, .. }) = asked {
            assert!(plain.contains(&mac.bare()));
        }
    }
}
