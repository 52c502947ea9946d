//! Whether a draft may be published, as far as layers alone say: its form, its locks, and what it is called.
//!
//! What it does to phones, the plan says; whether a value's expression can be rendered, its dialect.

use super::{Content, Layer, Level, Release};
use crate::{
    Code, Finding,
    setting::{
        Path,
        schema::{check as fits, of_line, reserved, rule_of},
    },
};
use std::borrow::Borrow;

/// What somebody wants to publish, beside its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft<'a> {
    /// What it would say.
    pub content: &'a Content,
    /// What the version that it was begun from says; nothing when it is the first.
    pub parent: Option<(&'a Content, Release)>,
    /// What it will be called.
    pub release: Release,
    /// What changes and why, in the author's words.
    pub note: &'a str,
}

/// Longer than anybody reads.
const LONGEST_NOTE: usize = 1_000;

/// Everything that keeps it from being submitted, whatever phones there are.
pub fn check(level: Level, draft: &Draft<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let invalid = |subject: &str, detail: &str| Finding::new(Code::LayerInvalid, subject).detail(detail);
    let before = draft.parent.map(|(content, _)| content);
    for (path, value) in &draft.content.settings {
        let same = before.is_some_and(|before| before.settings.get(path) == Some(value));
        match reserved(path) {
            Some(_) if same => {}
            Some(why) => findings.push(invalid(path.as_str(), &format!("Nobody sets it by hand. {why}"))),
            None => findings.extend(fits(path, value)),
        }
    }
    for (path, reason) in &draft.content.locks {
        if reserved(path).is_some() || of_line(path) {
            findings
                .push(invalid(path.as_str(), "It cannot be locked: it comes with the line or the device."));
        } else if rule_of(path).is_none() && !path.as_str().starts_with("raw.") {
            findings.push(Finding::new(Code::SettingUnknown, path.as_str()));
        }
        if reason.trim().is_empty() {
            findings.push(invalid(path.as_str(), "A lock needs a reason."));
        }
    }
    match (level, &draft.content.rule) {
        (Level::Group, None) => findings.push(invalid("rule", "A group needs a rule.")),
        (Level::Group, Some(rule)) => findings.extend(rule.check()),
        (_, Some(_)) => findings.push(invalid("rule", "Only a group has a rule.")),
        (_, None) => {}
    }
    if level != Level::Device && draft.content.labels.is_some() {
        findings.push(invalid("labels", "Only a phone has a role and tags."));
    }
    if let Some((parent, release)) = draft.parent {
        if draft.content == parent {
            findings.push(invalid("settings", "Nothing is changed."));
        }
        if draft.release <= release {
            let detail = format!("It must be later than {release}, such as {}.", release.next_minor());
            findings.push(invalid("release", &detail));
        }
    } else if draft.content.settings.is_empty()
        && draft.content.locks.is_empty()
        && draft.content.labels.is_none()
    {
        findings.push(invalid("settings", "It says nothing."));
    }
    let note = draft.note.trim();
    if note.is_empty() {
        findings.push(Finding::new(Code::FieldMissing, "note"));
    } else if note.len() > LONGEST_NOTE || note.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
        findings.push(Finding::new(Code::FieldTooLong, "note"));
    }
    findings
}

/// How `draft` gets on with the other layers of one device: what it sets although a layer above locks it, and what
/// layers below set that it would lock. `before` is what it says now. A pin holds against locks, and has none.
pub fn among<L: Borrow<Layer>>(others: &[L], draft: &Layer, before: Option<&Content>) -> Vec<Finding> {
    if draft.origin.level == Level::Pin {
        return vec![];
    }
    let mut findings = Vec::new();
    let place = |layer: &Layer| (layer.origin.level, layer.origin.name.clone());
    let own = place(draft);
    let others = others.iter().map(Borrow::borrow).filter(|layer| layer.origin.layer != draft.origin.layer);
    let (above, below): (Vec<&Layer>, Vec<&Layer>) = others.partition(|layer| place(layer) < own);
    for path in draft.settings.keys().filter(|path| reserved(path).is_none()) {
        if let Some((layer, reason)) = above.iter().find_map(|l| Some((l, l.locks.get(path)?))) {
            let detail = format!("Locked by {}: {reason}", named(layer));
            findings.push(Finding::new(Code::LockForbids, path.as_str()).detail(detail));
        }
    }
    let stood = |path: &&Path| before.is_none_or(|before| !before.locks.contains_key(*path));
    for path in draft.locks.keys().filter(stood) {
        let set = below.iter().filter(|layer| layer.settings.contains_key(path));
        for layer in set.filter(|layer| layer.origin.level < Level::Pin) {
            let value = layer.settings.get(path).map(ToString::to_string).unwrap_or_default();
            let detail = format!("{} version {} sets it to {value}.", named(layer), layer.origin.version);
            findings.push(Finding::new(Code::LockOverrides, path.as_str()).detail(detail));
        }
    }
    findings
}

