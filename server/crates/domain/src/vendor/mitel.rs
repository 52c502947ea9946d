//! Mitel and Aastra 6700, 6800 and 6900 with SIP firmware.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
