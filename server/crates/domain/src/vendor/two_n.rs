//! 2N intercoms.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
