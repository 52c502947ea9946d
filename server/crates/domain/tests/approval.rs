//! Approvals: a table of what is enough, and what no rules, people or times can bring about.

use domain::{
    Code, Timestamp,
    approval::{
        Approval, Case, Condition, Delegation, Escalation, Required, Rule, Subject, Touches, Verdict, check,
        initial, judge, required,
    },
    artifact::Digest,
    authz::{
        Reach,
        Role::{self, Administrator, Approver, SiteLead, Support},
        Roles,
    },
    ids::{SiteId, UserId},
    plan::Kind,
    time::{DAY, HOUR},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

const ADA: UserId = user(1);
const EDITH: UserId = user(2);
const GRACE: UserId = user(3);
const HEDY: UserId = user(4);
const LINUS: UserId = user(5);
const NOW: Timestamp = Timestamp(100 * DAY);

fn rule(needs: &[(Role, u8)]) -> Rule {
    Rule {
        name: "rule".into(),
        when: Condition::default(),
        needs: needs.iter().copied().collect(),
        valid_days: Some(30),
        escalation: None,
        ticket: false,
    }
}

fn bind() -> Touches {
    Touches { subjects: BTreeSet::from([Subject::Change(Kind::Bind)]), devices: 1, ..Touches::default() }
}

fn signed(by: UserId, role: Role, at: i64) -> Approval {
    Approval { by, at: NOW.plus(at), digest: Digest([0; 32]), roles: vec![role] }
}

fn lent(from: UserId, role: Role, to: UserId) -> Delegation {
    Delegation { from, roles: vec![role].into(), to, since: NOW.plus(-DAY), until: NOW.plus(DAY) }
}

/// Ada asks, Edith edited, an hour ago.
fn verdict(needs: &Required, approvals: &[Approval], delegations: &[Delegation]) -> Verdict {
    let case = Case { requester: ADA, editors: &[EDITH], asked: NOW.plus(-2 * DAY), approvals, delegations };
    judge(needs, &case, NOW)
}

#[test]
fn what_is_asked_for_follows_from_what_is_touched() {
    let with = |change: fn(&mut Touches)| {
        let mut touches = bind();
        change(&mut touches);
        required(&initial(), &touches)
    };
    let cases: [(&str, Required); 6] = [
        ("bind of one", with(|_| ())),
        ("unbind", with(|t| t.subjects = BTreeSet::from([Subject::Change(Kind::Unbind)]))),
        ("19 devices", with(|t| t.devices = 19)),
        ("20 devices", with(|t| t.devices = 20)),
        ("a number changes", with(|t| t.number_change = true)),
        ("other rules", with(|t| t.subjects = BTreeSet::from([Subject::Rules]))),
    ];
    let rows: Vec<_> = cases
        .iter()
        .map(|(case, required)| {
            let needs: Vec<_> =
                required.needs.iter().map(|(r, n)| format!("{} {}", n.count, r.word())).collect();
            let why: Vec<_> = required.because.iter().map(|f| format!("\n    {f}")).collect();
            format!("{case}: {}{}", needs.join(", "), why.concat())
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn a_condition_asks_for_all_that_it_says() {
    let touches = Touches {
        sites: BTreeSet::from(["lon".into()]),
        classes: BTreeSet::from(["executive".into()]),
        devices: 7,
        ..bind()
    };
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<BTreeSet<_>>();
    let any = Condition::default;
    for (condition, met) in [
        (any(), true),
        (Condition { sites: words(&["lon", "par"]), ..any() }, true),
        (Condition { sites: words(&["par"]), ..any() }, false),
        (Condition { devices: 7, ..any() }, true),
        (Condition { devices: 8, ..any() }, false),
        (Condition { classes: words(&["executive"]), ..any() }, true),
        (Condition { classes: words(&["emergency"]), ..any() }, false),
        (Condition { number_change: true, ..any() }, false),
        (Condition { class_raised: true, ..any() }, false),
        (Condition { subjects: BTreeSet::from([Subject::Change(Kind::Unbind)]), ..any() }, false),
        (Condition { subjects: BTreeSet::from([Subject::Rules]), ..any() }, false),
        (Condition { sites: words(&["lon"]), devices: 8, ..any() }, false),
    ] {
        assert_eq!(condition.met(&touches).is_some(), met, "{}", condition.words());
    }
}

#[test]
fn without_a_rule_nothing_can_be_approved() {
    let nobody = required(&[], &bind());
    let all = [signed(GRACE, Approver, 0), signed(HEDY, Administrator, 0)];
    let refused = verdict(&nobody, &all, &[]);
    assert_eq!((refused.approved(), refused.findings[0].code), (false, Code::ApprovalNoRule));
    // A rule that asks for nobody is none.
    let ticket = required(&[Rule { ticket: true, ..rule(&[(Approver, 0)]) }], &bind());
    assert!(ticket.ticket && !verdict(&ticket, &all, &[]).approved());
}

#[test]
fn rules_that_cannot_be_used_are_named() {
    assert_eq!(check(&initial()), []);
    let with = |change: fn(&mut Rule)| {
        let mut rules = initial();
        change(&mut rules[0]);
        check(&rules).into_iter().map(|f| f.detail).collect::<Vec<_>>().join(" ")
    };
    let escalated = |hours, to| Some(Escalation { hours, to });
    for (wrong, said) in [
        (with(|r| r.name = " ".into()), "a name"),
        (with(|r| r.name = "Approval rules".into()), "Another rule"),
        (with(|r| r.needs = [(Approver, 0)].into()), "one to three"),
        (with(|r| r.needs = [(Approver, 4)].into()), "one to three"),
        (with(|r| r.needs.clear()), "nothing"),
        (with(|r| r.needs = [(Support, 1)].into()), "approves nothing"),
        (with(|r| r.valid_days = Some(0)), "365"),
        (with(|r| r.valid_days = Some(366)), "365"),
    ] {
        assert!(wrong.contains(said), "{wrong}");
    }
    for (escalation, fine) in [
        (escalated(0, Administrator), false),
        (escalated(1, Administrator), true),
        (escalated(720, SiteLead), true),
        (escalated(721, SiteLead), false),
        (escalated(1, Approver), false),
        (escalated(1, Support), false),
    ] {
        let mut rules = initial();
        rules[0].escalation = escalation;
        assert_eq!(check(&rules).is_empty(), fine, "{escalation:?}");
    }
    // Whoever could lock everybody out is told.
    let locked = &initial()[..3];
    assert_eq!(check(locked).len(), 1);
    let mut conditional = initial();
    conditional[3].when.devices = 1;
    assert_eq!(check(&conditional).len(), 1);
    assert_eq!(check(&vec![rule(&[(Approver, 1)]); 21]).iter().filter(|f| f.subject == "rules").count(), 2);
}

/// Who signed as what, how many hours before now; who lends to whom; and whether that is enough.
#[test]
fn what_is_enough() {
    let one = &[(Approver, 1)][..];
    let two = &[(Approver, 2)][..];
    let both = &[(Approver, 1), (SiteLead, 1)][..];
    let grace = || signed(GRACE, Approver, -1);
    let hedy = || signed(HEDY, Approver, -1);
    let everything = |by| Approval { roles: vec![Approver, SiteLead], ..signed(by, Approver, -1) };
    let to_linus = |from| lent(from, Approver, LINUS);
    let linus = || signed(LINUS, Support, -1);
    let cases = [
        ("nobody", one, vec![], vec![], false),
        ("an approver", one, vec![grace()], vec![], true),
        ("somebody else's role", one, vec![signed(GRACE, SiteLead, -1)], vec![], false),
        ("the requester", one, vec![signed(ADA, Approver, -1)], vec![], false),
        ("an editor", one, vec![signed(EDITH, Approver, -1)], vec![], false),
        ("one of two", two, vec![grace()], vec![], false),
        ("one twice", two, vec![grace(), signed(GRACE, Approver, 0)], vec![], false),
        (
            "who got the role since",
            one,
            vec![signed(GRACE, Support, -1), signed(GRACE, Approver, 0)],
            vec![],
            true,
        ),
        ("two", two, vec![grace(), hedy()], vec![], true),
        ("one in two roles", both, vec![everything(GRACE)], vec![], false),
        ("who can do both leaves room", both, vec![everything(GRACE), hedy()], vec![], true),
        ("day 30", one, vec![signed(GRACE, Approver, -30 * DAY + 1)], vec![], true),
        ("expired", one, vec![signed(GRACE, Approver, -30 * DAY)], vec![], false),
        ("a delegate", one, vec![linus()], vec![to_linus(GRACE)], true),
        ("nobody's delegate", one, vec![linus()], vec![], false),
        ("the requester's delegate", one, vec![linus()], vec![to_linus(ADA)], false),
        ("an editor's delegate", one, vec![linus()], vec![to_linus(EDITH)], false),
        (
            "a delegate who asked",
            one,
            vec![signed(ADA, Support, -1)],
            vec![lent(GRACE, Approver, ADA)],
            false,
        ),
        ("one authority twice", two, vec![grace(), linus()], vec![to_linus(GRACE)], false),
        ("two authorities", two, vec![grace(), linus()], vec![to_linus(HEDY)], true),
        ("one delegate of two", two, vec![linus()], vec![to_linus(GRACE), to_linus(HEDY)], false),
        (
            "two delegates find two authorities",
            two,
            vec![linus(), signed(user(6), Support, -1)],
            vec![to_linus(GRACE), to_linus(HEDY), lent(GRACE, Approver, user(6))],
            true,
        ),
        ("lent too late", one, vec![linus()], vec![Delegation { since: NOW, ..to_linus(GRACE) }], false),
        (
            "lent until then",
            one,
            vec![linus()],
            vec![Delegation { until: NOW.plus(-1), ..to_linus(GRACE) }],
            false,
        ),
    ];
    for (case, needs, approvals, delegations, enough) in cases {
        let verdict = verdict(&required(&[rule(needs)], &bind()), &approvals, &delegations);
        assert_eq!(verdict.approved(), enough, "{case}: {verdict:#?}");
    }
}

#[test]
fn who_signs_for_whom_is_said() {
    let needs = required(&[rule(&[(Approver, 1)])], &bind());
    let verdict = verdict(&needs, &[signed(LINUS, Support, -1)], &[lent(GRACE, Approver, LINUS)]);
    assert_eq!((verdict.filled[0].by, verdict.filled[0].for_), (LINUS, Some(GRACE)));
    assert_eq!(verdict.until(), Some(NOW.plus(-1 + 30 * DAY)));
}

#[test]
fn unanswered_approvals_escalate_to_the_next_role_and_never_to_the_requester() {
    let next =
        |hours| Rule { escalation: Some(Escalation { hours, to: Administrator }), ..rule(&[(Approver, 1)]) };
    let admin = |by| [signed(by, Administrator, -1)];
    let early = required(&[next(72)], &bind());
    assert!(!verdict(&early, &admin(HEDY), &[]).approved());
    let waiting = verdict(&early, &[], &[]);
    assert_eq!(waiting.missing[0].escalates, Some((NOW.plus(DAY), Administrator)));
    let late = required(&[next(47)], &bind());
    let escalated = verdict(&late, &[], &[]);
    assert!(escalated.findings.iter().any(|f| f.code == Code::ApprovalEscalated));
    let answered = verdict(&late, &admin(HEDY), &[]);
    assert_eq!((answered.approved(), answered.filled[0].instead), (true, Some(Administrator)));
    assert!(!verdict(&late, &admin(ADA), &[]).approved());
    // It was too early when they signed, and stays so.
    let hasty = [signed(HEDY, Administrator, -2 * HOUR)];
    assert!(!verdict(&late, &hasty, &[]).approved());
    // A rule that knows no other role keeps it from escalating.
    let lead = Rule { escalation: Some(Escalation { hours: 1, to: SiteLead }), ..next(1) };
    for other in [rule(&[(Approver, 1)]), lead, next(72)] {
        let strict = required(&[next(1), other], &bind());
        assert!(!verdict(&strict, &admin(HEDY), &[]).approved());
    }
}

const ROLES: [Role; 4] = [Administrator, Approver, SiteLead, Support];

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let needs = vec((select(&ROLES[..]), 0u8..3), 0..3);
    let escalation = option::of((select(&[1u16, 24, 47, 72][..]), select(&ROLES[..])));
    let one = (needs, option::of(1u16..40), escalation, 0u32..3, any::<bool>()).prop_map(
        |(needs, valid_days, escalation, devices, ticket)| Rule {
            when: Condition { devices, ..Condition::default() },
            needs: needs.into_iter().collect::<BTreeMap<_, _>>(),
            valid_days,
            escalation: escalation.map(|(hours, to)| Escalation { hours, to }),
            ticket,
            ..rule(&[])
        },
    );
    vec(one, 0..4)
}

fn people() -> impl Strategy<Value = UserId> {
    (1u128..8).prop_map(user)
}

fn approvals() -> impl Strategy<Value = Vec<Approval>> {
    let one = (people(), vec(select(&ROLES[..]), 0..3), -40i64..1, 0i64..24).prop_map(
        |(by, roles, days, hours)| Approval { roles, ..signed(by, Support, days * DAY + hours * HOUR - DAY) },
    );
    vec(one, 0..6)
}

fn delegations() -> impl Strategy<Value = Vec<Delegation>> {
    let one = (people(), select(&ROLES[..]), people(), -50i64..5, 1i64..60).prop_map(
        |(from, role, to, since, days)| Delegation {
            since: NOW.plus(since * DAY),
            until: NOW.plus((since + days) * DAY),
            ..lent(from, role, to)
        },
    );
    vec(one, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Neither the requester, nor an editor, nor anybody with their authority; nobody and no authority twice.
    #[test]
    fn nobody_decides_their_own_or_twice(rules in rules(), given in approvals(), lent in delegations()) {
        let needs = required(&rules, &bind());
        let verdict = verdict(&needs, &given, &lent);
        let (mut by, mut authorities) = (BTreeSet::new(), BTreeSet::new());
        for filled in &verdict.filled {
            let authority = filled.for_.unwrap_or(filled.by);
            for who in [filled.by, authority] {
                prop_assert!(![ADA, EDITH].contains(&who));
            }
            prop_assert!(by.insert(filled.by) && authorities.insert(authority));
        }
        let enough = !needs.needs.is_empty() && verdict.filled.len() == needs.people();
        prop_assert_eq!(verdict.approved(), enough, "fewer never suffice, and as many do");
        let missing: usize = verdict.missing.iter().map(|m| usize::from(m.count)).sum();
        prop_assert!(needs.needs.is_empty() || missing + verdict.filled.len() == needs.people());
    }

    /// Taking an approval away never helps; waiting never brings one about.
    #[test]
    fn fewer_approvals_never_suffice(rules in rules(), given in approvals(), lent in delegations(), less in 0usize..6) {
        let needs = required(&rules, &bind());
        let few = &given[..less.min(given.len())];
        let (some, all) = (verdict(&needs, few, &lent), verdict(&needs, &given, &lent));
        prop_assert!(some.filled.len() <= all.filled.len());
        prop_assert!(!some.approved() || all.approved());
        let case = Case { requester: ADA, editors: &[EDITH], asked: NOW.plus(-2 * DAY), approvals: &given, delegations: &lent };
        let later = judge(&needs, &case, NOW.plus(50 * DAY));
        prop_assert!(later.filled.len() <= all.filled.len());
    }

    /// What all rules together let pass, fewer of them would have let pass, as long as one asks at all.
    #[test]
    fn more_rules_never_weaken(rules in rules(), given in approvals(), lent in delegations(), less in 0usize..4) {
        let few = required(&rules[..less.min(rules.len())], &bind());
        let all = required(&rules, &bind());
        prop_assert!(all.ticket >= few.ticket);
        if !few.needs.is_empty() && verdict(&all, &given, &lent).approved() {
            prop_assert!(verdict(&few, &given, &lent).approved());
        }
    }
}

/// What was lent by somebody whose role is bound to a site is worth as much as it is to them: there, and nowhere else.
#[test]
fn a_delegation_reaches_no_further_than_the_role_that_is_lent() {
    let mut at_london = Roles::default();
    at_london.grant(Approver, Reach::At([(SiteId(Uuid::from_u128(1)), "lon".to_owned())].into()));
    let lent = Delegation { roles: at_london, ..lent(GRACE, Approver, LINUS) };
    let cases: [(&[&str], bool); 4] =
        [(&["lon"], true), (&["par"], false), (&["lon", "par"], false), (&[], false)];
    for (sites, enough) in cases {
        let sites = sites.iter().map(|code| (*code).to_owned()).collect();
        let needs = required(&[rule(&[(Approver, 1)])], &Touches { sites, ..bind() });
        let signed = signed(LINUS, Support, -HOUR);
        let verdict = verdict(&needs, &[signed], std::slice::from_ref(&lent));
        assert_eq!(verdict.approved(), enough, "{:?}", needs.sites);
    }
}
