//! Cisco 7800 and 8800 with enterprise SIP firmware; older ones fetch by TFTP alone.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
