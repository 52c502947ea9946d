//! The way of a call through a hunt group.

use super::{
    Fact, Facts, Hours, Outcome, Source, Stage, Step, Way, extension::phones, hours, said, step, unknown,
};
use crate::{
    hunt_group::{Member, Ring},
    profile::{Destination, Seconds},
};

/// What is known of a hunt group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What people call it.
    pub name: String,
    /// Who is rung.
    pub ring: Ring,
    /// For how long, each.
    pub seconds: Seconds,
    /// In order.
    pub members: Vec<Member>,
    /// Its schedule and how that stands now.
    pub hours: Option<Hours>,
    /// Where calls go that no member answers.
    pub otherwise: Option<Destination>,
    /// Who says all of this.
    pub source: Source,
}

/// A group that is called, and what becomes of the call there.
pub(super) fn group(facts: &Facts, code: &str, steps: &mut Vec<Step>) -> Way {
    let Some(g) = facts.groups.get(code) else {
        steps.push(unknown(
            Stage::Group,
            &format!("There is no hunt group {code}; who rings is not known here."),
        ));
        return Way::Done;
    };
    let source = Some(&g.source);
    steps.push(step(Stage::Group, Outcome::GoesOn, format!("Hunt group {code}, {}.", g.name), source));
    if let Some(at) = &g.hours {
        let outcome = if at.status.open || at.closed.is_some() { Outcome::GoesOn } else { Outcome::Ends };
        steps.push(step(Stage::Schedule, outcome, hours(at), source));
        if !at.status.open {
            return at.closed.as_ref().map_or(Way::Done, |to| {
                on(to, format!("Calls outside its hours go to {}.", said(to)), &g.source, steps)
            });
        }
    }
    members(facts, code, g, &mut vec![code.to_owned()], steps);
    if let Some(to) = &g.otherwise {
        return on(to, format!("What no member answers goes to {}.", said(to)), &g.source, steps);
    }
    steps.push(step(
        Stage::Group,
        Outcome::Ends,
        "What no member answers rings until the caller gives up.",
        source,
    ));
    Way::Done
}

fn on(to: &Destination, says: String, source: &Source, steps: &mut Vec<Step>) -> Way {
    if *to == Destination::Voicemail {
        steps.push(step(
            Stage::Voicemail,
            Outcome::GoesOn,
            format!("{says} It is the group's own box."),
            Some(source),
        ));
        return Way::Done;
    }
    Way::To { to: to.clone(), says, source: source.clone() }
}

fn members(facts: &Facts, code: &str, g: &Group, been: &mut Vec<String>, steps: &mut Vec<Step>) {
    let count = g.members.len();
    let says = if count == 1 {
        format!("Group {code} rings its member for {} s.", g.seconds.get())
    } else {
        format!("Group {code} rings its {count} members {}, for {} s.", g.ring.says(), g.seconds.get())
    };
    steps.push(step(Stage::Group, Outcome::GoesOn, says, Some(&g.source)));
    for member in &g.members {
        match member {
            Member::Extension(number) => one(facts, number.as_ref(), &g.source, steps),
            Member::Group(inner) if been.iter().any(|known| known == inner.as_ref()) => {
                let says = format!("Group {inner} is on this way already: a circle.");
                steps.push(step(Stage::Group, Outcome::Ends, says, Some(&g.source)));
            }
            Member::Group(inner) => match facts.groups.get(inner.as_ref()) {
                Some(next) => {
                    been.push(inner.to_string());
                    let shut = next.hours.as_ref().filter(|at| !at.status.open);
                    match shut {
                        Some(at) => {
                            let says = format!("Member group {inner}: {}", hours(at));
                            steps.push(step(Stage::Schedule, Outcome::Ends, says, Some(&next.source)));
                        }
                        None => members(facts, inner.as_ref(), next, been, steps),
                    }
                }
                None => steps.push(unknown(Stage::Group, &format!("There is no hunt group {inner}."))),
            },
        }
    }
}

/// A member. Its own conditions are not the group's: only what happens to every call is said.
fn one(facts: &Facts, number: &str, group: &Source, steps: &mut Vec<Step>) {
    let Some(x) = facts.extensions.get(number) else {
        steps.push(unknown(Stage::Extension, &format!("Member {number} is no extension of ours.")));
        return;
    };
    let holder = x.holder.as_deref().unwrap_or("nobody");
    let mut ends = |stage: Stage, outcome: Outcome, says: String, source: &Source| {
        steps.push(step(stage, outcome, says, Some(source)));
    };
    if !x.enabled {
        return ends(
            Stage::Extension,
            Outcome::Ends,
            format!("Member {number} of {holder} is disabled."),
            &x.source,
        );
    }
    ends(Stage::Extension, Outcome::GoesOn, format!("Member {number} of {holder}."), group);
    if let Fact::Known(Some(at), source) = &x.hours
        && !at.status.open
    {
        return ends(Stage::Schedule, Outcome::Ends, hours(at), source);
    }
    if let Fact::Known(forwards, source) = &x.forwards
        && let Some(to) = &forwards.always
    {
        let says = format!(
            "{number} forwards every call to {}; whether it does so for the group is not known here.",
            said(to)
        );
        ends(Stage::Forward, Outcome::Unknown, says, source);
    }
    phones(x, steps);
}
