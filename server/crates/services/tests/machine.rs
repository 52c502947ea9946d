//! Any order of what people, phones, the account feed and crashes do, against the real use cases on every database:
//! invariants 1, 2, 3, 7 and 8 hold after each step. A small exhaustive model of the same is in `domain/tests/workflow`.
//!
//! `RINGFENCE_FULL=1` tries more and longer stories.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, password},
    phone::{Phone, text, value},
};
use domain::{
    change_request::State,
    time::{HOUR, MINUTE, SECOND},
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use services::{
    change_requests, devices,
    edge::Answer,
    glass,
    people::{self, PersonInput},
};
use std::{
    collections::BTreeMap,
    future::poll_fn,
    pin::pin,
    sync::atomic::{AtomicU32, Ordering},
    task::Poll,
};

const PHONES: [&str; 2] = [PHONE, OTHER_PHONE];
/// Extensions, each with the person who has it.
const EXTENSIONS: [(&str, &str); 2] = [(EXTENSION, "P1003"), (OTHER_EXTENSION, "P1004")];
/// Longer than this, broken glass is whole again.
const GLASS: i64 = 60 * MINUTE;

/// One thing that somebody or something does. Numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    Bind {
        by: &'static str,
        phone: usize,
        extension: usize,
    },
    Unbind {
        by: &'static str,
        phone: usize,
    },
    /// Asked for by Ada, signed by two others, and applied if it can be.
    Swiftly {
        phone: usize,
        extension: Option<usize>,
    },
    Approve {
        by: &'static str,
        request: usize,
    },
    Apply {
        request: usize,
    },
    /// The server dies after so many waits: nobody knows whether it was applied.
    ApplyAndCrash {
        request: usize,
        waits: u8,
    },
    BreakGlass,
    ApplyUnderGlass {
        request: usize,
    },
    Withdraw {
        request: usize,
    },
    Account {
        extension: usize,
        state: &'static str,
    },
    Gate {
        open: bool,
    },
    HourPasses,
    Fetch {
        phone: usize,
    },
    WrongProof {
        phone: usize,
    },
}

fn steps() -> impl Strategy<Value = Step> {
    let asks = || select(&["ada", "mary", "both"][..]);
    let signs = || select(&["grace", "hedy", "both"][..]);
    let (phone, extension, request) = (|| 0..PHONES.len(), || 0..EXTENSIONS.len(), || 0..3usize);
    prop_oneof![
        5 => (asks(), phone(), extension())
            .prop_map(|(by, phone, extension)| Step::Bind { by, phone, extension }),
        4 => (asks(), phone()).prop_map(|(by, phone)| Step::Unbind { by, phone }),
        4 => (phone(), option::of(extension()))
            .prop_map(|(phone, extension)| Step::Swiftly { phone, extension }),
        9 => (signs(), request()).prop_map(|(by, request)| Step::Approve { by, request }),
        8 => request().prop_map(|request| Step::Apply { request }),
        2 => (request(), 0u8..40).prop_map(|(request, waits)| Step::ApplyAndCrash { request, waits }),
        1 => Just(Step::BreakGlass),
        2 => request().prop_map(|request| Step::ApplyUnderGlass { request }),
        1 => request().prop_map(|request| Step::Withdraw { request }),
        2 => (extension(), select(&["active", "active", "suspended", "left", "expected"][..]))
            .prop_map(|(extension, state)| Step::Account { extension, state }),
        2 => prop_oneof![2 => Just(true), 1 => Just(false)].prop_map(|open| Step::Gate { open }),
        1 => Just(Step::HourPasses),
        2 => phone().prop_map(|phone| Step::Fetch { phone }),
        1 => phone().prop_map(|phone| Step::WrongProof { phone }),
    ]
}

/// What somebody asked for.
#[derive(Clone, Debug)]
struct Asked {
    number: i64,
    by: String,
    phone: usize,
    /// `None`: what stands there is taken away.
    extension: Option<usize>,
}

/// What should be the case.
struct World<'a> {
    halden: &'a Halden,
    phones: Vec<Phone>,
    asked: Vec<Asked>,
    lines: BTreeMap<usize, usize>,
    accounts: [&'static str; 2],
    gate: bool,
    glass_until: Option<i64>,
    /// Since the story began, in microseconds.
    elapsed: i64,
}

/// How often each thing came to pass in all stories: a test in which nothing happens proves nothing.
#[derive(Default)]
struct Tally {
    bound: AtomicU32,
    cleared: AtomicU32,
    refused: AtomicU32,
    crashed: AtomicU32,
    glass: AtomicU32,
}

fn count(of: &AtomicU32) {
    of.fetch_add(1, Ordering::Relaxed);
}

