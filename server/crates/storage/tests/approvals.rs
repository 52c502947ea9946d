//! Rules stand one version at a time, and authority is lent for a time.

use domain::{
    approval::{Delegation, Missing, digest, initial},
    authz::Role,
    change_request::{State, Workflow},
    ids::DelegationId,
    time::DAY,
};
use storage::approval::{self, Version};
use testkit::{
    sample::{NOW, id},
    stores,
};

fn first() -> Version {
    Version {
        version: 1,
        replaces: 0,
        rules: initial(),
        reason: "First start".into(),
        workflow: None,
        requester: None,
        missing: vec![],
        at: NOW,
        standing: true,
    }
}

#[tokio::test]
async fn one_version_stands_and_one_is_proposed() {
    for test in stores().await {
        let office = test.office().await;
        let mut tx = test.store.write().await.unwrap();
        assert_eq!(approval::next(&mut tx).await.unwrap(), 1);
        approval::insert(&mut tx, &first()).await.unwrap();
        test.same(approval::standing(&mut tx).await.unwrap(), Some(first()));
        test.same(approval::proposed(&mut tx).await.unwrap(), None::<()>);

        let by = office.requester.actor.id;
        let rules = initial()[1..].to_vec();
        let draft = Workflow::draft(by);
        let second = Version {
            version: approval::next(&mut tx).await.unwrap(),
            replaces: 1,
            workflow: Some(draft.submit(digest(1, &rules), by, NOW).unwrap()),
            requester: Some(office.requester.actor.name.clone()),
            rules,
            missing: vec![Missing { role: Role::Administrator, count: 1, escalates: None }],
            standing: false,
            ..first()
        };
        approval::insert(&mut tx, &second).await.unwrap();
        test.same(approval::proposed(&mut tx).await.unwrap(), Some(&second));
        tx.commit().await.unwrap();
        for (sql, name) in [
            ("UPDATE approval_rules SET standing = 1 WHERE version = 2", "approval_rules_applied_check"),
            ("UPDATE approval_rules SET standing = 2 WHERE version = 1", "approval_rules_standing_check"),
        ] {
            let error = storage::Error::from(test.meddle(sql).await.unwrap_err());
            assert_eq!(error.constraint(), Some(name), "{}", test.database);
        }
        let mut tx = test.store.write().await.unwrap();
        let third = Version { version: 3, ..second.clone() };
        let clash = approval::insert(&mut tx, &third).await.unwrap_err();
        assert!(clash.constraint().is_some_and(|name| name.starts_with("approval_rules")), "{clash}");
        drop(tx);

        let mut tx = test.store.write().await.unwrap();
        let applied = State::Applied { approvals: vec![], by, at: NOW, authority: None };
        let before = second.workflow.as_ref().unwrap().state.clone();
        let workflow = Some(Workflow { state: applied, ..second.workflow.clone().unwrap() });
        let adopted = Version { workflow, standing: true, missing: vec![], ..second };
        assert!(approval::update(&mut tx, &adopted, &before).await.unwrap());
        assert!(!approval::update(&mut tx, &adopted, &before).await.unwrap(), "somebody was faster");
        tx.commit().await.unwrap();
        let mut tx = test.store.read().await.unwrap();
        let versions = approval::newest(&mut tx).await.unwrap();
        let standing: Vec<_> = versions.iter().map(|v| (v.version, v.standing)).collect();
        assert_eq!(standing, [(2, true), (1, false)], "{}", test.database);
    }
}

#[tokio::test]
async fn a_delegation_is_listed_until_it_ends_and_its_giver_ends_it() {
    for test in stores().await {
        let office = test.office().await;
        let (from, to) = (office.approver.actor.id, office.requester.actor.id);
        let mut tx = test.store.write().await.unwrap();
        let lent =
            Delegation { from, roles: vec![Role::Approver].into(), to, since: NOW, until: NOW.plus(7 * DAY) };
        let one = DelegationId(id(1));
        approval::delegate(&mut tx, one, &lent, "Holiday", NOW).await.unwrap();
        let listed = approval::delegations(&mut tx, NOW).await.unwrap();
        assert_eq!((&listed[0].delegation, listed[0].from.as_str()), (&lent, "user2"));
        assert!(approval::delegations(&mut tx, lent.until).await.unwrap().is_empty());
        let later = NOW.plus(DAY);
        assert!(!approval::end_delegation(&mut tx, one, to, later).await.unwrap(), "it is not theirs");
        assert!(approval::end_delegation(&mut tx, one, from, later).await.unwrap());
        assert!(!approval::end_delegation(&mut tx, one, from, later).await.unwrap(), "it has ended");
        let kept = approval::delegations(&mut tx, NOW).await.unwrap();
        assert_eq!(kept[0].delegation.until, later, "what was signed meanwhile counts");
        let own = Delegation { to: from, ..lent };
        let refused = approval::delegate(&mut tx, DelegationId(id(2)), &own, "", NOW).await.unwrap_err();
        assert_eq!(refused.constraint(), Some("delegation_other_check"), "{}", test.database);
    }
}
