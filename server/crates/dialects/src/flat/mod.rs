//! Cisco's `<flat-profile>`: an element for each parameter, `_N_` at the end for line N. What is not named stays as
//! it is, what is empty is emptied (Cisco, IP Phone 7800 and 8800 Multiplatform Provisioning Guide).

mod clock;
mod forward;
mod keys;
mod lines;
mod tones;

pub(crate) use clock::zone;
pub(crate) use forward::{FORWARD, forward};
pub(crate) use keys::{key, say};
pub(crate) use lines::*;
pub(crate) use tones::{NORTH_AMERICA, tones};

use crate::{
    dialect::Written,
    entries::{Content, Entry},
    job::Job,
    reader::Reader,
    sheet::About,
    tree,
    writer::Writer,
};
use domain::{Finding, artifact::Escaper, setting::Path};

const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// Prints entries as a profile.
pub(crate) fn print(mut entries: Vec<Entry>, mut findings: Vec<Finding>, version: &str) -> Written {
    credential(&mut entries);
    let mut writer = Writer::new(Escaper::Xml);
    tree::print(&mut writer, "flat-profile", entries);
    let (artifact, refused) = writer.finish(version, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}

/// The rule names user and password by macros, so that neither stands inside an address: `$A` and `$B` are `GPP_A` and
/// `GPP_B`.
fn credential(entries: &mut [Entry]) {
    let has = |key: &str| entries.iter().any(|e| e.key == key && !is_empty(&e.content));
    if !(has("GPP_A") && has("GPP_B")) {
        return;
    }
    for entry in entries.iter_mut().filter(|entry| entry.key == "Profile_Rule") {
        if let Content::Text(rule) = &entry.content {
            entry.content = format!("[--uid $A --pwd $B]{rule}").into();
        }
    }
}

fn is_empty(content: &Content) -> bool {
    matches!(content, Content::Empty) || matches!(content, Content::Text(text) if text.is_empty())
}

/// `$MA` is the MAC in lower case. Without a slash at the end it is an address that somebody has written to its end.
pub(crate) fn address(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let text = reader.text(path)?;
    // Blanks, brackets and bars would make it more than one rule.
    if text.contains([' ', '[', ']', '|', '(', ')', '?']) {
        reader.refuse(path, "It holds a character that makes it another rule.");
        return None;
    }
    Some(vec![if text.ends_with('/') { format!("{text}$MA.xml") } else { text }.into()])
}

/// English is in every phone; any other language needs a dictionary of the operator's own.
pub(crate) fn language(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let tag = reader.text(path)?;
    let english = tag.trim().split(['-', '_']).next().is_some_and(|bare| bare.eq_ignore_ascii_case("en"));
    if !english {
        reader.refuse(path, "Without a dictionary these phones speak English; set the raw keys.");
    }
    english.then(|| vec!["English-US".into()])
}

/// Resyncs are counted in seconds.
pub(crate) fn seconds(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    Some(vec![(reader.number(path, 1..=43_200)? * 60).to_string().into()])
}

/// What a raw key is about: a line's end in `_N_`. Programmable keys count in the same way, and so does what belongs
/// to a module.
pub(crate) fn about(key: &str) -> Option<(About, String)> {
    if !tree::name(key) {
        return None;
    }
    let lower = key.to_ascii_lowercase();
    if lower.starts_with("unit_") || lower.starts_with("extended_function_") {
        return Some((About::Button, key.to_owned()));
    }
    // Rules carry the address and may carry a credential; `$A` and `$B` are ours.
    let reserved = lower.starts_with("profile_rule") || matches!(lower.as_str(), "gpp_a" | "gpp_b");
    let about = match lower.strip_suffix('_').and_then(|rest| rest.rsplit_once('_')) {
        _ if reserved => About::Reserved,
        Some((_, index)) if index.bytes().all(|c| c.is_ascii_digit()) => match index.parse::<u8>() {
            Ok(number) if number > 0 && number.to_string() == index => About::Line(number),
            _ => About::Reserved,
        },
        _ => About::Phone,
    };
    Some((about, key.to_owned()))
}

/// A setting whose value these phones have no word for, although they have one for others.
pub(crate) fn wordless(reader: &Reader<'_>, path: &str, words: &[&str], detail: &str) -> Option<Finding> {
    let text = reader.resolution().text(path)?;
    let said = text.split(',').map(str::trim).any(|word| words.contains(&word));
    said.then(|| reader.refusal(path, detail))
}

/// As many groups as a phone may be in.
const GROUPS: u8 = 10;

/// Paging groups, an element each; what was served and is no longer set is emptied. They are of the phone, not of a
/// line.
pub(crate) fn groups(
    job: &Job<'_>,
    reader: &mut Reader<'_>,
    entries: &mut Vec<Entry>,
    say: fn(&mut Reader<'_>, u8) -> Option<Content>,
) {
    let element = |group: u8| format!("Group_{group}_Paging_Script");
    let mut put = |group: u8, content: Content, paths: Vec<Path>| {
        let key = element(group);
        if entries.iter().all(|entry| !entry.key.eq_ignore_ascii_case(&key)) {
            entries.push(Entry { key, content, paths });
        }
    };
    let of = |group: u8| ["address", "label"].map(|name| format!("paging.{group}.{name}"));
    for group in 1..=GROUPS {
        let paths = of(group);
        if let Some(content) = say(reader, group) {
            put(group, content, paths.iter().filter_map(|path| reader.set(path)).collect());
        } else {
            let gone = job.lingering().find(|path| path.as_str() == paths[0]).cloned();
            if let Some(path) = gone {
                put(group, Content::Empty, vec![path]);
            }
        }
    }
    let group = |path: &Path| path.as_str().strip_prefix("paging.")?.strip_suffix(".address")?.parse().ok();
    let beyond = |path: &&Path| group(path).is_some_and(|group: u8| group > GROUPS);
    for path in reader.resolution().settings.keys().filter(beyond) {
        reader.refuse(path.as_str(), &format!("These phones have {GROUPS} paging groups."));
    }
}
