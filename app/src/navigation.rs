//! Where one can go: groups in the head of the page, and the places of the group that one is in.

use crate::visitor::Visitor;
use domain::authz::Action;
use leptos::prelude::*;

/// Address, name, and what one must be allowed to do to see it.
type Place = (&'static str, &'static str, Action);

/// What the navigation offers. A new page is one line here, in the group where people look for it; pages below
/// it (`/numbers/…`) belong to it. Where one place lies below another, the longer address wins.
const GROUPS: &[(&str, &[Place])] = &[
    ("Sites", &[("/", "Overview", Action::Read), ("/import", "Import", Action::Import)]),
    (
        "Phones",
        &[
            ("/devices", "Devices", Action::Read),
            ("/enrolment", "Enrolment", Action::Read),
            ("/discovery", "Discovery", Action::Read),
            ("/firmware", "Firmware", Action::Read),
            ("/drift", "Drift", Action::Read),
            ("/phones", "Models", Action::Read),
        ],
    ),
    ("Numbers", &[("/numbers", "Numbers", Action::Read), ("/people", "People", Action::Read)]),
    (
        "Changes",
        &[
            ("/requests", "Requests", Action::Read),
            ("/layers", "Layers", Action::Read),
            ("/pins", "Pins", Action::Read),
            ("/rollouts", "Rollouts", Action::Read),
            ("/approvals", "Approvals", Action::Read),
            ("/freezes", "Freezes", Action::Read),
            ("/advances", "In advance", Action::Read),
            ("/reviews", "Reviews", Action::Read),
            ("/glass", "Break glass", Action::Read),
        ],
    ),
    ("Operations", &[("/exceptions", "Exceptions", Action::Read), ("/trace", "Trace", Action::Read)]),
    (
        "Administration",
        &[
            ("/roots", "Roots", Action::Read),
            ("/audit", "Audit", Action::Audit),
            ("/users", "Users", Action::ManageUsers),
        ],
    ),
];

/// The groups, each a way to the first of its places that this visitor may see; then, if the page belongs to
/// a group, that group's places. Nothing unfolds, so that it is the same with a keyboard, without JavaScript
/// and on a small screen.
pub(crate) fn navigation(visitor: &Visitor) -> AnyView {
    let here = visitor.address.split('?').next().unwrap_or("/");
    let at = place(here);
    let mut groups = Vec::new();
    let mut places = None;
    for (name, all) in GROUPS {
        let seen: Vec<Place> = all.iter().copied().filter(|(_, _, action)| visitor.may(*action)).collect();
        let Some((first, ..)) = seen.first().copied() else { continue };
        let inside = all.iter().any(|(path, ..)| Some(*path) == at);
        let current = inside.then_some("true");
        groups.push(view! { <li><a href=first aria-current=current>{*name}</a></li> });
        if inside {
            places = Some(row(name, &seen, at));
        }
    }
    view! {
        <nav class="groups" aria-label="Main">
            <ul>{groups}</ul>
        </nav>
        {places}
    }
    .into_any()
}

fn row(group: &'static str, places: &[Place], at: Option<&str>) -> AnyView {
    let links: Vec<_> = places
        .iter()
        .map(|(path, name, _)| {
            let current = (Some(*path) == at).then_some("page");
            view! { <li><a href=*path aria-current=current>{*name}</a></li> }
        })
        .collect();
    view! { <nav class="places" aria-label=group><ul>{links}</ul></nav> }.into_any()
}

/// The place that the page at `here` belongs to.
fn place(here: &str) -> Option<&'static str> {
    let all = GROUPS.iter().flat_map(|(_, places)| places.iter().map(|(path, ..)| *path));
    all.filter(|path| covers(path, here)).max_by_key(|path| path.len())
}

fn covers(path: &str, here: &str) -> bool {
    // The overview lists the sites: a site is below it.
    let path = if path == "/" && here != "/" { "/sites" } else { path };
    here.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_page_belongs_to_the_nearest_place() {
        for (here, at) in [
            ("/", Some("/")),
            ("/sites/lon", Some("/")),
            ("/devices", Some("/devices")),
            ("/devices/805ec0100001", Some("/devices")),
            ("/numbers/ranges/1", Some("/numbers")),
            ("/devices-of-others", None),
            ("/codes", None),
            ("/no-such-page", None),
        ] {
            assert_eq!(place(here), at, "{here}");
        }
    }

    #[test]
    fn no_place_and_no_name_is_offered_twice() {
        let all: Vec<_> = GROUPS.iter().flat_map(|(_, places)| places.iter()).collect();
        let paths: BTreeSet<_> = all.iter().map(|(path, ..)| path).collect();
        let names: BTreeSet<_> = all.iter().map(|(_, name, _)| name).collect();
        assert_eq!((paths.len(), names.len()), (all.len(), all.len()));
    }
}
