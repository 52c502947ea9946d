//! Cisco 6800, 7800, 8800 and 9800 with multiplatform firmware.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
