//! Cisco SPA phones and adapters, ATA 191 and 192.

use super::Model;

pub(super) const MODELS: [Model; 0] = [];
