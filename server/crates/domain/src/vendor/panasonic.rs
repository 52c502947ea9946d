//! Panasonic KX-HDV and KX-UT.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
