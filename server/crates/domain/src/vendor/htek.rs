//! Htek UC900.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
