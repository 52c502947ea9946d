//! How long a token is good for, where, and what guessing comes to.

use super::{At, FILE, OTHER_FILE, from, refused};
use crate::{
    halden::{self, OTHER_PHONE, PHONE, codes},
    phone::text,
};
use domain::{
    Code::{FieldMissing, FormInvalid},
    enrolment::{CODE_LIFE, Kind, MARGIN, State, TypedCode},
    fence::{Channel, Proof},
    site::step::StepKind,
    time::{DAY, MINUTE},
};
use services::{
    cutovers::{self, TimedInput},
    edge::Answer,
    enrolment,
    steps::{self, StepInput},
    view::EnrolmentFilter,
};

#[tokio::test]
async fn a_code_lives_for_a_day_and_an_address_until_its_day() {
    for halden in halden::open().await {
        let services = &halden.services;
        let code = halden.active_code(PHONE).await;
        assert!(halden.make_addresses(2 * DAY).await >= 6);
        let address = halden.handout(OTHER_PHONE, Kind::SignedAddress).await.address;
        halden.later(CODE_LIFE);
        assert!(refused(&At(1).asks(services, &code, FILE).await), "{}", halden.name());
        text(At(2).asks(services, &address, OTHER_FILE).await);
        assert_eq!(halden.last_serve().await.proof, Proof::SignedAddress);
        let third = halden.handouts(Kind::SignedAddress).await;
        let third = third
            .iter()
            .find(|h| h.vendor == "yealink" && ![PHONE, OTHER_PHONE].contains(&h.mac.to_string().as_str()));
        let third = third.unwrap().clone();
        halden.later(DAY);
        let file = format!("{}.cfg", third.mac.bare());
        assert!(refused(&At(3).asks(services, &third.address, &file).await), "{}", halden.name());
        let op = halden.by("ada").await;
        for (until, code) in
            [(None, FieldMissing), (Some(op.now), FormInvalid), (Some(op.now.plus(91 * DAY)), FormInvalid)]
        {
            let made = enrolment::make(services, &op, "lon", Kind::SignedAddress, until).await;
            assert_eq!(codes(&made.unwrap_err()), [code]);
        }
    }
}

#[tokio::test]
async fn without_a_day_an_address_is_valid_for_a_margin_after_the_sites_date() {
    for halden in halden::open().await {
        let (services, op) = (&halden.services, halden.by("ada").await);
        let made = async || enrolment::make(services, &op, "lon", Kind::SignedAddress, None).await;
        let filter = EnrolmentFilter { site: "lon".to_owned(), ..EnrolmentFilter::default() };
        let date = async || enrolment::list(services, &op, &filter).await.unwrap().site.unwrap().date;
        assert_eq!((date().await, codes(&made().await.unwrap_err())), (None, vec![FieldMissing]));
        let due = op.now.plus(20 * DAY).to_string().chars().take(10).collect();
        let input = StepInput { owner: "linus".to_owned(), due, needs: vec![] };
        let linus = halden.by("linus").await;
        steps::change(services, &linus, "lon", "binding", &input).await.unwrap();
        assert_eq!(date().await.unwrap().step, Some(StepKind::Binding), "{}", halden.name());
        // Too late to say so now.
        let plan = |days: i64| TimedInput {
            title: "Switch the trunk".to_owned(),
            planned: op.now.plus(days * DAY).to_string(),
            minutes: "30".to_owned(),
            ..TimedInput::default()
        };
        cutovers::put(services, &linus, "lon", &plan(80)).await.unwrap();
        assert_eq!(codes(&made().await.unwrap_err()), [FormInvalid]);
        cutovers::remove(services, &linus, "lon", 1).await.unwrap();
        cutovers::put(services, &linus, "lon", &plan(30)).await.unwrap();
        let date = date().await.unwrap();
        assert_eq!(date.step, None, "the plan of the day counts more than the day of a step");
        assert!(made().await.unwrap() >= 6);
        let handout = halden.handout(PHONE, Kind::SignedAddress).await;
        assert_eq!(handout.state, State::Waiting { until: date.at.plus(MARGIN) }, "{}", halden.name());
    }
}

#[tokio::test]
async fn without_tls_there_is_nothing_and_the_token_is_not_burnt() {
    for halden in halden::open().await {
        let address = halden.active_code(PHONE).await;
        for file in [FILE, "y000000000108.cfg", "nothing"] {
            let answer = At(1).over(&halden.services, Channel::Onboarding, &address, file).await;
            assert!(refused(&answer), "{file}");
        }
        assert_eq!(halden.tokens(PHONE).await, ["waiting"]);
        text(At(1).asks(&halden.services, &address, FILE).await);
    }
}

/// What is not a token in force is one and the same 404; a right code under a hail of wrong ones waits.
#[tokio::test]
async fn guesses_get_nothing_and_run_out() {
    for halden in halden::open().await {
        let services = &halden.services;
        let code = halden.active_code(PHONE).await;
        assert!(halden.make_addresses(DAY).await > 0);
        let address = halden.handout(PHONE, Kind::SignedAddress).await.address;
        let nonsense = ["", "x", "1234567890", "abc def", "%00", &"a".repeat(43), &"9".repeat(500)];
        for token in nonsense {
            assert!(refused(&At(1).asks(services, token, FILE).await), "{token}");
        }
        let mut wrong = 0;
        let held = loop {
            let guess = TypedCode::from_random(wrong);
            match At(1).asks(services, guess.digits(), FILE).await {
                Answer::NotFound => wrong += 1,
                other => break other,
            }
        };
        assert!(matches!(held, Answer::Hold { .. }));
        assert_eq!(wrong, 20, "typing errors and nonsense did not count");
        assert!(matches!(At(1).asks(services, &code, FILE).await, Answer::Hold { .. }), "right or wrong");
        text(At(1).asks(services, &address, FILE).await);
        halden.later(MINUTE);
        assert!(refused(&At(1).asks(services, TypedCode::from_random(99).digits(), FILE).await));
    }
}

#[tokio::test]
async fn ten_thousand_wrong_codes_from_everywhere_do_not_delay_whoever_has_the_right_one() {
    for halden in halden::open().await {
        let services = &halden.services;
        let code = halden.active_code(PHONE).await;
        let mut looked_at = 0;
        for n in 0..10_000u32 {
            let guess = TypedCode::from_random(u64::from(n));
            let [_, a, b, _] = ((n % 300) << 8).to_be_bytes();
            let answer = from([198, a, b, 1], services, Channel::Steady, guess.digits(), FILE).await;
            looked_at += u32::from(matches!(answer, Answer::NotFound));
        }
        assert_eq!(looked_at, 60 + 240, "what everybody has, and one of each place that came later");
        let held = from([198, 0, 7, 9], services, Channel::Steady, &code, FILE).await;
        assert!(matches!(held, Answer::Hold { .. }), "a neighbour of the flood waits: {held:?}");
        text(At(1).asks(services, &code, FILE).await);
    }
}
