//! From what people ask for to the items of a request: each kind is made of taking lines away and putting them
//! somewhere. Everything is read as things stand now, before any of it.

use crate::{Problem, Result};
use domain::{
    Code, Finding, Mac,
    change_request::{Ask, At, Wanted, bulk},
    ids::ExtensionId,
    plan::Effect,
};
use std::collections::{BTreeMap, BTreeSet};
use storage::{
    Tx,
    change_request::{self, Inventory, Named},
};

/// What is asked for, and the row of the file in which it is, if it is in one.
pub(super) struct Line<'a> {
    pub(super) row: Option<u32>,
    pub(super) ask: &'a Ask,
}

/// The items of a request, and what they are in words.
pub(super) struct Composed {
    pub(super) items: Vec<Wanted>,
    pub(super) words: String,
}

/// Makes the items of what is asked for, or says everything that is wrong with it, by row.
pub(super) async fn compose(tx: &mut Tx, lines: &[Line<'_>]) -> Result<Composed> {
    let macs: BTreeSet<_> = lines.iter().flat_map(|line| line.ask.macs()).collect();
    let numbers = lines.iter().filter_map(|line| line.ask.extension());
    let numbers: BTreeSet<_> = numbers.map(str::to_owned).collect();
    let inventory = change_request::named(tx, &macs, &numbers).await?;
    let (mut items, mut findings) = (vec![], vec![]);
    for line in lines {
        match one(&inventory, line.ask) {
            Ok(own) => items.extend(own.into_iter().map(|wanted| (line.row, wanted))),
            Err(wrong) => findings.extend(wrong.into_iter().map(|finding| named(finding, line.row))),
        }
    }
    findings.extend(twice(&items, &inventory.shared));
    if !findings.is_empty() {
        findings.truncate(MOST_FINDINGS);
        return Err(Problem::blocked(findings));
    }
    let words = match lines {
        [line] => words(line.ask, &inventory),
        _ => format!("{} rows, {} items, on {} devices", lines.len(), items.len(), inventory.devices.len()),
    };
    Ok(Composed { items: items.into_iter().map(|(_, wanted)| wanted).collect(), words })
}

/// Findings that are said one by one.
const MOST_FINDINGS: usize = 100;

fn named(mut finding: Finding, row: Option<u32>) -> Finding {
    if let Some(row) = row {
        finding.subject = bulk::subject(row, &finding.subject);
    }
    finding
}

/// A key that would get two lines or lose two, and an extension that would go to two places; one that is `shared`, to two
/// places of one device.
fn twice(items: &[(Option<u32>, Wanted)], shared: &BTreeSet<ExtensionId>) -> Vec<Finding> {
    let (mut endpoints, mut extensions) = (BTreeMap::new(), BTreeMap::new());
    let mut findings = vec![];
    for (row, wanted) in items {
        let own = shared.contains(&wanted.extension).then_some(wanted.device);
        let before = [
            endpoints.insert((wanted.endpoint, wanted.effect), *row),
            extensions.insert((wanted.extension, wanted.effect, own), *row),
        ];
        if let Some(first) = before.into_iter().flatten().next() {
            let detail =
                first.map_or_else(String::new, |first| format!("Row {first} is about the same line."));
            findings.push(named(Finding::new(Code::RowDuplicate, "").detail(detail), *row));
        }
    }
    findings
}

type Items = std::result::Result<Vec<Wanted>, Vec<Finding>>;

fn one(inventory: &Inventory, ask: &Ask) -> Items {
    match ask {
        Ask::Bind { at, extension } => {
            let here = find(inventory, *at, FIRST)?;
            Ok(vec![wanted(here, Effect::Bind, numbered(inventory, extension)?)])
        }
        Ask::Unbind { at } => {
            let here = find(inventory, *at, FIRST)?;
            Ok(vec![wanted(here, Effect::Unbind, standing(here, FIRST)?)])
        }
        Ask::Move { from, to } => {
            let (here, there) = (find(inventory, *from, FIRST)?, find(inventory, *to, OTHER)?);
            let line = standing(here, FIRST)?;
            Ok(vec![wanted(here, Effect::Unbind, line), wanted(there, Effect::Bind, line)])
        }
        Ask::Swap { one, other } => {
            let (here, there) = (find(inventory, *one, FIRST)?, find(inventory, *other, OTHER)?);
            let (line, other) = (standing(here, FIRST)?, standing(there, OTHER)?);
            Ok(vec![
                wanted(here, Effect::Unbind, line),
                wanted(there, Effect::Unbind, other),
                wanted(here, Effect::Bind, other),
                wanted(there, Effect::Bind, line),
            ])
        }
        Ask::Replace { old, new } => replace(inventory, *old, *new),
        Ask::NumberChange { at, extension } => {
            let here = find(inventory, *at, FIRST)?;
            let (line, extension) = (standing(here, FIRST)?, numbered(inventory, extension)?);
            if line == extension {
                let finding = Finding::new(Code::FormInvalid, "extension").detail("It stands there already.");
                return Err(vec![finding]);
            }
            Ok(vec![wanted(here, Effect::Unbind, line), wanted(here, Effect::Bind, extension)])
        }
    }
}

/// Every line of `old` goes to the line key of the same number of `new`.
fn replace(inventory: &Inventory, old: Mac, new: Mac) -> Items {
    for (mac, field) in [(old, FIRST[0]), (new, OTHER[0])] {
        known(inventory, mac, field)?;
    }
    let (mut takes, mut gives, mut findings) = (vec![], vec![], vec![]);
    let keys = At { mac: old, index: 0 }..=At { mac: old, index: u8::MAX };
    for (at, here) in inventory.endpoints.range(keys) {
        let Some((line, _)) = here.line else { continue };
        takes.push(wanted(here, Effect::Unbind, line));
        match inventory.endpoints.get(&At { mac: new, index: at.index }) {
            Some(there) => gives.push(wanted(there, Effect::Bind, line)),
            None => findings.push(
                Finding::new(Code::FormInvalid, OTHER[0]).detail(format!("It has no line key {}.", at.index)),
            ),
        }
    }
    if takes.is_empty() {
        findings.push(Finding::new(Code::EndpointEmpty, FIRST[0]).detail("No line stands on it."));
    }
    takes.extend(gives);
    if findings.is_empty() { Ok(takes) } else { Err(findings) }
}

/// The fields that name an endpoint: of the device, and of its line key.
type Fields = [&'static str; 2];
const FIRST: Fields = ["mac", "line key"];
const OTHER: Fields = ["to_mac", "to_index"];

fn known(inventory: &Inventory, mac: Mac, field: &str) -> std::result::Result<(), Vec<Finding>> {
    let unknown = || vec![Finding::new(Code::DeviceUnknown, field).detail(format!("{mac}."))];
    inventory.devices.contains(&mac).then_some(()).ok_or_else(unknown)
}

fn find(inventory: &Inventory, at: At, fields: Fields) -> std::result::Result<&Named, Vec<Finding>> {
    known(inventory, at.mac, fields[0])?;
    let missing = || {
        let detail = format!("{} has no line key {}.", at.mac, at.index);
        vec![Finding::new(Code::FormInvalid, fields[1]).detail(detail)]
    };
    inventory.endpoints.get(&at).ok_or_else(missing)
}

fn standing(here: &Named, fields: Fields) -> std::result::Result<ExtensionId, Vec<Finding>> {
    let line = here.line.as_ref().map(|(extension, _)| *extension);
    line.ok_or_else(|| vec![Finding::new(Code::EndpointEmpty, fields[1])])
}

fn numbered(inventory: &Inventory, number: &str) -> std::result::Result<ExtensionId, Vec<Finding>> {
    let unknown = || vec![Finding::new(Code::ExtensionUnknown, "extension")];
    inventory.extensions.get(number).copied().ok_or_else(unknown)
}

const fn wanted(here: &Named, effect: Effect, extension: ExtensionId) -> Wanted {
    Wanted { device: here.device, endpoint: here.endpoint, effect, extension }
}

/// What is asked for, as the record keeps it.
fn words(ask: &Ask, inventory: &Inventory) -> String {
    let line = |at: &At| {
        let line = inventory.endpoints.get(at).and_then(|here| here.line.as_ref());
        line.map_or_else(String::new, |(_, number)| number.clone())
    };
    let key = |at: &At| format!("line key {} of {}", at.index, at.mac);
    match ask {
        Ask::Bind { at, extension } => format!("bind extension {extension} on {}", key(at)),
        Ask::Unbind { at } => format!("unbind extension {} on {}", line(at), key(at)),
        Ask::Move { from, to } => format!("move extension {} from {} to {}", line(from), key(from), key(to)),
        Ask::Swap { one, other } => {
            format!("swap extension {} on {} with {} on {}", line(one), key(one), line(other), key(other))
        }
        Ask::Replace { old, new } => format!("replace {old} by {new}"),
        Ask::NumberChange { at, extension } => {
            format!("change extension {} to {extension} on {}", line(at), key(at))
        }
    }
}
