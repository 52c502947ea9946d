//! The judgement: which approvals count, for what, and what is missing.

use super::{Need, Required};
use crate::{
    Code, Finding, Timestamp,
    artifact::Digest,
    authz::{Role, Roles},
    ids::UserId,
    time::{DAY, HOUR},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody looked at a plan and signed its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Exactly what.
    pub digest: Digest,
    /// The roles that they had at that moment, at every site that it touches.
    pub roles: Vec<Role>,
}

/// Somebody lets another person approve in their place, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Whose authority it is.
    pub from: UserId,
    /// The roles that they have, and where: lent where they hold, and nowhere else.
    pub roles: Roles,
    /// Who may use it.
    pub to: UserId,
    /// From this moment on.
    pub since: Timestamp,
    /// Before this moment.
    pub until: Timestamp,
}

impl Delegation {
    fn holds(&self, at: Timestamp) -> bool {
        self.since <= at && at < self.until
    }
}

/// What is judged.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Who asks. Never an approver, neither in person nor by somebody whom they lent their authority.
    pub requester: UserId,
    /// Who else had a hand in it; the same holds for them.
    pub editors: &'a [UserId],
    /// Since when it waits.
    pub asked: Timestamp,
    /// What was signed, in the order in which it was.
    pub approvals: &'a [Approval],
    /// Who may sign for whom.
    pub delegations: &'a [Delegation],
}

/// An approval that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// What for.
    pub role: Role,
    /// Who signed.
    pub by: UserId,
    /// Whose authority was used, if it was lent.
    pub for_: Option<UserId>,
    /// The other role by which they may, since nobody answered in time.
    pub instead: Option<Role>,
    /// When they signed.
    pub at: Timestamp,
    /// Until when it counts; `None` is for good.
    pub until: Option<Timestamp>,
}

/// An approval that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Of which role.
    pub role: Role,
    /// How many.
    pub count: u8,
    /// Which role may give it as well, and from when on.
    pub escalates: Option<(Timestamp, Role)>,
}

/// Whether somebody who has these roles, lent ones included, could answer one of these now.
pub fn open_to(missing: &[Missing], roles: &[Role], now: Timestamp) -> bool {
    missing.iter().any(|m| {
        roles.contains(&m.role) || m.escalates.is_some_and(|(at, to)| at <= now && roles.contains(&to))
    })
}

/// How approvals stand, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What counts.
    pub filled: Vec<Filled>,
    /// What does not, any more.
    pub expired: Vec<UserId>,
    /// What is missing.
    pub missing: Vec<Missing>,
    /// Every reason.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Whether it is enough.
    pub fn approved(&self) -> bool {
        !self.filled.is_empty() && !self.findings.iter().any(Finding::blocks)
    }

    /// Until when what is there stays as it is; `None` is for good.
    pub fn until(&self) -> Option<Timestamp> {
        self.filled.iter().filter_map(|filled| filled.until).min()
    }
}

/// One way in which a person counts: for this role, with this person's authority, since they signed then.
#[derive(Clone, Copy)]
struct Way {
    role: Role,
    authority: UserId,
    instead: Option<Role>,
    by: UserId,
    at: Timestamp,
}

