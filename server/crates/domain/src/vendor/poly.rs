//! Poly and Polycom with UCS: VVX, Trio, CCX, Edge E.

use super::Model;

/// What desk phones have and those for conference tables have not.
const DESK: &[&str] = &["keys.#.label", "keys.#.line", "keys.#.type", "keys.#.value", "phone.pickup_code"];

/// Counts of lines are the vendor's published ones; parameters are written as since UCS 4.
const fn poly(name: &'static str, lines: u8) -> Model {
    Model { firmware: "4.0", ..Model::desk(name, lines) }
}

/// A conference phone: one line, no keys.
const fn trio(name: &'static str) -> Model {
    Model { lacks: DESK, ..poly(name, 1) }
}

pub(super) const MODELS: [Model; 33] = [
    poly("VVX 101", 1),
    poly("VVX 150", 2),
    poly("VVX 201", 2),
    poly("VVX 250", 4),
    poly("VVX 300", 6),
    poly("VVX 301", 6),
    poly("VVX 310", 6),
    poly("VVX 311", 6),
    poly("VVX 350", 6),
    poly("VVX 400", 12),
    poly("VVX 401", 12),
    poly("VVX 410", 12),
    poly("VVX 411", 12),
    poly("VVX 450", 12),
    poly("VVX 500", 12),
    poly("VVX 501", 12),
    poly("VVX 600", 16),
    poly("VVX 601", 16),
    poly("VVX 1500", 6),
    trio("Trio 8300"),
    trio("Trio 8500"),
    trio("Trio 8800"),
    trio("Trio C60"),
    poly("CCX 400", 24),
    poly("CCX 500", 24),
    poly("CCX 505", 24),
    poly("CCX 600", 24),
    poly("CCX 700", 24),
    poly("Edge E100", 2),
    poly("Edge E220", 4),
    poly("Edge E300", 8),
    poly("Edge E320", 8),
    poly("Edge E350", 8),
];
