//! Htek UC900.

use super::Model;

/// Four accounts are known on each of these; firmware with profiles begins somewhere before this one.
const fn htek(name: &'static str) -> Model {
    Model { firmware: "2.0.4.4", ..Model::desk(name, 4) }
}

pub(super) const MODELS: [Model; 4] = [htek("UC903"), htek("UC923"), htek("UC924"), htek("UC926")];
