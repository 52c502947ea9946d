//! From an empty installation to a phone with a line, and back: each step by the person who may take it.

use crate::{
    halden::{
        self, EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, codes, package, password, upload,
    },
    phone::{Phone, onboarding, text, unproven, value},
};
use domain::{
    Code,
    Code::{
        ApprovalSelf, DeviceQuarantined, DeviceRetired, EmergencyMissing, EndpointTaken, ExtensionDisabled,
        ExtensionForeign, ExtensionTaken, Forbidden, GateEvidenceFailed, GateEvidenceMissing, GateExpired,
        GateNotOpen, ImportRepeated, OwnerMissing, OwnerNotActive, PlanChanged, RegistrarMissing,
        RequestState, ScopeForbids, SegmentUnknown, SetupCodeWrong, SignInFailed,
    },
    authz::Role,
    fence::{Proof, Serve},
    time::{DAY, MINUTE},
};
use services::{audit, change_requests, edge::Answer, imports, trace, users, view::DeviceFilter};

#[tokio::test]
async fn the_one_time_code_makes_the_first_administrator_and_nobody_else() {
    for halden in halden::empty().await {
        let services = &halden.services;
        let long = "correct horse battery";
        assert!(users::needs_setup(services).await.unwrap());
        assert_eq!(
            users::sign_in(services, "admin", "admin", "desk").await.unwrap_err().code(),
            SignInFailed
        );

        let replaced = users::issue_setup_code(services).await.unwrap().unwrap();
        let code = users::issue_setup_code(services).await.unwrap().unwrap();
        for wrong in ["", "0000", replaced.as_str()] {
            let refused = users::create_first(services, wrong, "mallory", long).await.unwrap_err();
            assert_eq!(refused.code(), SetupCodeWrong);
        }
        let weak = users::create_first(services, &code, "first", "short").await.unwrap_err();
        assert_eq!(weak.code(), Code::PasswordWeak);

        users::create_first(services, &code, "first", long).await.unwrap();
        let again = users::create_first(services, &code, "second", long).await.unwrap_err();
        assert_eq!(again.code(), SetupCodeWrong);
        assert_eq!(users::issue_setup_code(services).await.unwrap(), None);
        let first = users::sign_in(services, "first", long, "desk").await.unwrap();
        // Whoever sets it up is no approver.
        assert!(!first.roles.contains(&Role::Approver));
    }
}

#[tokio::test]
async fn a_package_is_shown_first_and_committed_once() {
    for halden in halden::empty().await {
        let services = &halden.services;
        let first = first_administrator(&halden).await;
        let op = services.operation(first);
        let id = imports::stage(services, &op, package()).await.unwrap();
        let preview = imports::view(services, &op, &id).await.unwrap();
        assert_eq!(preview.findings, []);
        assert_eq!(preview.counts.iter().find(|(name, _)| name == "devices").unwrap().1, 16);
        assert_eq!(devices(&halden).await, 0, "a preview creates nothing");

        imports::commit(services, &op, &id).await.unwrap();
        assert_eq!(devices(&halden).await, 16);
        assert_eq!(imports::commit(services, &op, &id).await.unwrap_err().code(), ImportRepeated);
        let same = imports::stage(services, &op, package()).await.unwrap();
        assert!(imports::view(services, &op, &same).await.unwrap().repeated);
        assert_eq!(imports::commit(services, &op, &same).await.unwrap_err().code(), ImportRepeated);
    }
}

#[tokio::test]
async fn a_package_with_one_wrong_row_changes_nothing() {
    for halden in halden::open().await {
        let op = halden.by("ada").await;
        let header = "site,serial,mac,vendor,model,place,segment";
        let good = "lon,YL46U0000900,80:5e:c0:10:09:00,yealink,T46U,2-14,voice";
        let bad = "lon,YL46U0000901,80:5e:c0:10:00:01,yealink,T46U,2-14,voice";
        let files = vec![upload("devices", format!("{header}\n{good}\n{bad}\n"))];
        let id = imports::stage(&halden.services, &op, files).await.unwrap();
        let preview = imports::view(&halden.services, &op, &id).await.unwrap();
        let named: Vec<_> =
            preview.findings.iter().map(|f| (f.row, f.column.as_str(), f.finding.code)).collect();
        assert_eq!(named, [(3, "mac", Code::MacDuplicate)]);

        let refused = imports::commit(&halden.services, &op, &id).await.unwrap_err();
        assert_eq!(codes(&refused), [Code::MacDuplicate]);
        assert_eq!(devices(&halden).await, 16);
    }
}