impl World<'_> {
    async fn step(&mut self, step: &Step, tally: &Tally) {
        let services = &self.halden.services;
        match step {
            Step::Bind { by, phone, extension } => {
                let number =
                    self.halden.draft(by, "bind", PHONES[*phone], 1, EXTENSIONS[*extension].0).await.unwrap();
                self.submit(number, by, *phone, Some(*extension)).await;
            }
            Step::Unbind { by, phone } => {
                if let Ok(number) = self.halden.draft(by, "unbind", PHONES[*phone], 1, "").await {
                    self.submit(number, by, *phone, None).await;
                }
            }
            Step::Swiftly { phone, extension } => {
                let (kind, number) = match extension {
                    Some(extension) => ("bind", EXTENSIONS[*extension].0),
                    None => ("unbind", ""),
                };
                let Ok(number) = self.halden.draft("ada", kind, PHONES[*phone], 1, number).await else {
                    return;
                };
                self.submit(number, "ada", *phone, *extension).await;
                for by in ["grace", "hedy"] {
                    drop(self.halden.approve_as(by, number).await);
                }
                let asked = Asked { number, by: "ada".to_owned(), phone: *phone, extension: *extension };
                match self.halden.apply(number).await {
                    Ok(()) => self.applied(&asked, false, tally).await,
                    Err(_) => count(&tally.refused),
                }
            }
            Step::Approve { by, request } => {
                let Some(asked) = self.asked(*request) else { return };
                let own = asked.by == *by;
                let given = self.halden.approve_as(by, asked.number).await;
                assert!(!own || given.is_err(), "{by} approved their own CR-{}", asked.number);
            }
            Step::Apply { request } => {
                let Some(asked) = self.asked(*request) else { return };
                match self.halden.apply(asked.number).await {
                    Ok(()) => self.applied(&asked, false, tally).await,
                    Err(_) => count(&tally.refused),
                }
            }
            Step::ApplyAndCrash { request, waits } => {
                let Some(asked) = self.asked(*request) else { return };
                if self.is(&asked, "applied").await {
                    return;
                }
                crash_after(*waits, self.halden.apply(asked.number)).await;
                count(&tally.crashed);
                if self.is(&asked, "applied").await {
                    self.applied(&asked, false, tally).await;
                }
            }
            Step::BreakGlass => {
                let op = self.halden.by("ada").await;
                if glass::open(services, &op, "It cannot wait.", "", &password("ada")).await.is_ok() {
                    self.glass_until = Some(self.elapsed + GLASS);
                }
            }
            Step::ApplyUnderGlass { request } => {
                let Some(asked) = self.asked(*request) else { return };
                let op = self.halden.by("ada").await;
                if glass::apply(services, &op, asked.number).await.is_ok() {
                    assert!(self.glass_until.is_some_and(|until| self.elapsed < until), "no glass");
                    self.applied(&asked, true, tally).await;
                    count(&tally.glass);
                }
            }
            Step::Withdraw { request } => {
                let Some(asked) = self.asked(*request) else { return };
                let op = self.halden.by(&asked.by).await;
                drop(change_requests::withdraw(services, &op, asked.number).await);
            }
            Step::Account { extension, state } => self.account(*extension, state).await,
            Step::Gate { open: true } => {
                self.halden.open_gate().await;
                self.gate = true;
            }
            Step::Gate { open: false } => {
                self.halden.record_checks(false).await.unwrap();
                self.gate = false;
            }
            Step::HourPasses => {
                self.later(HOUR);
            }
            Step::Fetch { phone } => self.fetch(*phone).await,
            Step::WrongProof { phone } => {
                let guess = Phone { password: "guess".to_owned(), ..self.phones[*phone].clone() };
                let answer = guess.fetch(services).await;
                assert!(!matches!(answer, Answer::File { .. }), "a guess was served");
            }
        }
    }

    fn later(&mut self, micros: i64) {
        self.halden.later(micros);
        self.elapsed += micros;
    }

    async fn submit(&mut self, number: i64, by: &str, phone: usize, extension: Option<usize>) {
        let op = self.halden.by(by).await;
        if change_requests::submit(&self.halden.services, &op, number).await.is_ok() {
            self.asked.push(Asked { number, by: by.to_owned(), phone, extension });
        }
    }

    /// The newest requests are the likeliest to be meant.
    fn asked(&self, back: usize) -> Option<Asked> {
        self.asked.iter().rev().nth(back).cloned()
    }

    async fn is(&self, asked: &Asked, word: &str) -> bool {
        self.halden.state(asked.number).await == word
    }

    /// A suspended account asks for its lines to be taken away; nothing is, before somebody else approves.
    async fn account(&mut self, extension: usize, state: &'static str) {
        let input = PersonInput { account: state.to_owned(), ..PersonInput::default() };
        let op = self.halden.by("ada").await;
        let person = EXTENSIONS[extension].1;
        let asked = people::change(&self.halden.services, &op, person, &input, "so says the feed").await;
        self.accounts[extension] = state;
        let on = self.lines.iter().find(|(_, stands)| **stands == extension).map(|(phone, _)| *phone);
        for number in asked.unwrap() {
            let phone = on.unwrap();
            self.asked.push(Asked { number, by: "ada".to_owned(), phone, extension: None });
        }
    }

    /// Invariants 1 and 3: it may have been applied only then.
    async fn applied(&mut self, asked: &Asked, under_glass: bool, tally: &Tally) {
        let request = self.halden.request(asked.number).await;
        let State::Applied { approvals, authority, .. } = &request.row.state else {
            panic!("CR-{} is {}", asked.number, request.row.state.word())
        };
        assert_eq!(authority.is_some(), under_glass, "CR-{}", asked.number);
        assert!(under_glass || !approvals.is_empty(), "CR-{}: somebody approved", asked.number);
        for approval in approvals {
            assert_eq!(approval.digest.to_string(), request.digest, "CR-{}: exactly this", asked.number);
        }
        let names: Vec<_> = request.approvals.given.iter().map(|given| given.by.clone()).collect();
        assert!(!names.contains(&asked.by), "CR-{}: {names:?}", asked.number);
        if let Some(extension) = asked.extension {
            assert!(self.gate || under_glass, "CR-{}: the gate was shut", asked.number);
            assert_eq!(self.accounts[extension], "active", "CR-{}", asked.number);
            assert!(!self.lines.values().any(|stands| *stands == extension), "it stood elsewhere");
            assert_eq!(self.lines.insert(asked.phone, extension), None, "the key had a line");
            count(&tally.bound);
        } else {
            assert!(self.lines.remove(&asked.phone).is_some(), "nothing stood there");
            count(&tally.cleared);
        }
    }

    /// Invariant 8 and the fence: a proven phone gets exactly what stands now, whatever it was served before.
    async fn fetch(&self, phone: usize) {
        let file = text(self.phones[phone].fetch(&self.halden.services).await);
        if let Some(extension) = self.lines.get(&phone) {
            assert_eq!(value(&file, "account.1.user_name"), EXTENSIONS[*extension].0);
        } else {
            let line = file.lines().find(|line| line.starts_with("account.1.user_name"));
            assert!(line.is_none_or(|line| line.ends_with("= %NULL%")), "{line:?}");
        }
    }

    /// Invariants 1, 2 and 7, after every step.
    async fn check(&self) {
        let mut seen = vec![];
        for (index, mac) in PHONES.into_iter().enumerate() {
            let lines = self.halden.lines(mac).await;
            let expected: Vec<_> =
                self.lines.get(&index).map(|e| EXTENSIONS[*e].0.to_owned()).into_iter().collect();
            assert_eq!(lines, expected, "{mac}: what stands is what was applied");
            seen.extend(lines);
            let op = self.halden.by("ada").await;
            let view = devices::view(&self.halden.services, &op, mac).await.unwrap();
            assert_eq!(view.row.state, "active", "{mac}: nothing that proves nothing changes it");
        }
        seen.sort_unstable();
        let all = seen.len();
        seen.dedup();
        assert_eq!(seen.len(), all, "an exclusive line stands once");
    }
}

