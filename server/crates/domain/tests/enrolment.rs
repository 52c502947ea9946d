//! A token, used by anybody in any order: the table of single steps, and every short life.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    Code, Timestamp,
    enrolment::{CODE_LIFE, Fingerprint, LONGEST_ADDRESS, SESSION, State, Use, use_token, valid_until},
    time::{DAY, MINUTE},
};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

fn phone(last: u8) -> Fingerprint {
    Fingerprint { client: [192, 0, 2, last].into(), user_agent: "Yealink SIP-T46U".into(), certificate: None }
}

fn session(since: Timestamp) -> State {
    State::InSession { since, by: phone(1) }
}

/// What a use comes to, in a word.
fn word(state: &State, by: &Fingerprint, now: Timestamp) -> &'static str {
    match use_token(state, "device", by, now) {
        Use::Deliver(next) => {
            assert_eq!(next, State::InSession { since: now, by: by.clone() });
            "deliver"
        }
        Use::DeliverAgain => "again",
        Use::Refuse(finding) => {
            assert_eq!(finding.code, Code::EnrolmentSpent);
            "refuse"
        }
        Use::Clash(finding) => {
            assert_eq!(finding.code, Code::EnrolmentClash);
            assert!(finding.detail.contains("192.0.2.1") && finding.detail.contains(&by.client.to_string()));
            "clash"
        }
    }
}

#[test]
fn each_state_and_each_user() {
    let until = NOW.plus(MINUTE);
    let other_agent = Fingerprint { user_agent: "curl/8".into(), ..phone(1) };
    let other_certificate = Fingerprint { certificate: Some("ab".into()), ..phone(1) };
    let table = [
        (State::Inactive, phone(1), NOW, "refuse"),
        (State::Waiting { until }, phone(1), NOW, "deliver"),
        (State::Waiting { until }, phone(1), until, "refuse"),
        (session(NOW), phone(1), NOW, "again"),
        (session(NOW), phone(1), NOW.plus(SESSION - 1), "again"),
        (session(NOW), phone(1), NOW.plus(SESSION), "refuse"),
        (session(NOW), phone(2), NOW, "clash"),
        (session(NOW), phone(2), NOW.plus(SESSION), "refuse"),
        (session(NOW), other_agent, NOW, "clash"),
        (session(NOW), other_certificate, NOW, "clash"),
        (State::Used { at: NOW }, phone(1), NOW, "refuse"),
        (State::Expired { at: NOW, delivered: true }, phone(1), NOW, "refuse"),
        (State::Revoked { at: NOW }, phone(1), NOW, "refuse"),
        (State::Released { at: NOW }, phone(1), NOW, "refuse"),
    ];
    for (state, by, now, expected) in table {
        assert_eq!(word(&state, &by, now), expected, "{state:?} used by {by} at {now}");
    }
}

#[test]
fn a_code_lives_for_a_day_from_its_activation_and_an_address_until_the_day_given() {
    let active = State::Inactive.activate("device", NOW).unwrap();
    assert_eq!(active, State::Waiting { until: NOW.plus(CODE_LIFE) });
    assert_eq!(CODE_LIFE, DAY);
    assert_eq!(active.activate("device", NOW).unwrap_err().code, Code::RequestState);
    assert_eq!(valid_until(NOW.plus(LONGEST_ADDRESS), NOW), Ok(NOW.plus(LONGEST_ADDRESS)));
    for wrong in [NOW, NOW.plus(-1), NOW.plus(LONGEST_ADDRESS + 1)] {
        assert_eq!(valid_until(wrong, NOW).unwrap_err().code, Code::FormInvalid);
    }
}

#[test]
fn what_is_with_the_vendor_is_not_opened_again() {
    let until = NOW.plus(DAY);
    assert!(State::Released { at: NOW }.rearm("device", until, NOW).is_err());
    assert_eq!(State::Used { at: NOW }.rearm("device", until, NOW), Ok(State::Waiting { until }));
}

#[test]
fn the_credential_ends_what_is_open_and_claims_what_was_delivered() {
    let table = [
        (State::Inactive, Some(State::Revoked { at: NOW })),
        (State::Waiting { until: NOW }, Some(State::Revoked { at: NOW })),
        (session(NOW), Some(State::Used { at: NOW })),
        (State::Expired { at: NOW, delivered: true }, Some(State::Used { at: NOW })),
        (State::Expired { at: NOW, delivered: true }.disarmed(), None),
        (State::Used { at: NOW }, None),
        (State::Revoked { at: NOW }, None),
        (State::Released { at: NOW }, None),
    ];
    for (state, expected) in table {
        assert_eq!(state.credential_used(NOW), expected, "{state:?}");
    }
    assert_eq!(session(NOW).at(NOW.plus(SESSION)), State::Expired { at: NOW.plus(SESSION), delivered: true });
}

/// Something that happens to a token.
#[derive(Clone, Copy, Debug)]
enum Event {
    Activate,
    Use(u8),
    CredentialUsed,
    Revoke,
    Wait(i64),
}

const EVENTS: [Event; 7] = [
    Event::Activate,
    Event::Use(1),
    Event::Use(2),
    Event::CredentialUsed,
    Event::Revoke,
    Event::Wait(SESSION / 2),
    Event::Wait(CODE_LIFE - SESSION),
];
/// Seven events, of seven kinds: 823,543 lives.
const LENGTH: usize = 7;

/// A token with what has happened to it.
#[derive(Clone)]
struct Life {
    state: State,
    now: Timestamp,
    activated: Option<Timestamp>,
    /// Who was delivered to, and when first.
    delivered: Option<(u8, Timestamp)>,
    over: bool,
}

impl Life {
    fn step(&mut self, event: Event) {
        match event {
            Event::Wait(micros) => self.now = self.now.plus(micros),
            Event::Activate => {
                if let Ok(next) = self.state.activate("device", self.now) {
                    assert!(!self.over && self.activated.is_none());
                    self.state = next;
                    self.activated = Some(self.now);
                }
            }
            Event::Use(by) => self.used(by),
            Event::CredentialUsed => {
                if let Some(next) = self.state.credential_used(self.now) {
                    self.state = next;
                }
                self.over = true;
            }
            Event::Revoke => {
                if let Ok(next) = self.state.revoke("device", self.now) {
                    self.state = next;
                    self.over = true;
                }
            }
        }
    }

    fn used(&mut self, by: u8) {
        let first = match use_token(&self.state, "device", &phone(by), self.now) {
            Use::Deliver(next) => {
                self.state = next;
                assert_eq!(self.delivered, None, "one first use");
                (by, self.now)
            }
            Use::DeliverAgain => self.delivered.unwrap(),
            Use::Clash(_) => return assert_ne!(self.delivered.map(|(by, _)| by), Some(by)),
            Use::Refuse(_) => return,
        };
        assert_eq!(first.0, by, "one phone");
        assert!(!self.over, "not after its end");
        let activated = self.activated.unwrap();
        assert!(first.1 < activated.plus(CODE_LIFE) && self.now < first.1.plus(SESSION));
        self.delivered = Some(first);
    }

    fn live(&self, left: usize, lives: &mut usize) {
        if left == 0 {
            *lives += 1;
            return;
        }
        for event in EVENTS {
            let mut next = self.clone();
            next.step(event);
            next.live(left - 1, lives);
        }
    }
}

#[test]
fn no_life_delivers_to_two_phones_or_after_its_end() {
    let mut lives = 0;
    let life = Life { state: State::Inactive, now: NOW, activated: None, delivered: None, over: false };
    life.live(LENGTH, &mut lives);
    assert_eq!(lives, EVENTS.len().pow(7));
}
