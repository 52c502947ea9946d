//! What a site package expects, beside what is there: by model in figures, and by name what differs.

use crate::{Code, Finding};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many of a model a site package expects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Expected {
    /// Vendor, as in the inventory.
    pub vendor: String,
    /// Model, as in the inventory.
    pub model: String,
    /// How many.
    pub count: u32,
}

/// The most models that a package expects; the most of one.
const MODELS: usize = 100;
const MOST: u32 = 100_000;

/// Reads a package as typed: a line per model, `12 yealink T46U`. Everything that is wrong with it, by line.
pub fn parse(text: &str) -> Result<Vec<Expected>, Vec<Finding>> {
    let mut found = BTreeMap::<(String, String), u32>::new();
    let mut findings = Vec::new();
    let mut wrong = |code, detail: String| findings.push(Finding::new(code, "models").detail(detail));
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = index + 1;
        let words: Vec<_> = line.split_whitespace().collect();
        let [count, vendor, model @ ..] = words.as_slice() else {
            wrong(
                Code::FormInvalid,
                format!("Line {at}: write how many, vendor and model, as 12 yealink T46U."),
            );
            continue;
        };
        let count = count.parse::<u32>().ok().filter(|count| (1..=MOST).contains(count));
        let known = crate::vendor::Vendor::parse(&vendor.to_lowercase());
        match (count, known, model.join(" ")) {
            (None, ..) => wrong(Code::FormInvalid, format!("Line {at}: a count is 1 to {MOST}.")),
            (_, None, _) => wrong(Code::VendorUnknown, format!("Line {at}.")),
            (_, _, model) if model.is_empty() || model.chars().count() > 60 => {
                wrong(Code::FormInvalid, format!("Line {at}: a model has 1 to 60 characters."));
            }
            (Some(count), Some(vendor), model) => {
                if found.insert((vendor.name().to_owned(), model), count).is_some() {
                    wrong(Code::RowDuplicate, format!("Line {at}."));
                }
            }
        }
    }
    if found.is_empty() && findings.is_empty() {
        findings.push(Finding::new(Code::FieldMissing, "models"));
    }
    if found.len() > MODELS {
        findings.push(Finding::new(Code::FieldTooLong, "models").detail(format!("At most {MODELS} models.")));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(found.into_iter().map(|((vendor, model), count)| Expected { vendor, model, count }).collect())
}

/// One phone, as far as anybody has heard of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact that is true or not, whatever the others say"
)]
pub struct Item {
    /// Serial number.
    pub serial: String,
    /// Vendor; empty for one that is shipped and not in the inventory.
    pub vendor: String,
    /// Model; empty likewise.
    pub model: String,
    /// In the inventory of this site.
    pub inventory: bool,
    /// On a delivery note for this site.
    pub shipped: bool,
    /// Has fetched from the edge.
    pub seen: bool,
    /// Active, without an open case, and seen in the last two days.
    pub healthy: bool,
    /// Has a line.
    pub bound: bool,
    /// Has a line, and all of its lines are accepted.
    pub accepted: bool,
}

/// A model in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Vendor; empty for what is shipped and not in the inventory.
    pub vendor: String,
    /// Model; empty likewise.
    pub model: String,
    /// Expected by the package.
    pub expected: u32,
    /// In the inventory.
    pub inventory: u32,
    /// On a delivery note.
    pub shipped: u32,
    /// Seen at the edge.
    pub seen: u32,
    /// Healthy.
    pub healthy: u32,
    /// With a line.
    pub bound: u32,
    /// Accepted.
    pub accepted: u32,
}

/// A package beside what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// By model, expected ones and others.
    pub figures: Vec<Figures>,
    /// What differs, by name.
    pub differences: Vec<Finding>,
    /// Phones about which package, delivery notes and inventory agree, in percent of all that anybody expects or has
    /// heard of; `None` when that is nothing.
    pub accuracy: Option<usize>,
}

