//! Approvals: which a plan needs, and whether those that were given are enough.
//!
//! `required` reads the rules, `judge` the signatures; both say why. Nobody approves what they had a hand in, nobody
//! fills two places, and nobody's authority is used twice, lent or not. No rule found: nothing can be approved.

mod judgement;
mod rule;

pub use judgement::{Approval, Case, Delegation, Filled, Missing, Verdict, judge, open_to};
pub use rule::{Condition, Escalation, Rule, Subject, Touches, check, digest, initial};

use crate::{Code, Finding, authz::Role};
use std::collections::{BTreeMap, BTreeSet};

/// What one role has to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// How many different people.
    pub count: u8,
    /// Who may give it instead when nobody answers; only what every rule that asks for this role agrees on.
    pub escalation: Option<Escalation>,
}

/// Everything that the rules ask of one plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Required {
    /// By role. Empty: no rule found, and nothing can be approved.
    pub needs: BTreeMap<Role, Need>,
    /// Days for which an approval counts, the shortest that any rule says; `None` is for good.
    pub valid_days: Option<u16>,
    /// Whether the number of a ticket elsewhere has to be given.
    pub ticket: bool,
    /// The rules that asked, each with what made it ask.
    pub because: Vec<Finding>,
    /// Codes of the sites at all of which a role has to be held; none asks for a role that is held everywhere.
    pub sites: BTreeSet<String>,
}

impl Required {
    /// Whether somebody with these roles can be asked at all, now or when nobody else answers.
    pub fn asks(&self, roles: &[Role]) -> bool {
        self.needs.iter().any(|(role, need)| {
            roles.contains(role) || need.escalation.is_some_and(|e| roles.contains(&e.to))
        })
    }

    /// How many people have to sign.
    pub fn people(&self) -> usize {
        self.needs.values().map(|need| usize::from(need.count)).sum()
    }
}

/// What the rules ask of a plan that touches this: every rule that fits is heard, and none weakens another.
pub fn required(rules: &[Rule], touches: &Touches) -> Required {
    let mut all = Required { sites: touches.sites.clone(), ..Required::default() };
    for rule in rules {
        let Some(facts) = rule.when.met(touches) else { continue };
        for (role, count) in rule.needs.iter().filter(|(_, count)| **count > 0) {
            let new = Need { count: *count, escalation: rule.escalation.filter(|e| e.to != *role) };
            all.needs.entry(*role).and_modify(|need| *need = need.stricter(new)).or_insert(new);
        }
        all.valid_days = match (all.valid_days, rule.valid_days) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        all.ticket |= rule.ticket;
        all.because.push(Finding::new(Code::ApprovalRequired, &rule.name).detail(format!(
            "It asks for {}, because {}.",
            rule.asks(),
            facts.join(" and ")
        )));
    }
    all
}

impl Need {
    /// Both asked for: the greater count, and another role only where both name it.
    fn stricter(self, other: Self) -> Self {
        let escalation = match (self.escalation, other.escalation) {
            (Some(a), Some(b)) if a.to == b.to => Some(if a.hours > b.hours { a } else { b }),
            _ => None,
        };
        Self { count: self.count.max(other.count), escalation }
    }
}
