//! Algo speakers, horns and intercoms.

use super::Model;

/// One account each: the one that calls and pages. Those for alerts are not bound.
pub(super) const MODELS: [Model; 7] = [
    Model::desk("8103", 1),
    Model::desk("8180", 1),
    Model::desk("8186", 1),
    Model::desk("8188", 1),
    Model::desk("8189", 1),
    Model::desk("8196", 1),
    Model::desk("8301", 1),
];
