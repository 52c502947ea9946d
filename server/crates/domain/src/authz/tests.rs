use super::*;
use uuid::Uuid;

const OWN: SiteId = SiteId(Uuid::from_u128(1));
const OTHER: SiteId = SiteId(Uuid::from_u128(2));

fn actor(roles: impl Into<Roles>, confirmed: bool) -> Actor {
    let (id, name, roles) = (UserId(Uuid::nil()), String::new(), roles.into());
    Actor { id, name, roles, confirmed, password_since: Some(Timestamp(1)) }
}

fn at_own(role: Role) -> Roles {
    let mut roles = Roles::default();
    roles.grant(role, Reach::At([(OWN, "lon".to_owned())].into()));
    roles
}

#[test]
fn the_matrix_is_reviewed_when_it_changes() {
    let mut rows = vec![];
    for action in Action::ALL {
        let cells: Vec<_> = Role::ALL
            .into_iter()
            .map(|role| {
                let everywhere = actor(vec![role], true);
                if authorise(&everywhere, action).is_ok() { role.word() } else { "-" }
            })
            .collect();
        rows.push(format!("{action:?}: {}", cells.join(" ")));
    }
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn role_by_act_by_site_is_reviewed_when_it_changes() {
    let mut rows = vec!["held at one site: own site / another site / no site".to_owned()];
    for action in Action::ALL {
        let cells: Vec<_> = Role::ALL
            .into_iter()
            .map(|role| {
                let actor = actor(at_own(role), true);
                let may = |resource: Resource<'_>| match authorise_at(&actor, action, resource) {
                    Ok(_) => "yes",
                    Err(_) => "-",
                };
                let cells = [Resource::Site(OWN), Resource::Site(OTHER), Resource::Organisation].map(may);
                format!("{} {}", role.word(), cells.join("/"))
            })
            .collect();
        rows.push(format!("{action:?}: {}", cells.join(", ")));
    }
    insta::assert_snapshot!(rows.join("\n"));
}

/// A role at a site gives nothing that the role everywhere does not, a claim promises no more than some site keeps, and
/// a site is the same by its id and by its code.
#[test]
fn a_role_at_a_site_is_less_than_the_role() {
    for action in Action::ALL {
        for role in Role::ALL {
            let (bound, free) = (actor(at_own(role), true), actor(vec![role], true));
            let resources = [Resource::Site(OWN), Resource::Site(OTHER), Resource::Organisation];
            let may = |actor: &Actor| resources.map(|resource| authorise_at(actor, action, resource).is_ok());
            let (less, more) = (may(&bound), may(&free));
            assert!(less.into_iter().zip(more).all(|(less, more)| more || !less), "{role:?} {action:?}");
            assert_eq!(more[0], more[2], "{role:?} {action:?}: everywhere is everywhere");
            assert_eq!(somewhere(&bound, action).is_ok(), less[0], "{role:?} {action:?}");
            assert_eq!(authorise_at(&bound, action, "lon").is_ok(), less[0]);
            assert_eq!(authorise_at(&bound, action, "par").is_ok(), less[1]);
            let both = somewhere(&bound, action).and_then(|claim| claim.at_all([OWN, OTHER]));
            assert_eq!(both.is_ok(), less[0] && less[1], "{role:?} {action:?}");
        }
    }
}

#[test]
fn a_role_that_is_granted_again_holds_at_more_places() {
    let mut roles = at_own(Role::Approver);
    roles.grant(Role::Approver, Reach::At([(OTHER, "par".to_owned())].into()));
    roles.grant(Role::SiteLead, Reach::At([].into()));
    assert_eq!(roles.words(), ["approver at lon, par"]);
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(roles.over(&codes(&["lon", "par"])), [Role::Approver]);
    assert_eq!(roles.over(&codes(&["lon", "ber"])), []);
    assert_eq!(roles.over(&codes(&[])), [], "no site is the organisation");
    roles.grant(Role::Approver, Reach::Everywhere);
    roles.grant(Role::Approver, Reach::At([(OWN, "lon".to_owned())].into()));
    assert_eq!(roles.words(), ["approver"]);
}

#[test]
fn nobody_without_a_role_may_do_anything() {
    for action in Action::ALL {
        assert_eq!(authorise(&actor(vec![], true), action).unwrap_err().code, Code::Forbidden);
    }
}

#[test]
fn nobody_vouches_for_anything_before_they_are_confirmed() {
    let new = actor(Role::ALL.to_vec(), false);
    let refused: Vec<_> =
        Action::ALL.into_iter().filter(|action| authorise(&new, *action).is_err()).collect();
    assert_eq!(
        refused,
        [
            Action::ReleaseFeed,
            Action::Gate,
            Action::Approve,
            Action::ReportLoss,
            Action::AnswerFor,
            Action::ManageUsers,
            Action::Standard,
            Action::BreakGlass,
            Action::Review
        ]
    );
    for action in refused {
        assert_eq!(authorise(&new, action).unwrap_err().code, Code::AccountUnconfirmed);
    }
}

#[test]
fn nobody_acts_under_a_password_that_another_chose() {
    let new = Actor { password_since: None, ..actor(Role::ALL.to_vec(), true) };
    for action in Action::ALL {
        let refused = authorise(&new, action).err().map(|finding| finding.code);
        assert_eq!(refused, (action != Action::Read).then_some(Code::PasswordFirst), "{action:?}");
    }
}
