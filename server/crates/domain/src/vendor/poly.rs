//! Poly and Polycom with UCS: VVX, Trio, CCX, Edge E.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
