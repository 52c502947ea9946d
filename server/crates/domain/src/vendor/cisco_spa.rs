//! Cisco SPA phones and adapters, ATA 191 and 192.

use super::Model;

const FXS: [&str; 2] = ["fxs.#.caller_id", "fxs.#.t38"];

/// Counts of lines are the vendor's published ones.
const fn phone(name: &'static str, lines: u8) -> Model {
    Model { lacks: &FXS, firmware: "7.4.4", ..Model::desk(name, lines) }
}

/// Without line keys that could be programmed.
const fn keyless(name: &'static str) -> Model {
    let lacks = &[FXS[0], FXS[1], "keys.#.label", "keys.#.line", "keys.#.type", "keys.#.value"];
    Model { lacks, ..phone(name, 1) }
}

/// Its clock is a router's, with codes of its own for time zones. It shows neither a label nor a language: those mean
/// nothing to it.
const fn adapter(name: &'static str, firmware: &'static str) -> Model {
    let lacks = &[
        "expansion.#.keys.#.label",
        "expansion.#.keys.#.line",
        "expansion.#.keys.#.type",
        "expansion.#.keys.#.value",
        "keys.#.label",
        "keys.#.line",
        "keys.#.type",
        "keys.#.value",
        "line.#.shared",
        "network.lldp",
        "network.pc_vlan",
        "paging.#.address",
        "paging.#.label",
        "phone.pickup_code",
        "phone.timezone",
        "sip.backup.host",
        "sip.backup.port",
        "sip.srtp",
    ];
    Model { lacks, firmware, ..Model::adapter(name, 2) }
}

pub(super) const MODELS: [Model; 15] = [
    adapter("ATA191", "11.1"),
    adapter("ATA192", "11.1"),
    adapter("SPA112", "1.3.5"),
    adapter("SPA122", "1.3.5"),
    keyless("SPA301"),
    phone("SPA303", 3),
    phone("SPA501G", 8),
    keyless("SPA502G"),
    phone("SPA504G", 4),
    phone("SPA508G", 8),
    phone("SPA509G", 12),
    keyless("SPA512G"),
    phone("SPA514G", 4),
    phone("SPA525G", 5),
    phone("SPA525G2", 5),
];
