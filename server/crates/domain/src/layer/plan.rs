//! Blast radius: exactly what publishing a version of a layer does, phone by phone. Approval is of this (invariant 3).
//!
//! The digest covers what is published and, for every phone whose files change, which settings change from what to
//! what. It does not cover the files themselves: a line that is bound meanwhile is another approved change and makes
//! this one no other. A phone that comes or goes, or is changed otherwise than was shown, makes it stale; so does another
//! way of going out: waves, what may fail in each, what then happens, how fast and when.

use super::{
    Content, Level, Release,
    exception::{Exception, Form},
    restart::{Restart, restart},
};
use crate::{
    Code, Finding, Mac,
    artifact::Digest,
    plan::{Answer, Difference},
    rollout::Settings,
    setting::{Path, schema},
    vendor::Vendor,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Phones that change in the same way: read once, however many there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alike {
    /// Their vendor: what a setting does to a phone depends on it.
    pub vendor: Vendor,
    /// What changes.
    pub differences: Vec<Difference>,
    /// Whether they restart.
    pub restart: Restart,
    /// Whether a wrong value would need hands on site.
    pub strands: bool,
    /// The phones, in order of their MAC.
    pub devices: Vec<Mac>,
    /// What cannot be written for them afterwards and could be before, and what they go without or keep.
    pub findings: Vec<Finding>,
}

/// How much is reached, counted and never estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Phones that belong to the layer.
    pub in_scope: u32,
    /// Phones whose files change.
    pub devices: u32,
    /// Endpoints of these that carry a line.
    pub endpoints: u32,
    /// Lines on these.
    pub lines: u32,
    /// People and places that answer for these lines.
    pub owners: u32,
    /// Phones whose files stay as they are, although the layer is theirs.
    pub unchanged: u32,
}

/// A phone of the layer that is left out, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// The phone.
    pub mac: Mac,
    /// Why.
    pub finding: Finding,
}

/// Exactly what publishing will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of the approval rules under which it was made.
    pub policy_version: u32,
    /// How specific the layer is.
    pub level: Level,
    /// What the layer is of.
    pub scope: String,
    /// The version that it follows; 0 for none.
    pub parent: u32,
    /// What the new version is called.
    pub release: Release,
    /// What it says.
    pub content: Content,
    /// The exception that it is, if it is one.
    pub exception: Option<Exception>,
    /// What changes, by what is the same.
    pub alike: Vec<Alike>,
    /// Phones left out.
    pub excluded: Vec<Excluded>,
    /// How much that is.
    pub counts: Counts,
    /// Codes of the sites reached.
    pub sites: BTreeSet<String>,
    /// How it goes out in waves; `None`: to all at once.
    #[serde(default)]
    pub waves: Option<Settings>,
    /// The five answers; not digested.
    pub answers: Vec<Answer>,
    /// Every finding at the time of planning; not digested.
    pub findings: Vec<Finding>,
}

impl Plan {
    /// What approvers sign.
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(b"ringfence layer plan 1");
        field(&self.policy_version.to_be_bytes());
        field(self.level.word().as_bytes());
        field(self.scope.as_bytes());
        field(&self.parent.to_be_bytes());
        field(self.release.to_string().as_bytes());
        field(&serde_json::to_vec(&self.content).unwrap_or_default());
        field(&serde_json::to_vec(&self.exception).unwrap_or_default());
        for alike in &self.alike {
            field(b"alike");
            field(&alike.effect());
            for mac in &alike.devices {
                field(mac.bare().as_bytes());
            }
        }
        for excluded in &self.excluded {
            field(b"excluded");
            field(excluded.mac.bare().as_bytes());
        }
        if let Some(waves) = &self.waves {
            field(b"waves");
            field(&serde_json::to_vec(waves).unwrap_or_default());
        }
        Digest(hash.finalize().into())
    }

    /// The phones for which `now` is not what this is: the reason why a request is stale.
    pub fn stale_devices(&self, now: &Self) -> Vec<Mac> {
        let effects = |plan: &Self| -> BTreeMap<Mac, Vec<u8>> {
            let of = |alike: &Alike| {
                let effect = alike.effect();
                alike.devices.iter().map(move |mac| (*mac, effect.clone())).collect::<Vec<_>>()
            };
            plan.alike.iter().flat_map(of).collect()
        };
        let (before, now) = (effects(self), effects(now));
        let macs: BTreeSet<_> = before.keys().chain(now.keys()).collect();
        macs.into_iter().filter(|mac| before.get(mac) != now.get(mac)).copied().collect()
    }

    /// What makes this stale beside `now`, in a sentence: the first twenty phones, or how it would go out.
    pub fn stale_words(&self, now: &Self) -> String {
        let stale = self.stale_devices(now);
        let which: Vec<_> = stale.iter().take(20).map(ToString::to_string).collect();
        let phones = || format!("{} devices are reached otherwise: {}", stale.len(), which.join(" "));
        let out = "It would go out otherwise: all at once, or in other waves.";
        match (stale.is_empty(), self.waves == now.waves) {
            (true, false) => out.to_owned(),
            (false, false) => format!("{}. {out}", phones()),
            (_, true) => phones(),
        }
    }

    /// Every phone whose files change, in order of the MAC.
    pub fn devices(&self) -> Vec<Mac> {
        let mut all: Vec<_> = self.alike.iter().flat_map(|alike| alike.devices.iter().copied()).collect();
        all.sort_unstable();
        all
    }

    /// What keeps it from being applied.
    pub fn blocks(&self) -> Vec<Finding> {
        let all = self.findings.iter().chain(self.alike.iter().flat_map(|alike| &alike.findings));
        let mut blocks: Vec<_> = all.filter(|finding| finding.blocks()).cloned().collect();
        blocks.sort();
        blocks.dedup();
        blocks
    }
}

