#![doc = include_str!("../README.md")]
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

pub mod sample;
mod stores;

pub use stores::{TestStore, stores};
