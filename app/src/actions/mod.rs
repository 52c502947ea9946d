//! Posts of forms, one file per noun, one function per verb: parse, hand over, then redirect or show again.

pub(crate) mod approval;
pub(crate) mod audit;
pub(crate) mod change_request;
pub(crate) mod device;
pub(crate) mod enrolment;
pub(crate) mod exception;
pub(crate) mod firmware;
pub(crate) mod gate;
pub(crate) mod import;
pub(crate) mod layer;
pub(crate) mod number;
pub(crate) mod person;
pub(crate) mod policy;
pub(crate) mod range;
pub(crate) mod root;
pub(crate) mod session;
pub(crate) mod user;
