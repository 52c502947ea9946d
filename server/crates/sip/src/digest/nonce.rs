//! Stateless nonces: base64url of `bucket (8 bytes) || salt (8 bytes, or none) || HMAC-SHA-256 (first 16 bytes)`.
//!
//! With a salt no two challenges have the same nonce. A phone that counts from 1 and makes the same `cnonce` each time
//! then never gives the same answer twice, unless it sends an old one again.
//!
//! A nonce is bound to the key and the realm, not to an algorithm. RFC 7616 (section 3.9.1) puts
//! the same nonce into both challenges, a binding would not stop anyone from striking the stronger
//! challenge out, and some phones answer the first challenge with the nonce of the last.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::keyed::keyed;

/// The issue time of a nonce is rounded down to a multiple of this.
///
/// Without a salt, requests in one bucket get byte-identical challenges. With or without, nothing in a
/// challenge depends on who is asked for: that keeps an unproven requester from telling two answers apart.
pub const BUCKET_SECONDS: u64 = 30;

/// How long a nonce can be used, counted from the start of its bucket.
///
/// Long enough for a phone that fetches a dozen files in one boot over a slow link; short enough
/// that a recorded answer is soon worthless. A phone has at least this less [`BUCKET_SECONDS`].
pub const LIFETIME_SECONDS: u64 = 300;

/// A nonce may be this many buckets ahead of us: nodes behind a load balancer share the key,
/// not the clock.
const BUCKETS_AHEAD: u64 = 1;

/// 128 bits: forging is guessing online.
const TAG_BYTES: usize = 16;

/// Makes a nonce unlike any other.
pub type Salt = [u8; 8];

const PURPOSE: &[u8] = b"ringfence digest nonce 1\0";
const PURPOSE_SALTED: &[u8] = b"ringfence digest nonce 1, salted\0";

/// The age of a nonce that is ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Age {
    Fresh,
    Expired,
}

pub(super) fn mint(key: &[u8; 32], realm: &str, now_seconds: u64, salt: Option<Salt>) -> String {
    let bucket = (now_seconds / BUCKET_SECONDS).to_be_bytes();
    let salt = salt.as_ref().map_or(&[][..], |salt| salt);
    let tag = tagged(key, realm, bucket, salt).finalize().into_bytes();
    URL_SAFE_NO_PAD.encode([&bucket, salt, &tag[..TAG_BYTES]].concat())
}

fn tagged(key: &[u8; 32], realm: &str, bucket: [u8; 8], salt: &[u8]) -> Hmac<Sha256> {
    let purpose = if salt.is_empty() { PURPOSE } else { PURPOSE_SALTED };
    keyed(key, purpose).chain_update(bucket).chain_update(salt).chain_update(realm)
}

/// `None` if we did not issue it, or would have to have issued it in the future.
pub(super) fn age(key: &[u8; 32], realm: &str, nonce: &str, now_seconds: u64) -> Option<Age> {
    let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
    let (bucket, tag) = bytes.split_first_chunk::<8>()?;
    let (salt, tag) = tag.split_at_checked(tag.len().checked_sub(TAG_BYTES)?)?;
    if !salt.is_empty() && salt.len() != size_of::<Salt>() {
        return None;
    }
    tagged(key, realm, *bucket, salt).verify_truncated_left(tag).ok()?;

    let bucket = u64::from_be_bytes(*bucket);
    if bucket > (now_seconds / BUCKET_SECONDS).saturating_add(BUCKETS_AHEAD) {
        return None;
    }
    let issued = bucket.saturating_mul(BUCKET_SECONDS);
    if now_seconds < issued.saturating_add(LIFETIME_SECONDS) { Some(Age::Fresh) } else { Some(Age::Expired) }
}
