//! Grandstream GXP and GRP phones, HT adapters.

use super::Model;

/// Of adapters.
const FXS: [&str; 2] = ["fxs.#.caller_id", "fxs.#.t38"];
/// Of phones that take a module.
const MODULE: [&str; 4] = [
    "expansion.#.keys.#.label",
    "expansion.#.keys.#.line",
    "expansion.#.keys.#.type",
    "expansion.#.keys.#.value",
];
/// What a phone without a module lacks.
const DESK_PHONE: &[&str] = &[MODULE[0], MODULE[1], MODULE[2], MODULE[3], FXS[0], FXS[1]];
/// The same, and nobody knows the numbers of its keys.
const KEYLESS: &[&str] = &[
    MODULE[0],
    MODULE[1],
    MODULE[2],
    MODULE[3],
    FXS[0],
    FXS[1],
    "keys.#.label",
    "keys.#.line",
    "keys.#.type",
    "keys.#.value",
    "line.#.shared",
];
/// What an adapter has no use for.
const DESK: &[&str] = &[
    MODULE[0],
    MODULE[1],
    MODULE[2],
    MODULE[3],
    "keys.#.label",
    "keys.#.line",
    "keys.#.type",
    "keys.#.value",
    "line.#.label",
    "line.#.shared",
    "network.lldp",
    "network.pc_vlan",
    "paging.#.address",
    "paging.#.label",
    "phone.dial_plan",
    "phone.pickup_code",
];

/// What is the same for all ports of a larger adapter, and what nobody knows its number of.
const PROFILE: &[&str] = &[
    MODULE[0],
    MODULE[1],
    MODULE[2],
    MODULE[3],
    FXS[0],
    FXS[1],
    "keys.#.label",
    "keys.#.line",
    "keys.#.type",
    "keys.#.value",
    "line.#.label",
    "line.#.shared",
    "network.lldp",
    "network.pc_vlan",
    "paging.#.address",
    "paging.#.label",
    "phone.dial_plan",
    "phone.pickup_code",
    "sip.domain",
    "sip.outbound_proxy.host",
    "sip.outbound_proxy.port",
];

/// Counts of accounts are the vendor's published ones; the firmware is the oldest whose settings are known to have
/// names.
const fn phone(name: &'static str, accounts: u8, firmware: &'static str) -> Model {
    Model { lacks: DESK_PHONE, firmware, ..Model::desk(name, accounts) }
}

/// One with a module, of which the templates of this firmware speak.
const fn with_module(name: &'static str, accounts: u8) -> Model {
    Model { lacks: &FXS, ..phone(name, accounts, "1.0.9.103") }
}

/// Where a phone has fewer line keys than accounts, as many as it has keys.
const fn keyless(name: &'static str, accounts: u8) -> Model {
    Model { lacks: KEYLESS, ..phone(name, accounts, "1.0.7.66") }
}

const fn larger(name: &'static str, ports: u8) -> Model {
    Model { lacks: PROFILE, firmware: "1.0.63.3", ..Model::adapter(name, ports) }
}

const fn adapter(name: &'static str, ports: u8) -> Model {
    Model { lacks: DESK, firmware: "1.0.10.6", ..Model::adapter(name, ports) }
}

pub(super) const MODELS: [Model; 40] = [
    keyless("GRP2601", 2),
    keyless("GRP2601P", 2),
    keyless("GRP2601W", 2),
    keyless("GRP2602", 2),
    keyless("GRP2602G", 2),
    keyless("GRP2602P", 2),
    keyless("GRP2602W", 2),
    keyless("GRP2603", 3),
    keyless("GRP2603P", 3),
    keyless("GRP2604", 3),
    keyless("GRP2604P", 3),
    phone("GRP2612", 2, "1.0.5.15"),
    phone("GRP2612W", 2, "1.0.5.15"),
    phone("GRP2613", 3, "1.0.5.15"),
    phone("GRP2614", 4, "1.0.5.15"),
    Model { lacks: &FXS, ..phone("GRP2615", 5, "1.0.5.15") },
    phone("GRP2616", 6, "1.0.5.15"),
    with_module("GRP2624", 12),
    phone("GRP2634", 12, "1.0.9.103"),
    phone("GRP2636", 16, "1.0.9.103"),
    with_module("GRP2650", 16),
    with_module("GRP2670", 16),
    phone("GXP1610", 1, "1.0.4.33"),
    phone("GXP1615", 1, "1.0.4.33"),
    phone("GXP1620", 2, "1.0.4.33"),
    phone("GXP1625", 2, "1.0.4.33"),
    phone("GXP1628", 2, "1.0.4.33"),
    phone("GXP1630", 3, "1.0.4.33"),
    phone("GXP1760", 3, "1.0.1.8"),
    phone("GXP1780", 4, "1.0.1.8"),
    phone("GXP1782", 4, "1.0.1.8"),
    phone("GXP2130", 3, "1.0.11.85"),
    phone("GXP2135", 4, "1.0.11.79"),
    phone("GXP2140", 4, "1.0.11.85"),
    phone("GXP2160", 6, "1.0.11.85"),
    phone("GXP2170", 12, "1.0.11.85"),
    adapter("HT801", 1),
    adapter("HT802", 2),
    larger("HT814", 4),
    larger("HT818", 8),
];
