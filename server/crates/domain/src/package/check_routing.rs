//! Schedules, hunt groups and profiles: what they name has to exist, and no call may go round in a circle.

use super::{
    GroupRow, Kind, ProfileRow, ScheduleRow,
    cells::{At, Row, Standing},
    check_extensions::check_free,
    check_ranges,
    checker::Checker,
};
use crate::{
    Code, Finding,
    hunt_group::{self, HuntGroup, Member},
    number::{ExtensionNumber, Number, RangeKind},
    profile::{
        self, CallerId, Destination,
        circle::{Node, Routes, told},
    },
    schedule::Schedule,
    slug::Slug,
};
use std::collections::BTreeMap;

/// What waits until every row is known: where it stands, and what calls it leads to.
pub(super) struct Led<'a> {
    at: At<'a>,
    node: Node,
    destinations: Vec<(&'static str, Destination)>,
    members: Vec<Member>,
}

/// Reports findings whose subjects are columns.
fn report(row: &mut Row<'_>, findings: Vec<Finding>) {
    for finding in findings {
        row.report(&finding.subject, finding.code, finding.detail);
    }
}

/// Checks a row of schedules.
pub(super) fn schedule<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let (site, _) = checker.site(row);
    let code = row.parsed("schedule", Code::FormInvalid, Slug::parse);
    let name = row.required("name");
    let cells = (row.required("time_zone"), row.required("hours"), row.cell("holidays"));
    let Some(code) = code else {
        checker.unread.insert(Kind::Schedules);
        return;
    };
    if !row.first(&mut checker.seen.schedules, code.clone(), "schedule", Code::RowDuplicate) {
        return;
    }
    let (Some(zone), Some(hours), Some(holidays)) = cells else { return };
    let schedule = match Schedule::parse(zone, hours, holidays, checker.existing.now) {
        Ok(schedule) => schedule,
        Err(findings) => return report(row, findings),
    };
    let (Some(site), Some(name)) = (site, name) else { return };
    let new = ScheduleRow {
        site: site.to_owned(),
        schedule: code.clone(),
        name: name.to_owned(),
        time_zone: schedule.zone.clone(),
        hours: schedule.hours(),
        holidays: schedule.days(),
    };
    match row.compare(checker.existing.schedules.get(&code), &new) {
        Standing::New => checker.package.schedules.push(new),
        Standing::Unchanged => checker.package.unchanged += 1,
        Standing::Conflict => {}
    }
}

fn text(row: &Row<'_>, column: &str) -> String {
    row.cell(column).unwrap_or_default().to_owned()
}

/// Checks a row of hunt groups, but for what it names.
pub(super) fn group<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let (site, site_known) = checker.site(row);
    let typed = hunt_group::Typed {
        code: text(row, "hunt_group"),
        name: text(row, "name"),
        number: text(row, "number"),
        did: text(row, "did"),
        ring: text(row, "ring"),
        seconds: text(row, "seconds"),
        members: text(row, "members"),
        schedule: text(row, "schedule"),
        closed: text(row, "closed"),
        otherwise: text(row, "otherwise"),
    };
    let group = match typed.read() {
        Ok(group) => group,
        Err(findings) => {
            if Slug::parse(&typed.code).is_none() {
                checker.unread.insert(Kind::HuntGroups);
            } else if let Some(code) = Slug::parse(&typed.code) {
                checker.seen.groups.entry(code).or_insert(row.at);
            }
            return report(row, findings);
        }
    };
    if !row.first(&mut checker.seen.groups, group.code.clone(), "hunt_group", Code::RowDuplicate) {
        return;
    }
    let Some(site) = site else { return };
    let new = GroupRow::new(site, &group);
    match row.compare(checker.existing.hunt_groups.get(&group.code), &new) {
        Standing::New => {}
        Standing::Unchanged => {
            checker.package.unchanged += 1;
            return;
        }
        Standing::Conflict => return,
    }
    if site_known {
        numbers(checker, row, site, &group);
    }
    schedule_known(checker, row, group.schedule.as_ref());
    checker.led.push(Led {
        at: row.at,
        node: Node::Group(group.code.clone()),
        destinations: group.destinations().map(|(field, to)| (field, to.clone())).collect(),
        members: group.members.clone(),
    });
    checker.routes.groups.insert(group.code.clone(), group);
    checker.package.hunt_groups.push(new);
}

