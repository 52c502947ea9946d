//! What the configuration file limits on this node.

use domain::time::DAY;

/// Limits of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Microseconds for which a former owner's files are kept once they are put away.
    pub put_away: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { put_away: 90 * DAY }
    }
}
