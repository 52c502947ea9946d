//! The five answers that stand under every plan (requirement F), from the same facts as the plan.

use super::{DevicePlan, Planned, Row, decision};
use crate::facts;
use domain::{
    Timestamp,
    account::Extension,
    fence::ExtensionFacts,
    gate::GateStatus,
    plan::{Answer, Effect},
};
use std::collections::{BTreeMap, BTreeSet};

/// Names that are said one by one; of more there is only a count.
const NAMED: usize = 5;

pub(super) fn answers(planned: &Planned, number: i64, now: Timestamp) -> Vec<Answer> {
    let answer = |id: &str, question: &str, facts: Vec<String>, concern: bool| Answer {
        id: id.to_owned(),
        question: question.to_owned(),
        facts,
        concern,
    };
    let blocked = planned.plan.items.iter().any(|item| !item.blocking.is_empty());
    let taken: BTreeSet<_> = of(planned, Effect::Unbind).map(|row| row.wanted.extension).collect();
    let given: BTreeSet<_> = of(planned, Effect::Bind).map(|row| row.wanted.extension).collect();
    // A line that only moves rings somewhere else; the others ring nowhere.
    let silent = taken.difference(&given).any(|id| planned.kept(*id).is_empty());
    // Its phones wait for the credential.
    let renewed = taken.iter().any(|id| !planned.kept(*id).is_empty());
    vec![
        answer("F1", "Are the inputs known to be right?", data(planned, now), blocked),
        answer("F2", "How many devices, lines and people change?", blast(planned), false),
        answer("F3", "Can one device be put back?", rollback(planned), false),
        answer("F4", "Can support explain it afterwards?", audit(planned, number), false),
        answer("F5", "What happens to users if it fails?", impact(planned), silent || renewed),
    ]
}

fn of(planned: &Planned, effect: Effect) -> impl Iterator<Item = &Row> {
    planned.rows.iter().filter(move |row| row.wanted.effect == effect)
}

/// `2103, 2104 and 310 more`.
fn named(mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let names = names.join(", ");
    if more > 0 { format!("{names} and {more} more") } else { names }
}

/// A sentence for each shared line of the plan that stays somewhere, as it is now.
fn also(planned: &Planned, say: impl Fn(&str, &str) -> String) -> Vec<String> {
    let extensions: BTreeMap<_, _> =
        planned.rows.iter().map(|row| (row.wanted.extension, planned.number(row))).collect();
    let kept = extensions.into_iter().map(|(id, number)| (number, planned.kept(id)));
    let kept = kept.filter(|(_, holders)| !holders.is_empty()).take(NAMED);
    kept.map(|(number, holders)| {
        say(&number, &named(holders.into_iter().map(|holder| holder.name.clone()).collect()))
    })
    .collect()
}

/// Many facts as one sentence for each thing that is said: `310 × ….` names a few it is said of.
fn grouped(said: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, sentence) in said {
        groups.entry(sentence).or_default().push(name);
    }
    groups.into_iter().map(|(sentence, names)| format!("{}: {sentence}", named(names))).collect()
}

fn gate(device: &DevicePlan, now: Timestamp) -> String {
    match device.loaded.gate.as_ref().map(|g| g.status(now)) {
        Some(GateStatus::Open { until }) => format!("The gate of its segment is open until {until}."),
        Some(GateStatus::Expired { since }) => format!("The gate of its segment expired {since}."),
        Some(GateStatus::Shut(_)) => "The gate of its segment is shut.".to_owned(),
        None => "It belongs to no segment.".to_owned(),
    }
}

fn place(device: &DevicePlan) -> String {
    device.loaded.place.as_ref().map_or_else(
        || "It has no place.".to_owned(),
        |p| format!("Place {}: {}; callback {}.", p.code, p.emergency_location, p.callback_number),
    )
}