impl Alike {
    /// Phones of `vendor` that change so; which of them, is filled in.
    pub fn new(vendor: Vendor, differences: Vec<Difference>, findings: Vec<Finding>) -> Self {
        let restarts = differences.iter().map(|difference| restart(vendor, &difference.path));
        let restart = restarts.max().unwrap_or(Restart::No);
        let cut_off =
            |difference: &Difference| Path::parse(&difference.path).is_ok_and(|path| schema::strands(&path));
        let strands = differences.iter().any(cut_off);
        Self { vendor, differences, restart, strands, devices: vec![], findings }
    }

    /// What happens, without where it comes from.
    fn effect(&self) -> Vec<u8> {
        let of = |d: &Difference| (d.path.clone(), d.before.clone(), d.after.clone());
        let effects: Vec<_> = self.differences.iter().map(of).collect();
        serde_json::to_vec(&(self.vendor, effects)).unwrap_or_default()
    }
}

/// What is worth saying about a plan as a whole, beside what was found for its layer.
pub fn remarks(alike: &[Alike]) -> Vec<Finding> {
    let cut_off: usize = alike.iter().filter(|a| a.strands).map(|a| a.devices.len()).sum();
    let finding = || {
        Finding::new(Code::SettingStrands, "plan")
            .detail(format!("{cut_off} phones would get another value."))
    };
    (cut_off > 0).then(finding).into_iter().collect()
}

fn many<N: fmt::Display + Copy + PartialEq + From<u8>>(n: N, one: &str, more: &str) -> String {
    format!("{n} {}", if n == N::from(1) { one } else { more })
}