/// Lets work go on for so many waits, then drops it where it is, as a crash would.
pub(crate) async fn crash_after<T>(waits: u8, work: impl Future<Output = T>) {
    let (mut work, mut left) = (pin!(work), waits);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(()),
        Poll::Pending if left == 0 => Poll::Ready(()),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await;
}

async fn tell(story: &[Step], tally: &Tally) {
    for halden in halden::open().await {
        let mut phones = vec![];
        for mac in PHONES {
            phones.push(Phone::of(&halden, mac).await);
        }
        let mut world = World {
            halden: &halden,
            phones,
            asked: vec![],
            lines: BTreeMap::new(),
            accounts: ["active", "active"],
            gate: true,
            glass_until: None,
            elapsed: 0,
        };
        for step in story {
            world.later(SECOND);
            world.step(step, tally).await;
            world.check().await;
        }
        for phone in 0..PHONES.len() {
            world.fetch(phone).await;
        }
    }
}

pub(crate) fn same_stories(config: Config) -> TestRunner {
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn every_story_keeps_the_invariants() {
    let full = std::env::var_os("RINGFENCE_FULL").is_some();
    let (cases, length) = if full { (100, 100) } else { (8, 60) };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let tally = Tally::default();
    // The same stories every time, so that what they reach can be asserted; others where there is time for them.
    let mut runner = if full { TestRunner::new(config) } else { same_stories(config) };
    runner
        .run(&vec(steps(), length / 2..=length), |story| {
            runtime.block_on(Box::pin(tell(&story, &tally)));
            Ok(())
        })
        .unwrap();
    let Tally { bound, cleared, refused, crashed, glass } = tally;
    let seen = [bound, cleared, refused, crashed, glass].map(AtomicU32::into_inner);
    println!("bound, cleared, refused, crashed, under glass: {seen:?}");
    assert!(seen[..4].iter().all(|n| *n > 0), "{seen:?}");
}
