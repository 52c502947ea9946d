//! Snom D desk phones and M DECT bases.

use super::Model;

/// Counts of identities are the vendor's published ones; function keys and settings are written as since firmware 10.
const fn snom(name: &'static str, identities: u8) -> Model {
    Model { firmware: "10.1", ..Model::desk(name, identities) }
}

/// Several bases together have a thousand handsets; those that can be numbered here.
const MOST: u8 = u8::MAX;

const fn base(name: &'static str, handsets: u8) -> Model {
    let lacks = &[
        "firmware.url",
        "keys.#.label",
        "keys.#.line",
        "keys.#.type",
        "keys.#.value",
        "line.#.shared",
        "network.lldp",
        "network.pc_vlan",
        "paging.#.address",
        "phone.dial_plan",
        "phone.pickup_code",
        "provisioning.interval_minutes",
        "sip.backup.host",
        "sip.backup.port",
        "sip.lookup",
        "sip.srtp",
    ];
    Model { lacks, ..Model::base(name, handsets) }
}

pub(super) const MODELS: [Model; 28] = [
    snom("D120", 2),
    snom("D140", 2),
    snom("D150", 2),
    snom("D305", 4),
    snom("D315", 4),
    snom("D335", 12),
    snom("D345", 12),
    snom("D375", 12),
    snom("D385", 12),
    snom("D712", 4),
    snom("D713", 6),
    snom("D715", 4),
    snom("D717", 6),
    snom("D725", 12),
    snom("D735", 12),
    snom("D745", 12),
    snom("D765", 12),
    snom("D785", 12),
    snom("D810", 12),
    snom("D812", 12),
    snom("D815", 12),
    snom("D862", 8),
    snom("D865", 12),
    snom("D892", 12),
    base("M300", 20),
    base("M400", 20),
    base("M700", MOST),
    base("M900", MOST),
];