fn named(layer: &Layer) -> String {
    format!("{} {}", layer.origin.level.word(), layer.origin.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        group::{Labels, Rule},
        ids::LayerId,
        layer::Origin,
        setting::Value,
    };

    fn content(settings: &[(&str, &str)], locks: &[&str]) -> Content {
        let path = |text: &str| Path::parse(text).unwrap();
        Content {
            settings: settings.iter().map(|(p, v)| (path(p), Value::Text((*v).to_owned()))).collect(),
            locks: locks.iter().map(|p| (path(p), "so agreed".to_owned())).collect(),
            ..Content::default()
        }
    }

    fn layer(level: Level, settings: &[(&str, &str)], locks: &[&str]) -> Layer {
        let Content { settings, locks, .. } = content(settings, locks);
        let origin = Origin {
            layer: LayerId(uuid::Uuid::from_u128(level as u128)),
            level,
            name: "x".to_owned(),
            version: 1,
            change: "LC-1".to_owned(),
        };
        Layer { origin, settings, locks }
    }

    #[test]
    fn what_keeps_a_draft_from_being_submitted() {
        let parent = content(&[("network.vlan", "20")], &[]);
        let other = content(&[("network.vlan", "21")], &[]);
        let said = |level, content: &Content, release: &str, note: &str| {
            let release = Release::parse(release).unwrap();
            let draft = Draft { content, parent: Some((&parent, Release::FIRST)), release, note };
            check(level, &draft).into_iter().map(|f| (f.code, f.subject)).collect::<Vec<_>>()
        };
        let site = Level::Site;
        assert_eq!(said(site, &other, "1.1.0", "Moves the voice VLAN."), []);
        for (level, content, release, note, code, subject) in [
            (site, &parent, "1.1.0", "x", Code::LayerInvalid, "settings"),
            (site, &other, "1.0.0", "x", Code::LayerInvalid, "release"),
            (site, &other, "1.1.0", " ", Code::FieldMissing, "note"),
            (Level::Group, &other, "1.1.0", "x", Code::LayerInvalid, "rule"),
            (
                site,
                &content(&[("network.vlna", "2")], &[]),
                "1.1.0",
                "x",
                Code::SettingUnknown,
                "network.vlna",
            ),
            (site, &content(&[("network.vlan", "x")], &[]), "1.1.0", "x", Code::SettingValue, "network.vlan"),
            (
                site,
                &content(&[("line.2.extension", "1")], &[]),
                "1.1.0",
                "x",
                Code::LayerInvalid,
                "line.2.extension",
            ),
            (site, &content(&[], &["network.vlna"]), "1.1.0", "x", Code::SettingUnknown, "network.vlna"),
            (site, &content(&[], &["line.1.owner"]), "1.1.0", "x", Code::LayerInvalid, "line.1.owner"),
            (site, &content(&[], &["line.1.label"]), "1.1.0", "x", Code::LayerInvalid, "line.1.label"),
        ] {
            assert_eq!(said(level, content, release, note), [(code, subject.to_owned())], "{subject}");
        }
        let labelled = Content { labels: Some(Labels::default()), ..other.clone() };
        assert_eq!(said(Level::Site, &labelled, "1.1.0", "x"), [(Code::LayerInvalid, "labels".to_owned())]);
        let labelled = Content { labels: Some(Labels::default()), ..parent.clone() };
        assert_eq!(said(Level::Device, &labelled, "1.1.0", "x"), [], "labels alone are a change");
        let ruled = Content { rule: Some(Rule::default()), ..other };
        assert_eq!(said(Level::Site, &ruled, "1.1.0", "x"), [(Code::LayerInvalid, "rule".to_owned())]);
    }

    #[test]
    fn locks_hold_downwards_and_say_whom_they_would_overrule() {
        let organisation = layer(Level::Organisation, &[], &["network.vlan"]);
        let device = layer(Level::Device, &[("phone.ntp", "own.example")], &[]);
        let others = [organisation, device];
        let draft = layer(Level::Site, &[("network.vlan", "20")], &["phone.ntp"]);
        let codes: Vec<_> = among(&others, &draft, None).into_iter().map(|f| (f.code, f.subject)).collect();
        assert_eq!(
            codes,
            [(Code::LockForbids, "network.vlan".to_owned()), (Code::LockOverrides, "phone.ntp".to_owned())]
        );
        // A lock that stands already is no news.
        let stood = content(&[], &["phone.ntp"]);
        assert_eq!(among(&others[1..], &draft, Some(&stood)), []);
    }
}
