//! The editor of layers: what its page is given holds no secret and says what the server says; and what people say to
//! each other about a change.

use crate::{
    halden::{EXTENSION, Halden, PHONE, open},
    phone::{Phone, value},
};
use dialects::look::{Bench, Desk};
use domain::{Code, layer::form::Typed, ledger::Entry};
use services::layers::{self, DraftInput};

/// London's layer: its scope and its text.
async fn london(halden: &Halden) -> (String, String) {
    let ada = halden.by("ada").await;
    let view = layers::list(&halden.services, &ada, false, "").await.unwrap();
    let row = view.layers.into_iter().find(|row| row.level.word() == "site" && row.name == "lon").unwrap();
    let layer = layers::layer(&halden.services, &ada, "site", &row.scope).await.unwrap();
    (row.scope, layer.text)
}

#[tokio::test]
async fn the_browser_is_given_no_secret_and_says_what_the_server_says() {
    for halden in open().await {
        halden.bind(PHONE, EXTENSION).await;
        let (scope, text) = london(&halden).await;
        let ada = halden.by("ada").await;
        let view = layers::bench(&halden.services, &ada, "site", &scope, PHONE).await.unwrap();

        let phone = Phone::of(&halden, PHONE).await;
        let password = value(&phone.configuration(&halden.services).await, "account.1.password").to_owned();
        for secret in [&phone.password, &password] {
            assert!(secret.len() >= 20 && !view.bench.contains(secret.as_str()));
        }
        let bench: Bench = serde_json::from_str(&view.bench).unwrap();
        let named = bench.stack.iter().flat_map(|layer| layer.settings.values());
        let names: Vec<_> = named
            .filter_map(
                |v| if let domain::setting::Value::Secret(s) = v { Some(s.0.as_u128()) } else { None },
            )
            .collect();
        assert!(names.len() >= 2 && names.iter().all(|name| *name < 100), "numbers, not names: {names:?}");

        let text = format!("{text}phone.language = en-GB\nphone.ntp2 = x\n");
        let input = DraftInput { text: text.clone(), ..DraftInput::default() };
        let there = layers::preview(&halden.services, &ada, "site", &scope, &input, PHONE).await.unwrap();
        let here = Desk::new(bench).look(&Typed { text, ..Typed::default() });
        assert_eq!((&here.differences, here.same_bytes), (&there.differences, there.same_bytes));
        assert_eq!(here.findings, there.findings);
        let lines = there.files.iter().map(|file| (&file.name, &file.lines));
        assert!(here.files.iter().map(|file| (&file.name, &file.lines)).eq(lines));
        assert!(here.files[0].lines.iter().any(|line| line.text.starts_with("account.1.password = •")));

        let unasked = layers::bench(&halden.services, &halden.by("grace").await, "site", &scope, PHONE).await;
        assert_eq!(unasked.unwrap_err().code(), Code::Forbidden);
        let nobody = layers::bench(&halden.services, &ada, "site", &scope, "no phone").await;
        assert_eq!(nobody.unwrap_err().code(), Code::DeviceUnknown);
    }
}

#[tokio::test]
async fn people_talk_about_a_change_of_a_layer() {
    for halden in open().await {
        let (services, ada, grace) = (&halden.services, halden.by("ada").await, halden.by("grace").await);
        let (scope, text) = london(&halden).await;
        let text = format!("{text}phone.language = en-GB\n");
        let input = DraftInput { text, note: "As agreed.".to_owned(), ..DraftInput::default() };
        let number = layers::create(services, &ada, "site", &scope, &input).await.unwrap();
        let hidden = layers::comment(services, &grace, number, "What is this?").await.unwrap_err();
        assert_eq!(hidden.code(), Code::NotFound, "a draft is its author's alone");
        layers::submit(services, &ada, number).await.unwrap();
        layers::comment(services, &grace, number, " Why English?\r\nNobody asked. ").await.unwrap();
        layers::comment(services, &ada, number, "The lobby did.").await.unwrap();
        for (bad, code) in [(" ", Code::FieldMissing), ("\u{7}", Code::FieldTooLong)] {
            assert_eq!(layers::comment(services, &grace, number, bad).await.unwrap_err().code(), code);
        }
        let said = layers::change(services, &grace, number).await.unwrap().comments;
        let mut said: Vec<_> = said.iter().map(|c| (c.by.as_str(), c.body.as_str())).collect();
        // Both were said at one moment of the test's clock.
        said.sort_unstable();
        assert_eq!(said, [("ada", "The lobby did."), ("grace", "Why English?\r\nNobody asked.")]);
        let acts = halden.record().await;
        let is = |entry: &&Entry| matches!(entry, Entry::Act(act) if act.action == "layer_change.comment");
        assert_eq!(acts.iter().filter(is).count(), 2);
    }
}
