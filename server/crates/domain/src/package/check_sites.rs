//! Sites: code, name, time zone, scope.

use super::{
    Kind, SiteRow,
    cells::{Row, Standing},
    checker::Checker,
    zones::zone,
};
use crate::{
    Code,
    site::{Scope, well_formed},
};

/// Checks one row.
pub(super) fn check<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let site = row.required("site");
    let name = row.required("name");
    let time_zone = row.parsed("time_zone", Code::ZoneUnknown, zone);
    let scope = row.word("scope", "onboarding-only, assisted, pilot", Scope::parse);
    let Some(site) = site else {
        checker.unread.insert(Kind::Sites);
        return;
    };
    let valid = row.parse("site", Code::SiteInvalid, site, |s| well_formed(s).then_some(())).is_some();
    // An ill-formed code counts as seen: the rows that use it are told nothing new.
    let first = row.first(&mut checker.seen.sites, site, "site", Code::RowDuplicate);
    let (true, true, Some(name), Some(time_zone), Some(scope)) = (valid, first, name, time_zone, scope)
    else {
        return;
    };
    let new =
        SiteRow { site: site.to_owned(), name: name.to_owned(), time_zone: time_zone.to_owned(), scope };
    match row.compare(checker.existing.sites.get(site), &new) {
        Standing::New => checker.package.sites.push(new),
        Standing::Unchanged => checker.package.unchanged += 1,
        Standing::Conflict => {}
    }
}
