//! Fanvil X and V series and i intercoms, from the firmware that reads `sysConf`. DECT and Wi-Fi phones are not written.

use super::Model;

/// Counts of lines are the vendor's published ones.
const fn fanvil(name: &'static str, lines: u8) -> Model {
    Model { firmware: "2.2.10", ..Model::desk(name, lines) }
}

/// Nothing public says how function keys count on these, or sources contradict each other.
const fn keyless(name: &'static str, lines: u8) -> Model {
    Model {
        lacks: &["keys.#.label", "keys.#.line", "keys.#.type", "keys.#.value", "phone.pickup_code"],
        ..fanvil(name, lines)
    }
}

/// The V series, since the firmware that its models share.
const fn v(name: &'static str, lines: u8) -> Model {
    Model { firmware: "2.12.20", ..keyless(name, lines) }
}

/// An intercom: no screen that would have a language or a text.
const fn intercom(name: &'static str, lines: u8) -> Model {
    Model { lacks: &["phone.language", "phone.unbound_text"], firmware: "2.12.44", ..fanvil(name, lines) }
}

pub(super) const MODELS: [Model; 45] = [
    keyless("X3U", 6),
    // It registers only with the same user in both places.
    Model {
        lacks: &[
            "keys.#.label",
            "keys.#.line",
            "keys.#.type",
            "keys.#.value",
            "line.#.auth_user",
            "phone.pickup_code",
        ],
        ..fanvil("X3U-Pro", 6)
    },
    fanvil("X4U", 12),
    fanvil("X4U-Pro", 12),
    fanvil("X4U-V2", 12),
    fanvil("X5U", 16),
    fanvil("X5U-Pro", 16),
    fanvil("X5U-V2", 16),
    fanvil("X6U", 20),
    keyless("X6U-Pro", 20),
    keyless("X6U-V2", 20),
    fanvil("X7", 20),
    keyless("X7-Pro", 20),
    keyless("X7A", 20),
    keyless("X7C", 20),
    keyless("X7C-Pro", 20),
    fanvil("X210", 20),
    fanvil("X210-Pro", 20),
    fanvil("X210-V2", 20),
    fanvil("X210i", 20),
    fanvil("X210i-Pro", 20),
    v("V61G", 4),
    v("V61W", 4),
    v("V62", 6),
    v("V62-Pro", 12),
    v("V62G", 12),
    v("V62W", 12),
    v("V63", 6),
    v("V64", 12),
    v("V65", 20),
    v("V66", 20),
    v("V66-Pro", 20),
    v("V67", 20),
    intercom("i10S", 2),
    intercom("i10SD", 2),
    intercom("i10SV", 2),
    intercom("i16S", 2),
    intercom("i16SV", 2),
    intercom("i51W", 4),
    intercom("i52W", 4),
    intercom("i53W", 6),
    intercom("i61", 2),
    intercom("i62", 2),
    intercom("i63", 2),
    intercom("i64", 2),
];
