//! Yealink T3x, T4x, T5x.

use super::Model;

/// Counts of accounts are the vendor's published ones; keys are written as since V81.
const fn yealink(name: &'static str, accounts: u8) -> Model {
    Model { firmware: "V81", ..Model::desk(name, accounts) }
}

pub(super) const MODELS: [Model; 25] = [
    yealink("T31G", 2),
    yealink("T31P", 2),
    yealink("T31W", 2),
    yealink("T33G", 4),
    yealink("T34W", 4),
    yealink("T40G", 3),
    yealink("T40P", 3),
    yealink("T41S", 6),
    yealink("T41U", 6),
    yealink("T42G", 12),
    yealink("T42S", 12),
    yealink("T42U", 12),
    yealink("T43U", 12),
    yealink("T44U", 12),
    yealink("T44W", 12),
    yealink("T46G", 16),
    yealink("T46S", 16),
    yealink("T46U", 16),
    yealink("T48S", 16),
    yealink("T48U", 16),
    yealink("T53", 12),
    yealink("T53W", 12),
    yealink("T54W", 16),
    yealink("T57W", 16),
    yealink("T58W", 16),
];