/// Reports numbers of a group that are not its site's, or somebody's already.
fn numbers(checker: &Checker<'_>, row: &mut Row<'_>, site: &str, group: &HuntGroup) {
    for number in group.numbers() {
        let (column, kind) = match number {
            Number::Extension(_) => ("number", RangeKind::Extension),
            Number::Did(_) => ("did", RangeKind::Did),
        };
        check_ranges::owner(checker, row, column, site, kind, number.as_ref());
        check_free(checker, row, column, Some(number.clone()));
        let held = match &number {
            Number::Extension(n) => {
                checker.seen.extensions.contains_key(n) || checker.existing.extensions.contains_key(n)
            }
            Number::Did(did) => checker.seen.dids.contains_key(did) || checker.held_dids.contains_key(did),
        };
        let other = checker.routes.groups.values().find(|g| g.answers(&number));
        let by = other.map(|g| format!("Group `{}` has it.", g.code));
        if let Some(says) = by.or_else(|| held.then(|| "An extension has it.".to_owned())) {
            row.report(column, Code::NumberDuplicate, says);
        }
    }
}

fn schedule_known(checker: &Checker<'_>, row: &mut Row<'_>, code: Option<&Slug>) {
    let Some(code) = code else { return };
    let known = checker.seen.schedules.contains_key(code)
        || checker.existing.schedules.contains_key(code)
        || checker.unread.contains(&Kind::Schedules);
    if !known {
        row.report("schedule", Code::ScheduleUnknown, format!("It is `{code}`."));
    }
}

/// Checks a row of profiles, but for what it names.
pub(super) fn profile<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let number = row.parsed("extension", Code::NumberInvalid, |text| ExtensionNumber::parse(text).ok());
    let typed = profile::Typed {
        voicemail: row.required("voicemail").unwrap_or_default().to_owned(),
        conferencing: text(row, "conferencing"),
        shared: text(row, "shared"),
        caller_id: text(row, "caller_id"),
        schedule: text(row, "schedule"),
        closed: text(row, "closed"),
        forward_always: text(row, "forward_always"),
        forward_busy: text(row, "forward_busy"),
        forward_no_answer: text(row, "forward_no_answer"),
        seconds: text(row, "seconds"),
        forward_unregistered: text(row, "forward_unregistered"),
    };
    let profile = match typed.read() {
        Ok(profile) => profile,
        Err(findings) => return report(row, findings),
    };
    let Some(number) = number else { return };
    if !row.first(&mut checker.seen.profiles, number.clone(), "extension", Code::RowDuplicate) {
        return;
    }
    let new = ProfileRow::new(&number, &profile);
    match row.compare(checker.existing.profiles.get(&number), &new) {
        Standing::New => {}
        Standing::Unchanged => {
            checker.package.unchanged += 1;
            return;
        }
        Standing::Conflict => return,
    }
    if !extension_known(checker, &number) {
        row.report("extension", Code::ExtensionUnknown, format!("It is `{number}`."));
    }
    if let CallerId::As(did) = &profile.caller_id
        && !check_ranges::ours(checker, did.as_ref())
    {
        row.report("caller_id", Code::NumberOutside, format!("It is `{did}`."));
    }
    schedule_known(checker, row, profile.schedule.as_ref());
    let closed = profile.closed.iter().map(|to| ("closed", to));
    checker.led.push(Led {
        at: row.at,
        node: Node::Extension(number.clone()),
        destinations: profile.forwards.all().chain(closed).map(|(field, to)| (field, to.clone())).collect(),
        members: Vec::new(),
    });
    checker.routes.profiles.insert(number, profile);
    checker.package.profiles.push(new);
}

fn extension_known(checker: &Checker<'_>, number: &ExtensionNumber) -> bool {
    checker.seen.extensions.contains_key(number)
        || checker.existing.extensions.contains_key(number)
        || checker.unread.contains(&Kind::Extensions)
}

fn group_known(checker: &Checker<'_>, code: &Slug) -> bool {
    checker.seen.groups.contains_key(code)
        || checker.existing.hunt_groups.contains_key(code)
        || checker.unread.contains(&Kind::HuntGroups)
}

