//! People: one row each in the whole organisation, at the site that they belong to.

use super::{
    Kind, PersonRow,
    cells::{Row, Standing},
    checker::Checker,
};
use crate::{
    Code,
    account::{AccountState, Day, dates},
};

/// Checks one row.
pub(super) fn check<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let (site, _) = checker.site(row);
    let person = row.required("person");
    let name = row.required("name");
    let email = row.required("email");
    let account = row.word("account", "expected, active, suspended, left", AccountState::parse);
    let starts = row.optional("starts", Code::FormInvalid, Day::parse);
    let ends = row.optional("ends", Code::FormInvalid, Day::parse);
    let Some(person) = person else {
        checker.unread.insert(Kind::People);
        return;
    };
    if !row.first(&mut checker.seen.people, person, "person", Code::RowDuplicate) {
        return;
    }
    if let Some(site) = site {
        checker.seen.homes.insert(person, site);
    }
    let (Some(site), Some(name), Some(email), Some(account)) = (site, name, email, account) else { return };
    let (Ok(starts), Ok(ends)) = (starts, ends) else { return };
    if let Some(finding) = dates(starts, ends) {
        row.report("ends", finding.code, finding.detail);
        return;
    }
    let new = PersonRow {
        site: site.to_owned(),
        person: person.to_owned(),
        name: name.to_owned(),
        email: email.to_owned(),
        account,
        starts,
        ends,
    };
    match row.compare(checker.existing.people.get(person), &new) {
        Standing::New => checker.package.people.push(new),
        Standing::Unchanged => checker.package.unchanged += 1,
        Standing::Conflict => {}
    }
}
