//! Who may do what with what is theirs and with what is another's: role × act × relation, as the use cases judge it,
//! right first and then the state machine. Reviewed when it changes.
//!
//! The roles here hold everywhere; role × act × own site, another site, no site is judged by one function before all of
//! this, and snapshotted beside it (`domain::authz`).
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use domain::{
    Finding, Timestamp,
    approval::{Approval, Need, Required},
    artifact::Digest,
    authz::{Action, Actor, Role, authorise},
    change_request::{State, Workflow},
    feed::{self, Limit, Raise},
    ids::UserId,
    time::DAY,
};
use std::collections::BTreeSet;
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_795_407_607_000_000);

/// What somebody has to do with the thing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Relation {
    /// They asked for it, brought it, made it.
    Own,
    /// They edited what another asked for.
    Edited,
    /// They had no hand in it.
    Others,
}

fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

fn actor(role: Role, confirmed: bool) -> Actor {
    Actor {
        id: user(1),
        name: "somebody".to_owned(),
        roles: vec![role].into(),
        confirmed,
        password_since: Some(NOW),
    }
}

fn digest() -> Digest {
    Digest::try_from("ab".repeat(32)).unwrap()
}

/// One signature of anybody who may be asked at all.
fn required() -> Required {
    let roles = Action::Approve.roles();
    let needs = roles.iter().map(|role| (*role, Need { count: 1, escalation: None })).collect();
    Required { needs, ..Required::default() }
}

/// A draft that stands in this relation to the actor.
fn draft(relation: Relation) -> Workflow {
    match relation {
        Relation::Own => Workflow::draft(user(1)),
        Relation::Edited => Workflow::draft(user(2)).edit(user(1)).unwrap(),
        Relation::Others => Workflow::draft(user(2)),
    }
}

fn submitted(relation: Relation) -> Workflow {
    let by = if relation == Relation::Own { user(1) } else { user(2) };
    draft(relation).submit(digest(), by, NOW).unwrap()
}

/// Signed by three others, each for a role.
fn approved(relation: Relation) -> Workflow {
    let mut workflow = submitted(relation);
    for (n, role) in Action::Approve.roles().iter().enumerate() {
        let by = user(10 + u128::try_from(n).unwrap());
        let approval = Approval { by, at: NOW, digest: digest(), roles: vec![*role] };
        workflow = workflow.approve(approval, &required(), &[]).unwrap();
    }
    assert!(matches!(workflow.state, State::Approved { .. }));
    workflow
}

type Judge = fn(&Actor, Relation) -> Result<(), Finding>;

/// Every act that asks for more than a right, with the right that it asks for.
const ACTS: [(&str, Action, Judge); 10] = [
    ("edit a draft", Action::Request, |a, r| draft(r).edit(a.id).map(drop)),
    ("submit it", Action::Request, |a, r| draft(r).submit(digest(), a.id, NOW).map(drop)),
    ("withdraw a request", Action::Request, |a, r| submitted(r).withdraw(a.id, NOW).map(drop)),
    ("approve it", Action::Approve, |a, r| {
        let approval =
            Approval { by: a.id, at: NOW, digest: digest(), roles: a.roles.over(&BTreeSet::new()) };
        submitted(r).approve(approval, &required(), &[]).map(drop)
    }),
    ("reject it", Action::Approve, |a, r| submitted(r).reject(a.id, NOW, "no".to_owned()).map(drop)),
    ("apply it", Action::Apply, |a, r| approved(r).apply(digest(), &required(), &[], a.id, NOW).map(drop)),
    ("schedule it", Action::Apply, |a, r| approved(r).schedule(NOW.plus(DAY), a.id, NOW).map(drop)),
    ("release a held feed", Action::ReleaseFeed, |a, r| {
        let by = if r == Relation::Own { user(1) } else { user(2) };
        feed::State::Held.release(by, (a.id, &a.name), NOW, "why", 9).map(drop)
    }),
    ("let a higher limit of feeds hold", Action::ReleaseFeed, |a, r| {
        let limit = Limit { accounts: 90, percent: 50 };
        let by = if r == Relation::Own { user(1) } else { user(2) };
        let raise = Raise { limit, by, name: String::new(), at: NOW, reason: String::new() };
        raise.approve(a.id, limit).map(drop)
    }),
    ("apply under broken glass", Action::BreakGlass, |_, _| Ok(())),
];

#[test]
fn role_by_act_by_relation_is_reviewed_when_it_changes() {
    let mut rows = vec![];
    for (name, action, judge) in ACTS {
        for relation in [Relation::Own, Relation::Edited, Relation::Others] {
            let cells: Vec<_> = Role::ALL
                .into_iter()
                .map(|role| {
                    let may = |confirmed: bool| {
                        let actor = actor(role, confirmed);
                        let judged =
                            authorise(&actor, action).map(drop).and_then(|()| judge(&actor, relation));
                        judged
                            .err()
                            .map_or_else(|| "yes".to_owned(), |finding| finding.code.text().to_owned())
                    };
                    let (known, new) = (may(true), may(false));
                    let new = if known == new { String::new() } else { format!(" (new account: {new})") };
                    format!("{}: {known}{new}", role.word())
                })
                .collect();
            rows.push(format!("{name}, {relation:?}: {}", cells.join("; ")));
        }
    }
    insta::assert_snapshot!(rows.join("\n"));
}

/// Whoever had a hand in something never puts their word behind it, whatever their role.
#[test]
fn no_role_answers_for_its_own() {
    for (name, action, judge) in ACTS {
        let vouches = ["approve it", "reject it", "release a held feed", "let a higher limit of feeds hold"];
        for role in Role::ALL {
            let actor = actor(role, true);
            let allowed = authorise(&actor, action).is_ok() && judge(&actor, Relation::Own).is_ok();
            assert!(!(vouches.contains(&name) && allowed), "{name} by {role:?}");
        }
    }
}
