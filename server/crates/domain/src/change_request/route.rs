//! What a request may change beside lines: who rings, how far somebody may call, what is different on a phone, and
//! where it stands. None of it puts or takes a line; whether a change of one of them needs a request at all, this module says.

use crate::{
    Mac, class::ClassOfService, hunt_group::HuntGroup, ids::DeviceId, layer::exception::Exception,
    number::ExtensionNumber, plan::Kind, profile::Profile, schedule::Schedule, slug::Slug,
};
use serde::{Deserialize, Serialize};

/// Something as it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "route", rename_all = "kebab-case")]
pub enum Route {
    /// The profile of an extension.
    Profile {
        /// Which.
        extension: ExtensionNumber,
        /// Code of its site.
        site: String,
        /// What becomes of its calls.
        profile: Box<Profile>,
    },
    /// A hunt group, new or changed.
    Group {
        /// Code of its site.
        site: String,
        /// All of it.
        group: Box<HuntGroup>,
    },
    /// A hunt group is removed.
    NoGroup {
        /// Code of its site.
        site: String,
        /// Which.
        code: Slug,
    },
    /// The class of service of an extension.
    Class {
        /// Which.
        extension: ExtensionNumber,
        /// Code of its site.
        site: String,
        /// How far it may call.
        class: ClassOfService,
    },
    /// The hours of a schedule that is there.
    Schedule {
        /// Code of its site.
        site: String,
        /// Which.
        code: Slug,
        /// What people call it.
        name: String,
        /// When it is open.
        schedule: Box<Schedule>,
    },
    /// A phone that is otherwise than its layers say.
    Exception {
        /// Code of its site.
        site: String,
        /// The phone.
        mac: Mac,
        /// What is different there, who answers for it, until when.
        exception: Box<Exception>,
    },
    /// A phone stands at another place.
    Place {
        /// Code of its site, before and after.
        site: String,
        /// The phone.
        mac: Mac,
        /// The same, in case another one has its MAC by then.
        device: DeviceId,
        /// Code of the place.
        place: String,
    },
}

impl Route {
    /// The kind of a request for it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Profile { .. } => Kind::ProfileChange,
            Self::Group { .. } | Self::NoGroup { .. } => Kind::GroupChange,
            Self::Class { .. } => Kind::ClassChange,
            Self::Schedule { .. } => Kind::ScheduleChange,
            Self::Exception { .. } => Kind::Exception,
            Self::Place { .. } => Kind::Relocation,
        }
    }

    /// The extension's number, the short name of a group or a schedule, the phone's MAC.
    pub fn name(&self) -> String {
        match self {
            Self::Profile { extension, .. } | Self::Class { extension, .. } => extension.to_string(),
            Self::Group { group, .. } => group.code.to_string(),
            Self::NoGroup { code, .. } | Self::Schedule { code, .. } => code.to_string(),
            Self::Exception { mac, .. } | Self::Place { mac, .. } => mac.to_string(),
        }
    }

    /// The phone that it is about.
    pub const fn mac(&self) -> Option<Mac> {
        match self {
            Self::Exception { mac, .. } | Self::Place { mac, .. } => Some(*mac),
            _ => None,
        }
    }

    /// As the record and pages call it: `extension 2103`.
    pub fn subject(&self) -> String {
        match self {
            Self::Profile { .. } | Self::Class { .. } => format!("extension {}", self.name()),
            Self::Schedule { .. } => format!("schedule {}", self.name()),
            Self::Exception { .. } | Self::Place { .. } => format!("phone {}", self.name()),
            Self::Group { .. } | Self::NoGroup { .. } => format!("hunt group {}", self.name()),
        }
    }

    /// Code of its site.
    pub fn site(&self) -> &str {
        match self {
            Self::Profile { site, .. }
            | Self::Group { site, .. }
            | Self::NoGroup { site, .. }
            | Self::Class { site, .. }
            | Self::Schedule { site, .. }
            | Self::Exception { site, .. }
            | Self::Place { site, .. } => site,
        }
    }

    /// All of it in words afterwards; `None` when nothing is left.
    pub fn after(&self) -> Option<String> {
        match self {
            Self::Profile { profile, .. } => Some(profile.describe()),
            Self::Group { group, .. } => Some(group.describe()),
            Self::NoGroup { .. } => None,
            Self::Class { class, .. } => Some(class.describe()),
            Self::Schedule { name, schedule, .. } => Some(schedule.describe(name)),
            Self::Exception { exception, .. } => Some(exception.describe()),
            Self::Place { place, .. } => Some(place.clone()),
        }
    }
}

