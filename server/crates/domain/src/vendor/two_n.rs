//! 2N intercoms.

use super::Model;

/// Accounts that configurations in use have.
pub(super) const MODELS: [Model; 2] = [Model::desk("IP Solo", 4), Model::desk("IP Style", 4)];
