//! Places: where phones stand, and what an ambulance needs to know (requirement B6).

use super::{
    Kind, PlaceRow,
    cells::{Row, Standing},
    checker::Checker,
};
use crate::{Code, number::Did};

/// Checks one row.
pub(super) fn check<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let (site, _) = checker.site(row);
    let place = row.required("place");
    let building = row.required("building");
    let floor = row.required("floor");
    let room = row.required("room");
    let emergency_location = row.required_or("emergency_location", Code::EmergencyMissing);
    let callback_number = row.required_or("callback_number", Code::EmergencyMissing).and_then(|text| {
        row.parse("callback_number", Code::NumberInvalid, text, |text| Did::parse(text).ok())
    });
    let contact = row.cell("contact");
    let (Some(site), Some(place)) = (site, place) else {
        checker.unread.insert(Kind::Places);
        return;
    };
    if !row.first(&mut checker.seen.places, (site, place), "place", Code::RowDuplicate) {
        return;
    }
    let (Some(building), Some(floor), Some(room)) = (building, floor, room) else { return };
    let (Some(emergency_location), Some(callback_number), Some(contact)) =
        (emergency_location, callback_number, contact)
    else {
        return;
    };
    let new = PlaceRow {
        site: site.to_owned(),
        place: place.to_owned(),
        building: building.to_owned(),
        floor: floor.to_owned(),
        room: room.to_owned(),
        emergency_location: emergency_location.to_owned(),
        callback_number: callback_number.to_string(),
        contact: contact.to_owned(),
    };
    match row.compare(checker.existing.places.get(&(site.to_owned(), place.to_owned())), &new) {
        Standing::New => checker.package.places.push(new),
        Standing::Unchanged => checker.package.unchanged += 1,
        Standing::Conflict => {}
    }
}
