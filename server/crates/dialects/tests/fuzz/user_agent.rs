//! What must hold for every User-Agent that anybody sends.

use dialects::user_agent;

/// Nothing panics; what is read is short and printable, whatever was sent.
pub(crate) fn holds(data: &[u8]) {
    let read = user_agent(data);
    for text in [read.model, read.firmware].into_iter().flatten() {
        assert!((1..=32).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_graphic()), "{text:?}");
    }
    assert!(read.mac.is_none() || read.vendor.is_some());
}
