//! Cisco 7800 and 8800 with enterprise SIP firmware, and older ones that fetch by TFTP alone.

use super::{Fetch, Model};

/// By TFTP anybody may ask for anything: it is named here so that it is refused for this reason.
const fn tftp(name: &'static str, lines: u8) -> Model {
    Model { fetch: Fetch::TftpOnly, ..Model::desk(name, lines) }
}

/// By HTTP on port 6970, in the clear. By HTTPS on 6971 only to a server whose certificate a signed trust list names, and
/// where that fails by HTTP and TFTP again (usecallmanager.nz, "HTTP Provisioning"). They answer no challenge, and no
/// document says that they present their factory certificate there.
const fn unproven(name: &'static str, lines: u8) -> Model {
    Model { fetch: Fetch::Unproven, ..Model::desk(name, lines) }
}

/// Line keys as Cisco publishes them.
pub(super) const MODELS: [Model; 22] = [
    unproven("7811", 1),
    unproven("7821", 2),
    unproven("7841", 4),
    unproven("7861", 16),
    unproven("8811", 5),
    unproven("8841", 5),
    unproven("8845", 5),
    unproven("8851", 5),
    unproven("8861", 5),
    unproven("8865", 5),
    tftp("7906G", 1),
    tftp("7911G", 1),
    tftp("7940G", 2),
    tftp("7941G", 2),
    tftp("7942G", 2),
    tftp("7945G", 2),
    tftp("7960G", 6),
    tftp("7961G", 6),
    tftp("7962G", 6),
    tftp("7965G", 6),
    tftp("7970G", 8),
    tftp("7975G", 8),
];
