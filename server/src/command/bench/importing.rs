//! A large import while phones are served: requests come at a fixed rate, whether or not the ones before are answered.

use super::{
    fleet::Fleet,
    installation::{Installation, challenge},
    load::{Outcome, Pace, Plan},
};
use crate::{exit::Failure, startup};
use domain::package::Upload;
use services::imports;
use std::{fmt::Write as _, net::SocketAddr, sync::Arc, time::Instant};

const PHONES: u32 = 1_000;
const RATE: f64 = 500.0;
/// Seconds of each measurement: a phone does not come back before that.
const WINDOW: f64 = 5.0;
const ROWS: u32 = 10_000;
const FIRST: u32 = 2_000_000;

pub(super) async fn run(at: &Installation) -> Result<(), Failure> {
    let fleet = Fleet { first: 1, last: PHONES };
    fleet.ensure(&at.store, &at.keys.vault, &at.env).await?;
    let door = at.door(at.edge(), None).await?;
    println!(
        "{ROWS} rows of devices, {RATE} requests a second on 256 connections; ms from when each was due"
    );
    // Once to make them known, as they would be in a storm.
    window(door, fleet).await?;
    say("before", &window(door, fleet).await?);
    let op = startup::command_line(&at.services);
    let services = at.services.clone();
    let begun = Instant::now();
    let import = tokio::spawn(async move {
        let upload = Upload { name: "devices.csv".to_owned(), bytes: sheet().into_bytes() };
        let id = imports::stage(&services, &op, vec![upload]).await?;
        imports::commit(&services, &op, &id).await.map(|_| begun.elapsed())
    });
    let mut worst: Option<Outcome> = None;
    while !import.is_finished() {
        let outcome = window(door, fleet).await?;
        say("meanwhile", &outcome);
        if worst.as_ref().is_none_or(|worst| worst.p99 < outcome.p99) {
            worst = Some(outcome);
        }
    }
    let took = import.await.map_err(Failure::environment)?.map_err(Failure::environment)?;
    say("after", &window(door, fleet).await?);
    let worst = worst.unwrap_or_default();
    println!(
        "  import: {:.1} s; the worst p99 of {WINDOW} s meanwhile: {:.1} ms",
        took.as_secs_f64(),
        worst.p99
    );
    Ok(())
}

fn say(when: &str, outcome: &Outcome) {
    println!(
        "  {when:<10} p50 {:>7.1}, p99 {:>7.1}, worst {:>7.1}, {} served, {} failed",
        outcome.p50, outcome.p99, outcome.longest, outcome.served, outcome.failed
    );
}

async fn window(target: SocketAddr, fleet: Fleet) -> Result<Outcome, Failure> {
    let requests = Arc::new(fleet.requests(&challenge(target).await?));
    let requests = (&requests).into();
    Plan { target, tls: None, connections: 256, requests, pace: Pace::Rate(RATE, WINDOW) }.run().await
}

fn sheet() -> String {
    let mut text = "site,serial,mac,vendor,model,place,segment\n".to_owned();
    for n in 0..ROWS {
        let [_, a, b, c] = (FIRST + n).to_be_bytes();
        writeln!(text, "lon,IMPORT{n:06},24:9a:d8:{a:02x}:{b:02x}:{c:02x},yealink,T46U,2-14,voice").ok();
    }
    text
}
