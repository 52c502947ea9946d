//! The use cases from outside, as the doors call them, on every database that the program runs on.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod again;
mod approvals;
mod certificates;
mod corpus;
mod discovery;
mod enrolment;
mod factory;
mod families;
mod firmware;
mod halden;
mod handsets;
mod identity;
mod importing;
mod keep;
mod layers;
mod maker;
mod numbers;
mod people;
mod phone;
mod platform;
mod proof;
mod race;
mod record;
mod secrets;
mod several;
mod slice;
mod stale;
mod uploads;