fn data(planned: &Planned, now: Timestamp) -> Vec<String> {
    // Of one item alone it is said where its extension stands, even when that is what it takes away.
    let takes = of(planned, Effect::Unbind).filter(|_| planned.rows.len() > 1);
    let taken: BTreeSet<_> = takes.map(|row| (row.wanted.endpoint, row.wanted.extension)).collect();
    let line = |row: &Row| {
        let known = planned.known.get(&row.wanted.extension)?;
        let loaded = &planned.devices.get(&row.wanted.device)?.loaded;
        let state = extension_word(decision::extension_facts(loaded, known, &taken));
        let owner = if known.owner.name.is_empty() { "none" } else { &known.owner.name };
        Some((&known.extension, state, owner, facts::owner_word(known.owner.facts)))
    };
    if let [row] = planned.rows.as_slice()
        && let (Some(device), Some((extension, state, owner, account))) =
            (planned.devices.get(&row.wanted.device), line(row))
    {
        let d = &device.loaded.stored.device;
        return vec![
            format!(
                "Device {} serial {} is in the inventory of {}, entered by import.",
                d.mac, d.serial, device.loaded.site.code
            ),
            format!("Extension {} is {state}, entered by import.", extension.number),
            format!("Owner: {owner} ({account})."),
            place(device),
            gate(device, now),
        ];
    }
    let mut said = vec![format!(
        "{} devices are in the inventory of {}, entered by import.",
        planned.devices.len(),
        planned.sites().into_iter().collect::<Vec<_>>().join(", ")
    )];
    let lines: Vec<_> = of(planned, Effect::Bind).filter_map(line).collect();
    let number = |extension: &Extension| extension.number.to_string();
    let states = lines.iter().map(|(x, state, ..)| (number(x), format!("extension is {state}.")));
    said.extend(grouped(states));
    said.extend(grouped(lines.iter().map(|(x, _, _, account)| (number(x), format!("owner: {account}.")))));
    let names = |said: fn(&DevicePlan) -> String| {
        planned.devices.values().map(move |d| (d.loaded.stored.device.mac.to_string(), said(d)))
    };
    let emergency = |device: &DevicePlan| {
        let known = device.loaded.place.as_ref().is_some_and(domain::site::Place::emergency_known);
        if known { "emergency location known." } else { "no emergency location." }.to_owned()
    };
    said.extend(grouped(names(emergency)));
    let gates = planned.devices.values().map(|d| (d.loaded.stored.device.mac.to_string(), gate(d, now)));
    said.extend(grouped(gates));
    said
}

fn blast(planned: &Planned) -> Vec<String> {
    let count =
        |n: usize, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
    let lines: BTreeSet<_> = planned.rows.iter().map(|row| row.wanted.extension).collect();
    let owners = lines.iter().filter_map(|id| planned.known.get(id)).map(|known| known.owner.id.as_str());
    let people: BTreeSet<_> = owners.filter(|id| !id.is_empty()).collect();
    let settings: usize = planned.plan.items.iter().map(|item| item.differences.len()).sum();
    let sites: Vec<_> = planned.sites().into_iter().collect();
    let (compared, others): (Vec<_>, Vec<_>) = planned.devices.values().partition(|device| device.compared);
    let settings =
        if others.is_empty() { format!("{settings} settings") } else { "settings as below".to_owned() };
    let mut said = vec![
        format!(
            "{}, {}, {}, {settings}.",
            count(planned.devices.len(), "device", "devices"),
            count(lines.len(), "line", "lines"),
            count(people.len(), "person or place", "people or places"),
        ),
        format!(
            "{} {}; no other device's bytes change.",
            if sites.len() == 1 { "Site" } else { "Sites" },
            sites.join(", ")
        ),
    ];
    said.extend(also(planned, |number, names| format!("{number} also rings on {names}.")));
    if !others.is_empty() {
        let macs: Vec<_> =
            compared.iter().map(|device| device.loaded.stored.device.mac.to_string()).collect();
        said.push(format!(
            "Settings were compared one by one on {}, chosen so that as many combinations of layers as possible are \
             among them: {}. {} settings change there.",
            count(compared.len(), "device", "devices"),
            macs.join(", "),
            planned.plan.items.iter().map(|item| item.differences.len()).sum::<usize>(),
        ));
        said.push(format!(
            "Of the other {}, the plan holds every file that they would get, by its digest, and not which settings change.",
            count(others.len(), "device", "devices"),
        ));
    }
    said
}

