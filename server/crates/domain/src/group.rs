//! Groups of devices by rule: who belongs to one follows from facts, and is shown as the exact list.

use crate::{Code, Finding};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who belongs to a group: everything that is said has to be the case; nothing said is nobody, never everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// At any of these sites, by code.
    pub sites: BTreeSet<String>,
    /// Of any of these models: `yealink T46U`.
    pub models: BTreeSet<String>,
    /// With any of these roles, such as `lobby`.
    pub roles: BTreeSet<String>,
    /// With any of these tags.
    pub tags: BTreeSet<String>,
    /// In any of these groups.
    pub groups: BTreeSet<String>,
}

/// What is said of one device, by which groups are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Labels {
    /// What it is for.
    pub role: Option<String>,
    /// What else is said of it.
    pub tags: BTreeSet<String>,
}

impl Labels {
    /// In words, for people and for the record.
    pub fn words(&self) -> String {
        let tags: Vec<_> = self.tags.iter().map(String::as_str).collect();
        let tags = if tags.is_empty() { "none".to_owned() } else { tags.join(" ") };
        format!("role: {}; tags: {tags}", self.role.as_deref().unwrap_or("none"))
    }
}

/// What a rule asks of a device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Facts {
    /// Code of its site.
    pub site: String,
    /// `yealink T46U`.
    pub model: String,
    /// What it is for, if that was said.
    pub role: Option<String>,
    /// What else was said of it.
    pub tags: BTreeSet<String>,
}

/// Every group by its code.
pub type Groups = BTreeMap<String, Rule>;

impl Rule {
    /// Whether it says nothing, so that nobody belongs to it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong with it by itself.
    pub fn check(&self) -> Vec<Finding> {
        if self.is_empty() {
            let detail = "Its rule says nothing, so nobody belongs to it.";
            return vec![Finding::new(Code::GroupInvalid, "rule").detail(detail)];
        }
        vec![]
    }

    /// In words, for people and for the record.
    pub fn words(&self) -> String {
        let part = |what: &str, set: &BTreeSet<String>| {
            (!set.is_empty())
                .then(|| format!("{what} {}", set.iter().cloned().collect::<Vec<_>>().join(" or ")))
        };
        let parts: Vec<_> = [
            part("site", &self.sites),
            part("model", &self.models),
            part("role", &self.roles),
            part("tag", &self.tags),
            part("in group", &self.groups),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() { "nobody".to_owned() } else { parts.join(", and ") }
    }
}

/// The groups that a device belongs to. Groups in a circle have nobody by it; [`circle`] refuses them at the door.
pub fn of(groups: &Groups, facts: &Facts) -> BTreeSet<String> {
    groups.keys().filter(|code| belongs(groups, code, facts, &mut vec![])).cloned().collect()
}

fn belongs<'a>(groups: &'a Groups, code: &'a str, facts: &Facts, way: &mut Vec<&'a str>) -> bool {
    let Some(rule) = groups.get(code).filter(|rule| !rule.is_empty() && !way.contains(&code)) else {
        return false;
    };
    let said =
        |set: &BTreeSet<String>, holds: &dyn Fn(&String) -> bool| set.is_empty() || set.iter().any(holds);
    if !said(&rule.sites, &|site| *site == facts.site)
        || !said(&rule.models, &|model| *model == facts.model)
        || !said(&rule.roles, &|role| facts.role.as_ref() == Some(role))
        || !said(&rule.tags, &|tag| facts.tags.contains(tag))
    {
        return false;
    }
    way.push(code);
    let inside = rule.groups.is_empty() || rule.groups.iter().any(|of| belongs(groups, of, facts, way));
    way.pop();
    inside
}

/// A circle of groups, from one of them back to it, if there is one.
pub fn circle(groups: &Groups) -> Option<Vec<String>> {
    fn walk<'a>(
        groups: &'a Groups,
        code: &'a str,
        way: &mut Vec<&'a str>,
        clear: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<String>> {
        if clear.contains(code) {
            return None;
        }
        if let Some(start) = way.iter().position(|seen| *seen == code) {
            let around = way[start..].iter().chain([&code]);
            return Some(around.map(|code| (*code).to_owned()).collect());
        }
        way.push(code);
        let inside = groups.get(code).into_iter().flat_map(|rule| &rule.groups);
        let found = inside.map(String::as_str).find_map(|next| walk(groups, next, way, clear));
        way.pop();
        clear.insert(code);
        found
    }
    let mut clear = BTreeSet::new();
    groups.keys().find_map(|code| walk(groups, code, &mut vec![], &mut clear))
}

