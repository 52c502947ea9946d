//! A draft as a form sends it: the text of the layer, what it will be called, and whom a group is for.

use super::{Content, Level, Release, text};
use crate::{Code, Finding, group::Rule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// Settings and locks, one a line.
    pub text: String,
    /// What the version will be called; empty for the next one that adds.
    pub release: String,
    /// Of a group: codes of sites, models, roles, tags and groups, with blanks or commas between; models with commas.
    pub rule: [String; 5],
}

/// What was read of it, with everything that is wrong with its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// What the version would say.
    pub content: Content,
    /// What it would be called.
    pub release: Release,
    /// What could not be read.
    pub findings: Vec<Finding>,
}

/// Reads a draft of a layer that now says `parent`, if it says anything yet.
pub fn read(level: Level, typed: &Typed, parent: Option<(&Content, Release)>) -> Read {
    let nothing = Content::default();
    let (mut content, mut findings) =
        text::read(&typed.text, parent.map_or(&nothing, |(content, _)| content));
    if level == Level::Group {
        content.rule = Some(rule(&typed.rule));
    }
    let next = parent.map_or(Release::FIRST, |(_, release)| release.next_minor());
    let release = match typed.release.trim() {
        "" => next,
        typed => Release::parse(typed).unwrap_or_else(|| {
            let detail = format!("Three numbers, such as {next}.");
            findings.push(Finding::new(Code::LayerInvalid, "release").detail(detail));
            next
        }),
    };
    Read { content, release, findings }
}

fn rule([sites, models, roles, tags, groups]: &[String; 5]) -> Rule {
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| c.is_whitespace() || c == ',');
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    // A model has a blank in it.
    let models = models.split(['\n', ',']).map(str::trim).filter(|model| !model.is_empty());
    Rule {
        sites: words(sites),
        models: models.map(str::to_owned).collect(),
        roles: words(roles),
        tags: words(tags),
        groups: words(groups),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_that_is_not_typed_is_the_next_and_one_that_cannot_be_read_is_said() {
        let said = Content::default();
        for (parent, typed, release, wrong) in [
            (None, "", "1.0.0", false),
            (Some((&said, Release::FIRST)), " ", "1.1.0", false),
            (Some((&said, Release::FIRST)), "2.0.0", "2.0.0", false),
            (Some((&said, Release::FIRST)), "two", "1.1.0", true),
        ] {
            let typed = Typed { release: typed.to_owned(), ..Typed::default() };
            let read = read(Level::Site, &typed, parent);
            assert_eq!((read.release.to_string().as_str(), !read.findings.is_empty()), (release, wrong));
        }
    }

    #[test]
    fn a_rule_is_read_for_a_group_alone_and_a_model_keeps_its_blank() {
        let rule = ["lon par", "yealink T46U, poly VVX 411", "lobby", "a,b", ""].map(str::to_owned);
        let typed = Typed { rule, ..Typed::default() };
        assert_eq!(read(Level::Site, &typed, None).content.rule, None);
        let rule = read(Level::Group, &typed, None).content.rule.unwrap();
        assert_eq!(rule.sites, ["lon", "par"].map(str::to_owned).into());
        assert_eq!(rule.models, ["yealink T46U", "poly VVX 411"].map(str::to_owned).into());
        assert_eq!(rule.tags, ["a", "b"].map(str::to_owned).into());
        assert!(rule.groups.is_empty());
    }
}
