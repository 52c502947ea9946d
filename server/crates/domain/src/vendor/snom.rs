//! Snom D desk phones and M DECT bases.

use super::Model;

/// Counts of identities are the vendor's published ones; function keys and settings are written as since firmware 10.
const fn snom(name: &'static str, identities: u8) -> Model {
    Model { firmware: "10.1", ..Model::desk(name, identities) }
}

/// Of the bases with more handsets no single count was found; they are left out.
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
        "phone.pickup_code",
        "provisioning.interval_minutes",
        "sip.srtp",
    ];
    Model { lacks, ..Model::base(name, handsets) }
}

pub(super) const MODELS: [Model; 19] = [
    snom("D120", 2),
    snom("D305", 4),
    snom("D315", 4),
    snom("D335", 12),
    snom("D345", 12),
    snom("D375", 12),
    snom("D385", 12),
    snom("D712", 4),
    snom("D715", 4),
    snom("D717", 6),
    snom("D725", 12),
    snom("D735", 12),
    snom("D745", 12),
    snom("D765", 12),
    snom("D785", 12),
    snom("D862", 12),
    snom("D865", 12),
    base("M300", 20),
    base("M400", 20),
];
