//! Rollouts over virtual phones on a virtual clock: how long one takes, and how many phones a bad change harms before
//! it stops. The logic is the server's; the phones are not there.

use crate::exit::Failure;
use clap::Args;
use domain::{
    rollout::{
        Policy, Settings, settings,
        simulation::{Outcome, World, run},
    },
    time::{DAY, HOUR, MINUTE},
};
use std::time::Instant;

/// Of the fleet that is simulated.
#[derive(Args)]
pub(crate) struct Rollout {
    /// Phones.
    #[arg(long, default_value_t = 100_000)]
    phones: u32,
    /// Sites, each behind one address.
    #[arg(long, default_value_t = 200)]
    sites: u32,
    /// Minutes between a phone's fetches.
    #[arg(long, default_value_t = 1_440)]
    every: u32,
    /// Of 1,000 fetches, those that are lost.
    #[arg(long, default_value_t = 20)]
    lost: u32,
    /// Of 1,000 phones, those that are switched off.
    #[arg(long, default_value_t = 50)]
    off: u32,
    /// Decides which phones these are.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Per mille of phones that a change harms.
const HARMS: [u32; 4] = [0, 10, 100, 1_000];

impl Rollout {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        println!(
            "rollouts over {} virtual phones at {} sites: a fetch every {} minutes, {} ‰ lost, {} ‰ off",
            self.phones, self.sites, self.every, self.lost, self.off
        );
        let careful = "site s0; failures 0 %; pause\n1 %; failures 1 %; pause\n5 %\n25 %\nall";
        let waves =
            |text: &str| settings::read(text).map_err(|wrong| Failure::environment(format!("{wrong:?}")));
        // Twice the time between fetches: one that is lost is no silence yet.
        let within = (i64::from(self.every) * 2 * MINUTE + 2 * HOUR).min(14 * DAY);
        let base = Settings { within, ..Policy::default().settings };
        self.compare("built-in waves", &base);
        self.compare("a pilot site and 1 % first", &Settings { waves: waves(careful)?, ..base.clone() });
        self.compare("all at once", &Settings { waves: waves("all")?, ..base });
        Ok(())
    }

    fn compare(&self, name: &str, settings: &Settings) {
        let pace = settings.pace;
        println!(
            "\n{name}: {}; a minute {} phones, {} of a site, {} behind an address; {} hours each",
            settings.waves.iter().map(ToString::to_string).collect::<Vec<_>>().join(" / "),
            pace.fleet,
            pace.site,
            pace.source,
            settings.within / HOUR
        );
        for harmed in HARMS {
            let world = World {
                phones: self.phones,
                sites: self.sites,
                off: self.off,
                lost: self.lost,
                harmed,
                every: i64::from(self.every) * MINUTE,
                tick: MINUTE,
                seed: self.seed,
            };
            let begun = Instant::now();
            let outcome = run(&world, settings);
            self.print(harmed, &outcome, begun.elapsed().as_secs_f64());
        }
    }

    fn print(&self, harms: u32, o: &Outcome, seconds: f64) {
        let end = if o.finished { "finished".to_owned() } else { format!("stopped in wave {}", o.wave + 1) };
        let hours = o.took as f64 / HOUR as f64;
        let share = f64::from(o.harmed) * 100.0 / f64::from(self.phones.max(1));
        println!(
            "  harms {harms:>4} ‰: {end} after {hours:.1} h; {} released, {} applied, {} deferred; {} harmed ({share:.2} %); \
             at most {} in a minute; {} steps in {seconds:.1} s",
            o.released, o.applied, o.deferred, o.harmed, o.fastest, o.steps
        );
    }
}
