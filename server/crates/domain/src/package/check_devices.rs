//! Devices: each serial and each MAC once, a model that a dialect was tested with, a place and a segment.

use super::{
    DeviceRow,
    cells::{Row, Standing, shown},
    checker::Checker,
};
use crate::{Code, Mac, device::Serial, vendor::Vendor};

/// Checks one row.
pub(super) fn check<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let (site, site_known) = checker.site(row);
    let serial = row.parsed("serial", Code::SerialInvalid, Serial::parse);
    let mac = row.parsed("mac", Code::MacInvalid, |text| Mac::parse(text).ok());
    let vendor = row.parsed("vendor", Code::VendorUnknown, Vendor::parse);
    let own = serial.as_ref().and_then(|serial| checker.existing.devices.get(serial));
    let model = row.required("model").filter(|model| {
        // What is in the inventory already is compared, not judged again.
        own.is_some_and(|own| Some(own.vendor) == vendor && own.model == *model)
            || model_known(row, vendor, model)
    });
    let place = row.required("place");
    let segment = row.required("segment");

    let first = serial
        .clone()
        .is_none_or(|serial| row.first(&mut checker.seen.serials, serial, "serial", Code::SerialDuplicate));
    let twin = serial.as_ref().filter(|_| !first).and_then(|serial| checker.seen.serials.get(serial));
    // The same row twice is one fault, not two.
    if let Some(mac) = mac.filter(|mac| twin.is_none() || twin != checker.seen.macs.get(mac)) {
        check_mac(checker, row, mac, serial.as_ref());
    }
    let new = (|| {
        Some(DeviceRow {
            site: site?.to_owned(),
            serial: serial.clone()?,
            mac: mac?,
            vendor: vendor?,
            model: model?.to_owned(),
            place: place?.to_owned(),
            segment: segment?.to_owned(),
        })
    })();
    if let (Some(serial), Some(model)) =
        (&serial, vendor.zip(model).and_then(|(vendor, model)| vendor.model(model)))
    {
        checker.seen.models.insert(serial.clone(), model);
    }
    let standing = new.as_ref().map(|new| row.compare(own, new));
    if first && standing == Some(Standing::Unchanged) {
        checker.package.unchanged += 1;
        return;
    }
    if let (Some(site), true) = (site, site_known) {
        if let Some(place) = place.filter(|place| !checker.place_known(site, place)) {
            row.report("place", Code::PlaceUnknown, format!("Site `{site}` has no place `{place}`."));
        }
        if let Some(segment) = segment.filter(|segment| !checker.segment_known(site, segment)) {
            row.report("segment", Code::SegmentUnknown, format!("Site `{site}` has no segment `{segment}`."));
        }
    }
    if let (true, Some(Standing::New), Some(new)) = (first, standing, new) {
        checker.package.devices.push(new);
    }
}

/// Whether the vendor has the model and it can prove itself, or the vendor is unknown, which is fault enough.
fn model_known(row: &mut Row<'_>, vendor: Option<Vendor>, model: &str) -> bool {
    let Some(vendor) = vendor else { return true };
    let known = vendor.model(model);
    let Some(code) = known.map_or(Some(Code::DeviceModelUnknown), |model| model.fetch.refusal()) else {
        return true;
    };
    row.report("model", code, format!("It is `{vendor} {}`.", shown(model)));
    false
}

/// Reports a MAC that another device has.
fn check_mac<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>, mac: Mac, serial: Option<&Serial>) {
    if row.first(&mut checker.seen.macs, mac, "mac", Code::MacDuplicate)
        && let Some(holder) = checker.held_macs.get(&mac)
        && Some(*holder) != serial
    {
        row.report("mac", Code::MacDuplicate, format!("Device `{holder}` has it."));
    }
}