/// Compares a package with what is there. Delivery notes are compared once there are any.
pub fn compare(expected: &[Expected], items: &[Item]) -> Comparison {
    let mut figures = BTreeMap::<(String, String), Figures>::new();
    let mut of = |vendor: &str, model: &str, add: &mut dyn FnMut(&mut Figures)| {
        let (vendor, model) = (vendor.to_owned(), model.to_owned());
        let own = figures.entry((vendor.clone(), model.clone())).or_insert_with(|| Figures {
            vendor,
            model,
            ..Figures::default()
        });
        add(own);
    };
    for e in expected {
        of(&e.vendor, &e.model, &mut |f| f.expected += e.count);
    }
    for i in items {
        of(&i.vendor, &i.model, &mut |f| {
            f.inventory += u32::from(i.inventory);
            f.shipped += u32::from(i.shipped);
            f.seen += u32::from(i.seen);
            f.healthy += u32::from(i.healthy);
            f.bound += u32::from(i.bound);
            f.accepted += u32::from(i.accepted);
        });
    }
    let wanted: BTreeSet<_> = expected.iter().map(|e| (e.vendor.as_str(), e.model.as_str())).collect();
    let notes = items.iter().any(|i| i.shipped);
    let differs =
        |subject: String, detail: String| Finding::new(Code::PackageDiffers, subject).detail(detail);
    let mut differences = Vec::new();
    for f in figures.values().filter(|f| f.expected != f.inventory && f.expected > 0) {
        let detail = format!("{} are expected, {} are in the inventory.", f.expected, f.inventory);
        differences.push(differs(format!("{} {}", f.vendor, f.model), detail));
    }
    let mut agreeing = 0;
    for i in items {
        let model = format!("{} {}", i.vendor, i.model);
        let unexpected = !expected.is_empty() && !wanted.contains(&(i.vendor.as_str(), i.model.as_str()));
        let detail = match (i.inventory, i.shipped) {
            (false, _) => "It is on a delivery note and not in the inventory.".to_owned(),
            (true, false) if notes => format!("{model}: it is in the inventory and on no delivery note."),
            _ if unexpected => format!("{model}: the package expects none of this model."),
            _ => {
                agreeing += 1;
                continue;
            }
        };
        differences.push(differs(format!("serial {}", i.serial), detail));
    }
    let short: u32 = figures.values().map(|f| f.expected.saturating_sub(f.inventory)).sum();
    let surplus: u32 =
        figures.values().filter(|f| f.expected > 0).map(|f| f.inventory.saturating_sub(f.expected)).sum();
    let all = items.len() + usize::try_from(short).unwrap_or(usize::MAX);
    // More of a model than expected: these many of them are not as the package says, whichever they are.
    let agreeing = usize::saturating_sub(agreeing, usize::try_from(surplus).unwrap_or(usize::MAX));
    Comparison {
        figures: figures.into_values().collect(),
        differences,
        accuracy: (all > 0).then(|| agreeing * 100 / all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(serial: &str, model: &str, inventory: bool, shipped: bool) -> Item {
        let vendor = if inventory { "yealink".to_owned() } else { String::new() };
        Item { serial: serial.into(), vendor, model: model.into(), inventory, shipped, ..Item::default() }
    }

    #[test]
    fn a_package_is_read_line_by_line_and_every_line_says_what_is_wrong() {
        let read = parse("2 yealink T46U\n\n 1  Snom  D785 ").unwrap();
        let said: Vec<_> = read.iter().map(|e| format!("{} {} {}", e.count, e.vendor, e.model)).collect();
        assert_eq!(said, ["1 snom D785", "2 yealink T46U"]);
        let wrong = parse("T46U\n0 yealink T46U\n2 acme X\n1 yealink T33G\n1 yealink T33G").unwrap_err();
        let codes: Vec<_> = wrong.iter().map(|f| f.code).collect();
        assert_eq!(codes, [Code::FormInvalid, Code::FormInvalid, Code::VendorUnknown, Code::RowDuplicate]);
        assert_eq!(parse(" \n").unwrap_err()[0].code, Code::FieldMissing);
    }

    #[test]
    fn what_differs_is_named() {
        let expected = parse("2 yealink T46U\n1 yealink T33G").unwrap();
        let items = [
            item("A1", "T46U", true, true),
            item("A2", "T46U", true, false),
            item("A3", "T54W", true, true),
            item("A4", "", false, true),
        ];
        let found = compare(&expected, &items);
        let said: Vec<_> = found.differences.iter().map(ToString::to_string).collect();
        let differs = Code::PackageDiffers.says();
        assert_eq!(
            said,
            [
                format!("yealink T33G: {differs} 1 are expected, 0 are in the inventory."),
                format!("serial A2: {differs} yealink T46U: it is in the inventory and on no delivery note."),
                format!("serial A3: {differs} yealink T54W: the package expects none of this model."),
                format!("serial A4: {differs} It is on a delivery note and not in the inventory."),
            ]
        );
        // One of four, and one that is missing altogether.
        assert_eq!(found.accuracy, Some(20));
        let t46u = found.figures.iter().find(|f| f.model == "T46U").unwrap();
        assert_eq!((t46u.expected, t46u.inventory, t46u.shipped), (2, 2, 1));
    }

    #[test]
    fn without_a_package_or_delivery_notes_nothing_differs() {
        let found = compare(&[], &[item("A1", "T46U", true, false)]);
        assert_eq!((found.differences.len(), found.accuracy), (0, Some(100)));
        assert_eq!(compare(&[], &[]), Comparison::default());
        let more = compare(
            &parse("1 yealink T46U").unwrap(),
            &[item("A1", "T46U", true, false), item("A2", "T46U", true, false)],
        );
        assert_eq!((more.differences.len(), more.accuracy), (1, Some(50)));
    }
}
