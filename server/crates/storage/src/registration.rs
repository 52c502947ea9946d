//! As whom phones register: the extensions of the lines that stand on them.

use crate::{Error, Tx, args::args, statements};
use domain::ids::{DeviceId, RolloutId};
use std::collections::HashMap;
use uuid::Uuid;

statements! {
    OF_DEVICE = "SELECT x.number FROM endpoint e JOIN line l ON l.endpoint_id = e.endpoint_id JOIN extension x ON x.extension_id = l.extension_id WHERE e.device_id = $1 AND l.ended_at IS NULL ORDER BY e.position";
    OF_ROLLOUT = "SELECT m.device_id, x.number FROM rollout_device m JOIN endpoint e ON e.device_id = m.device_id JOIN line l ON l.endpoint_id = e.endpoint_id JOIN extension x ON x.extension_id = l.extension_id WHERE m.rollout_id = $1 AND l.ended_at IS NULL AND ((m.wave = $2 AND m.phase_word IN ('waiting', 'released', 'fetched', 'failed')) OR (m.wave < $2 AND m.phase_word = 'deferred')) ORDER BY m.device_id, e.position";
    OF_REACHED = "SELECT m.device_id, x.number FROM rollout_device m JOIN endpoint e ON e.device_id = m.device_id JOIN line l ON l.endpoint_id = e.endpoint_id JOIN extension x ON x.extension_id = l.extension_id WHERE m.rollout_id = $1 AND l.ended_at IS NULL AND m.reached ORDER BY m.device_id, e.position";
}

/// Users of each phone, by line key.
pub type Users = HashMap<DeviceId, Vec<String>>;

/// The users of a device.
pub async fn of_device(tx: &mut Tx, device: DeviceId) -> Result<Vec<String>, Error> {
    let rows = tx.all::<(String,)>(OF_DEVICE, args![device.0]).await?;
    Ok(rows.into_iter().map(|(user,)| user).collect())
}

/// The users of the phones of a rollout that matter while this wave runs: its own, and those deferred before it.
pub async fn of_rollout(tx: &mut Tx, id: RolloutId, wave: u32) -> Result<Users, Error> {
    Ok(users(tx.all(OF_ROLLOUT, args![id.0, i64::from(wave)]).await?))
}

/// The users of the phones of a rollout that have the new version.
pub async fn of_reached(tx: &mut Tx, id: RolloutId) -> Result<Users, Error> {
    Ok(users(tx.all(OF_REACHED, args![id.0]).await?))
}

fn users(rows: Vec<(Uuid, String)>) -> Users {
    let mut users = Users::new();
    for (device, user) in rows {
        users.entry(DeviceId(device)).or_default().push(user);
    }
    users
}
