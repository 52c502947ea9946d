//! Mitel and Aastra 6700, 6800 and 6900 with SIP firmware.

use super::Model;

/// Lines that the guides describe for every model with line keys; several have keys for more.
const LINES: u8 = 9;

pub(super) const MODELS: [Model; 21] = [
    Model::desk("6730i", 6),
    Model::desk("6731i", 6),
    Model::desk("6735i", LINES),
    Model::desk("6737i", LINES),
    Model::desk("6739i", LINES),
    Model::desk("6753i", LINES),
    Model::desk("6755i", LINES),
    Model::desk("6757i", LINES),
    Model::desk("6863i", 2),
    Model::desk("6865i", LINES),
    Model::desk("6867i", LINES),
    Model::desk("6869i", LINES),
    Model::desk("6873i", LINES),
    Model::desk("6905", 2),
    Model::desk("6910", 2),
    Model::desk("6915", LINES),
    Model::desk("6920", LINES),
    Model::desk("6930", LINES),
    Model::desk("6940", LINES),
    Model::desk("6970", LINES),
    Model::desk("9143i", LINES),
];