/// Reports what rows name that does not exist, and circles, once all rows are known.
pub(super) fn led(checker: &mut Checker<'_>) {
    let all = std::mem::take(&mut checker.led);
    if !all.is_empty() {
        let held = checker.existing.extensions.values();
        let held = held.filter_map(|x| Some((x.did.clone()?, &x.extension)));
        let new = checker.package.extensions.iter().filter_map(|x| Some((x.did.clone()?, &x.extension)));
        checker.routes.dids =
            held.chain(new).map(|(did, n)| (Number::Did(did), Node::Extension(n.clone()))).collect();
    }
    for led in all {
        for member in &led.members {
            let (known, code, says) = match member {
                Member::Extension(n) => (extension_known(checker, n), Code::ExtensionUnknown, n.to_string()),
                Member::Group(code) => (group_known(checker, code), Code::GroupUnknown, code.to_string()),
            };
            if !known {
                checker.report(led.at, "members", code, format!("It is `{says}`."));
            }
        }
        for (column, to) in &led.destinations {
            match to {
                Destination::Group(code) if !group_known(checker, code) => {
                    checker.report(led.at, column, Code::GroupUnknown, format!("It is `{code}`."));
                }
                Destination::Number(number @ Number::Extension(n)) => {
                    let group = checker.routes.groups.values().any(|g| g.answers(number));
                    if !group && !extension_known(checker, n) {
                        checker.report(led.at, column, Code::ExtensionUnknown, format!("It is `{n}`."));
                    }
                }
                _ => {}
            }
        }
        if let Some(circle) = checker.routes.circle(&led.node) {
            let column = led.destinations.first().map_or("members", |(column, _)| column);
            checker.report(led.at, column, Code::RouteCircle, format!("{}.", told(&circle)));
        }
    }
}

/// The ways that exist already.
pub(super) fn routes(
    groups: &BTreeMap<Slug, GroupRow>,
    profiles: &BTreeMap<ExtensionNumber, ProfileRow>,
) -> Routes {
    Routes {
        groups: groups
            .iter()
            .filter_map(|(code, row)| Some((code.clone(), row.typed().read().ok()?)))
            .collect(),
        profiles: profiles
            .iter()
            .filter_map(|(n, row)| Some((n.clone(), row.typed().read().ok()?)))
            .collect(),
        dids: BTreeMap::new(),
    }
}

/// Groups in an order in which each comes after the groups that it has as members.
pub(super) fn inside_first(rows: Vec<GroupRow>) -> Vec<GroupRow> {
    let wanted = |row: &GroupRow| -> Vec<Slug> {
        let read = row.typed().read();
        let members = read.map(|group| group.members).unwrap_or_default().into_iter();
        members.filter_map(|m| if let Member::Group(code) = m { Some(code) } else { None }).collect()
    };
    let mut open: BTreeMap<Slug, (GroupRow, usize)> = BTreeMap::new();
    let mut outer: BTreeMap<Slug, Vec<Slug>> = BTreeMap::new();
    let new: std::collections::BTreeSet<_> = rows.iter().map(|row| row.hunt_group.clone()).collect();
    let mut ready = Vec::new();
    for row in rows {
        let inner: Vec<_> = wanted(&row).into_iter().filter(|code| new.contains(code)).collect();
        for code in &inner {
            outer.entry(code.clone()).or_default().push(row.hunt_group.clone());
        }
        if inner.is_empty() {
            ready.push(row);
        } else {
            open.insert(row.hunt_group.clone(), (row, inner.len()));
        }
    }
    let mut sorted = Vec::new();
    while let Some(row) = ready.pop() {
        for code in outer.remove(&row.hunt_group).unwrap_or_default() {
            if let Some((_, count)) = open.get_mut(&code) {
                *count -= 1;
            }
            if open.get(&code).is_some_and(|(_, count)| *count == 0) {
                ready.extend(open.remove(&code).map(|(row, _)| row));
            }
        }
        sorted.push(row);
    }
    // Whatever is left is in a circle, which has been reported.
    sorted.extend(open.into_values().map(|(row, _)| row));
    sorted
}
