//! The number itself: in whose range it is, and where it is in its life.

use super::{Facts, Outcome, Stage, Step, step, unknown, when};
use crate::{Timestamp, number::State};

/// The number itself; whether the call goes on.
pub(super) fn number(facts: &Facts, now: Timestamp, steps: &mut Vec<Step>) -> bool {
    let Some(site) = &facts.site else {
        let says =
            format!("{} is in no range of any site; what happens elsewhere is not known here.", facts.number);
        steps.push(unknown(Stage::Number, &says));
        return false;
    };
    let (outcome, says) = match facts.state.clone().at(now) {
        State::Assigned => (Outcome::GoesOn, format!("It is assigned, at site {site}.")),
        State::PortingOut { on, held: true } if on > now => {
            let on = when(on);
            (Outcome::GoesOn, format!("It is assigned, at site {site}, and goes to another carrier on {on}."))
        }
        State::PortingOut { on, held: true } => {
            let on = when(on);
            let says =
                format!("It was to go to another carrier on {on}, and nobody has said whether it has.");
            steps.push(unknown(Stage::Number, &says));
            return false;
        }
        State::PortingOut { .. } | State::Available => {
            (Outcome::Ends, format!("Nobody has it. It belongs to site {site}."))
        }
        State::Reserved { whom, until, .. } => {
            (Outcome::Ends, format!("Nobody has it yet: it is reserved for {whom} until {}.", when(until)))
        }
        State::Cooling { until } => (
            Outcome::Ends,
            format!(
                "Nobody has it: it cools until {}, and calls for its former holder end here.",
                when(until)
            ),
        ),
        State::PortingIn { on, temporary } => {
            let meanwhile =
                temporary.map_or_else(String::new, |did| format!(" Until then {did} is used instead."));
            let says = if on > now {
                format!(
                    "It is not ours before {}; until then its present carrier decides.{meanwhile}",
                    when(on)
                )
            } else {
                format!("It was to come on {}, and nobody has said whether it has.{meanwhile}", when(on))
            };
            (Outcome::Unknown, says)
        }
        State::PortedOut { at } => (
            Outcome::Unknown,
            format!(
                "It has been with another carrier since {}; who rings there is not known here.",
                when(at)
            ),
        ),
    };
    steps.push(step(Stage::Number, outcome, says, Some(&facts.source)));
    outcome == Outcome::GoesOn
}
