//! Digest access authentication, RFC 7616, for HTTP and SIP.
//!
//! The server is [`Challenger`], [`Authorization`] and [`Verdict`]; the client is [`Challenge`],
//! [`choose`] and [`respond`]; both compute with a [`Credential`]. All of it is a function of its
//! arguments.

mod algorithm;
mod authorization;
mod challenge;
mod challenger;
mod credential;
mod header;
mod keyed;
mod nonce;
mod seen;

#[cfg(test)]
mod tests;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use authorization::Authorization;
pub use challenge::{Challenge, choose, respond};
pub use challenger::{Challenger, Order, Reason, Verdict};
pub use credential::{Credential, ha1_md5_hex};
pub use header::{MAX_HEADER_BYTES, ParseError};
pub use nonce::{BUCKET_SECONDS, LIFETIME_SECONDS, Salt};
pub use seen::Seen;