/// What of a profile decides who rings, and is another before and after. Nobody has said anything: a profile that leads
/// nowhere.
pub fn profile_reroutes(before: Option<&Profile>, after: &Profile) -> Vec<&'static str> {
    let nothing = Profile::default();
    let before = before.unwrap_or(&nothing);
    let parts = [
        ("forwarding", before.forwards != after.forwards),
        ("opening hours", before.schedule != after.schedule),
        ("where calls go outside hours", before.closed != after.closed),
        ("shared line", before.shared != after.shared),
    ];
    parts.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// Whether somebody else rings: whatever of a group is another, but for what people call it.
pub fn group_reroutes(before: Option<&HuntGroup>, after: Option<&HuntGroup>) -> bool {
    let unnamed = |group: Option<&HuntGroup>| group.map(|g| HuntGroup { name: String::new(), ..g.clone() });
    unnamed(before) != unnamed(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{hunt_group, profile};

    fn profile(change: impl FnOnce(&mut profile::Typed)) -> Profile {
        let mut typed = profile::Typed { voicemail: "yes".into(), ..profile::Typed::default() };
        change(&mut typed);
        typed.read().unwrap()
    }

    fn group(change: impl FnOnce(&mut hunt_group::Typed)) -> HuntGroup {
        let (code, name, members) = ("sales".into(), "Sales".into(), "2101 2102".into());
        let mut typed = hunt_group::Typed { code, name, members, ..hunt_group::Typed::default() };
        change(&mut typed);
        typed.read().unwrap()
    }

    #[test]
    fn what_leads_a_call_elsewhere_needs_a_request_and_what_does_not_is_an_edit() {
        type Change = (fn(&mut profile::Typed), &'static [&'static str]);
        let before = profile(|_| ());
        let changes: [Change; 8] = [
            (|t| t.voicemail = "no".into(), &[]),
            (|t| t.conferencing = "yes".into(), &[]),
            (|t| t.caller_id = "withheld".into(), &[]),
            (|t| t.forward_always = "2104".into(), &["forwarding"]),
            (|t| t.forward_no_answer = "group:sales".into(), &["forwarding"]),
            (|t| t.schedule = "office".into(), &["opening hours"]),
            (
                |t| (t.schedule, t.closed) = ("office".into(), "2104".into()),
                &["opening hours", "where calls go outside hours"],
            ),
            (|t| t.shared = "yes".into(), &["shared line"]),
        ];
        for (change, expected) in changes {
            let after = profile(change);
            assert_eq!(profile_reroutes(Some(&before), &after), expected, "{after:?}");
            assert_eq!(profile_reroutes(Some(&after), &before), expected, "the way back is a change too");
            assert_eq!(profile_reroutes(None, &after), expected, "nobody has said anything yet");
            assert_eq!(profile_reroutes(Some(&after), &after), [""; 0]);
        }
    }

    #[test]
    fn of_a_group_only_its_name_is_an_edit() {
        type Change = fn(&mut hunt_group::Typed);
        let before = group(|_| ());
        let changes: [(Change, bool); 6] = [
            (|t| t.name = "Sales, London".into(), false),
            (|t| t.members = "2102 2101".into(), true),
            (|t| t.ring = "in-order".into(), true),
            (|t| t.seconds = "30".into(), true),
            (|t| t.number = "2190".into(), true),
            (|t| t.otherwise = "2104".into(), true),
        ];
        for (change, expected) in changes {
            let after = group(change);
            assert_eq!(group_reroutes(Some(&before), Some(&after)), expected, "{after:?}");
        }
        assert!(group_reroutes(None, Some(&before)) && group_reroutes(Some(&before), None));
    }

    #[test]
    fn a_route_is_stored_and_read_as_it_was() {
        let (extension, site) = (ExtensionNumber::parse("2103").unwrap(), "lon".to_owned());
        let routes = [
            Route::Profile { extension, site: site.clone(), profile: Box::new(profile(|_| ())) },
            Route::Group { site: site.clone(), group: Box::new(group(|_| ())) },
            Route::NoGroup { site: site.clone(), code: Slug::parse("sales").unwrap() },
            Route::Place {
                site,
                mac: Mac::parse("805ec0100003").unwrap(),
                device: DeviceId(uuid::Uuid::from_u128(3)),
                place: "2-14".to_owned(),
            },
        ];
        for route in routes {
            let text = serde_json::to_string(&route).unwrap();
            assert_eq!(serde_json::from_str::<Route>(&text).unwrap(), route, "{text}");
            assert!(route.subject().ends_with(&route.name()) && route.site() == "lon");
            assert_eq!(route.after().is_none(), matches!(route, Route::NoGroup { .. }));
        }
    }
}
