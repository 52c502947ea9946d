//! Handsets of DECT bases: each IPEI once, on a base that has so many, and not under a line that stands.

use super::{
    HandsetRow, Kind,
    cells::{Row, Standing, shown},
    checker::Checker,
};
use crate::{
    Code, Ipei,
    device::{EndpointKind, Serial},
};

/// Checks one row.
pub(super) fn check<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let serial = row.parsed("serial", Code::SerialInvalid, Serial::parse);
    let ipei = row.parsed("ipei", Code::IpeiForm, |text| Ipei::parse(text).ok());
    let handset = row.parsed("handset", Code::FormInvalid, |text| text.parse::<u8>().ok());
    let Some(serial) = serial else { return };
    let fits = fits(checker, row, &serial, handset);
    let (Some(ipei), Some(handset), true) = (ipei, handset, fits) else { return };
    let key = (serial.clone(), handset);
    if !row.first(&mut checker.seen.handsets, key.clone(), "handset", Code::RowDuplicate)
        || !row.first(&mut checker.seen.ipeis, ipei, "ipei", Code::IpeiDuplicate)
    {
        return;
    }
    let new = HandsetRow { serial: serial.clone(), handset, ipei };
    let standing = row.compare(checker.existing.handsets.get(&key), &new);
    match standing {
        Standing::Unchanged => checker.package.unchanged += 1,
        Standing::Conflict => {}
        Standing::New if checker.existing.bound_handsets.contains(&key) => {
            row.report("ipei", Code::IpeiBound, "");
        }
        Standing::New => match checker.held_ipeis.get(&ipei) {
            Some((holder, other)) => {
                row.report("ipei", Code::IpeiDuplicate, format!("Handset {other} of `{holder}` is it."));
            }
            None => checker.package.handsets.push(new),
        },
    }
}

/// Whether the device is a base with a handset of this number, or that cannot be told.
fn fits(checker: &Checker<'_>, row: &mut Row<'_>, serial: &Serial, handset: Option<u8>) -> bool {
    let held = checker.existing.devices.get(serial);
    let held = held.and_then(|device| device.vendor.model(&device.model));
    let Some(model) = checker.seen.models.get(serial).copied().or(held) else {
        // A device whose own row is wrong is known all the same.
        if !checker.seen.serials.contains_key(serial) && !checker.unread.contains(&Kind::Devices) {
            row.report("serial", Code::DeviceUnknown, format!("It is `{serial}`."));
        }
        return false;
    };
    if model.endpoint != EndpointKind::DectHandset {
        row.report("serial", Code::IpeiForm, format!("The {} has no DECT handsets.", shown(model.name)));
        return false;
    }
    if handset.is_some_and(|handset| handset == 0 || handset > model.accounts) {
        let says = format!("The {} has handsets 1 to {}.", shown(model.name), model.accounts);
        row.report("handset", Code::FormInvalid, says);
        return false;
    }
    true
}
