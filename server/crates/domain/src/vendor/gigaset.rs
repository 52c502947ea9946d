//! Gigaset N DECT bases and Maxwell desk phones.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
