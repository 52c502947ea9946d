//! A request is in one state, and one writer takes it to the next.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use domain::{
    Code, Finding,
    artifact::Digest,
    change_request::{State, Workflow},
    plan::{Item, Kind, POLICY_VERSION, Plan},
};
use storage::{
    change_request,
    change_request::{Request, Which},
};
use testkit::{
    sample::{self, NOW},
    stores,
};

fn plan(request: &Request) -> Plan {
    Plan {
        policy_version: POLICY_VERSION,
        items: vec![Item {
            device: request.device,
            endpoint: request.endpoint,
            kind: Kind::Bind,
            extension: request.extension,
            owner_after: "1".into(),
            revision_before: None,
            revision_after: 1,
            artifacts_after: vec![("a.cfg".into(), Digest([1; 32]))],
            blocking: vec![Code::RequestState],
            differences: vec![],
        }],
        answers: vec![],
        findings: vec![Finding::new(Code::RequestState, "x").detail("y")],
    }
}

/// The request after a transition, with its plan.
fn next(request: &Request, to: impl FnOnce(Workflow) -> Result<Workflow, Finding>) -> Request {
    let plan = Some(plan(request));
    Request { workflow: to(request.workflow.clone()).unwrap(), plan, ..request.clone() }
}

#[tokio::test]
async fn a_change_request_passes_through_its_states_and_only_one_writer_wins() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        let draft = office.request(1, 0, 0);
        change_request::insert(&mut tx, &draft).await.unwrap();
        test.same(change_request::by_number(&mut tx, 1).await.unwrap(), Some(&draft));

        let digest = plan(&draft).digest();
        let by = office.approver.actor.id;
        let submitted = next(&draft, |w| w.submit(digest, NOW));
        let approved = next(&submitted, |w| w.approve(digest, by, NOW));
        let applied = next(&approved, |w| w.apply(digest, by, NOW));
        let rejected = next(&submitted, |w| w.reject(by, NOW, "No".into()));
        for (before, after) in [(&draft, &submitted), (&submitted, &approved), (&approved, &applied)] {
            let state = &before.workflow.state;
            assert!(change_request::update(&mut tx, after, state).await.unwrap(), "{}", test.database);
            test.same(change_request::by_number(&mut tx, 1).await.unwrap(), Some(after));
            assert!(!change_request::update(&mut tx, after, state).await.unwrap(), "somebody was faster");
        }
        assert!(!change_request::update(&mut tx, &rejected, &submitted.workflow.state).await.unwrap());
        test.same(change_request::by_number(&mut tx, 1).await.unwrap(), Some(&applied));
        test.same(change_request::by_number(&mut tx, 2).await.unwrap(), None::<()>);
    }
}

#[tokio::test]
async fn change_requests_are_listed_by_what_people_ask() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        for n in 1..=3 {
            change_request::insert(&mut tx, &office.request(n, 0, 0)).await.unwrap();
        }
        let other = sample::request(4, &office.approver, &office.endpoints[2], &office.extensions[1]);
        change_request::insert(&mut tx, &other).await.unwrap();
        let draft = office.request(2, 0, 0);
        let withdrawn = Request {
            workflow: draft.workflow.clone().withdraw(office.requester.actor.id, NOW).unwrap(),
            ..draft
        };
        assert!(change_request::update(&mut tx, &withdrawn, &State::Draft).await.unwrap());
        let cases = [
            (Which::Open, 100, vec![4, 3, 1]),
            (Which::Open, 3, vec![1]),
            (Which::Done, 100, vec![2]),
            (Which::Mine(office.approver.actor.id), 100, vec![4]),
            (Which::Device(office.devices[0].device.id), 100, vec![3, 2, 1]),
        ];
        for (which, before, expected) in cases {
            let listed = change_request::list(&mut tx, which, before).await.unwrap();
            let numbers: Vec<_> = listed.iter().map(|r| r.number).collect();
            assert_eq!(numbers, expected, "{}: {which:?}", test.database);
        }
        let listed = change_request::listed(&mut tx, 4).await.unwrap().unwrap();
        let words =
            (listed.site.as_str(), listed.index, listed.extension.as_str(), listed.requester.as_str());
        assert_eq!(words, ("s1", 1, "2002", "user2"));
    }
}
