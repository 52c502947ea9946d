//! HMAC-SHA-256 with a purpose, so that one key can serve nonces and decoys without either
//! being able to stand for the other.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A MAC that has taken the purpose in; feed it the message.
///
/// Purposes are constants that end in a NUL, and no purpose is the beginning of another.
pub(super) fn keyed(key: &[u8; 32], purpose: &'static [u8]) -> Hmac<Sha256> {
    // HMAC pads a short key with zeros to the block size. Doing it here makes the
    // constructor infallible.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    Hmac::new((&*block).into()).chain_update(purpose)
}
