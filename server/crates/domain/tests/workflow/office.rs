//! A small office: phones with line keys, the requests about them, and the facts that change.

use domain::{
    Timestamp,
    artifact::Digest,
    authority::Authority,
    change_request::{State as RequestState, Workflow},
    ids::UserId,
};
use std::{
    collections::BTreeMap,
    hash::{Hash, Hasher},
};
use uuid::Uuid;

/// A user of the console.
pub(crate) type User = u8;
/// Two administrators; the first is an approver as well, for what CY requests.
pub(crate) const ANN: User = 1;
pub(crate) const BOB: User = 2;
/// The approver, who is able to request as well.
pub(crate) const CY: User = 3;

pub(crate) fn user(user: User) -> UserId {
    UserId(Uuid::from_u128(user.into()))
}

/// A line key of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) device: u8,
    pub(crate) index: u8,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ask {
    Bind(Key, u8),
    Unbind(Key),
}

impl Ask {
    pub(crate) const fn key(self) -> Key {
        match self {
            Self::Bind(key, _) | Self::Unbind(key) => key,
        }
    }
}

/// A line that stands, and the plan that put it there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Line {
    pub(crate) extension: u8,
    pub(crate) request: usize,
    pub(crate) digest: Digest,
}

/// A server has decided and not yet committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) next: Workflow,
    pub(crate) at: u8,
}

/// A change request and the server that is applying it, if one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) ask: Ask,
    pub(crate) workflow: Workflow,
    pub(crate) attempt: Option<Attempt>,
}

/// Everything but the times at which things were done: no rule looks at them.
impl Hash for Request {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.ask.hash(hasher);
        for workflow in [Some(&self.workflow), self.attempt.as_ref().map(|a| &a.next)].into_iter().flatten() {
            workflow.requester.hash(hasher);
            workflow.state.word().hash(hasher);
            workflow.editors.hash(hasher);
            workflow.approvals().iter().for_each(|a| (a.by, a.digest).hash(hasher));
            workflow.authority().map(Authority::name).hash(hasher);
            match &workflow.state {
                RequestState::Submitted { digest, .. } => digest.hash(hasher),
                RequestState::Rejected { by, .. }
                | RequestState::Withdrawn { by, .. }
                | RequestState::Applied { by, .. } => by.hash(hasher),
                _ => {}
            }
        }
        self.attempt.as_ref().map(|a| a.at).hash(hasher);
    }
}

/// The state of the world.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Office {
    pub(crate) time: u8,
    pub(crate) open_until: u8,
    pub(crate) owner_active: bool,
    pub(crate) lines: BTreeMap<Key, Line>,
    pub(crate) revisions: BTreeMap<u8, u8>,
    pub(crate) requests: Vec<Request>,
    /// Which requests were applied, in order.
    pub(crate) applied: Vec<usize>,
    /// The rule that a step broke.
    pub(crate) broken: Option<&'static str>,
}

impl Office {
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp(self.time.into())
    }

    /// The same facts at the moment at which a server decided.
    pub(crate) fn at(&self, time: u8) -> Self {
        Self { time, ..self.clone() }
    }

    pub(crate) const fn gate_open(&self) -> bool {
        self.time < self.open_until
    }

    /// The lines that the applied requests leave, in the order in which they were applied.
    pub(crate) fn replay(&self) -> BTreeMap<Key, u8> {
        let mut lines = BTreeMap::new();
        for request in &self.applied {
            match self.requests[*request].ask {
                Ask::Bind(key, extension) => lines.insert(key, extension),
                Ask::Unbind(key) => lines.remove(&key),
            };
        }
        lines
    }
}
