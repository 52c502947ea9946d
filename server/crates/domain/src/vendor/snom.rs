//! Snom D desk phones and M DECT bases.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
