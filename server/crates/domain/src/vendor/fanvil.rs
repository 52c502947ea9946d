//! Fanvil X and V series, from the firmware that reads `sysConf`.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