#[tokio::test]
async fn nobody_approves_what_they_asked_for() {
    for halden in halden::open().await {
        let services = &halden.services;
        let number = halden.draft("both", "bind", PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let digest = halden.request(number).await.digest;
        let both = halden.by("both").await;
        assert!(change_requests::view(services, &both, number).await.unwrap().own);
        let own = change_requests::approve(services, &both, number, &digest, &password("both")).await;
        assert_eq!(own.unwrap_err().code(), ApprovalSelf);
        let ada = halden.by("ada").await;
        let role = change_requests::approve(services, &ada, number, &digest, &password("ada")).await;
        assert_eq!(role.unwrap_err().code(), Forbidden);
        assert_eq!(halden.state(number).await, "submitted");
    }
}

#[tokio::test]
async fn an_approver_signs_the_plan_that_was_shown_with_their_own_password() {
    for halden in halden::open().await {
        let services = &halden.services;
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        halden.submit(number).await.unwrap();
        let (grace, digest) = (halden.by("grace").await, halden.request(number).await.digest);
        for wrong in ["", "grace", &password("ada")] {
            let refused = change_requests::approve(services, &grace, number, &digest, wrong).await;
            assert_eq!(refused.unwrap_err().code(), SignInFailed);
        }
        let mut other = digest.clone();
        other.replace_range(..1, if digest.starts_with('0') { "1" } else { "0" });
        for wrong in ["", "what I saw", other.as_str()] {
            let refused = change_requests::approve(services, &grace, number, wrong, &password("grace")).await;
            assert_eq!(refused.unwrap_err().code(), PlanChanged, "{wrong}");
        }
        assert_eq!(halden.state(number).await, "submitted");
        change_requests::approve(services, &grace, number, &digest, &password("grace")).await.unwrap();
        assert_eq!(halden.state(number).await, "approved");
    }
}

#[tokio::test]
async fn a_line_comes_and_goes_by_approved_requests_alone() {
    for halden in halden::open().await {
        let services = &halden.services;
        let (phone, other) = (Phone::of(&halden, PHONE).await, Phone::of(&halden, OTHER_PHONE).await);
        let before = phone.configuration(services).await;
        assert!(!before.contains("account."), "{before}");

        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        assert_eq!(halden.apply(number).await.unwrap_err().code(), RequestState);
        halden.submit(number).await.unwrap();
        assert_eq!(halden.apply(number).await.unwrap_err().code(), RequestState);
        halden.approve(number).await.unwrap();
        assert_eq!(phone.configuration(services).await, before, "an approval alone serves nothing");
        halden.apply(number).await.unwrap();
        assert_eq!(halden.apply(number).await.unwrap_err().code(), RequestState);

        let bound = phone.configuration(services).await;
        assert_eq!(value(&bound, "account.1.enable"), "1");
        assert_eq!(value(&bound, "account.1.user_name"), EXTENSION);
        let secret = value(&bound, "account.1.password").to_owned();
        assert!(secret.len() >= 20 && !secret.contains('%'), "{secret}");
        assert_eq!(phone.configuration(services).await, bound, "the same versions give the same bytes");
        served_to_nobody_else(&halden, &phone, &other, &secret).await;
        explained(&halden, number, &secret).await;

        let unbind = halden.approved_unbind(PHONE).await;
        assert_eq!(phone.configuration(services).await, bound, "an approval alone takes nothing away");
        halden.apply(unbind).await.unwrap();
        let clear = phone.configuration(services).await;
        for line in clear.lines().filter(|line| line.starts_with("account.") || line.starts_with("linekey."))
        {
            let off = [" = %NULL%", ".enable = 0", ".shared_line = 0"];
            assert!(off.iter().any(|off| line.ends_with(off)), "{line}");
        }
        for (key, _) in bound.lines().filter_map(|line| line.split_once(" = ")) {
            assert!(clear.contains(&format!("{key} = ")), "{key} lingers in the phone");
        }
        assert_eq!(value(&clear, "account.1.password"), "%NULL%");
        assert!(!clear.contains(&secret));
        let last = halden.last_serve().await;
        assert_eq!((last.decision, last.change, last.approver), by_grace(Serve::Clear, unbind));

        let op = halden.by("ada").await;
        let verified = audit::verify(services, &op).await.unwrap();
        assert_eq!(verified.nodes.len(), 1);
        assert_eq!(verified.nodes[0].faults, []);

        // The extension is free again, for another desk, with a secret of its own.
        halden.bind(OTHER_PHONE, EXTENSION).await;
        let moved = other.configuration(services).await;
        assert_eq!(value(&moved, "account.1.user_name"), EXTENSION);
        assert_ne!(value(&moved, "account.1.password"), secret);
    }
}

#[tokio::test]
async fn taking_one_line_away_leaves_the_other() {
    for halden in halden::open().await {
        let phone = Phone::of(&halden, PHONE).await;
        halden.bind(PHONE, EXTENSION).await;
        let second = halden.approved_bind(PHONE, 2, OTHER_EXTENSION).await;
        halden.apply(second).await.unwrap();
        let both = phone.configuration(&halden.services).await;
        let unbind = halden.approved_unbind(PHONE).await;
        halden.apply(unbind).await.unwrap();
        let one = phone.configuration(&halden.services).await;
        assert_eq!((value(&one, "account.1.enable"), value(&one, "account.1.password")), ("0", "%NULL%"));
        assert_eq!(value(&one, "account.2.user_name"), OTHER_EXTENSION);
        assert_eq!(value(&one, "account.2.password"), value(&both, "account.2.password"));
        assert_eq!(halden.last_serve().await.decision, Serve::Bound);
    }
}

/// The bound file leaves only to the phone that proves that it is the one.
async fn served_to_nobody_else(halden: &Halden, phone: &Phone, other: &Phone, secret: &str) {
    let services = &halden.services;
    assert!(matches!(unproven(services, &phone.file).await, Answer::Challenge { .. }));
    let wrong = Phone { password: "guessed".to_owned(), ..phone.clone() };
    assert!(matches!(wrong.fetch(services).await, Answer::Challenge { .. }));
    let stranger = Phone { user: "rf000000000000".to_owned(), ..phone.clone() };
    assert!(matches!(stranger.fetch(services).await, Answer::Challenge { .. }));
    let baseline = text(onboarding(services, &phone.file).await);
    assert_eq!(baseline, text(onboarding(services, "805ec0ffffff.cfg").await));
    let own = other.configuration(services).await;
    for file in [baseline, own] {
        assert!(!file.contains("account.") && !file.contains(secret), "{file}");
    }
    assert!(matches!(other.fetch_file(services, &phone.file).await, Answer::Forbidden));
    let op = halden.by("ada").await;
    services::devices::release(services, &op, OTHER_PHONE, "They were swapped on the desk.").await.unwrap();
}

/// Support reads on one page what was served, when, why, by whose approval, and which layer set each line.
async fn explained(halden: &Halden, number: i64, secret: &str) {
    let op = halden.by("grace").await;
    let page = trace::view(&halden.services, &op, PHONE).await.unwrap();
    let served = page.serves.iter().find(|serve| serve.decision == Serve::Bound).unwrap();
    let change = format!("CR-{number}");
    assert_eq!((served.change.as_ref(), served.approver.as_deref()), (Some(&change), Some("grace")));
    assert_eq!((served.status, served.proof, served.client.as_str()), (200, Proof::Digest, "127.0.0.7"));
    assert!(served.digest.is_some() && !served.secrets.is_empty() && !served.layers.is_empty());
    let acts: Vec<_> =
        page.acts.iter().rev().filter(|act| act.subject == change).map(|act| act.action.as_str()).collect();
    let steps = ["create", "submit", "approve", "apply"].map(|step| format!("change_request.{step}"));
    assert_eq!(acts, steps);
    let lines = &page.files[0].lines;
    let user = lines.iter().find(|line| line.text.starts_with("account.1.user_name")).unwrap();
    assert!(user.origin.as_ref().unwrap().contains(&change), "{user:?}");
    let vlan = lines.iter().find(|line| line.text.contains("internet_port_vid")).unwrap();
    assert!(vlan.origin.as_ref().unwrap().starts_with("segment lon/voice"), "{vlan:?}");
    assert!(!serde_json::to_string(&page).unwrap().contains(secret), "the page shows no secret");
}

fn by_grace(decision: Serve, number: i64) -> (Serve, Option<String>, Option<String>) {
    (decision, Some(format!("CR-{number}")), Some("grace".to_owned()))
}

/// A fact of invariant 1: how it goes missing, how it comes back, and what applying says meanwhile.
struct Missing {
    fact: &'static str,
    take: &'static str,
    give: &'static str,
    mac: &'static str,
    extension: &'static str,
    codes: &'static [Code],
}

const NOTHING: &str = "";
const LOBBY: &str = "80:5e:c0:10:00:03";
const DESK: &str = "80:5e:c0:10:00:04";

const FACTS: &[Missing] = &[
    Missing {
        fact: "the extension is enabled",
        take: NOTHING,
        give: NOTHING,
        mac: DESK,
        extension: "2117",
        codes: &[ExtensionDisabled],
    },
    Missing {
        fact: "the extension is the site's",
        take: NOTHING,
        give: NOTHING,
        mac: DESK,
        extension: "3101",
        codes: &[ExtensionForeign],
    },
    Missing {
        fact: "the extension is free",
        take: NOTHING,
        give: NOTHING,
        mac: DESK,
        extension: EXTENSION,
        codes: &[ExtensionTaken],
    },
    Missing {
        fact: "the line key is free",
        take: NOTHING,
        give: NOTHING,
        mac: LOBBY,
        extension: OTHER_EXTENSION,
        codes: &[EndpointTaken],
    },
    Missing {
        fact: "the owner has arrived",
        take: NOTHING,
        give: NOTHING,
        mac: DESK,
        extension: "2118",
        codes: &[OwnerNotActive],
    },
    Missing {
        fact: "the owner is not suspended",
        take: NOTHING,
        give: NOTHING,
        mac: DESK,
        extension: "2119",
        codes: &[OwnerNotActive],
    },
    Missing {
        fact: "somebody owns it",
        take: "UPDATE extension SET owner_person_id = NULL WHERE number = '2105'",
        give: "UPDATE extension SET owner_person_id = (SELECT person_id FROM person WHERE reference = 'P1005') \
               WHERE number = '2105'",
        mac: DESK,
        extension: "2105",
        codes: &[OwnerMissing],
    },
    Missing {
        fact: "a place that owns it has a contact",
        take: "UPDATE place SET contact = '' WHERE code = 'lobby'",
        give: "UPDATE place SET contact = 'reception.lon@halden.example' WHERE code = 'lobby'",
        mac: DESK,
        extension: "2120",
        codes: &[OwnerMissing],
    },
    Missing {
        fact: "the emergency location is known",
        take: "UPDATE place SET emergency_location = '' WHERE code = '1-01'",
        give: "UPDATE place SET emergency_location = '14 Larkspur Wharf' WHERE code = '1-01'",
        mac: DESK,
        extension: OTHER_EXTENSION,
        codes: &[EmergencyMissing],
    },
    Missing {
        fact: "the callback number is known",
        take: "UPDATE place SET callback_number = '' WHERE code = '1-01'",
        give: "UPDATE place SET callback_number = '+442079460100' WHERE code = '1-01'",
        mac: DESK,
        extension: OTHER_EXTENSION,
        codes: &[EmergencyMissing],
    },
    Missing {
        fact: "the device has a segment",
        take: "UPDATE device SET segment_id = NULL WHERE mac = '805ec0100004'",
        give: "UPDATE device SET segment_id = (SELECT segment_id FROM device WHERE mac = '805ec0100003') \
               WHERE mac = '805ec0100004'",
        mac: DESK,
        extension: OTHER_EXTENSION,
        codes: &[SegmentUnknown],
    },
    Missing {
        fact: "the device is not in quarantine",
        take: "UPDATE device SET state = 'quarantined', quarantine_weight = 'low' WHERE mac = '805ec0100004'",
        give: "UPDATE device SET state = 'active', quarantine_weight = NULL WHERE mac = '805ec0100004'",
        mac: DESK,
        extension: OTHER_EXTENSION,
        codes: &[DeviceQuarantined],
    },
    Missing {
        fact: "the device is not retired",
        take: "UPDATE device SET state = 'retired' WHERE mac = '805ec0100004'",
        give: "UPDATE device SET state = 'active' WHERE mac = '805ec0100004'",
        mac: DESK,
        extension: OTHER_EXTENSION,
        codes: &[DeviceRetired],
    },
    Missing {
        fact: "the gate was opened",
        take: NOTHING,
        give: NOTHING,
        mac: "80:5e:c0:20:00:01",
        extension: "3101",
        codes: &[GateNotOpen, GateEvidenceMissing],
    },
    Missing {
        fact: "the site takes lines at all",
        take: NOTHING,
        give: NOTHING,
        mac: "80:5e:c0:30:00:01",
        extension: "4101",
        codes: &[GateNotOpen, GateEvidenceMissing, ScopeForbids],
    },
    Missing {
        fact: "a registrar is known",
        take: "UPDATE layer_version SET settings = '{}' \
               WHERE layer_id IN (SELECT layer_id FROM layer WHERE level = 'organisation')",
        give: NOTHING,
        mac: DESK,
        extension: OTHER_EXTENSION,
        codes: &[RegistrarMissing],
    },
];

#[tokio::test]
async fn nothing_is_applied_while_a_fact_is_missing() {
    for halden in halden::open().await {
        halden.bind(LOBBY, EXTENSION).await;
        for missing in FACTS {
            let Missing { fact, take, give, mac, extension, codes } = missing;
            meddle(&halden, take).await;
            refused(&halden, fact, mac, extension, codes).await;
            meddle(&halden, give).await;
        }
    }
}

#[tokio::test]
async fn nothing_is_applied_without_a_gate_that_is_open_now() {
    for halden in halden::open().await {
        halden.record_checks(false).await.unwrap();
        refused(&halden, "the checks passed", PHONE, EXTENSION, &[GateNotOpen, GateEvidenceFailed]).await;
        halden.later(MINUTE);
        halden.record_checks(true).await.unwrap();
        refused(&halden, "these checks were signed off", PHONE, EXTENSION, &[GateNotOpen]).await;
        halden.open_gate().await;
        halden.later(31 * DAY);
        refused(&halden, "the sign-off holds", PHONE, EXTENSION, &[GateExpired]).await;
    }
}

/// Five checks a round: were the order left to chance, all rounds would agree once in 2^40 runs.
#[tokio::test]
async fn of_two_results_in_the_same_moment_the_later_counts() {
    for halden in halden::open().await {
        let number = halden.draft_bind(PHONE, 1, EXTENSION).await.unwrap();
        for _ in 0..8 {
            halden.record_checks(true).await.unwrap();
            halden.record_checks(false).await.unwrap();
            let blocks = halden.request(number).await.blocks;
            let failed = blocks.iter().filter(|finding| finding.code == GateEvidenceFailed).count();
            assert_eq!(failed, 5, "{}", halden.name());
        }
    }
}

/// An approved request is refused with exactly these codes, and leaves everything as it was.
async fn refused(halden: &Halden, fact: &str, mac: &str, extension: &str, expected: &[Code]) {
    let number = halden.approved_bind(mac, 1, extension).await;
    let blocks: Vec<_> = halden.request(number).await.blocks.iter().map(|finding| finding.code).collect();
    let before = halden.standing_of(mac).await;
    let Err(problem) = halden.apply(number).await else {
        panic!("{}: applied without: {fact}", halden.name())
    };
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(codes(&problem), expected, "{}: {fact}", halden.name());
    assert!(expected.iter().all(|code| blocks.contains(code)), "the page names what blocks: {blocks:?}");
    assert_eq!(halden.standing_of(mac).await, before, "{}: {fact}", halden.name());
    assert_eq!(halden.state(number).await, "approved");
    let op = halden.by("ada").await;
    change_requests::withdraw(&halden.services, &op, number).await.unwrap();
}

async fn meddle(halden: &Halden, sql: &str) {
    if !sql.is_empty() {
        assert!(halden.database.meddle(sql).await.unwrap() > 0, "{sql}");
    }
}

async fn first_administrator(halden: &Halden) -> domain::authz::Actor {
    let code = users::issue_setup_code(&halden.services).await.unwrap().unwrap();
    users::create_first(&halden.services, &code, "first", &password("first")).await.unwrap()
}

async fn devices(halden: &Halden) -> usize {
    let op = halden.services.operation(users_who_read());
    services::devices::list(&halden.services, &op, &DeviceFilter::default()).await.unwrap().rows.len()
}

fn users_who_read() -> domain::authz::Actor {
    use domain::{
        authz::{Actor, Role},
        ids::UserId,
    };
    Actor {
        id: UserId(testkit::sample::id(9)),
        name: "susan".to_owned(),
        roles: vec![Role::Support].into(),
        confirmed: true,
        password_since: Some(testkit::sample::NOW),
    }
}
