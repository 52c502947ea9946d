//! Keys that dial. A phone has none for a number of the file's own, but a key can run a macro (enhanced feature keys; so
//! public generators of configurations write it, no guide that we have read), and then each key is told what it is.

use crate::{
    buttons::Button,
    entries::{Content, Entry},
    sheet::Says,
};
use domain::setting::Path;

/// Of a macro: what it does, its name, what is shown, and whether it is on.
pub(super) const FIELDS: [&str; 4] = ["action.string", "mname", "label", "status"];

const MACRO: &str = "efk.efklist.";
const WATCHED: &str = "attendant.resourceList.";

/// The macro of the key of this number.
pub(super) fn of(number: u8) -> String {
    format!("{MACRO}{number}")
}

/// What a key says that dials.
pub(super) fn dials(button: &Button) -> Result<Says, &'static str> {
    let Some(value) = &button.value else { return Err("It needs a `value`: whom it dials.") };
    // A macro has words of its own behind each of these.
    if value.contains(['$', '!', '^']) {
        return Err("The number holds a character that means something else to these phones.");
    }
    let shown = || button.label.clone().unwrap_or_else(|| value.clone());
    let watches = std::iter::repeat_n((Content::Empty, &[][..]), 3);
    let dials: [(Content, &'static [&'static str]); 4] = [
        (format!("{value}$Tinvite$").into(), &["value"]),
        (shown().into(), &["label", "value"]),
        (shown().into(), &["label", "value"]),
        ("1".into(), &["type"]),
    ];
    Ok(watches.chain(dials).collect())
}

/// The entries, and once a key dials, what each key is: of a line, of somebody watched, or of a macro.
pub(super) fn placed(mut entries: Vec<Entry>) -> Vec<Entry> {
    let said = |entries: &[Entry], start: &str, end: &str| -> Vec<(String, Vec<Path>)> {
        let of = |entry: &Entry| {
            let number = entry.key.strip_prefix(start)?.strip_suffix(end)?;
            (entry.content != Content::Empty).then(|| (number.to_owned(), entry.paths.clone()))
        };
        entries.iter().filter_map(of).collect()
    };
    let macros = said(&entries, MACRO, ".action.string");
    if macros.is_empty() {
        return entries;
    }
    // Nobody is watched where a key dials.
    entries.retain(|entry| {
        let number = entry.key.strip_prefix(WATCHED).and_then(|rest| rest.split('.').next());
        !number.is_some_and(|number| macros.iter().any(|(own, _)| own == number))
    });
    let (lines, watched) = (said(&entries, "reg.", ".address"), said(&entries, WATCHED, ".address"));
    let paths: Vec<Path> = macros.iter().flat_map(|(_, paths)| paths.clone()).collect();
    let mut more = vec![
        ("feature.enhancedFeatureKeys.enabled".to_owned(), "1".to_owned(), paths.clone()),
        ("feature.EFKLineKey.enabled".to_owned(), "1".to_owned(), paths.clone()),
        ("lineKey.reassignment.enabled".to_owned(), "1".to_owned(), paths),
    ];
    // Of those watched each key takes the next.
    let own = |number: &String| number.clone();
    let next = |_: &String| "0".to_owned();
    for (keys, category, index) in
        [(lines, "Line", &own as &dyn Fn(&String) -> String), (watched, "BLF", &next), (macros, "EFK", &own)]
    {
        for (number, paths) in keys {
            more.push((format!("lineKey.{number}.category"), category.to_owned(), paths.clone()));
            more.push((format!("lineKey.{number}.index"), index(&number), paths));
        }
    }
    for (key, value, paths) in more {
        // A raw key may have said it.
        if !entries.iter().any(|entry| entry.key.eq_ignore_ascii_case(&key)) {
            entries.push(Entry { key, content: value.into(), paths });
        }
    }
    entries
}
