//! Firmware: images, which phone should have which, and how fast a site may fetch.
//!
//! The bytes are files of the data folder, what is known of them is in the database. Images never change; they are
//! withdrawn by an act with a reason.

pub(crate) mod aim;
mod folder;
mod image;
mod policy;
mod publish;
mod state;
pub mod view;

pub use folder::{Folder, Incoming};
pub use image::{ImageInput, add, receive, withdraw};
pub use policy::{WantInput, budget, drop_minimum, drop_step, forget, minimum, step, want};
pub use publish::{publish, publish_moved};
pub(crate) use state::{Firmware, of_device};

use crate::{Operation, Result, Services};
use domain::{
    Timestamp,
    authz::{Action, authorise},
    firmware::{Image, VERSION, finish},
};
use storage::{Tx, layer};
use view::{FirmwareView, ImageView, SiteView, WantedView};

/// The page of all firmware. `after` is the MAC after which the list of mismatches starts.
pub async fn list(services: &Services, op: &Operation, after: &str) -> Result<FirmwareView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let mut images = Vec::new();
    for stored in storage::firmware::images(&mut tx).await? {
        let here = services.0.firmware.folder.has(stored.image.hash).await;
        images.push(ImageView {
            image: stored.image,
            notes: stored.notes,
            by: stored.by,
            at: stored.at,
            withdrawn: stored.withdrawn,
            here,
        });
    }
    let mut mismatches = storage::firmware::mismatches(&mut tx, after.trim()).await?;
    let next = crate::view::cut(&mut mismatches, crate::view::PAGE, |row| row.mac.clone());
    let steps = storage::firmware::steps(&mut tx).await?;
    Ok(FirmwareView {
        wanted: wanted(&mut tx).await?,
        sites: sites(&mut tx, op.now).await?,
        steps: steps.into_iter().map(|(id, vendor, step)| (id.to_string(), vendor, step)).collect(),
        minimums: storage::firmware::minimums(&mut tx).await?,
        mismatches: crate::view::Page {
            rows: mismatches.into_iter().filter_map(view::mismatch).collect(),
            next,
        },
        max_bytes: services.0.firmware.folder.max_bytes(),
        images,
    })
}

async fn wanted(tx: &mut Tx) -> Result<Vec<WantedView>> {
    let rows = layer::setting(tx, VERSION).await?;
    let view = |(scope, layer): (String, domain::layer::Layer)| {
        let (_, value) = layer.settings.iter().find(|(path, _)| path.as_str() == VERSION)?;
        Some(WantedView {
            level: layer.origin.level,
            scope,
            name: layer.origin.name,
            versions: value.to_string(),
            change: layer.origin.change,
        })
    };
    Ok(rows.into_iter().filter_map(view).collect())
}

async fn sites(tx: &mut Tx, now: Timestamp) -> Result<Vec<SiteView>> {
    let demand = storage::firmware::demand(tx).await?;
    let view = |d: storage::firmware::Demand| SiteView {
        finish: d.kbps.filter(|_| d.devices > 0).map(|kbps| finish(now, d.bytes, kbps)),
        code: d.code,
        name: d.name,
        kbps: d.kbps,
        devices: d.devices,
        bytes: d.bytes,
    };
    Ok(demand.into_iter().map(view).collect())
}

/// As the record names an image.
fn subject(image: &Image) -> String {
    format!("{} {} {}", image.vendor, image.version, image.file)
}
