//! Pages, one file per noun: load the view, render it. Each handler authorises by calling its use case.

pub(crate) mod audit;
pub(crate) mod change_request;
pub(crate) mod code;
pub(crate) mod decide;
pub(crate) mod device;
pub(crate) mod discovery;
pub(crate) mod draft;
pub(crate) mod enrolment;
pub(crate) mod enrolment_device;
pub(crate) mod enrolment_sheet;
pub(crate) mod error;
pub(crate) mod exception;
pub(crate) mod firmware;
pub(crate) mod gate;
pub(crate) mod import;
pub(crate) mod overview;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod root;
pub(crate) mod serve;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod site;
pub(crate) mod trace;
pub(crate) mod user;
pub(crate) mod vendor;
