//! The steps of an opening: who does what until when, and what waits for what.
//!
//! A step that is moved moves what waits for it: its distance to what it waits for was planned, so it is kept.

use crate::{Code, Finding, Timestamp, account::Day, time::DAY};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

macro_rules! steps {
    ($($name:ident, $word:literal, $title:literal, [$($needs:ident),*];)*) => {
        /// A step of every opening.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum StepKind {
            $(#[doc = $title] $name,)*
        }

        impl StepKind {
            /// Every kind, in the order in which they are usually done.
            pub const ALL: [Self; 11] = [$(Self::$name,)*];

            /// The word in forms and the database.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What people read.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What it waits for, unless a site says otherwise.
            pub const fn usual_needs(self) -> &'static [Self] {
                match self { $(Self::$name => &[$(Self::$needs),*],)* }
            }
        }
    };
}

steps! {
    Isp, "isp", "Internet line", [];
    Power, "power", "Power", [];
    Cabling, "cabling", "Cabling", [];
    Network, "network", "Network", [Isp, Power, Cabling];
    Gate, "gate", "Gate", [Network];
    Delivery, "delivery", "Delivery of phones", [];
    Hiring, "hiring", "Hiring", [];
    Accounts, "accounts", "Accounts", [Hiring];
    Porting, "porting", "Porting of numbers", [];
    Binding, "binding", "Binding", [Gate, Delivery, Accounts, Porting];
    Acceptance, "acceptance", "Acceptance", [Binding];
}

impl StepKind {
    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == text.trim())
    }

    /// `Allowed: isp, power, …`
    pub fn allowed() -> String {
        format!("Allowed: {}.", Self::ALL.map(Self::word).join(", "))
    }
}

/// How a step stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Progress {
    /// To be done.
    Open,
    /// Done.
    Done {
        /// When somebody said so.
        at: Timestamp,
        /// Who.
        by: String,
    },
    /// This site does not need it.
    Dropped {
        /// When somebody said so.
        at: Timestamp,
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
}

impl Progress {
    /// The word in the database.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done { .. } => "done",
            Self::Dropped { .. } => "dropped",
        }
    }

    /// The word for people.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Dropped { .. } => "not needed",
            other => other.word(),
        }
    }
}

/// One step of one site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// Who does it: a person or a company, as people call them; empty while nobody does.
    pub owner: String,
    /// Until which day.
    pub due: Option<Day>,
    /// What it waits for.
    pub needs: BTreeSet<StepKind>,
    /// How it stands.
    pub progress: Progress,
}

impl Step {
    /// A step that nobody has said anything about.
    pub fn usual(kind: StepKind) -> Self {
        let needs = kind.usual_needs().iter().copied().collect();
        Self { kind, owner: String::new(), due: None, needs, progress: Progress::Open }
    }

    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        self.progress == Progress::Open
    }

    /// In one line, for the record.
    pub fn describe(&self) -> String {
        let owner = if self.owner.is_empty() { "nobody" } else { &self.owner };
        let due = self.due.map_or_else(|| "no day".to_owned(), |day| day.to_string());
        let needs: Vec<_> = self.needs.iter().map(|kind| kind.word()).collect();
        let needs = if needs.is_empty() { "nothing".to_owned() } else { needs.join(", ") };
        format!("{}; owner: {owner}; due: {due}; waits for: {needs}", self.progress.title())
    }
}

/// What somebody types about a step, in a form or in a row of a sheet.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Who does it; empty is nobody.
    pub owner: String,
    /// Until which day; empty is none.
    pub due: String,
    /// Words of the steps that it waits for.
    pub needs: Vec<String>,
}

impl Typed {
    /// Owner, day and what it waits for, or everything that is wrong, by the field's name.
    pub fn read(&self, kind: StepKind) -> Result<(String, Option<Day>, BTreeSet<StepKind>), Vec<Finding>> {
        let mut findings = Vec::new();
        let owner = self.owner.trim().to_owned();
        if owner.chars().count() > 100 || owner.chars().any(char::is_control) {
            findings.push(Finding::new(Code::FieldTooLong, "owner").detail("At most 100 characters."));
        }
        let due = Day::parse(&self.due);
        if due.is_none() && !self.due.trim().is_empty() {
            findings.push(Finding::new(Code::FormInvalid, "due").detail("Write the day as 2026-11-23."));
        }
        let mut needs = BTreeSet::new();
        for word in &self.needs {
            match StepKind::parse(word) {
                Some(need) if need == kind => {
                    let detail = format!("{} would wait for itself.", kind.title());
                    findings.push(Finding::new(Code::StepCircular, "needs").detail(detail));
                }
                Some(need) => _ = needs.insert(need),
                None => findings.push(Finding::new(Code::StateInvalid, "needs").detail(StepKind::allowed())),
            }
        }
        if findings.is_empty() { Ok((owner, due, needs)) } else { Err(findings) }
    }
}