/// The five answers of requirement F, from the same facts as the plan.
pub fn answers(plan: &Plan, name: &str, change: &str) -> Vec<Answer> {
    let answer = |id: &str, question: &str, facts: Vec<String>, concern: bool| Answer {
        id: id.to_owned(),
        question: question.to_owned(),
        facts,
        concern,
    };
    let c = plan.counts;
    let blocked = plan.blocks();
    let data = vec![
        match &plan.content.returns {
            Some(returns) => format!("{}: each to a revision of its own.", returns.says()),
            None => format!("It was begun from version {} of {} {name}.", plan.parent, plan.level.word()),
        },
        format!(
            "{} to it; each was resolved with its own layers.",
            many(c.in_scope, "phone belongs", "phones belong")
        ),
    ];
    let sites: Vec<_> = plan.sites.iter().cloned().collect();
    let blast = vec![
        format!(
            "{}, {} of {}; different changes: {}.",
            many(c.devices, "device", "devices"),
            many(c.lines, "line", "lines"),
            many(c.owners, "person or place", "people and places"),
            plan.alike.len()
        ),
        format!("Sites: {}.", if sites.is_empty() { "none".to_owned() } else { sites.join(", ") }),
        format!(
            "{} of the layer {} the bytes as they are; left out: {}.",
            many(c.unchanged, "device", "devices"),
            if c.unchanged == 1 { "keeps" } else { "keep" },
            plan.excluded.len()
        ),
    ];
    let strands = plan.alike.iter().any(|alike| alike.strands);
    let pinned = |at: &crate::Timestamp| {
        format!(
            "Each pin ends at {at}, or before by hand: then the phone has what its layers say. Lines stay."
        )
    };
    let mut back = match &plan.exception {
        None if plan.content.returns.is_some() => {
            plan.content.returns.iter().map(|returns| pinned(&returns.expires)).collect()
        }
        Some(Exception { form: Form::Return { .. }, expires: Some(at), .. }) => vec![format!(
            "The pin ends at {at}, or before by hand: then the phone has what its layers say. Lines stay."
        )],
        Some(_) => vec!["Its end takes the phone back to what its layers say.".to_owned()],
        None => vec![
            "The version before is kept; publishing what it said takes every phone back.".to_owned(),
            "Each phone can be returned alone to the settings that it has now, by a request; its lines and secrets stay those of its binding."
                .to_owned(),
        ],
    };
    if strands {
        back.push("A phone that a wrong value cuts off needs hands on site.".to_owned());
    }
    let audit =
        vec![format!("Every serve will name {change}, the layer's version, and the setting's origin.")];
    let restarts = |which: Restart| -> usize {
        plan.alike.iter().filter(|alike| alike.restart == which).map(|alike| alike.devices.len()).sum()
    };
    let (yes, unknown) = (restarts(Restart::Yes), restarts(Restart::Unknown));
    let mut impact = vec![
        match unknown {
            0 => format!("{}.", many(yes, "phone restarts", "phones restart")),
            _ => format!(
                "{}; of {unknown} it is not documented.",
                many(yes, "phone restarts", "phones restart")
            ),
        },
        "Each phone takes it over at its next fetch.".to_owned(),
    ];
    if let Some(waves) = &plan.waves {
        let first = waves.waves.first().map(|wave| format!(" The first: {wave}.")).unwrap_or_default();
        impact.push(format!(
            "It goes out in {} waves; too many failures in one stop it.{first}",
            waves.waves.len()
        ));
    }
    vec![
        answer("F1", "Are the inputs known to be right?", data, !blocked.is_empty()),
        answer(
            "F2",
            "How many devices, lines and people change?",
            blast,
            c.devices > 0 && plan.sites.len() > 1,
        ),
        answer("F3", "Can one device be put back?", back, strands),
        answer("F4", "Can support explain it afterwards?", audit, false),
        answer("F5", "What happens to users if it fails?", impact, yes + unknown > 0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollout::{Policy, Rule, Then};

    fn difference(path: &str, after: &str) -> Difference {
        Difference {
            path: path.to_owned(),
            before: None,
            after: Some(after.to_owned()),
            origin: "x".to_owned(),
        }
    }

    fn alike(after: &str, macs: &[&str]) -> Alike {
        let devices = macs.iter().map(|mac| Mac::parse(mac).unwrap()).collect();
        Alike { devices, ..Alike::new(Vendor::Yealink, vec![difference("network.vlan", after)], vec![]) }
    }

    fn plan(alike: Vec<Alike>) -> Plan {
        Plan {
            policy_version: 1,
            level: Level::Site,
            scope: "lon".to_owned(),
            parent: 1,
            release: Release::FIRST,
            content: Content::default(),
            exception: None,
            alike,
            excluded: vec![],
            counts: Counts::default(),
            sites: BTreeSet::new(),
            waves: None,
            answers: vec![],
            findings: vec![],
        }
    }

    const ONE: &str = "80:5e:c0:00:00:01";
    const TWO: &str = "80:5e:c0:00:00:02";

    fn waves(plan: &mut Plan) -> &mut Settings {
        plan.waves.as_mut().unwrap()
    }

    #[test]
    fn every_effect_is_signed_and_no_prose_is() {
        let base = || {
            let waves = Some(Policy::default().settings);
            Plan { waves, ..plan(vec![alike("20", &[ONE, TWO])]) }
        };
        let effects: [fn(&mut Plan); 13] = [
            |p| p.policy_version = 2,
            |p| p.level = Level::Segment,
            |p| p.scope = "par".to_owned(),
            |p| p.parent = 2,
            |p| p.release = Release::FIRST.next_minor(),
            |p| p.content.locks = [(Path::parse("a.b").unwrap(), "x".to_owned())].into(),
            |p| p.alike[0] = alike("21", &[ONE, TWO]),
            |p| p.alike[0] = alike("20", &[ONE]),
            |p| p.alike.clear(),
            |p| p.waves = None,
            |p| waves(p).waves[0].rule = Rule::Share(6),
            |p| waves(p).waves[0].failures = 3,
            |p| waves(p).waves[0].then = Then::Return,
        ];
        for effect in effects {
            let mut changed = base();
            effect(&mut changed);
            assert_ne!(changed.digest(), base().digest());
        }
        let mut worded = base();
        worded.alike[0].differences[0].origin = "site lon LC-9".to_owned();
        worded.findings = vec![Finding::new(Code::LockOverrides, "x")];
        worded.answers = answers(&worded, "lon", "LC-1");
        assert_eq!(worded.digest(), base().digest());
    }

    #[test]
    fn the_phones_that_make_it_stale_are_named() {
        let before = plan(vec![alike("20", &[ONE]), alike("21", &[TWO])]);
        let now = plan(vec![alike("20", &[ONE, TWO])]);
        assert_eq!(before.stale_devices(&now), [Mac::parse(TWO).unwrap()]);
        assert_eq!(before.stale_devices(&before), []);
        assert_eq!(plan(vec![]).stale_devices(&now).len(), 2);
        assert_eq!(before.stale_words(&now), format!("1 devices are reached otherwise: {TWO}"));
        let waves = Plan { waves: Some(Policy::default().settings), ..now.clone() };
        assert!(now.stale_words(&waves).starts_with("It would go out otherwise"));
        assert!(before.stale_words(&waves).contains(TWO), "both are said");
    }

    #[test]
    fn a_voice_vlan_restarts_a_yealink_and_can_strand_it() {
        let vlan = alike("20", &[ONE]);
        assert_eq!((vlan.restart, vlan.strands), (Restart::Yes, true));
        let ntp = Alike::new(Vendor::Snom, vec![difference("phone.ntp", "x")], vec![]);
        assert_eq!((ntp.restart, ntp.strands), (Restart::Unknown, false));
        assert_eq!(remarks(&[vlan])[0].code, Code::SettingStrands);
        assert_eq!(remarks(&[ntp]), []);
    }
}