/// What is wrong with a group among all: names that nothing has, and circles.
pub fn check(groups: &Groups, code: &str, sites: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut wrong = |detail: String| findings.push(Finding::new(Code::GroupInvalid, code).detail(detail));
    if let Some(rule) = groups.get(code) {
        for other in rule.groups.iter().filter(|other| !groups.contains_key(*other)) {
            wrong(format!("There is no group `{other}`."));
        }
        for site in rule.sites.difference(sites) {
            wrong(format!("There is no site `{site}`."));
        }
    }
    if let Some(circle) = circle(groups) {
        wrong(format!("It goes round in a circle: {}.", circle.join(" → ")));
    }
    findings
}

/// Whether a word can be a group's code, a role or a tag: lower-case letters, digits and hyphens.
pub fn word(text: &str) -> bool {
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn facts(site: &str, role: Option<&str>, tags: &[&str]) -> Facts {
        Facts { site: site.into(), model: "yealink T46U".into(), role: role.map(Into::into), tags: set(tags) }
    }

    #[test]
    fn a_device_belongs_where_everything_said_is_the_case() {
        let lobby = Rule { sites: set(&["lon", "par"]), roles: set(&["lobby"]), ..Rule::default() };
        let quiet = Rule { tags: set(&["quiet", "night"]), groups: set(&["lobby"]), ..Rule::default() };
        let groups: Groups =
            [("lobby".into(), lobby), ("nobody".into(), Rule::default()), ("quiet".into(), quiet)].into();
        for (device, expected) in [
            (facts("lon", Some("lobby"), &[]), vec!["lobby"]),
            (facts("lon", Some("lobby"), &["night"]), vec!["lobby", "quiet"]),
            (facts("ber", Some("lobby"), &["night"]), vec![]),
            (facts("lon", None, &["night"]), vec![]),
        ] {
            assert_eq!(of(&groups, &device), set(&expected), "{device:?}");
        }
        assert_eq!(groups["quiet"].words(), "tag night or quiet, and in group lobby");
    }

    #[test]
    fn circles_and_unknown_names_are_refused_by_name() {
        let inside = |of: &str| Rule { groups: set(&[of]), ..Rule::default() };
        let groups: Groups =
            [("a".into(), inside("b")), ("b".into(), inside("c")), ("c".into(), inside("b"))].into();
        assert_eq!(circle(&groups), Some(vec!["b".into(), "c".into(), "b".into()]));
        let own: Groups = [("a".into(), inside("a"))].into();
        assert_eq!(circle(&own), Some(vec!["a".into(), "a".into()]));
        assert_eq!(of(&own, &facts("lon", None, &[])), set(&[]));
        let unknown: Groups = [("a".into(), Rule { sites: set(&["atlantis"]), ..inside("x") })].into();
        let details: Vec<_> = check(&unknown, "a", &set(&["lon"])).into_iter().map(|f| f.detail).collect();
        assert_eq!(details, ["There is no group `x`.", "There is no site `atlantis`."]);
    }

    fn any_groups() -> impl Strategy<Value = Groups> {
        let rule = (
            proptest::collection::btree_set("[st]", 0..2),
            proptest::collection::btree_set("[xy]", 0..2),
            proptest::collection::btree_set("[a-e]", 0..3),
        );
        let rule = rule.prop_map(|(sites, tags, groups)| Rule { sites, tags, groups, ..Rule::default() });
        proptest::collection::btree_map("[a-e]", rule, 0..6)
    }

    proptest! {
        /// Whatever the rules, membership is decided; a rule that says nothing has nobody.
        #[test]
        fn membership_is_decided_for_any_rules(groups in any_groups(), site in "[st]", tag in "[xy]") {
            let device = facts(&site, None, &[&tag]);
            for code in of(&groups, &device) {
                let rule = &groups[&code];
                prop_assert!(!rule.is_empty());
                prop_assert!(rule.sites.is_empty() || rule.sites.contains(&site));
                prop_assert!(rule.tags.is_empty() || rule.tags.contains(&tag));
            }
        }

        /// A circle that is found is one, and without any every group can be put in an order.
        #[test]
        fn a_circle_is_found_where_there_is_one(groups in any_groups()) {
            if let Some(around) = circle(&groups) {
                prop_assert_eq!(around.first(), around.last());
                for pair in around.windows(2) {
                    prop_assert!(groups[&pair[0]].groups.contains(&pair[1]));
                }
            } else {
                let mut done = BTreeSet::new();
                for _ in 0..=groups.len() {
                    for (code, rule) in &groups {
                        if rule.groups.iter().all(|of| done.contains(of) || !groups.contains_key(of)) {
                            done.insert(code.clone());
                        }
                    }
                }
                prop_assert_eq!(done.len(), groups.len());
            }
        }
    }
}
