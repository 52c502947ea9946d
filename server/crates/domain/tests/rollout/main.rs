//! Rollouts: what a step does as a table, and what no sequence of steps ever does.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod properties;
mod table;
mod virtual_phones;
