//! Cisco 6800, 7800, 8800 and 9800 with multiplatform firmware.

use super::Model;

/// Counts of lines are the vendor's published ones. Keys are written as since 11.3, the first with paging groups and
/// `Secure_Call_Option`.
const fn mpp(name: &'static str, lines: u8) -> Model {
    Model { firmware: "11.3", ..Model::desk(name, lines) }
}

/// 9800 phones, as documents for other platforms than the vendor's own describe them (help.webex.com, "Configure calling
/// features" of 9800 and 8875): the same elements. Lines are the keys beside the screen (same place, "Key Expansion
/// Module overview"). How keys of their modules are written is not said; versions of PhoneOS are counted anew.
const fn desk_9800(name: &'static str, lines: u8) -> Model {
    Model { lacks: KEYS.split_at(4).0, firmware: "", ..mpp(name, lines) }
}

/// Conference phones and the smallest desk phone have no line keys to programme.
const fn keyless(name: &'static str) -> Model {
    Model { lacks: KEYS, ..mpp(name, 1) }
}

const KEYS: &[&str] = &[
    "expansion.#.keys.#.label",
    "expansion.#.keys.#.line",
    "expansion.#.keys.#.type",
    "expansion.#.keys.#.value",
    "keys.#.label",
    "keys.#.line",
    "keys.#.type",
    "keys.#.value",
];

pub(super) const MODELS: [Model; 21] = [
    mpp("6821", 2),
    mpp("6841", 4),
    mpp("6851", 4),
    mpp("6861", 4),
    mpp("6871", 6),
    keyless("7811"),
    mpp("7821", 2),
    keyless("7832"),
    mpp("7841", 4),
    mpp("7861", 16),
    mpp("8811", 10),
    keyless("8832"),
    mpp("8841", 10),
    mpp("8845", 10),
    mpp("8851", 10),
    mpp("8861", 10),
    mpp("8865", 10),
    desk_9800("9841", 4),
    desk_9800("9851", 6),
    desk_9800("9861", 10),
    desk_9800("9871", 8),
];
