//! Fanvil X series, from the firmware that reads `sysConf`. Intercoms, DECT and Wi-Fi phones are not written, nor is
//! the V series, whose keys stand elsewhere.

use super::Model;

/// Counts of lines are the vendor's published ones.
const fn fanvil(name: &'static str, lines: u8) -> Model {
    Model { firmware: "2.2.10", ..Model::desk(name, lines) }
}

/// Nothing public says how function keys count on these.
const fn keyless(name: &'static str, lines: u8) -> Model {
    Model {
        lacks: &["keys.#.label", "keys.#.line", "keys.#.type", "keys.#.value", "phone.pickup_code"],
        ..fanvil(name, lines)
    }
}

pub(super) const MODELS: [Model; 13] = [
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
    fanvil("X4U-V2", 12),
    fanvil("X5U", 16),
    fanvil("X5U-V2", 16),
    fanvil("X6U", 20),
    keyless("X6U-V2", 20),
    fanvil("X7", 20),
    keyless("X7A", 20),
    keyless("X7C", 20),
    fanvil("X210", 20),
    fanvil("X210i", 20),
];
