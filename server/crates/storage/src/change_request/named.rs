//! What people name when they ask for something: devices by MAC, extensions by number; many with each statement.

use crate::{Error, Tx, args::Arg, many::many, statements};
use domain::{
    Mac,
    change_request::At,
    ids::{DeviceId, EndpointId, ExtensionId},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

statements! {
    DEVICES = many!("SELECT d.mac, d.device_id, e.endpoint_id, e.position, x.extension_id, x.number, NOT l.exclusive FROM device d LEFT JOIN endpoint e ON e.device_id = d.device_id LEFT JOIN line l ON l.endpoint_id = e.endpoint_id AND l.ended_at IS NULL LEFT JOIN extension x ON x.extension_id = l.extension_id WHERE d.mac IN (", 0 columns, 256 rows, ")");
    EXTENSIONS = many!("SELECT x.number, x.extension_id, coalesce(p.shared, FALSE) FROM extension x LEFT JOIN profile p ON p.extension_id = x.extension_id WHERE x.number IN (", 0 columns, 256 rows, ")");
}

/// An endpoint that was named.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its device.
    pub device: DeviceId,
    /// Itself.
    pub endpoint: EndpointId,
    /// What stands there: the extension and its number.
    pub line: Option<(ExtensionId, String)>,
}

/// What was found of the names.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// The devices that exist.
    pub devices: BTreeSet<Mac>,
    /// Their endpoints.
    pub endpoints: BTreeMap<At, Named>,
    /// The extensions that exist, by number.
    pub extensions: BTreeMap<String, ExtensionId>,
    /// Those among them, and among what stands on the endpoints, that may stand on several devices.
    pub shared: BTreeSet<ExtensionId>,
}

/// Finds devices and extensions; 256 with each statement.
pub async fn named(
    tx: &mut Tx,
    macs: &BTreeSet<Mac>,
    numbers: &BTreeSet<String>,
) -> Result<Inventory, Error> {
    type Row = (String, Uuid, Option<Uuid>, Option<i64>, Option<Uuid>, Option<String>, Option<bool>);
    let mut found = Inventory::default();
    for args in lists(macs.iter().map(|mac| mac.bare())) {
        for (mac, device, endpoint, position, extension, number, shared) in
            tx.all::<Row>(DEVICES, args).await?
        {
            let mac = Mac::parse(&mac).map_err(|_| Error::row("device", device, "mac"))?;
            found.devices.insert(mac);
            if let (Some(endpoint), Some(position)) = (endpoint, position) {
                let index = u8::try_from(position).map_err(|e| Error::row("endpoint", endpoint, e))?;
                let line = extension.map(ExtensionId).zip(number);
                found.shared.extend(extension.map(ExtensionId).filter(|_| shared == Some(true)));
                let named = Named { device: DeviceId(device), endpoint: EndpointId(endpoint), line };
                found.endpoints.insert(At { mac, index }, named);
            }
        }
    }
    for args in lists(numbers.iter().cloned()) {
        for (number, id, shared) in tx.all::<(String, Uuid, bool)>(EXTENSIONS, args).await? {
            found.shared.extend(shared.then_some(ExtensionId(id)));
            found.extensions.insert(number, ExtensionId(id));
        }
    }
    Ok(found)
}

/// Lists of 256; the last one is filled by repeating.
fn lists(names: impl Iterator<Item = String>) -> Vec<Vec<Arg>> {
    let names: Vec<_> = names.collect();
    let list = |names: &[String]| {
        let last = names.last().into_iter().cycle();
        names.iter().chain(last).take(256).map(Arg::from).collect()
    };
    names.chunks(256).map(list).collect()
}
