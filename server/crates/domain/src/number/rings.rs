//! "Who rings if I dial this now": the way of a call, step by step, each with where that is known from and how old it is.
//!
//! What is not known is a step too, and says so: it never counts as a way on, and never as the end of one.

mod group;

pub use group::Group;

use super::{Number, State};
use crate::{
    Timestamp,
    profile::{Destination, Forwards},
    schedule::Status,
};
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
    /// Its schedule and how that stands now; `None`: it has none and is always open.
    pub hours: Fact<Option<Hours>>,
    /// Which hunt groups it is a member of.
    pub groups: Fact<Vec<String>>,
    /// Where its calls go instead.
    pub forwards: Fact<Forwards>,
    /// Where it stands.
    pub endpoints: Vec<Endpoint>,
    /// From where it is registered now.
    pub contacts: Fact<Vec<String>>,
    /// Whether a voicemail box takes what nobody answers.
    pub voicemail: Fact<bool>,
}

/// A schedule, how it stands now, and where calls go while it is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Its short name.
    pub schedule: String,
    /// How it stands.
    pub status: Status,
    /// Where calls go while it is closed; `None`: to voicemail, if there is one.
    pub closed: Option<Destination>,
}

/// What a number leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An extension, by its number.
    Extension(String),
    /// A hunt group, by its short name.
    Group(String),
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
    /// What a call to a number is for: of every DID, extension and group's number that the call can come to.
    pub targets: BTreeMap<Number, Target>,
    /// Those extensions, and the members of those groups.
    pub extensions: BTreeMap<String, Extension>,
    /// Those groups.
    pub groups: BTreeMap<String, Group>,
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
    let mut here = facts.targets.get(&facts.number).cloned();
    let mut been = Vec::new();
    let mut dialled = Destination::Number(facts.number.clone());
    loop {
        let Some(target) = here else {
            let says = format!(
                "{} leads to no extension of ours; who rings there is not known here.",
                said(&dialled)
            );
            steps.push(unknown(Stage::Extension, &says));
            return steps;
        };
        been.push(target.clone());
        let way = match &target {
            Target::Extension(name) => extension(facts, name, &mut steps),
            Target::Group(code) => group::group(facts, code, &mut steps),
        };
        let Way::To { to, says, source } = way else { return steps };
        steps.push(step(Stage::Forward, Outcome::GoesOn, says, Some(&source)));
        here = target_of(facts, &to);
        dialled = to;
        if let Some(again) = here.as_ref().filter(|next| been.contains(next)) {
            let way: Vec<_> = been.iter().chain([again]).map(name).collect();
            let says = format!("The forwarding goes round in a circle: {}.", way.join(" to "));
            steps.push(step(Stage::Forward, Outcome::Ends, says, Some(&source)));
            return steps;
        }
    }
}

fn name(target: &Target) -> String {
    match target {
        Target::Extension(number) => number.clone(),
        Target::Group(code) => format!("group {code}"),
    }
}

/// A destination in a sentence.
fn said(to: &Destination) -> String {
    match to {
        Destination::Number(number) => number.to_string(),
        Destination::Group(code) => format!("group {code}"),
        Destination::Voicemail => "voicemail".to_owned(),
    }
}

fn target_of(facts: &Facts, to: &Destination) -> Option<Target> {
    match to {
        Destination::Number(number) => facts.targets.get(number).cloned(),
        Destination::Group(code) => Some(Target::Group(code.to_string())),
        Destination::Voicemail => None,
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
    To { to: Destination, says: String, source: Source },
}

impl Way {
    /// To a destination, or to the voicemail of `x`, which is an end.
    fn on(to: &Destination, says: String, source: &Source, x: &Extension, steps: &mut Vec<Step>) -> Self {
        if *to == Destination::Voicemail {
            steps.push(step(Stage::Forward, Outcome::GoesOn, says, Some(source)));
            voicemail(x, steps);
            return Self::Done;
        }
        Self::To { to: to.clone(), says, source: source.clone() }
    }
}

/// How a schedule stands, in a sentence.
fn hours(hours: &Hours) -> String {
    let word = if hours.status.open { "open" } else { "closed" };
    let until = hours.status.until.map(|at| format!(" until {}", when(at))).unwrap_or_default();
    let holiday = hours.status.holiday.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    format!("By schedule {} it is {word} now{holiday}{until}.", hours.schedule)
}

/// An extension, and what becomes of the call there.
fn extension(facts: &Facts, name: &str, steps: &mut Vec<Step>) -> Way {
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
                return Way::on(to, says, source, x, steps);
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
        return Way::on(to, format!("All calls are forwarded to {}.", said(to)), source, x, steps);
    }
    steps.push(step(Stage::Forward, Outcome::GoesOn, "Calls are not forwarded at once.", Some(source)));
    phones(x, steps);
    let away =
        x.endpoints.is_empty() || matches!(&x.contacts, Fact::Known(contacts, _) if contacts.is_empty());
    if let (true, Some(to)) = (away, &forwards.unregistered) {
        let says = format!("No phone is registered, so calls go to {}.", said(to));
        return Way::on(to, says, source, x, steps);
    }
    if let Some(to) = &forwards.busy {
        let says = format!("While it is busy, calls go to {}.", said(to));
        steps.push(step(Stage::Forward, Outcome::GoesOn, says, Some(source)));
    }
    if let Some((to, after)) = &forwards.no_answer {
        let says = format!("What nobody answers within {} s goes to {}.", after.get(), said(to));
        return Way::on(to, says, source, x, steps);
    }
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
