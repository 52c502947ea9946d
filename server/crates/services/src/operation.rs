//! The context of a use case: who asks, when, and under which request id.

use domain::{Timestamp, authz::Actor, ids::RequestId};

/// First argument of every use case that a person starts.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Who asks.
    pub actor: Actor,
    /// All acts of one click share this id.
    pub request: RequestId,
    /// When, by the clock handed to the server.
    pub now: Timestamp,
}
