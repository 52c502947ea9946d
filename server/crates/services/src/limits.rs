//! What the configuration file limits on this node.

use domain::time::DAY;

/// Bytes of a mebibyte.
pub const MIB: u64 = 1024 * 1024;

/// Limits of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Microseconds for which a former owner's files are kept once they are put away.
    pub put_away: i64,
    /// Bytes of artifacts kept in memory.
    pub artifact_cache: u64,
    /// Bytes of devices kept in memory, by estimate.
    pub device_cache: u64,
    /// Items of a request from a file that are applied in one transaction; what hangs together is never parted.
    pub apply_slice: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Devices: some ten thousand phones that ask within the same ten seconds.
        Self { put_away: 90 * DAY, artifact_cache: 256 * MIB, device_cache: 64 * MIB, apply_slice: 250 }
    }
}
