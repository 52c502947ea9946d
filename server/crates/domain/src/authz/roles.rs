//! Where somebody holds a role: at every site, or at some that are named.

use super::Role;
use crate::ids::SiteId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where a role holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// At every site, those to come included, and for what belongs to no site.
    Everywhere,
    /// At these sites alone, each with its code.
    At(BTreeMap<SiteId, String>),
}

/// What an act touches, as far as roles are bound to sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource<'a> {
    /// What belongs to no site, or to more than one: rules, roots, people, the organisation's settings.
    Organisation,
    /// Something of the site with this id.
    Site(SiteId),
    /// Something of the site with this code.
    Named(&'a str),
}

impl From<SiteId> for Resource<'_> {
    fn from(site: SiteId) -> Self {
        Self::Site(site)
    }
}

impl<'a> From<&'a str> for Resource<'a> {
    fn from(code: &'a str) -> Self {
        Self::Named(code)
    }
}

impl<'a> From<&'a String> for Resource<'a> {
    fn from(code: &'a String) -> Self {
        Self::Named(code)
    }
}

impl Reach {
    fn covers(&self, resource: Resource<'_>) -> bool {
        match (self, resource) {
            (Self::Everywhere, _) => true,
            (Self::At(_), Resource::Organisation) => false,
            (Self::At(sites), Resource::Site(site)) => sites.contains_key(&site),
            (Self::At(sites), Resource::Named(code)) => sites.values().any(|own| own == code),
        }
    }
}

/// The roles of somebody, each with where it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles(BTreeMap<Role, Reach>);

impl Roles {
    /// Adds a role, or lets one hold at more places: everywhere includes every site.
    pub fn grant(&mut self, role: Role, reach: Reach) {
        match (self.0.get_mut(&role), reach) {
            (Some(Reach::At(had)), Reach::At(more)) => had.extend(more),
            (Some(Reach::Everywhere), _) => {}
            (_, Reach::At(none)) if none.is_empty() => {}
            (_, reach) => {
                self.0.insert(role, reach);
            }
        }
    }

    /// Both together.
    pub fn extend(&mut self, others: &Self) {
        for (role, reach) in &others.0 {
            self.grant(*role, reach.clone());
        }
    }

    /// Each role with where it holds.
    pub fn held(&self) -> impl Iterator<Item = (Role, &Reach)> {
        self.0.iter().map(|(role, reach)| (*role, reach))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they hold this role everywhere.
    pub fn contains(&self, role: &Role) -> bool {
        self.hold(*role, Resource::Organisation)
    }

    /// Whether they hold this role for that.
    pub fn hold(&self, role: Role, resource: Resource<'_>) -> bool {
        self.0.get(&role).is_some_and(|reach| reach.covers(resource))
    }

    /// Whether they hold this role somewhere.
    pub fn anywhere(&self, role: Role) -> bool {
        self.0.contains_key(&role)
    }

    /// Those that hold at all of the sites with these codes; without a site, those that hold everywhere.
    pub fn over(&self, sites: &BTreeSet<String>) -> Vec<Role> {
        let holds = |reach: &Reach| {
            let all = sites.iter().all(|code| reach.covers(code.into()));
            all && (!sites.is_empty() || reach.covers(Resource::Organisation))
        };
        self.held().filter(|(_, reach)| holds(reach)).map(|(role, _)| role).collect()
    }

    /// Each role in words: `approver`, or `site lead at ber, lon`.
    pub fn words(&self) -> Vec<String> {
        let word = |(role, reach): (Role, &Reach)| match reach {
            Reach::Everywhere => role.title().to_owned(),
            Reach::At(sites) => {
                let mut codes: Vec<_> = sites.values().map(String::as_str).collect();
                codes.sort_unstable();
                format!("{} at {}", role.title(), codes.join(", "))
            }
        };
        self.held().map(word).collect()
    }
}

/// Roles that hold everywhere.
impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().map(|role| (role, Reach::Everywhere)).collect())
    }
}

impl From<Vec<Role>> for Roles {
    fn from(roles: Vec<Role>) -> Self {
        roles.into_iter().collect()
    }
}

impl From<&[Role]> for Roles {
    fn from(roles: &[Role]) -> Self {
        roles.iter().copied().collect()
    }
}

impl<const N: usize> From<&[Role; N]> for Roles {
    fn from(roles: &[Role; N]) -> Self {
        roles.iter().copied().collect()
    }
}
