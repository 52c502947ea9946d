//! What a change of a layer does to many phones, from the draft's page: loading, resolving, writing, comparing.

use super::{fleet::Fleet, installation::Installation};
use crate::{exit::Failure, startup};
use clap::Args;
use domain::{
    authz::{Action, authorise},
    ids::{LayerId, SegmentId, SiteId},
    layer::{Layer, Level, Locks, Origin},
    setting::{Path, Value},
    site::{Scope, Segment, Site},
};
use services::{
    Operation,
    layers::{self, DraftInput},
    users,
};
use std::time::Instant;
use storage::{Tx, layer, site};

/// Of the organisation that is measured.
#[derive(Args)]
pub(crate) struct Layers {
    /// An empty PostgreSQL database; default: SQLite in a temporary folder.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Phones.
    #[arg(long, default_value_t = 100_000)]
    phones: u32,
    /// Sites, each with a layer and a segment of its own.
    #[arg(long, default_value_t = 200)]
    sites: u32,
    /// Measurements of each change; the median is printed.
    #[arg(long, default_value_t = 5)]
    times: usize,
}

/// What is changed, from which layer, and the word for it.
const CHANGES: [(&str, &str); 3] = [
    ("organisation", "phone.language = en-GB"),
    ("organisation", "network.vlan_priority = 5\nsip.expires = 300\nphone.tone_region = GB"),
    // What is set below stands: no phone changes, and every one is looked at.
    ("organisation", "phone.timezone = UTC"),
];

impl Layers {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let name = if self.database.is_some() { "PostgreSQL" } else { "SQLite" };
        println!("layers on {name}, {cores} processors");
        let at = Installation::open(self.database.as_deref()).await?;
        let begun = Instant::now();
        let places = self.places(&at).await?;
        let fleet = Fleet { first: 1, last: self.phones };
        fleet.load_at(&at.store, &at.keys.vault, &at.env, &places).await?;
        let took = begun.elapsed().as_secs_f64();
        println!("{} phones at {} sites, loaded in {took:.1} s", self.phones, self.sites);
        let op = administrator(&at).await?;
        for (level, text) in CHANGES {
            self.measure(&at, &op, level, text).await?;
        }
        at.close().await;
        Ok(())
    }

    /// Sites, each in a time zone and a VLAN, so that no two share their layers.
    async fn places(&self, at: &Installation) -> Result<Vec<(SiteId, SegmentId)>, Failure> {
        const ZONES: [&str; 5] =
            ["Europe/London", "Europe/Paris", "Europe/Berlin", "America/New_York", "Asia/Tokyo"];
        let mut tx = at.store.write().await.map_err(Failure::database)?;
        let mut places = vec![];
        for n in 0..self.sites {
            let (site, segment) = (SiteId(at.env.id()), SegmentId(at.env.id()));
            let zone = ZONES[n as usize % ZONES.len()];
            let row = Site {
                id: site,
                code: format!("b{n}"),
                name: format!("Site {n}"),
                time_zone: zone.to_owned(),
                scope: Scope::Assisted,
            };
            site::insert(&mut tx, &row).await.map_err(Failure::database)?;
            let cidr = format!("10.{}.{}.0/24", 100 + n / 256, n % 256);
            let row = Segment {
                id: segment,
                site,
                code: "voice".to_owned(),
                cidr: cidr.parse().map_err(Failure::environment)?,
                vlan: None,
                ntp: None,
            };
            site::insert_segment(&mut tx, &row).await.map_err(Failure::database)?;
            let zone = ("phone.timezone", Value::Text(zone.to_owned()));
            one(&mut tx, at, Level::Site, site.to_string(), zone).await?;
            let vlan = ("network.vlan", Value::Number(i64::from(100 + n)));
            one(&mut tx, at, Level::Segment, segment.to_string(), vlan).await?;
            places.push((site, segment));
        }
        tx.commit().await.map_err(Failure::database)?;
        Ok(places)
    }

    async fn measure(
        &self,
        at: &Installation,
        op: &Operation,
        level: &str,
        lines: &str,
    ) -> Result<(), Failure> {
        let services = &at.services;
        let said = layers::layer(services, op, level, level).await.map_err(Failure::environment)?.text;
        let text = format!("{said}{lines}\n");
        let input = DraftInput { text, note: "To be measured.".to_owned(), ..DraftInput::default() };
        let number =
            layers::create(services, op, level, level, &input).await.map_err(Failure::environment)?;
        let mut took = vec![];
        let mut view = None;
        for _ in 0..self.times.max(1) {
            let begun = Instant::now();
            view = Some(layers::change(services, op, number).await.map_err(Failure::environment)?);
            took.push(begun.elapsed().as_secs_f64());
        }
        took.sort_by(f64::total_cmp);
        let median = took[took.len() / 2];
        let Some(view) = view else { return Ok(()) };
        let (counts, each) = (view.plan.counts, median * 1e6 / f64::from(view.plan.counts.in_scope.max(1)));
        println!("\n{level}: {}", lines.replace('\n', "; "));
        println!(
            "  {median:.2} s (from {:.2} to {:.2}), {each:.1} µs for each of {} phones; {} stacks resolved",
            took[0],
            took[took.len() - 1],
            counts.in_scope,
            view.classes
        );
        println!(
            "  {} phones with {} lines change in {} ways at {} sites, {} keep their bytes",
            counts.devices,
            counts.lines,
            view.plan.alike.len(),
            view.plan.sites.len(),
            counts.unchanged
        );
        layers::withdraw(services, op, number).await.map_err(Failure::environment)
    }
}

async fn one(
    tx: &mut Tx,
    at: &Installation,
    level: Level,
    scope: String,
    (path, value): (&str, Value),
) -> Result<(), Failure> {
    let path = Path::parse(path).map_err(|code| Failure::environment(code.text()))?;
    let origin = Origin {
        layer: LayerId(at.env.id()),
        level,
        name: scope.clone(),
        version: 1,
        change: "built in".to_owned(),
    };
    let layer = Layer { origin, settings: [(path, value)].into(), locks: Locks::new() };
    layer::publish(tx, &layer, &scope, at.env.now()).await.map_err(Failure::database)
}

/// Somebody of the demonstration who may draft.
async fn administrator(at: &Installation) -> Result<Operation, Failure> {
    let op = startup::command_line(&at.services);
    let people = users::list(&at.services, &op).await.map_err(Failure::environment)?;
    let found = people.into_iter().find(|actor| authorise(actor, Action::Request).is_ok());
    let actor = found.ok_or_else(|| Failure::environment("the demonstration has no administrator"))?;
    Ok(at.services.operation(actor))
}
