//! Grandstream GXP and GRP phones, HT adapters.

use super::Model;

const FXS: &[&str] = &["fxs.#.caller_id", "fxs.#.t38"];
/// What an adapter has no use for.
const DESK: &[&str] = &[
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
    "fxs.#.caller_id",
    "fxs.#.t38",
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
    Model { lacks: FXS, firmware, ..Model::desk(name, accounts) }
}

const fn larger(name: &'static str, ports: u8) -> Model {
    Model { lacks: PROFILE, firmware: "1.0.63.3", ..Model::adapter(name, ports) }
}

const fn adapter(name: &'static str, ports: u8) -> Model {
    Model { lacks: DESK, firmware: "1.0.10.6", ..Model::adapter(name, ports) }
}

pub(super) const MODELS: [Model; 15] = [
    phone("GRP2612", 2, "1.0.5.15"),
    phone("GRP2612W", 2, "1.0.5.15"),
    phone("GRP2613", 3, "1.0.5.15"),
    phone("GRP2614", 4, "1.0.5.15"),
    phone("GRP2615", 5, "1.0.5.15"),
    phone("GRP2616", 6, "1.0.5.15"),
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
