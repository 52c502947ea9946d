//! Grandstream GXP and GRP phones, HT adapters.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
