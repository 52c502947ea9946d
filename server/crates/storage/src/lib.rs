#![doc = include_str!("../README.md")]

pub mod advance;
pub mod approval;
mod args;
pub mod authority;
pub mod change_request;
mod db;
pub mod device;
pub mod device_root;
pub mod drift;
pub mod enrolment;
mod error;
pub mod exception;
pub mod feed;
pub mod firmware;
pub mod fleet;
pub mod freeze;
pub mod gate;
pub mod hunt_group;
pub mod import;
pub mod label;
pub mod layer;
pub mod layer_change;
pub mod ledger;
pub mod line;
mod many;
pub mod number;
pub mod outbox;
pub mod person;
pub mod policy;
pub mod profile;
pub mod registration;
pub mod replacement;
pub mod revision;
pub mod rollout;
pub mod schedule;
pub mod secret;
pub mod session;
pub mod site;
pub mod site_opening;
pub mod site_package;
pub mod upload;
pub mod user;

pub use db::{Store, Tx};
pub use error::Error;

/// Every statement of the crate, for the test that prepares them on both databases.
pub fn every_statement() -> Vec<(&'static str, &'static str)> {
    [
        advance::STATEMENTS,
        approval::STATEMENTS,
        authority::STATEMENTS,
        change_request::STATEMENTS,
        change_request::ABOUT_STATEMENTS,
        change_request::ITEM_STATEMENTS,
        change_request::NAMED_STATEMENTS,
        device::STATEMENTS,
        exception::STATEMENTS,
        device_root::STATEMENTS,
        drift::STATEMENTS,
        enrolment::STATEMENTS,
        feed::STATEMENTS,
        firmware::STATEMENTS,
        fleet::STATEMENTS,
        freeze::STATEMENTS,
        gate::STATEMENTS,
        hunt_group::STATEMENTS,
        import::STATEMENTS,
        label::STATEMENTS,
        layer::STATEMENTS,
        layer_change::STATEMENTS,
        ledger::STATEMENTS,
        line::STATEMENTS,
        number::STATEMENTS,
        outbox::STATEMENTS,
        person::STATEMENTS,
        policy::STATEMENTS,
        profile::STATEMENTS,
        registration::STATEMENTS,
        replacement::STATEMENTS,
        revision::STATEMENTS,
        rollout::STATEMENTS,
        schedule::STATEMENTS,
        secret::STATEMENTS,
        session::STATEMENTS,
        site::STATEMENTS,
        site_opening::STATEMENTS,
        site_package::STATEMENTS,
        upload::STATEMENTS,
        user::STATEMENTS,
    ]
    .concat()
}

/// Names each statement once; the list of all is made with it, so none can be forgotten.
macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        $(const $name: &str = $sql;)*
        pub(crate) const STATEMENTS: &[(&str, &str)] = &[$((concat!(module_path!(), "::", stringify!($name)), $name),)*];
    };
}
pub(crate) use statements;
