//! What the pages about feeds show.

use domain::{
    Finding, Timestamp,
    feed::{Changes, Limit, Raise, State},
    package::RowFinding,
};
use storage::feed::Feed;

/// A feed in the list.
#[derive(Clone, Debug)]
pub struct FeedRow {
    /// The number that people see.
    pub number: i64,
    /// The file's name.
    pub file: String,
    /// When the directory said so.
    pub as_of: Timestamp,
    /// Who brought it.
    pub staged_by: String,
    /// When.
    pub staged_at: Timestamp,
    /// Where it is.
    pub state: State,
}

impl From<Feed> for FeedRow {
    fn from(feed: Feed) -> Self {
        Self {
            number: feed.number,
            file: feed.file,
            as_of: feed.as_of,
            staged_by: feed.staged_by.1,
            staged_at: feed.staged_at,
            state: feed.state,
        }
    }
}

/// The page of all feeds.
#[derive(Clone, Debug)]
pub struct FeedsView {
    /// The newest first.
    pub rows: Vec<FeedRow>,
    /// How many accounts one may end.
    pub limit: Limit,
    /// A higher limit that waits for somebody else.
    pub raise: Option<Raise>,
    /// The number of the last one that was applied, and when the directory said so.
    pub last: Option<(i64, Timestamp)>,
}

/// One feed.
#[derive(Clone, Debug)]
pub struct FeedView {
    /// The feed.
    pub row: FeedRow,
    /// Whether who looks brought it.
    pub own: bool,
    /// Why it is too much at once, if it is.
    pub held: Option<Finding>,
    /// What it would change now; `None` when it is over.
    pub changes: Option<Changes>,
    /// What is wrong with its rows.
    pub findings: Vec<RowFinding>,
}
