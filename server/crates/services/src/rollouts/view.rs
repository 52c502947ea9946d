//! What pages about rollouts show: plain values, already decided.

use super::PolicyInput;
use domain::{
    Finding, Mac, Timestamp,
    layer::Level,
    rollout::{Settings, Status},
};

/// A rollout in a list.
#[derive(Clone, Debug)]
pub struct RolloutRow {
    /// 4 of `RO-4`.
    pub number: i64,
    /// 7 of `LC-7`.
    pub change: i64,
    /// How specific its layer is.
    pub level: Level,
    /// What its layer is of.
    pub scope: String,
    /// What people call its layer.
    pub name: String,
    /// What changes and why.
    pub note: String,
    /// How it stands.
    pub status: Status,
    /// The wave, from 1; at most as many as there are.
    pub wave: u32,
    /// How many waves there are.
    pub waves: u32,
    /// Who applied the change.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it was over.
    pub ended: Option<Timestamp>,
}

/// The page of all rollouts.
#[derive(Clone, Debug)]
pub struct RolloutsView {
    /// Newest first.
    pub rows: Vec<RolloutRow>,
    /// Where the next page starts.
    pub next: Option<String>,
    /// How rollouts run from now on, as it is typed.
    pub policy: PolicyInput,
    /// Who said so, why and when; `None`: it is built in.
    pub policy_by: Option<(String, String, Timestamp)>,
    /// Whether the reader may say otherwise.
    pub may_set: bool,
}

/// A wave and its phones.
#[derive(Clone, Debug)]
pub struct WaveRow {
    /// Who belongs to it.
    pub rule: String,
    /// Phones.
    pub phones: u32,
    /// Of these, those that took the change over.
    pub applied: u32,
    /// Those that its end waits for.
    pub open: u32,
    /// Those that failed.
    pub failed: u32,
    /// Those that were deferred.
    pub deferred: u32,
    /// Those skipped, unchanged, published without being counted, or put back.
    pub others: u32,
    /// Per cent that may fail, and what then happens.
    pub threshold: String,
    /// `passed`, `now` or `to come`.
    pub word: &'static str,
}

/// A phone of a rollout.
#[derive(Clone, Debug)]
pub struct PhoneRow {
    /// The phone.
    pub mac: Mac,
    /// Code of its site.
    pub site: String,
    /// Its wave, from 1.
    pub wave: u32,
    /// Where it is, in words.
    pub says: String,
    /// Why it was skipped, or could not be written.
    pub note: String,
    /// When its files were last published by this.
    pub touched: Option<Timestamp>,
    /// When it was last served.
    pub seen: Option<Timestamp>,
}

/// The page of one rollout.
#[derive(Clone, Debug)]
pub struct RolloutView {
    /// As in a list.
    pub row: RolloutRow,
    /// Its waves.
    pub waves: Vec<WaveRow>,
    /// How it runs.
    pub settings: Settings,
    /// The version that phones not reached have; 0 for none.
    pub parent: u32,
    /// The version that is carried out.
    pub version: u32,
    /// Phones by the word of their phase, every word.
    pub phases: Vec<(&'static str, u32)>,
    /// Which of these the list shows.
    pub phase: String,
    /// Phones in that phase.
    pub phones: Vec<PhoneRow>,
    /// Where the next page of them starts.
    pub next: Option<String>,
    /// Why it stands, if it does.
    pub stopped: Option<Finding>,
    /// Sites where a freeze keeps phones from being touched.
    pub frozen: Vec<String>,
    /// Whether phones are woken, and asked about, through call control.
    pub woken: bool,
    /// Whether the reader may act.
    pub may_act: bool,
}
