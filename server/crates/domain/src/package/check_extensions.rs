//! Extensions: numbers that their site owns, each used once, each with somebody who answers for it.

use super::{
    ExtensionRow, Kind, OwnerKey,
    cells::{Row, Standing},
    check_ranges,
    checker::Checker,
};
use crate::{
    Code,
    number::{Did, ExtensionNumber, Number, RangeKind},
};

/// Checks one row.
pub(super) fn check<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let (site, site_known) = checker.site(row);
    let number = row.parsed("extension", Code::NumberInvalid, |text| ExtensionNumber::parse(text).ok());
    let owner = row.parsed("owner", Code::OwnerUnknown, OwnerKey::parse);
    let enabled = row.word("enabled", "yes, no, true, false, 1, 0", yes_no);
    let did = row.optional("did", Code::NumberInvalid, |text| Did::parse(text).ok());
    check_ranges::country(row, "did");
    let class_of_service = row.cell("class_of_service");
    let display_name = row.cell("display_name");

    let first = number.clone().is_none_or(|number| {
        row.first(&mut checker.seen.extensions, number, "extension", Code::NumberDuplicate)
    });
    if let Ok(Some(did)) = &did {
        let twin = number.as_ref().filter(|_| !first).and_then(|number| checker.seen.extensions.get(number));
        // The same row twice is one fault, not two.
        if twin.is_none() || twin != checker.seen.dids.get(did) {
            check_did(checker, row, did, number.as_ref());
        }
    }
    let new = (|| {
        Some(ExtensionRow {
            site: site?.to_owned(),
            extension: number.clone()?,
            did: did.clone().ok()?,
            owner: owner.clone()?,
            enabled: enabled?,
            class_of_service: class_of_service?.to_owned(),
            display_name: display_name?.to_owned(),
        })
    })();
    let existing = number.as_ref().and_then(|number| checker.existing.extensions.get(number));
    let standing = new.as_ref().map(|new| row.compare(existing, new));
    if first && standing == Some(Standing::Unchanged) {
        checker.package.unchanged += 1;
        return;
    }
    if let (Some(site), true) = (site, site_known) {
        if let Some(number) = &number {
            check_ranges::owner(checker, row, "extension", site, RangeKind::Extension, number.as_ref());
        }
        if let Ok(Some(did)) = &did {
            check_ranges::owner(checker, row, "did", site, RangeKind::Did, did.as_ref());
        }
        check_free(checker, row, "extension", number.clone().map(Number::Extension));
        check_free(checker, row, "did", did.clone().ok().flatten().map(Number::Did));
        if let Some(owner) = &owner {
            check_owner(checker, row, site, owner);
        }
    }
    if let (true, Some(Standing::New), Some(new)) = (first, standing, new) {
        checker.package.extensions.push(new);
    }
}

/// Reports a DID that another extension has.
fn check_did<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>, did: &Did, number: Option<&ExtensionNumber>) {
    if row.first(&mut checker.seen.dids, did.clone(), "did", Code::NumberDuplicate)
        && let Some(holder) = checker.held_dids.get(did)
        && Some(*holder) != number
    {
        row.report("did", Code::NumberDuplicate, format!("Extension `{holder}` has it."));
    }
}

/// Reports a number that is kept for somebody, cools, or is on its way to or from another carrier.
pub(super) fn check_free(checker: &Checker<'_>, row: &mut Row<'_>, column: &str, number: Option<Number>) {
    if let Some(state) = number.and_then(|number| checker.existing.taken.get(&number)) {
        row.report(column, Code::NumberState, format!("It is {}.", state.describe()));
    }
}

/// Reports an owner who is not of the extension's site.
fn check_owner(checker: &Checker<'_>, row: &mut Row<'_>, site: &str, owner: &OwnerKey) {
    match owner {
        OwnerKey::Place(place) => {
            if !checker.place_known(site, place) {
                row.report("owner", Code::OwnerUnknown, format!("Site `{site}` has no place `{place}`."));
            }
        }
        OwnerKey::Person(person) => {
            let person = person.as_str();
            let held = checker.existing.people.get(person).map(|p| p.site.as_str());
            match checker.seen.homes.get(person).copied().or(held) {
                Some(home) if home == site => {}
                Some(home) => {
                    row.report("owner", Code::OwnerUnknown, format!("`{person}` belongs to site `{home}`."));
                }
                // A person whose site could not be read is known all the same.
                None if checker.seen.people.contains_key(person) => {}
                None if checker.unread.contains(&Kind::People) => {}
                None => row.report("owner", Code::OwnerUnknown, format!("There is no person `{person}`.")),
            }
        }
    }
}

fn yes_no(text: &str) -> Option<bool> {
    match text {
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => None,
    }
}
