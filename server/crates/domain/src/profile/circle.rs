//! Calls that would go round in a circle.
//!
//! A group rings its members at once, without their conditional forwardings; so a member whose unanswered calls go to
//! their own group is no circle, and one who forwards every call to it is.

use super::{Destination, Profile};
use crate::{
    hunt_group::{HuntGroup, Member},
    number::{ExtensionNumber, Number},
    slug::Slug,
};
use std::collections::{BTreeMap, VecDeque};

/// Somewhere a call can be, from where it may go on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// An extension.
    Extension(ExtensionNumber),
    /// A hunt group.
    Group(Slug),
}

impl std::fmt::Display for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Extension(number) => number.fmt(f),
            Self::Group(code) => write!(f, "group {code}"),
        }
    }
}

/// All ways on that are known.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// Groups by their short names.
    pub groups: BTreeMap<Slug, HuntGroup>,
    /// Profiles by extension.
    pub profiles: BTreeMap<ExtensionNumber, Profile>,
    /// What DIDs lead to. Extensions and the numbers of groups are not needed here.
    pub dids: BTreeMap<Number, Node>,
}

#[derive(Clone, Copy)]
enum Follow {
    /// What happens to every call.
    EveryCall,
    /// What happens to calls that nobody takes.
    Conditions,
}

impl Routes {
    /// Where a destination is; `None`: outside, or at its end.
    pub fn node(&self, to: &Destination) -> Option<Node> {
        match to {
            Destination::Voicemail => None,
            Destination::Group(code) => Some(Node::Group(code.clone())),
            Destination::Number(number) => {
                let group = self.groups.values().find(|group| group.answers(number));
                match (group, number) {
                    (Some(group), _) => Some(Node::Group(group.code.clone())),
                    (None, Number::Extension(n)) => Some(Node::Extension(n.clone())),
                    (None, did) => self.dids.get(did).cloned(),
                }
            }
        }
    }

    fn ways(&self, from: &Node, follow: Follow) -> Vec<Node> {
        let mut ways = Vec::new();
        match from {
            Node::Extension(number) => {
                let Some(profile) = self.profiles.get(number) else { return ways };
                ways.extend(profile.forwards.always.as_ref().and_then(|to| self.node(to)));
                if matches!(follow, Follow::Conditions) {
                    let others = profile.forwards.all().map(|(_, to)| to).chain(&profile.closed);
                    ways.extend(others.filter_map(|to| self.node(to)));
                }
            }
            Node::Group(code) => {
                let Some(group) = self.groups.get(code) else { return ways };
                ways.extend(group.members.iter().filter_map(|member| match (member, follow) {
                    (Member::Extension(_), Follow::Conditions) => None,
                    (Member::Extension(n), Follow::EveryCall) => Some(Node::Extension(n.clone())),
                    (Member::Group(code), _) => Some(Node::Group(code.clone())),
                }));
                if matches!(follow, Follow::Conditions) {
                    let others = [&group.closed, &group.otherwise].into_iter().flatten();
                    ways.extend(others.filter_map(|to| self.node(to)));
                }
            }
        }
        ways
    }

    /// The shortest circle through a node: it, and it again at the end.
    pub fn circle(&self, start: &Node) -> Option<Vec<Node>> {
        [Follow::EveryCall, Follow::Conditions].into_iter().find_map(|follow| self.back(start, follow))
    }

    fn back(&self, start: &Node, follow: Follow) -> Option<Vec<Node>> {
        let mut came: BTreeMap<Node, Node> = BTreeMap::new();
        let mut next = VecDeque::from([start.clone()]);
        while let Some(here) = next.pop_front() {
            for way in self.ways(&here, follow) {
                if way == *start {
                    let mut round = vec![start.clone(), here.clone()];
                    while let Some(before) = round.last().filter(|n| *n != start).and_then(|n| came.get(n)) {
                        round.push(before.clone());
                    }
                    round.reverse();
                    return Some(if here == *start { vec![here, way] } else { round });
                }
                if !came.contains_key(&way) {
                    came.insert(way.clone(), here.clone());
                    next.push_back(way);
                }
            }
        }
        None
    }
}

/// A circle in words: `2101 to group sales to 2101`.
pub fn told(circle: &[Node]) -> String {
    circle.iter().map(ToString::to_string).collect::<Vec<_>>().join(" to ")
}
