#![doc = include_str!("../README.md")]

pub mod account;
pub mod approval;
pub mod artifact;
pub mod authz;
pub mod change_request;
pub mod code;
pub mod device;
pub mod enrolment;
pub mod exception;
pub mod fence;
pub mod firmware;
pub mod gate;
pub mod group;
pub mod ids;
pub mod ipei;
pub mod layer;
pub mod ledger;
pub mod mac;
pub mod number;
pub mod package;
pub mod plan;
pub mod policy;
pub mod proof;
pub mod resolution;
pub mod revision;
pub mod setting;
pub mod site;
pub mod time;
pub mod vendor;

pub use code::{Code, Finding, Severity};
pub use ipei::Ipei;
pub use mac::Mac;
pub use time::Timestamp;
