//! Requests that prove nothing, counted per source prefix, vendor and minute. They never touch a device's state.

use crate::{Services, act::Act};
use domain::{
    Timestamp,
    ledger::{Entry, ProbeEntry},
    time::MINUTE,
    vendor::Vendor,
};
use std::{collections::BTreeMap, net::IpAddr, sync::Mutex};

/// Counters kept at most; a scan from more prefixes than this within a minute is counted under one.
const KEPT: usize = 4096;

type Key = (i64, String, Option<Vendor>);

#[derive(Default)]
pub(crate) struct Probes(Mutex<BTreeMap<Key, u64>>);

impl Probes {
    pub(crate) fn count(&self, client: IpAddr, vendor: Option<Vendor>, now: Timestamp) {
        let Ok(mut counts) = self.0.lock() else { return };
        let mut key = (now.0 / MINUTE, prefix(client), vendor);
        if counts.len() >= KEPT && !counts.contains_key(&key) {
            "other".clone_into(&mut key.1);
        }
        *counts.entry(key).or_default() += 1;
    }

    /// Takes the counts of finished minutes, or all.
    fn take(&self, before: i64) -> Vec<(Key, u64)> {
        let Ok(mut counts) = self.0.lock() else { return vec![] };
        let later = counts.split_off(&(before, String::new(), None));
        std::mem::replace(&mut *counts, later).into_iter().collect()
    }
}

/// /24 of IPv4, /56 of IPv6: what one site or one attacker usually has.
pub(crate) fn prefix(client: IpAddr) -> String {
    let length = if client.is_ipv4() { 24 } else { 56 };
    ipnet_text(client, length)
}

fn ipnet_text(client: IpAddr, length: u8) -> String {
    match client {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/{length}")
        }
        IpAddr::V6(v6) => {
            let mut octets = v6.octets();
            octets[7..].fill(0);
            format!("{}/{length}", std::net::Ipv6Addr::from(octets))
        }
    }
}

/// Writes the counts of minutes that are over.
pub(crate) async fn write(services: &Services) {
    write_before(services, services.now().0 / MINUTE).await;
}

/// Writes all counts; at shutdown.
pub(crate) async fn flush(services: &Services) {
    write_before(services, i64::MAX).await;
}

async fn write_before(services: &Services, minute: i64) {
    let counts = services.0.probes.take(minute);
    if counts.is_empty() {
        return;
    }
    let at = services.now();
    let entries = counts.into_iter().map(|((minute, prefix, vendor), count)| {
        Entry::Probe(ProbeEntry { at, vendor, prefix, minute, count })
    });
    let written = async {
        let mut act = Act::begin_program(services).await?;
        act.extend(entries);
        act.commit().await
    };
    if let Err(problem) = written.await {
        tracing::error!(error = %problem, "counted probes could not be written");
    }
}