/// Judges the approvals that were given against what is required.
pub fn judge(required: &Required, case: &Case<'_>, now: Timestamp) -> Verdict {
    let mut verdict = Verdict::default();
    if required.needs.is_empty() {
        verdict.findings.push(Finding::new(Code::ApprovalNoRule, "approval"));
        return verdict;
    }
    let until = |at: Timestamp| required.valid_days.map(|days| at.plus(i64::from(days) * DAY));
    // What somebody signed later adds to what they signed before: whoever has got a role since may use it, and
    // which of the two counts does not hang on when the first expires.
    let mut people: Vec<(UserId, Vec<Way>)> = Vec::new();
    for approval in case.approvals.iter().filter(|a| !involved(case, a.by)) {
        if until(approval.at).is_some_and(|until| until <= now) {
            verdict.expired.push(approval.by);
            continue;
        }
        let mut ways = options(required, case, approval);
        match people.iter_mut().find(|(by, _)| *by == approval.by) {
            Some((_, earlier)) => {
                ways.append(earlier);
                *earlier = ways;
            }
            None => people.push((approval.by, ways)),
        }
    }
    verdict.expired.sort_unstable();
    verdict.expired.dedup();
    verdict.expired.retain(|by| people.iter().all(|(counting, _)| counting != by));
    let options: Vec<_> = people.into_iter().map(|(_, ways)| ways).collect();
    let mut search = Search {
        options: &options,
        left: required.needs.iter().map(|(role, need)| (*role, need.count)).collect(),
        used: BTreeSet::new(),
        chosen: Vec::new(),
        best: Vec::new(),
        all: required.people(),
    };
    search.from(0);
    let mut left: BTreeMap<_, _> = required.needs.iter().map(|(role, need)| (*role, need.count)).collect();
    for Way { role, authority, instead, by, at } in search.best {
        left.entry(role).and_modify(|count| *count = count.saturating_sub(1));
        let for_ = (authority != by).then_some(authority);
        verdict.filled.push(Filled { role, by, for_, instead, at, until: until(at) });
    }
    for (role, count) in left.into_iter().filter(|(_, count)| *count > 0) {
        let Need { count: all, escalation } = required.needs[&role];
        let escalates = escalation.map(|e| (case.asked.plus(i64::from(e.hours) * HOUR), e.to));
        let given = all.saturating_sub(count);
        verdict.findings.push(
            Finding::new(Code::ApprovalMissing, role.word()).detail(format!("{given} of {all} given.")),
        );
        if let Some((since, to)) = escalates.filter(|(since, _)| *since <= now) {
            verdict.findings.push(
                Finding::new(Code::ApprovalEscalated, role.word())
                    .detail(format!("Since {since} also: {}.", to.word())),
            );
        }
        verdict.missing.push(Missing { role, count, escalates });
    }
    if !verdict.expired.is_empty() {
        let many = verdict.expired.len();
        verdict
            .findings
            .push(Finding::new(Code::ApprovalExpired, "approval").detail(format!("{many} of them.")));
    }
    verdict
}

/// Whether somebody had a hand in what is to be approved.
fn involved(case: &Case<'_>, who: UserId) -> bool {
    who == case.requester || case.editors.contains(&who)
}

/// Every way in which an approval can count; one's own authority first.
fn options(required: &Required, case: &Case<'_>, approval: &Approval) -> Vec<Way> {
    let mut options = Vec::new();
    let (by, at) = (approval.by, approval.at);
    for (role, need) in &required.needs {
        let own = |instead| Way { role: *role, authority: by, instead, by, at };
        if approval.roles.contains(role) {
            options.push(own(None));
        } else if let Some(e) = need.escalation
            && case.asked.plus(i64::from(e.hours) * HOUR) <= approval.at
            && approval.roles.contains(&e.to)
        {
            options.push(own(Some(e.to)));
        }
    }
    for lent in case.delegations.iter().filter(|d| d.to == approval.by && d.holds(approval.at)) {
        if involved(case, lent.from) {
            continue;
        }
        let held = lent.roles.over(&required.sites);
        let roles = required.needs.keys().filter(|role| held.contains(role));
        options.extend(roles.map(|role| Way { role: *role, authority: lent.from, instead: None, by, at }));
    }
    options
}

/// Which way of each person, so that as many places as possible are filled. Few people sign one plan, so trying
/// them all is cheap, and a choice that fills every place ends it.
struct Search<'a> {
    options: &'a [Vec<Way>],
    left: BTreeMap<Role, u8>,
    used: BTreeSet<UserId>,
    chosen: Vec<Way>,
    best: Vec<Way>,
    all: usize,
}

impl Search<'_> {
    fn from(&mut self, index: usize) {
        if self.chosen.len() > self.best.len() {
            self.best = self.chosen.clone();
        }
        let possible = (self.chosen.len() + self.options.len().saturating_sub(index)).min(self.all);
        if possible <= self.best.len() {
            return;
        }
        let Some(options) = self.options.get(index) else { return };
        for option in options {
            let free = self.left.get(&option.role).is_some_and(|count| *count > 0);
            if !free || !self.used.insert(option.authority) {
                continue;
            }
            self.left.entry(option.role).and_modify(|count| *count -= 1);
            self.chosen.push(*option);
            self.from(index + 1);
            self.chosen.pop();
            self.left.entry(option.role).and_modify(|count| *count += 1);
            self.used.remove(&option.authority);
        }
        self.from(index + 1);
    }
}
