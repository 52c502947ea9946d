//! A request is in one state, and one writer takes it to the next.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use domain::{
    Code, Finding,
    approval::{Approval, Missing, Need, Required},
    artifact::Digest,
    authz::Role,
    change_request::{ItemState, State, Workflow},
    device::{Endpoint, EndpointKind},
    ids::{EndpointId, ItemId},
    plan::{Effect, Item, POLICY_VERSION, Plan},
};
use storage::{
    change_request,
    change_request::{Request, Which},
    device,
};
use testkit::{
    sample::{self, NOW},
    stores,
};

fn plan(request: &Request) -> Plan {
    Plan {
        routes: vec![],
        policy_version: POLICY_VERSION,
        items: vec![Item {
            device: request.items[0].wanted.device,
            endpoint: request.items[0].wanted.endpoint,
            effect: Effect::Bind,
            extension: request.items[0].wanted.extension,
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
    let mut next =
        Request { workflow: to(request.workflow.clone()).unwrap(), plan, round: 1, ..request.clone() };
    next.items.iter_mut().for_each(|item| item.round = 1);
    next
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
        let (own, by) = (office.requester.actor.id, office.approver.actor.id);
        let needs = Required {
            needs: [(Role::Approver, Need { count: 1, escalation: None })].into(),
            ..Required::default()
        };
        let approval = Approval { by, at: NOW, digest, roles: vec![Role::Approver] };
        let edited = Request {
            reason: "Another desk".into(),
            external_ref: Some("INC-7".into()),
            workflow: draft.workflow.clone().edit(sample::user(3, Role::Administrator).actor.id).unwrap(),
            ..draft.clone()
        };
        let submitted = Request {
            missing: vec![Missing { role: Role::Approver, count: 1, escalates: Some((NOW, Role::SiteLead)) }],
            ..next(&edited, |w| w.submit(digest, own, NOW))
        };
        let approved = Request { missing: vec![], ..next(&submitted, |w| w.approve(approval, &needs, &[])) };
        let mut blocked = approved.clone();
        blocked.items[0].state = ItemState::Blocked { by: vec![Code::GateExpired] };
        let mut applied = next(&approved, |w| w.apply(digest, &needs, &[], by, NOW));
        applied.items[0].state = ItemState::Applied { revision: 1 };
        let rejected = next(&submitted, |w| w.reject(by, NOW, "No".into()));
        let steps = [
            (&draft, &edited),
            (&edited, &submitted),
            (&submitted, &approved),
            (&approved, &blocked),
            (&blocked, &applied),
        ];
        for (before, after) in steps {
            let state = &before.workflow.state;
            assert!(change_request::update(&mut tx, after, state).await.unwrap(), "{}", test.database);
            change_request::save_items(&mut tx, after).await.unwrap();
            test.same(change_request::by_number(&mut tx, 1).await.unwrap(), Some(after));
            let again = change_request::update(&mut tx, after, state).await.unwrap();
            assert!(!again || before.workflow.state == after.workflow.state, "somebody was faster");
        }
        assert!(!change_request::update(&mut tx, &rejected, &submitted.workflow.state).await.unwrap());
        test.same(change_request::by_number(&mut tx, 1).await.unwrap(), Some(&applied));
        test.same(change_request::by_number(&mut tx, 2).await.unwrap(), None::<()>);
    }
}

/// A request of more items than one statement saves is read as it was written, in its order.
#[tokio::test]
async fn a_request_of_many_items_is_read_as_it_was_written() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        let mut many = office.request(1, 0, 0);
        let item = many.items[0].clone();
        many.items = (0..70_u128)
            .map(|n| {
                let mut item = item.clone();
                item.id = ItemId(sample::id(100 + n));
                item.wanted.endpoint = EndpointId(sample::id(9000 + n));
                item
            })
            .collect();
        for endpoint in &many.items {
            let (id, device) = (endpoint.wanted.endpoint, item.wanted.device);
            let index = u8::try_from(id.0.as_u128() - sample::id(9000).as_u128() + 100).unwrap();
            let kind = EndpointKind::LineKey;
            device::insert_endpoint(&mut tx, &Endpoint { id, device, kind, index, ipei: None })
                .await
                .unwrap();
        }
        change_request::insert(&mut tx, &many).await.unwrap();
        test.same(change_request::by_number(&mut tx, 1).await.unwrap(), Some(&many));
        let places = change_request::places(&mut tx, many.id).await.unwrap();
        assert_eq!(
            places.iter().map(|place| place.index).collect::<Vec<_>>(),
            (100..170).collect::<Vec<u8>>()
        );
        many.items[69].state = ItemState::Stale;
        change_request::save_items(&mut tx, &many).await.unwrap();
        test.same(change_request::by_number(&mut tx, 1).await.unwrap(), Some(&many));
        let listed = change_request::listed(&mut tx, 1).await.unwrap().unwrap();
        assert_eq!((listed.items, listed.index), (70, 100));
        let (of, extension) = (item.wanted.device, item.wanted.extension);
        assert!(!change_request::asked_to_unbind(&mut tx, of, extension).await.unwrap());
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

#[tokio::test]
async fn what_people_say_stays_as_they_said_it() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        let draft = office.request(1, 0, 0);
        change_request::insert(&mut tx, &draft).await.unwrap();
        for (n, body) in [(1_u8, "Why this desk?"), (2, "The other one is broken.")] {
            let by = office.approver.actor.id;
            let at = NOW.plus(n.into());
            change_request::comment(&mut tx, sample::id(n.into()), draft.id, by, body, at).await.unwrap();
        }
        let said = change_request::comments(&mut tx, draft.id).await.unwrap();
        let said: Vec<_> = said.iter().map(|c| (c.by.as_str(), c.body.as_str())).collect();
        assert_eq!(said, [("user2", "Why this desk?"), ("user2", "The other one is broken.")]);
        tx.commit().await.unwrap();
        for sql in ["UPDATE change_request_comment SET body = 'x'", "DELETE FROM change_request_comment"] {
            let error = test.meddle(sql).await.unwrap_err().to_string();
            assert!(error.contains("change_request_comment_kept"), "{}: {error}", test.database);
        }
    }
}
