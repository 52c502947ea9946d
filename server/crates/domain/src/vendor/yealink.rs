//! Yealink T3x, T4x, T5x, T7x, T8x, and W DECT bases.

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
    "line.#.shared",
    "network.pc_vlan",
    "paging.#.address",
    "paging.#.label",
    "phone.forward_locked",
    "phone.language",
    "phone.pickup_code",
    "phone.unbound_text",
];

/// A base with the handsets that its account's lines ring.
const fn base(name: &'static str, handsets: u8) -> Model {
    Model { lacks: HANDSETS, firmware: "V81", ..Model::base(name, handsets) }
}

/// A manager of several bases; a base that it manages has nothing of its own.
const fn manager(name: &'static str, handsets: u8, firmware: &'static str) -> Model {
    Model { lacks: HANDSETS, firmware, ..Model::base(name, handsets) }
}

/// Before the generation that shows the name of its station.
const fn older(name: &'static str, accounts: u8) -> Model {
    Model { lacks: &["phone.unbound_text"], ..yealink(name, accounts) }
}

/// The newest generation.
const fn v87(name: &'static str, accounts: u8) -> Model {
    Model { firmware: "V87", ..yealink(name, accounts) }
}

pub(super) const MODELS: [Model; 46] = [
    yealink("T30", 1),
    yealink("T30P", 1),
    yealink("T31G", 2),
    yealink("T31P", 2),
    yealink("T31W", 2),
    yealink("T33G", 4),
    yealink("T33P", 4),
    yealink("T34W", 4),
    older("T40G", 3),
    older("T40P", 3),
    older("T41S", 6),
    yealink("T41U", 6),
    older("T42G", 12),
    older("T42S", 12),
    yealink("T42U", 12),
    yealink("T43U", 12),
    yealink("T44U", 12),
    yealink("T44W", 12),
    older("T46G", 16),
    older("T46S", 16),
    yealink("T46U", 16),
    older("T48S", 16),
    yealink("T48U", 16),
    yealink("T53", 12),
    yealink("T53W", 12),
    older("T54S", 16),
    yealink("T54W", 16),
    yealink("T57W", 16),
    older("T58A", 16),
    yealink("T58W", 16),
    v87("T73U", 12),
    v87("T73W", 12),
    v87("T74U", 16),
    v87("T74W", 16),
    v87("T77U", 16),
    v87("T85W", 16),
    v87("T87W", 16),
    v87("T88V", 16),
    v87("T88W", 16),
    base("W52P", 5),
    base("W56P", 5),
    base("W60B", 8),
    base("W70B", 10),
    // Wazo says 20, 30 and 250; of W80 Yealink's own files say 100.
    manager("W75DM", 20, "V85"),
    manager("W80DM", 100, "V83"),
    manager("W90DM", 250, "V85"),
];