/// All steps of a site in their order: what is stored, and the usual ones for the rest.
pub fn all(stored: Vec<Step>) -> Vec<Step> {
    let mut by_kind: BTreeMap<_, _> = stored.into_iter().map(|step| (step.kind, step)).collect();
    StepKind::ALL.into_iter().map(|kind| by_kind.remove(&kind).unwrap_or_else(|| Step::usual(kind))).collect()
}

/// The circle that steps would make, if they do: each waits for the next.
pub fn circle(steps: &[Step]) -> Option<Finding> {
    let needs: BTreeMap<_, _> = steps.iter().map(|step| (step.kind, &step.needs)).collect();
    let around = |start: StepKind| -> Option<Vec<StepKind>> {
        let mut ways = vec![vec![start]];
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop() {
            let last = way.last().copied().unwrap_or(start);
            for next in needs.get(&last).into_iter().copied().flatten().copied() {
                let mut on = way.clone();
                on.push(next);
                if next == start {
                    return Some(on);
                }
                if seen.insert(next) {
                    ways.push(on);
                }
            }
        }
        None
    };
    let way = StepKind::ALL.into_iter().find_map(around)?;
    let names: Vec<_> = way.iter().map(|kind| kind.title()).collect();
    Some(Finding::new(Code::StepCircular, "needs").detail(format!("{}.", names.join(" waits for "))))
}

/// When a step is to be expected, and why that is not its own day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// The day; `None`: nobody has set one.
    pub day: Option<Day>,
    /// What has moved it; empty when that is its own day.
    pub because: String,
}

fn days(from: Day, to: Day) -> i64 {
    (to.begins().0 - from.begins().0) / DAY
}

fn later(day: Day, days: i64) -> Day {
    Day::of(day.begins().plus(days.saturating_mul(DAY)))
}

/// When every step is to be expected, given the carriers' dates of numbers that come to the site.
///
/// Steps that are done or dropped move nothing. `steps` make no circle; where they do, what closes it moves nothing.
pub fn schedule(steps: &[Step], portings: &[(String, Day)]) -> BTreeMap<StepKind, Expected> {
    let mut expected = BTreeMap::<_, (Expected, i64)>::new();
    let mut rest: Vec<_> = steps.iter().filter(|step| step.is_open()).collect();
    let open: BTreeSet<_> = rest.iter().map(|step| step.kind).collect();
    loop {
        let (ready, waiting): (Vec<_>, Vec<_>) = rest.into_iter().partition(|step| {
            step.needs.iter().all(|need| !open.contains(need) || expected.contains_key(need))
        });
        // A circle leaves some that are never ready: they stay where they are.
        let stuck = ready.is_empty();
        for step in if stuck { &waiting } else { &ready } {
            let found = one(step, portings, &expected);
            expected.insert(step.kind, found);
        }
        if stuck || waiting.is_empty() {
            return expected.into_iter().map(|(kind, (found, _))| (kind, found)).collect();
        }
        rest = waiting;
    }
}

/// When one step is to be expected, and by how many days it has moved.
fn one(
    step: &Step,
    portings: &[(String, Day)],
    known: &BTreeMap<StepKind, (Expected, i64)>,
) -> (Expected, i64) {
    let mut found = Expected { day: step.due, because: String::new() };
    let needs = || step.needs.iter().filter_map(|kind| Some((kind, known.get(kind)?)));
    let moved = needs().filter(|(_, (_, by))| *by > 0).max_by_key(|(_, (_, by))| *by);
    if let (Some(due), Some((kind, (_, by)))) = (step.due, moved) {
        let unit = if *by == 1 { "day" } else { "days" };
        found.day = Some(later(due, *by));
        found.because = format!("{} has moved by {by} {unit}", kind.title());
    }
    if step.kind == StepKind::Porting
        && let Some((number, on)) = portings.iter().max_by_key(|(_, on)| *on)
        && found.day.is_none_or(|day| *on > day)
    {
        found.because = format!("{number} comes on {on}");
        found.day = Some(*on);
    }
    let last = needs().filter_map(|(kind, (on, _))| Some((kind, on.day?))).max_by_key(|(_, day)| *day);
    if let (Some(day), Some((kind, last))) = (found.day, last)
        && last > day
    {
        found.day = Some(last);
        found.because = format!("{} is expected on {last}", kind.title());
    }
    let by = step.due.zip(found.day).map_or(0, |(due, day)| days(due, day));
    if by <= 0 && step.due.is_some() {
        found.because.clear();
    }
    (found, by)
}

