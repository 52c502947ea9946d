//! Settings of the phone as a whole, each with the factory's own value for when it is gone.

use crate::{
    entries::Content,
    reader::Reader,
    rows::{Key, Row, Say, row},
    zones::{self, Turn},
};

pub(super) const PHONE: &[Row] = &[
    row("network.pc_vlan", &[("VLAN_ID_PC", "1")], Say::Same),
    row("network.vlan", &[("VLAN_ENABLE", "N"), ("VLAN_ID_IP_PHONE", "2")], Say::Switched("Y")),
    row("network.vlan_priority", &[("VLAN_PRI_IP_PHONE", "7")], Say::Same),
    row("phone.admin_password", &[("ADMIN_PASS", "")], Say::Own),
    row("phone.ntp", &[("NTP_ADDR", "")], Say::Same),
    row("phone.pickup_code", &[("NUM_PLAN_PICKUP_DIRECT", "")], Say::Same),
    row("phone.timezone", CLOCK, Say::By(zone)),
    row(
        "provisioning.interval_minutes",
        &[("CFG_CYCLIC", "N"), ("CFG_CYCLIC_INTVL", "10080")],
        Say::By(interval),
    ),
    row("provisioning.url", &[("CFG_STANDARD_FILE_PATH", "")], Say::By(address)),
];

const CLOCK: &[Key] = &[
    ("LOCAL_TIME_ZONE_POSIX", ""),
    ("TIME_ZONE", "0"),
    ("DST_ENABLE", "N"),
    ("DST_OFFSET", "60"),
    ("DST_START_MONTH", "3"),
    ("DST_START_ORDINAL_DAY", "2"),
    ("DST_START_DAY_OF_WEEK", "0"),
    ("DST_START_TIME", "120"),
    ("DST_STOP_MONTH", "10"),
    ("DST_STOP_ORDINAL_DAY", "2"),
    ("DST_STOP_DAY_OF_WEEK", "0"),
    ("DST_STOP_TIME", "120"),
];

/// Minutes east of UTC, and when clocks change: weekdays from 0, the fifth of a month is the last, minutes after
/// midnight. A rule in POSIX's own words would go before them, so it is emptied.
fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let Some(zone) = zones::zone(&reader.text(path)?) else {
        reader.refuse(path, "There is no time zone of this name.");
        return None;
    };
    let mut said: Vec<Content> = vec![Content::Empty, zone.standard.to_string().into()];
    let Some(summer) = zone.summer else {
        // Another zone's rule must not stay behind the switch.
        said.extend(CLOCK[said.len()..].iter().map(|(_, factory)| Content::from(*factory)));
        return Some(said);
    };
    let turn = |Turn { month, week, weekday, minute }: Turn| {
        let said = [month.to_string(), week.to_string(), weekday.to_string(), minute.to_string()];
        (0..1440).contains(&minute).then_some(said.map(Content::from))
    };
    let (Some(start), Some(end)) = (turn(summer.start), turn(summer.end)) else {
        reader.refuse(path, "These phones cannot say when its clocks change; set the raw keys.");
        return None;
    };
    said.extend(["Y".into(), summer.save.to_string().into()]);
    Some(said.into_iter().chain(start).chain(end).collect())
}

/// The phone counts to four weeks.
fn interval(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let minutes = reader.number(path, 1..=40_320)?;
    Some(vec!["Y".into(), minutes.to_string().into()])
}

/// The folder, and the name in which the phone replaces `{MAC}`.
fn address(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    Some(vec![format!("{}Config{{MAC}}.cfg", reader.text(path)?).into()])
}
