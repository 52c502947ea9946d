//! What call control says of a rollout's phones, and how they are woken.

use crate::{
    halden::{EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, open},
    phone::Phone,
    platform::Node,
    rollouts::{approved, many, policy, two, view},
    switchboard::Switchboard,
};
use domain::time::{DAY, HOUR, MINUTE};
use services::{jobs, layers, platform, rollouts};

const THIRD_PHONE: &str = "80:5e:c0:10:00:05";

/// Two bound phones, of which the platform knows one; a rollout in these waves has begun.
async fn begun(halden: &Halden, waves: &str) -> (Switchboard, Node, Phone, Phone) {
    let board = Switchboard::start().await;
    let node = Node::of(halden, Some(board.rpc.clone())).await;
    let (one, other) = two(halden).await;
    policy(halden, waves).await;
    board.register(EXTENSION, node.services.now().plus(-HOUR));
    let number = approved(halden, "phone.language = en-GB").await;
    layers::apply(&halden.services, &halden.by("ada").await, number).await.unwrap();
    (board, node, one, other)
}

/// What a phone does that was woken: it fetches.
async fn fetch(node: &Node, phone: &Phone) {
    phone.fetch(&node.services).await;
    jobs::tick(&node.services).await;
}

fn notified(user: &str) -> (String, String) {
    (format!("sip:{user}@192.0.2.7:5060"), "check-sync;reboot=false".to_owned())
}

#[tokio::test]
async fn who_is_registered_is_woken_and_counts_once_it_has_registered_anew() {
    for halden in open().await {
        let third = Phone::of(&halden, THIRD_PHONE).await;
        third.fetch(&halden.services).await;
        jobs::tick(&halden.services).await;
        let waves = format!("devices {PHONE} {OTHER_PHONE}\ndevices {THIRD_PHONE}\nall");
        let (board, node, one, other) = begun(&halden, &waves).await;
        rollouts::run(&node.services).await.unwrap();
        let page = view(&halden).await;
        assert_eq!(many(&page, "released"), 1, "{:?}", page.phases);
        assert_eq!(many(&page, "deferred"), 1, "served today, and registered nowhere");
        node.drain().await;
        assert_eq!(board.woken(), [notified(EXTENSION)]);

        halden.later(MINUTE);
        fetch(&node, &one).await;
        rollouts::run(&node.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "fetched"), 1);
        halden.later(HOUR);
        fetch(&node, &one).await;
        rollouts::run(&node.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "fetched"), 1, "it came back, and cannot call");
        board.register(EXTENSION, node.services.now());
        halden.later(MINUTE);
        rollouts::run(&node.services).await.unwrap();
        let page = view(&halden).await;
        assert_eq!((page.row.status.word(), page.row.wave), ("running", 2), "{:?}", page.waves);
        assert_eq!((many(&page, "applied"), many(&page, "released")), (1, 1));

        // Its wave has passed without it. It appears while the next one still waits.
        assert_eq!(many(&page, "late"), 0);
        board.register(OTHER_EXTENSION, node.services.now());
        fetch(&node, &other).await;
        halden.later(MINUTE);
        rollouts::run(&node.services).await.unwrap();
        let page = view(&halden).await;
        assert_eq!((page.row.wave, many(&page, "late")), (2, 1), "{:?}", page.phases);
        node.drain().await;
        assert_eq!(
            board.woken(),
            [notified(OTHER_EXTENSION)],
            "{}: a phone without a line polls",
            halden.name()
        );
    }
}

#[tokio::test]
async fn nobody_is_touched_or_woken_in_a_call() {
    for halden in open().await {
        let (board, node, ..) = begun(&halden, &format!("devices {PHONE}; failures 0 %\nall")).await;
        board.lines().calls = vec![EXTENSION];
        rollouts::run(&node.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "released"), 0, "it is in a call");
        board.lines().calls.clear();
        halden.later(MINUTE);
        rollouts::run(&node.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "released"), 1);
        // A call begins before it is woken.
        board.lines().calls = vec![EXTENSION];
        node.drain().await;
        assert_eq!(board.woken(), []);
        let open = platform::open(&node.services, &halden.by("ada").await).await.unwrap();
        let said: Vec<_> = open.iter().map(|work| (work.kind.as_str(), work.why.as_str())).collect();
        assert_eq!(said, [("wake", "The phone is in a call.")], "{}", halden.name());
        board.lines().calls.clear();
        halden.later(MINUTE);
        node.drain().await;
        assert_eq!(board.woken(), [notified(EXTENSION)]);

        // It did not heed that. Whoever has them tried again has them woken again, and so does putting them back.
        halden.later(27 * HOUR);
        rollouts::run(&node.services).await.unwrap();
        assert_eq!(view(&halden).await.row.status.word(), "paused");
        let ada = halden.by("ada").await;
        rollouts::retry(&node.services, &ada, 1, "It was switched off.").await.unwrap();
        node.drain().await;
        assert_eq!(board.woken(), [notified(EXTENSION)]);
        rollouts::abort(&node.services, &ada, 1, "Enough.").await.unwrap();
        board.lines().calls = vec![EXTENSION];
        rollouts::run(&node.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "returned"), 0, "nor is it put back in a call");
        board.lines().calls.clear();
        rollouts::run(&node.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "returned"), 1);
        node.drain().await;
        assert_eq!(board.woken(), [notified(EXTENSION)]);
    }
}

#[tokio::test]
async fn a_platform_that_does_not_answer_holds_nothing_up_and_proves_nothing() {
    for halden in open().await {
        let (board, node, one, _) = begun(&halden, &format!("devices {PHONE}\nall")).await;
        board.lines().broken = true;
        rollouts::run(&node.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "released"), 1, "it was served lately");
        assert_eq!(node.drain().await, [EXTENSION, OTHER_EXTENSION], "lines are established meanwhile");
        let open = platform::open(&node.services, &halden.by("ada").await).await.unwrap();
        assert_eq!(open.iter().map(|work| work.kind.as_str()).collect::<Vec<_>>(), ["wake"]);
        halden.later(2 * HOUR);
        node.drain().await;
        let open = platform::open(&node.services, &halden.by("ada").await).await.unwrap();
        assert_eq!(open.len(), 0, "{}: it polls by itself", halden.name());
        fetch(&node, &one).await;
        rollouts::run(&node.services).await.unwrap();
        halden.later(HOUR);
        fetch(&node, &one).await;
        rollouts::run(&node.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "fetched"), 1, "nothing weaker counts");
        // When it answers again the phone may have registered long ago.
        board.lines().broken = false;
        board.register(EXTENSION, node.services.now());
        halden.later(MINUTE);
        rollouts::run(&node.services).await.unwrap();
        assert_eq!(many(&view(&halden).await, "applied"), 1);
        halden.later(DAY);
    }
}
