//! Everything that can happen in the office, one step at a time, and the rules that no step may break.

use super::office::{ANN, Ask, Attempt, BOB, CY, Key, Line, Office, Request, User, user};
use domain::{
    Finding,
    approval::{Approval, Need, Required},
    artifact::Digest,
    authority::Authority,
    authz::Role,
    change_request::{State as RequestState, Workflow},
    fence::{ApprovalFacts, EndpointServe, Serve, decide},
};
use stateright::Property;
use std::collections::BTreeMap;

/// What the rules of a new installation ask of one phone.
fn one_approver() -> Required {
    Required { needs: [(Role::Approver, Need { count: 1, escalation: None })].into(), ..Required::default() }
}

/// Something that somebody, a server or the clock does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    Draft(User, Ask),
    Submit(usize),
    Approve(usize, User, Digest),
    Reject(usize, User),
    Withdraw(usize),
    /// A server reads the facts and decides; the same request may be tried again and again.
    BeginApply(usize),
    /// The program does the same by a standing request of Bob's that Cy approved.
    BeginStanding(usize),
    CommitApply(usize),
    /// The server loses what it had not committed.
    Crash,
    /// The owner's account is suspended, or active again.
    Account,
    SignOffGate,
    Tick,
}

/// How much of the world is explored.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) keys: Vec<Key>,
    extensions: u8,
    requesters: Vec<User>,
    pub(crate) requests: usize,
    last_tick: u8,
    pub(crate) compare_generations: bool,
    /// Whether a standing request is at work, too.
    pub(crate) standing: bool,
}

impl Model {
    pub(crate) fn small() -> Self {
        Self {
            keys: vec![Key { device: 1, index: 1 }, Key { device: 2, index: 1 }],
            extensions: 1,
            requesters: vec![ANN, CY],
            requests: 2,
            last_tick: 1,
            compare_generations: true,
            standing: true,
        }
    }

    pub(crate) fn wide() -> Self {
        let mut wide =
            Self { extensions: 2, requesters: vec![ANN, BOB, CY], standing: false, ..Self::small() };
        wide.keys.insert(1, Key { device: 1, index: 2 });
        wide
    }

    pub(crate) fn long() -> Self {
        Self { requesters: vec![CY], requests: 3, standing: false, ..Self::small() }
    }

    pub(crate) fn devices(&self) -> impl Iterator<Item = u8> {
        let mut devices: Vec<_> = self.keys.iter().map(|key| key.device).collect();
        devices.dedup();
        devices.into_iter()
    }

    pub(crate) fn serves(&self, office: &Office, serve: Serve) -> bool {
        self.devices().any(|device| decide(&self.facts(office, device, None), office.now()).serve == serve)
    }

    /// One transaction's first half: what may be written, if anything.
    fn begin(&self, office: &Office, request: &Request) -> Option<Workflow> {
        let digest = self.plan(office, request.ask);
        let approval = match request.workflow.approved_digest() {
            None => ApprovalFacts::Missing,
            Some(approved) if approved != digest => ApprovalFacts::Stale,
            Some(_) => ApprovalFacts::Valid,
        };
        let next =
            request.workflow.clone().apply(digest, &one_approver(), &[], user(ANN), office.now()).ok()?;
        let allowed = self.decided(office, request.ask, approval).0 == EndpointServe::Change;
        (allowed || !matches!(next.state, RequestState::Applied { .. })).then_some(next)
    }

    /// The same by a standing request. It makes up for a missing approval and for nothing else.
    fn begin_standing(&self, office: &Office, request: &Request) -> Option<Workflow> {
        let standing = Authority::Standing { advance: 1, approvers: vec![user(CY)] };
        let (findings, _) = standing.lift(self.decided(office, request.ask, ApprovalFacts::Missing).1);
        let digest = self.plan(office, request.ask);
        let next = request.workflow.clone().apply_by(standing, digest, user(BOB), office.now()).ok()?;
        (findings.is_empty() || !matches!(next.state, RequestState::Applied { .. })).then_some(next)
    }

    /// The second half. Whoever read facts that this changes is decided again.
    fn commit(&self, office: &mut Office, index: usize) -> Option<()> {
        let attempt = office.requests[index].attempt.take()?;
        let digest = self.plan(&office.at(attempt.at), office.requests[index].ask);
        let request = &mut office.requests[index];
        request.workflow = attempt.next;
        let ask = request.ask;
        if matches!(request.workflow.state, RequestState::Applied { .. }) {
            match ask {
                Ask::Bind(key, extension) => {
                    office.lines.insert(key, Line { extension, request: index, digest });
                }
                Ask::Unbind(key) => drop(office.lines.remove(&key)),
            }
            *office.revisions.entry(ask.key().device).or_default() += 1;
            office.applied.push(index);
            self.bump(office);
        }
        Some(())
    }

    /// A fact that the fence reads has changed.
    fn bump(&self, office: &mut Office) {
        if self.compare_generations {
            office.requests.iter_mut().for_each(|request| request.attempt = None);
        }
    }

