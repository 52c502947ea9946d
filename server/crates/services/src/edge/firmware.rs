//! Firmware at the edge: whoever names an image gets its bytes, as fast as the site's share of its line allows.
//!
//! Firmware is no secret, so nothing has to be proven; which phone is sent to which image is in the phone's own file.

mod share;

pub use share::{Sending, Share};

use super::cache;
use crate::{Result, Services};
use domain::{Code, Finding, firmware::Admission};
use std::net::IpAddr;
use storage::firmware;
use tokio::fs::File;

/// An image that can be sent.
#[derive(Debug)]
pub struct Download {
    /// Its bytes.
    pub file: File,
    /// How many.
    pub bytes: u64,
    /// SHA-256 of them, as hex: the strong validator.
    pub hash: String,
}

/// What is there under a name.
#[derive(Debug)]
pub enum Image {
    /// An image.
    Found(Download),
    /// None.
    NotFound,
    /// Nothing can be said now; ask again after this many seconds.
    Hold {
        /// Seconds, with jitter.
        retry_after: u32,
    },
}

/// The image of this name. The name is looked up in the database and the bytes are found by hash, so no name leads
/// out of the folder.
pub async fn image(services: &Services, name: &str) -> Image {
    let found = async {
        let mut tx = services.0.store.read().await?;
        Ok::<_, crate::Problem>(firmware::by_file(&mut tx, name).await?)
    };
    let stored = match found.await {
        Ok(Some(stored)) => stored.image,
        Ok(None) => return Image::NotFound,
        Err(problem) => {
            tracing::warn!(error = %problem, "firmware held");
            return Image::Hold { retry_after: 15 + jitter(services, 31) };
        }
    };
    let Some(file) = services.0.firmware.folder.open(stored.hash).await else {
        let finding =
            Finding::new(Code::FirmwareMissing, &stored.file).detail("Its bytes are not on this node.");
        tracing::error!(code = %finding.code, node = services.0.node, hash = %stored.hash, "{finding}");
        return Image::NotFound;
    };
    Image::Found(Download { file, bytes: stored.bytes, hash: stored.hash.to_string() })
}

/// Lets `bytes` be sent to this address now; else says after how many seconds it may ask again.
///
/// A site is known by its segments' addresses; an address of no segment, and a site without a budget, have no limit.
pub async fn admit(services: &Services, client: IpAddr, bytes: u64) -> std::result::Result<Share, u32> {
    match share(services, client, bytes).await {
        // Phones that were told the same number would come back together.
        Ok(share) => share.map_err(|wait| wait.saturating_add(jitter(services, wait.clamp(30, 600)))),
        Err(problem) => {
            tracing::warn!(error = %problem, "firmware held");
            Err(15 + jitter(services, 31))
        }
    }
}

async fn share(services: &Services, client: IpAddr, bytes: u64) -> Result<std::result::Result<Share, u32>> {
    let network = cache::network(services).await?;
    let Some(site) = network.segment(client).map(|segment| segment.site) else {
        return Ok(Ok(Share::unlimited()));
    };
    let mut tx = services.0.store.read().await?;
    let Some(budget) = firmware::budget_of(&mut tx, site).await? else { return Ok(Ok(Share::unlimited())) };
    Ok(match services.0.firmware.admit(site, services.now(), bytes, budget.kbps) {
        Admission::Granted { busy_until } => Ok(Share::of(services, site, busy_until, budget.kbps, bytes)),
        Admission::Wait { seconds } => Err(seconds),
    })
}

fn jitter(services: &Services, below: u32) -> u32 {
    u32::from_be_bytes(services.0.env.bytes::<4>()) % below.max(1)
}
