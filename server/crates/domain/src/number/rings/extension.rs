//! The way of a call through an extension: its hours, groups, forwarding, phones and voicemail.

use super::{Extension, Fact, Facts, Outcome, Source, Stage, Step, Way, hours, said, step, unknown};
use crate::profile::Destination;

/// An extension, and what becomes of the call there.
pub(super) fn extension(facts: &Facts, name: &str, steps: &mut Vec<Step>) -> Way {
    let Some(x) = facts.extensions.get(name) else {
        let says = format!("{name} leads to no extension of ours; who rings there is not known here.");
        steps.push(unknown(Stage::Extension, &says));
        return Way::Done;
    };
    let holder = x.holder.as_deref().unwrap_or("nobody");
    if !x.enabled {
        let says = format!("Extension {name} of {holder} is disabled.");
        steps.push(step(Stage::Extension, Outcome::Ends, says, Some(&x.source)));
        return Way::Done;
    }
    steps.push(step(
        Stage::Extension,
        Outcome::GoesOn,
        format!("Extension {name} of {holder}."),
        Some(&x.source),
    ));
    match &x.hours {
        Fact::Unknown(why) => steps.push(unknown(Stage::Schedule, why)),
        Fact::Known(None, source) => {
            steps.push(step(
                Stage::Schedule,
                Outcome::GoesOn,
                "It has no schedule: it is always open.",
                Some(source),
            ));
        }
        Fact::Known(Some(at), source) => {
            let outcome = if at.status.open { Outcome::GoesOn } else { Outcome::Ends };
            steps.push(step(Stage::Schedule, outcome, hours(at), Some(source)));
            if !at.status.open {
                let Some(to) = &at.closed else {
                    voicemail(x, steps);
                    return Way::Done;
                };
                if let Some(last) = steps.last_mut() {
                    last.outcome = Outcome::GoesOn;
                }
                let says = format!("Calls outside its hours go to {}.", said(to));
                return on(to, says, source, x, steps);
            }
        }
    }
    match &x.groups {
        Fact::Unknown(why) => steps.push(unknown(Stage::Group, why)),
        Fact::Known(groups, source) if groups.is_empty() => {
            steps.push(step(Stage::Group, Outcome::GoesOn, "It is in no hunt group.", Some(source)));
        }
        Fact::Known(groups, source) => {
            let says = format!("It is in {}; a call to the group can ring here too.", groups.join(", "));
            steps.push(step(Stage::Group, Outcome::GoesOn, says, Some(source)));
        }
    }
    let (forwards, source) = match &x.forwards {
        Fact::Unknown(why) => {
            steps.push(unknown(Stage::Forward, why));
            phones(x, steps);
            voicemail(x, steps);
            return Way::Done;
        }
        Fact::Known(forwards, source) => (forwards, source),
    };
    if let Some(to) = &forwards.always {
        return on(to, format!("All calls are forwarded to {}.", said(to)), source, x, steps);
    }
    steps.push(step(Stage::Forward, Outcome::GoesOn, "Calls are not forwarded at once.", Some(source)));
    phones(x, steps);
    let away =
        x.endpoints.is_empty() || matches!(&x.contacts, Fact::Known(contacts, _) if contacts.is_empty());
    if let (true, Some(to)) = (away, &forwards.unregistered) {
        let says = format!("No phone is registered, so calls go to {}.", said(to));
        return on(to, says, source, x, steps);
    }
    if let Some(to) = &forwards.busy {
        let says = format!("While it is busy, calls go to {}.", said(to));
        steps.push(step(Stage::Forward, Outcome::GoesOn, says, Some(source)));
    }
    if let Some((to, after)) = &forwards.no_answer {
        let says = format!("What nobody answers within {} s goes to {}.", after.get(), said(to));
        return on(to, says, source, x, steps);
    }
    voicemail(x, steps);
    Way::Done
}

/// To a destination, or to the voicemail of `x`, which is an end.
fn on(to: &Destination, says: String, source: &Source, x: &Extension, steps: &mut Vec<Step>) -> Way {
    if *to == Destination::Voicemail {
        steps.push(step(Stage::Forward, Outcome::GoesOn, says, Some(source)));
        voicemail(x, steps);
        return Way::Done;
    }
    Way::To { to: to.clone(), says, source: source.clone() }
}

/// The phones where it stands, and what they were set to by themselves.
pub(super) fn phones(x: &Extension, steps: &mut Vec<Step>) {
    let nothing = x.endpoints.is_empty().then(|| Source { name: "inventory".to_owned(), at: None });
    if let Some(source) = &nothing {
        steps.push(step(Stage::Endpoint, Outcome::Ends, "It stands on no phone.", Some(source)));
        return;
    }
    for endpoint in &x.endpoints {
        let (outcome, says) = match &x.contacts {
            Fact::Known(contacts, _) if contacts.is_empty() => {
                (Outcome::Ends, format!("{} has it, and is not registered.", endpoint.name))
            }
            Fact::Known(contacts, _) => {
                (Outcome::Rings, format!("{}, registered from {}.", endpoint.name, contacts.join(", ")))
            }
            Fact::Unknown(why) => (Outcome::Unknown, format!("{} has it. {why}", endpoint.name)),
        };
        let asked = match &x.contacts {
            Fact::Known(_, source) => source,
            Fact::Unknown(_) => &endpoint.source,
        };
        let mac = Some(endpoint.mac.clone());
        steps.push(Step { mac: mac.clone(), ..step(Stage::Endpoint, outcome, says, Some(asked)) });
        for (own, at) in &endpoint.own {
            let says = format!("The phone itself was set to {own}, which may lead the call elsewhere.");
            let source = Source { name: "the phone".to_owned(), at: Some(*at) };
            steps.push(Step {
                mac: mac.clone(),
                ..step(Stage::Forward, Outcome::Unknown, says, Some(&source))
            });
        }
    }
}

fn voicemail(x: &Extension, steps: &mut Vec<Step>) {
    steps.push(match &x.voicemail {
        Fact::Unknown(why) => unknown(Stage::Voicemail, why),
        Fact::Known(true, source) => {
            step(Stage::Voicemail, Outcome::GoesOn, "What nobody answers goes to voicemail.", Some(source))
        }
        Fact::Known(false, source) => step(
            Stage::Voicemail,
            Outcome::Ends,
            "There is no voicemail: it rings until the caller gives up.",
            Some(source),
        ),
    });
}