    /// The rules of single steps, from what was and what is.
    fn broken(&self, before: &Office, after: &Office) -> Option<&'static str> {
        let mut applied = None;
        for (index, was) in before.requests.iter().enumerate() {
            let is = &after.requests[index];
            if was.workflow.state.is_final() && was.workflow != is.workflow {
                return Some("a final state was left");
            }
            if was.workflow.requester != is.workflow.requester {
                return Some("a request changed hands");
            }
            if was.workflow != is.workflow && matches!(is.workflow.state, RequestState::Applied { .. }) {
                let agreed = match (&was.workflow.state, is.workflow.authority()) {
                    (RequestState::Submitted { digest, .. }, Some(_)) => Some(*digest),
                    _ => was.workflow.approved_digest(),
                };
                let (Some(approved), Some(attempt)) = (agreed, &was.attempt) else {
                    return Some("applied without approval, or by nobody");
                };
                if approved != self.plan(&before.at(attempt.at), was.ask) {
                    return Some("a stale plan was applied");
                }
                applied = Some((was.ask, attempt.at));
            }
        }
        match applied {
            None if before.lines != after.lines => Some("a line changed by itself"),
            Some((Ask::Bind(key, extension), at)) => {
                let open = at < before.open_until;
                let free = before.lines.values().all(|line| line.extension != extension);
                let allowed = open && free && before.owner_active && !before.lines.contains_key(&key);
                (!allowed).then_some("a bind was applied that no rule allows")
            }
            _ => None,
        }
    }

    /// Does one thing; `None` when it is refused or changes nothing.
    fn act(&self, office: &mut Office, action: Action) -> Option<()> {
        let now = office.now();
        let step = |request: &mut Request, step: &dyn Fn(Workflow) -> Result<Workflow, Finding>| {
            request.workflow = step(request.workflow.clone()).ok()?;
            request.attempt = None;
            Some(())
        };
        match action {
            Action::Draft(by, ask) => {
                let workflow = Workflow::draft(user(by));
                office.requests.push(Request { ask, workflow, attempt: None });
            }
            Action::Submit(i) => {
                let digest = self.plan(office, office.requests[i].ask);
                step(&mut office.requests[i], &|w| {
                    let by = w.requester;
                    w.submit(digest, by, now)
                })?;
            }
            Action::Approve(i, by, digest) => {
                step(&mut office.requests[i], &|w| {
                    let roles = vec![Role::Approver];
                    let approval = Approval { by: user(by), at: now, digest, roles };
                    w.approve(approval, &one_approver(), &[])
                })?;
            }
            Action::Reject(i, by) => {
                step(&mut office.requests[i], &|w| w.reject(user(by), now, String::new()))?;
            }
            Action::Withdraw(i) => {
                step(&mut office.requests[i], &|w| {
                    let by = w.requester;
                    w.withdraw(by, now)
                })?;
            }
            Action::BeginApply(i) => {
                let next = self.begin(office, &office.requests[i])?;
                office.requests[i].attempt = Some(Attempt { next, at: office.time });
            }
            Action::BeginStanding(i) => {
                let next = self.begin_standing(office, &office.requests[i])?;
                office.requests[i].attempt = Some(Attempt { next, at: office.time });
            }
            Action::CommitApply(i) => self.commit(office, i)?,
            Action::Crash => office.requests.iter_mut().for_each(|request| request.attempt = None),
            Action::Account => {
                office.owner_active = !office.owner_active;
                self.bump(office);
            }
            Action::SignOffGate => {
                office.open_until = office.time + 1;
                self.bump(office);
            }
            Action::Tick => office.time += 1,
        }
        Some(())
    }
}

impl stateright::Model for Model {
    type State = Office;
    type Action = Action;

    fn init_states(&self) -> Vec<Office> {
        vec![Office {
            time: 0,
            open_until: 1,
            owner_active: true,
            lines: BTreeMap::new(),
            revisions: BTreeMap::new(),
            requests: vec![],
            applied: vec![],
            broken: None,
        }]
    }

    fn actions(&self, office: &Office, actions: &mut Vec<Action>) {
        if office.broken.is_some() {
            return;
        }
        if office.requests.len() < self.requests {
            for by in &self.requesters {
                for key in &self.keys {
                    actions.extend((1..=self.extensions).map(|e| Action::Draft(*by, Ask::Bind(*key, e))));
                    actions.push(Action::Draft(*by, Ask::Unbind(*key)));
                }
            }
        }
        for (i, request) in office.requests.iter().enumerate() {
            let mut seen = vec![self.plan(office, request.ask)];
            if let RequestState::Submitted { digest, .. } = request.workflow.state
                && digest != seen[0]
            {
                seen.push(digest);
            }
            for by in [ANN, CY] {
                actions.extend(seen.iter().map(|digest| Action::Approve(i, by, *digest)));
                actions.push(Action::Reject(i, by));
            }
            actions.extend([Action::Submit(i), Action::Withdraw(i)]);
            if request.attempt.is_none() {
                actions.push(Action::BeginApply(i));
                actions.extend(self.standing.then_some(Action::BeginStanding(i)));
            } else {
                actions.push(Action::CommitApply(i));
            }
        }
        if office.requests.iter().any(|request| request.attempt.is_some()) {
            actions.push(Action::Crash);
        }
        actions.push(Action::Account);
        if office.time < self.last_tick {
            actions.push(Action::Tick);
        }
        if !office.gate_open() {
            actions.push(Action::SignOffGate);
        }
    }

    fn next_state(&self, before: &Office, action: Action) -> Option<Office> {
        let mut after = before.clone();
        self.act(&mut after, action)?;
        after.broken = before.broken.or_else(|| self.broken(before, &after));
        Some(after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        super::properties(self)
    }
}
