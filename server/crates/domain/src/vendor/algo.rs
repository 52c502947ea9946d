//! Algo speakers, horns and intercoms.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
