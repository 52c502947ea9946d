//! Pieces of pages, without knowledge of any noun's page. Functions from values to views.

pub(crate) mod badge;
pub(crate) mod check;
pub(crate) mod choose;
pub(crate) mod conversation;
pub(crate) mod decision;
pub(crate) mod diff;
pub(crate) mod facts;
pub(crate) mod field;
pub(crate) mod finding;
pub(crate) mod form;
pub(crate) mod head;
pub(crate) mod id;
pub(crate) mod pager;
pub(crate) mod table;
pub(crate) mod time;

pub(crate) use crate::islands::prose;
