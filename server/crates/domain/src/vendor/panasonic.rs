//! Panasonic KX-HDV and KX-UT.

use super::Model;

/// Lines as Panasonic publishes them.
pub(super) const MODELS: [Model; 12] = [
    Model::desk("KX-HDV100", 1),
    Model::desk("KX-HDV130", 2),
    Model::desk("KX-HDV230", 6),
    Model::desk("KX-HDV330", 12),
    Model::desk("KX-HDV340", 4),
    Model::desk("KX-HDV430", 16),
    Model::desk("KX-UT113", 2),
    Model::desk("KX-UT123", 2),
    Model::desk("KX-UT133", 4),
    Model::desk("KX-UT136", 4),
    Model::desk("KX-UT248", 6),
    Model::desk("KX-UT670", 6),
];
