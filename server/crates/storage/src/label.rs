//! What a device is for, and what else is said of it.

use crate::{Error, Tx, args::args, statements};
pub use domain::group::Labels;
use domain::ids::DeviceId;
use std::collections::HashMap;
use uuid::Uuid;

statements! {
    ALL = "SELECT device_id, kind, word FROM device_label";
    OF = "SELECT device_id, kind, word FROM device_label WHERE device_id = $1";
    CLEAR = "DELETE FROM device_label WHERE device_id = $1";
    INSERT = "INSERT INTO device_label (device_id, kind, word) VALUES ($1, $2, $3)";
}

fn add(labels: &mut Labels, kind: &str, word: String) {
    if kind == "role" {
        labels.role = Some(word);
    } else {
        labels.tags.insert(word);
    }
}

/// The labels of every device that has any.
pub async fn all(tx: &mut Tx) -> Result<HashMap<DeviceId, Labels>, Error> {
    Ok(collect(tx.all(ALL, vec![]).await?))
}

/// Rows of labels by their device.
pub(crate) fn collect(rows: Vec<(Uuid, String, String)>) -> HashMap<DeviceId, Labels> {
    let mut all: HashMap<DeviceId, Labels> = HashMap::new();
    for (device, kind, word) in rows {
        add(all.entry(DeviceId(device)).or_default(), &kind, word);
    }
    all
}

/// A device's labels.
pub async fn of(tx: &mut Tx, device: DeviceId) -> Result<Labels, Error> {
    let mut labels = Labels::default();
    for (_, kind, word) in tx.all::<(Uuid, String, String)>(OF, args![device.0]).await? {
        add(&mut labels, &kind, word);
    }
    Ok(labels)
}

/// Says all of a device's labels anew.
pub async fn set(tx: &mut Tx, device: DeviceId, labels: &Labels) -> Result<(), Error> {
    tx.run(CLEAR, args![device.0]).await?;
    if let Some(role) = &labels.role {
        tx.run(INSERT, args![device.0, "role", role]).await?;
    }
    for tag in &labels.tags {
        tx.run(INSERT, args![device.0, "tag", tag]).await?;
    }
    Ok(())
}