/// What is the matter with the open steps: nobody does them, they are late, or they move with others.
pub fn findings(steps: &[Step], portings: &[(String, Day)], today: Day) -> Vec<Finding> {
    let expected = schedule(steps, portings);
    let mut findings = Vec::new();
    for step in steps.iter().filter(|step| step.is_open()) {
        let title = step.kind.title();
        if step.owner.is_empty() {
            findings.push(Finding::new(Code::StepUnowned, title));
        }
        let Some(found) = expected.get(&step.kind) else { continue };
        let Some(day) = found.day else { continue };
        if day < today {
            let detail = format!("It was to be done by {day}.");
            findings.push(Finding::new(Code::StepOverdue, title).detail(detail));
        }
        if let Some(due) = step.due
            && due != day
        {
            let detail = format!("From {due} to {day}: {}.", found.because);
            findings.push(Finding::new(Code::StepMoved, title).detail(detail));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn step(kind: StepKind, due: &str) -> Step {
        Step { owner: "BT".to_owned(), due: Day::parse(due), ..Step::usual(kind) }
    }

    fn done(kind: StepKind) -> Step {
        let progress = Progress::Done { at: Timestamp(0), by: "ada".to_owned() };
        Step { progress, ..step(kind, "2026-11-01") }
    }

    #[test]
    fn the_usual_steps_make_no_circle_and_a_circle_is_named() {
        let mut steps = all(vec![]);
        assert_eq!((steps.len(), circle(&steps)), (11, None));
        let isp = steps.iter_mut().find(|s| s.kind == StepKind::Isp).unwrap();
        isp.needs.insert(StepKind::Gate);
        let found = circle(&steps).unwrap();
        assert_eq!(found.code, Code::StepCircular);
        assert_eq!(found.detail, "Internet line waits for Gate waits for Network waits for Internet line.");
    }

    #[test]
    fn a_porting_date_moves_the_steps_that_wait_for_it_and_no_others() {
        let steps = all(vec![
            step(StepKind::Porting, "2026-12-01"),
            step(StepKind::Binding, "2026-12-03"),
            step(StepKind::Acceptance, "2026-12-04"),
            step(StepKind::Delivery, "2026-12-02"),
        ]);
        let portings = [
            ("+442079460101".to_owned(), day("2026-12-06")),
            ("+442079460102".to_owned(), day("2026-12-02")),
        ];
        let expected = schedule(&steps, &portings);
        let on = |kind| expected[&kind].day;
        assert_eq!(on(StepKind::Porting), Some(day("2026-12-06")));
        assert_eq!(expected[&StepKind::Porting].because, "+442079460101 comes on 2026-12-06");
        assert_eq!(on(StepKind::Binding), Some(day("2026-12-08")));
        assert_eq!(expected[&StepKind::Binding].because, "Porting of numbers has moved by 5 days");
        assert_eq!(on(StepKind::Acceptance), Some(day("2026-12-09")));
        assert_eq!(on(StepKind::Delivery), Some(day("2026-12-02")));
        let earlier = [("+442079460101".to_owned(), day("2026-11-20"))];
        assert_eq!(schedule(&steps, &earlier)[&StepKind::Binding].day, Some(day("2026-12-03")));
        let moved: Vec<_> = findings(&steps, &portings, day("2026-11-23"))
            .into_iter()
            .filter(|f| f.code == Code::StepMoved)
            .map(|f| f.subject)
            .collect();
        assert_eq!(moved, ["Porting of numbers", "Binding", "Acceptance"]);
    }

    #[test]
    fn a_step_is_never_expected_before_what_it_waits_for() {
        let steps = all(vec![step(StepKind::Network, "2026-12-10"), step(StepKind::Gate, "2026-12-05")]);
        let expected = schedule(&steps, &[]);
        assert_eq!(expected[&StepKind::Gate].day, Some(day("2026-12-10")));
        assert_eq!(expected[&StepKind::Gate].because, "Network is expected on 2026-12-10");
    }

    #[test]
    fn open_steps_without_owner_and_late_ones_are_found_and_done_ones_are_not() {
        let nobody = Step { owner: String::new(), ..step(StepKind::Power, "2026-12-01") };
        let steps = [done(StepKind::Isp), nobody, step(StepKind::Cabling, "2026-11-22")];
        let found = findings(&steps, &[], day("2026-11-23"));
        let said: Vec<_> = found.iter().map(|f| (f.code, f.subject.as_str())).collect();
        assert_eq!(said, [(Code::StepUnowned, "Power"), (Code::StepOverdue, "Cabling")]);
    }

    proptest! {
        #[test]
        fn whatever_waits_for_whatever_a_schedule_is_made_and_nothing_comes_earlier(
            needs in proptest::collection::vec(proptest::collection::btree_set(0usize..11, 0..4), 11),
            dues in proptest::collection::vec(proptest::option::of(0i64..60), 11),
            comes in 0i64..90,
        ) {
            let at = |n: i64| Day::of(Timestamp(n * DAY));
            let steps: Vec<_> = StepKind::ALL.into_iter().zip(needs).zip(dues).map(|((kind, needs), due)| Step {
                needs: needs.into_iter().map(|n| StepKind::ALL[n]).collect(),
                due: due.map(at),
                ..Step::usual(kind)
            }).collect();
            let expected = schedule(&steps, &[("+1".to_owned(), at(comes))]);
            prop_assert_eq!(expected.len(), 11);
            for step in &steps {
                let found = &expected[&step.kind];
                if let Some(due) = step.due {
                    prop_assert!(found.day >= Some(due));
                    prop_assert_eq!(found.because.is_empty(), found.day == Some(due));
                }
                if circle(&steps).is_none() && found.day.is_some() {
                    for need in &step.needs {
                        prop_assert!(expected[need].day <= found.day);
                    }
                }
            }
        }
    }
}
