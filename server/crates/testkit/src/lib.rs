#![doc = include_str!("../README.md")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

pub mod handset;
#[cfg(feature = "stores")]
pub mod sample;
#[cfg(feature = "stores")]
mod stores;
#[cfg(feature = "stores")]
mod subscribers;

#[cfg(feature = "stores")]
pub use stores::{TestStore, stores};
#[cfg(feature = "stores")]
pub use subscribers::{accepted, create_subscribers, subscribers};
