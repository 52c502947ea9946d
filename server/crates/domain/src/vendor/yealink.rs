//! Yealink T3x, T4x, T5x, and W DECT bases.

use super::Model;

/// Counts of accounts are the vendor's published ones; keys are written as since V81.
const fn yealink(name: &'static str, accounts: u8) -> Model {
    Model { firmware: "V81", ..Model::desk(name, accounts) }
}

/// What is not known of a base, or is a matter of each handset.
const HANDSETS: &[&str] = &[
    "expansion.#.keys.#.label",
    "expansion.#.keys.#.line",
    "expansion.#.keys.#.type",
    "expansion.#.keys.#.value",
    "keys.#.label",
    "keys.#.line",
    "keys.#.type",
    "keys.#.value",
    "network.pc_vlan",
    "paging.#.address",
    "paging.#.label",
    "phone.forward_locked",
    "phone.language",
    "phone.pickup_code",
];

/// A base with the handsets that its account's lines ring.
const fn base(name: &'static str, handsets: u8) -> Model {
    Model { lacks: HANDSETS, firmware: "V81", ..Model::base(name, handsets) }
}

pub(super) const MODELS: [Model; 29] = [
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
    base("W52P", 5),
    base("W56P", 5),
    base("W60B", 8),
    base("W70B", 10),
];
