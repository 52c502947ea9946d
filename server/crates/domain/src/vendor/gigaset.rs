//! Gigaset N DECT bases. The Maxwell desk phones are not here: their keys are others.

use super::Model;

/// Handsets at most, as Gigaset publishes them. The N870's are those of its embedded integrator.
pub(super) const MODELS: [Model; 3] =
    [Model::base("N610 IP PRO", 8), Model::base("N670 IP PRO", 20), Model::base("N870 IP PRO", 250)];