fn rollback(planned: &Planned) -> Vec<String> {
    let back = "A new bind request puts a line back; earlier revisions never restore a line by themselves.";
    let binds = of(planned, Effect::Bind).count();
    let returns = "Apart from lines, each device can be returned alone to earlier settings of its own, by a request; that neither takes a line nor gives one.";
    let mut said = match planned.devices.values().next() {
        Some(device) if planned.devices.len() == 1 && binds == planned.rows.len() => {
            let before =
                device.number_before.map_or_else(|| "no revision".to_owned(), |n| format!("revision {n}"));
            vec![format!(
                "An unbind request clears line key and credential; settings before are {before}. The device can be put back alone."
            )]
        }
        _ if binds == 0 => vec![back.to_owned()],
        _ => vec![
            "Each device has a revision of its own, and can be put back alone by a request about it."
                .to_owned(),
            back.to_owned(),
        ],
    };
    said.push(returns.to_owned());
    said
}

fn audit(planned: &Planned, number: i64) -> Vec<String> {
    let revision = match planned.plan.items.as_slice() {
        [item] => format!("revision {}", item.revision_after),
        _ => "its revision".to_owned(),
    };
    vec![format!(
        "Every serve will link device, site, CR-{number}, its approver, {revision}, layer versions, proof and content digest."
    )]
}

fn impact(planned: &Planned) -> Vec<String> {
    let numbers = |rows: Vec<&Row>| named(rows.into_iter().map(|row| planned.number(row)).collect());
    let given: BTreeSet<_> = of(planned, Effect::Bind).map(|row| row.wanted.extension).collect();
    let binds: Vec<_> = of(planned, Effect::Bind).collect();
    let ends: Vec<_> = of(planned, Effect::Unbind)
        .filter(|row| !given.contains(&row.wanted.extension))
        .filter(|row| planned.kept(row.wanted.extension).is_empty())
        .collect();
    let taken: BTreeSet<_> = of(planned, Effect::Unbind).map(|row| planned.number(row)).collect();
    let mut said = vec![];
    if let [row] = binds.as_slice()
        && let Some(device) = planned.devices.get(&row.wanted.device)
    {
        let fails = if planned.kept(row.wanted.extension).is_empty() {
            "nobody answers them"
        } else {
            "they ring on the others alone"
        };
        said.push(format!(
            "Calls to {} ring here after the next fetch; if registration fails, {fails}. {} lines stand on this device now.",
            planned.number(row),
            device.loaded.lines.len()
        ));
    } else if !binds.is_empty() {
        said.push(format!(
            "Calls to {} ring at their new places after each phone's next fetch; where registration fails, nobody answers them.",
            numbers(binds)
        ));
    }
    said.extend(also(planned, |number, names| {
        if !taken.contains(number) {
            return format!("Calls to {number} go on ringing on {names}.");
        }
        format!(
            "The credential of {number} is renewed, at the platform first. Calls go on ringing on {names} until the registration of each ends; none of them can call or register again before it has fetched the new one."
        )
    }));
    if !ends.is_empty() {
        said.push(format!(
            "Calls to {} ring nowhere after the next fetch, and the phone may be unable to call out.",
            numbers(ends)
        ));
    }
    said
}

const fn extension_word(state: ExtensionFacts) -> &'static str {
    match state {
        ExtensionFacts::Unknown => "unknown",
        ExtensionFacts::Disabled => "disabled",
        ExtensionFacts::Foreign => "of another site",
        ExtensionFacts::Taken => "standing on a device",
        ExtensionFacts::Shared => "enabled, and shared with other devices",
        ExtensionFacts::Free => "enabled and free",
    }
}
