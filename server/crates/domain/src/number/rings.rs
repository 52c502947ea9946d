//! "Who rings if I dial this now": the way of a call, step by step, each with where that is known from and how old it is.
//!
//! What is not known is a step too, and says so: it never counts as a way on, and never as the end of one.

use super::{Number, State};
use crate::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// Something that an authority says, or why it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// It said so: what, who said it, and when that was so.
    Known(T, Source),
    /// Nobody can say: why.
    Unknown(String),
}

/// Who says something, and as of when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Who says it, as people call it: `numbering plan`, `CR-7`, `call control`.
    pub name: String,
    /// As of when; `None` when nobody has recorded that.
    pub at: Option<Timestamp>,
}

/// Where an extension stands, as far as ringing goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `yealink T46U 80:5e:c0:10:00:01, line key 1`.
    pub name: String,
    /// MAC of the device, bare.
    pub mac: String,
    /// Who put it there.
    pub source: Source,
    /// What the phone was set to by itself, such as a forwarding: what, and when it said so.
    pub own: Vec<(String, Timestamp)>,
}

/// What is known of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Who has it; `None`: nobody.
    pub holder: Option<String>,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Who says both.
    pub source: Source,
    /// Whether its opening hours let a call through now.
    pub open: Fact<bool>,
    /// Which hunt groups it is a member of.
    pub groups: Fact<Vec<String>>,
    /// Where its calls go instead, if they do.
    pub forward: Fact<Option<Number>>,
    /// Where it stands.
    pub endpoints: Vec<Endpoint>,
    /// From where it is registered now.
    pub contacts: Fact<Vec<String>>,
    /// Whether a voicemail box takes what nobody answers.
    pub voicemail: Fact<bool>,
}

/// What is known of a number and of what a call to it can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What is dialled.
    pub number: Number,
    /// Where it is in its life, and who says so.
    pub state: State,
    /// Who says that.
    pub source: Source,
    /// The code of the site that owns it, if one does.
    pub site: Option<String>,
    /// Which extension a call to a number is for: of every DID and extension that the call can come to.
    pub targets: BTreeMap<Number, String>,
    /// Those extensions.
    pub extensions: BTreeMap<String, Extension>,
}

/// What a step is about, in the order in which a call comes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The number itself.
    Number,
    /// The extension that it leads to.
    Extension,
    /// Opening hours and holidays.
    Schedule,
    /// Hunt groups.
    Group,
    /// Forwarding.
    Forward,
    /// Phones.
    Endpoint,
    /// Voicemail.
    Voicemail,
}

impl Stage {
    /// The word on pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Number => "Number",
            Self::Extension => "Extension",
            Self::Schedule => "Schedule",
            Self::Group => "Group",
            Self::Forward => "Forward",
            Self::Endpoint => "Phone",
            Self::Voicemail => "Voicemail",
        }
    }
}

/// What becomes of the call at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It goes on to the next step.
    GoesOn,
    /// Something rings.
    Rings,
    /// It ends here.
    Ends,
    /// Nobody can say.
    Unknown,
}

impl Outcome {
    /// The word beside the colour.
    pub const fn word(self) -> &'static str {
        match self {
            Self::GoesOn => "goes on",
            Self::Rings => "rings",
            Self::Ends => "ends here",
            Self::Unknown => "unknown",
        }
    }
}

/// One step of the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it is about.
    pub stage: Stage,
    /// What becomes of the call.
    pub outcome: Outcome,
    /// In a sentence.
    pub says: String,
    /// Who says so; `None` when nobody does.
    pub source: Option<Source>,
    /// The device it is about: bare MAC.
    pub mac: Option<String>,
}

fn step(stage: Stage, outcome: Outcome, says: impl Into<String>, source: Option<&Source>) -> Step {
    Step { stage, outcome, says: says.into(), source: source.cloned(), mac: None }
}

fn unknown(stage: Stage, why: &str) -> Step {
    step(stage, Outcome::Unknown, why, None)
}

/// The way of a call to a number, as it would be now. Never empty; total over whatever the facts are.
pub fn rings(facts: &Facts, now: Timestamp) -> Vec<Step> {
    let mut steps = Vec::new();
    if !number(facts, now, &mut steps) {
        return steps;
    }
    let mut here = facts.number.clone();
    let mut been = Vec::new();
    loop {
        been.push(here.clone());
        match extension(facts, &here, &mut steps) {
            Way::Done => return steps,
            Way::To(next, source) if been.contains(&next) => {
                let way: Vec<_> = been.iter().chain([&next]).map(ToString::to_string).collect();
                let says = format!("The forwarding goes round in a circle: {}.", way.join(" to "));
                steps.push(step(Stage::Forward, Outcome::Ends, says, Some(&source)));
                return steps;
            }
            Way::To(next, source) => {
                let says = format!("All calls are forwarded to {next}.");
                steps.push(step(Stage::Forward, Outcome::GoesOn, says, Some(&source)));
                here = next;
            }
        }
    }
}

/// All of it in one sentence. What is unknown on the way is never left out of it.
pub fn verdict(steps: &[Step]) -> (Outcome, &'static str) {
    let any = |outcome: Outcome| steps.iter().any(|step| step.outcome == outcome);
    match (any(Outcome::Rings), any(Outcome::Unknown)) {
        (true, false) => (Outcome::Rings, "A phone rings."),
        (true, true) => (Outcome::Rings, "A phone rings, unless what is unknown leads the call elsewhere."),
        (false, true) => (Outcome::Unknown, "Nobody can say who rings; the steps say why."),
        (false, false) => (Outcome::Ends, "No phone rings."),
    }
}

/// An instant in a sentence.
fn when(at: Timestamp) -> String {
    at.to_string().replace('T', " ").replace('Z', " UTC")
}

/// The number itself; whether the call goes on.
fn number(facts: &Facts, now: Timestamp, steps: &mut Vec<Step>) -> bool {
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

enum Way {
    Done,
    To(Number, Source),
}

/// The extension that a number leads to, and what becomes of the call there.
fn extension(facts: &Facts, number: &Number, steps: &mut Vec<Step>) -> Way {
    let Some((name, x)) =
        facts.targets.get(number).and_then(|name| Some((name, facts.extensions.get(name)?)))
    else {
        let says = format!("{number} leads to no extension of ours; who rings there is not known here.");
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
    match &x.open {
        Fact::Unknown(why) => steps.push(unknown(Stage::Schedule, why)),
        Fact::Known(true, source) => {
            steps.push(step(Stage::Schedule, Outcome::GoesOn, "It is open now.", Some(source)));
        }
        Fact::Known(false, source) => {
            steps.push(step(Stage::Schedule, Outcome::Ends, "It is closed now.", Some(source)));
            voicemail(x, steps);
            return Way::Done;
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
    match &x.forward {
        Fact::Unknown(why) => steps.push(unknown(Stage::Forward, why)),
        Fact::Known(None, source) => {
            steps.push(step(Stage::Forward, Outcome::GoesOn, "Calls are not forwarded.", Some(source)));
        }
        Fact::Known(Some(to), source) => return Way::To(to.clone(), source.clone()),
    }
    phones(x, steps);
    voicemail(x, steps);
    Way::Done
}

/// The phones where it stands, and what they were set to by themselves.
fn phones(x: &Extension, steps: &mut Vec<Step>) {
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

#[cfg(test)]
mod tests;
