//! The table of models in the project's README is generated; this test says when it is not up to date.

use domain::vendor::Known;
use std::fmt::Write as _;

const BEGIN: &str =
    "<!-- models: begin (UPDATE_README=1 cargo test -p ringfence-dialects --test readme) -->\n";
const END: &str = "<!-- models: end -->";

#[test]
fn the_table_of_models_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has the begin marker");
    let (present, after) = rest.split_once(END).expect("the README has the end marker");
    let mut table = String::from(
        "\n| family | models, with their endpoints | oldest firmware | settings | how we know | trusts from the factory |\n|---|---|---|---|---|---|\n",
    );
    for family in dialects::support().filter(|family| !family.models.is_empty()) {
        // What else they differ in is in the console and in `ringfence dialects`.
        let mut models: Vec<(String, Vec<&str>)> = vec![];
        for model in family.models {
            let what = model.fetch.refused().map_or_else(|| model.endpoints(), str::to_owned);
            match models.iter_mut().find(|(other, _)| *other == what) {
                Some((_, names)) => names.push(model.name),
                None => models.push((what, vec![model.name])),
            }
        }
        let models: Vec<_> =
            models.iter().map(|(what, names)| format!("{what}: {}", names.join(", "))).collect();
        let mut oldest: Vec<_> = family.models.iter().map(|model| model.firmware).collect();
        oldest.sort_unstable();
        oldest.dedup();
        let oldest: Vec<_> =
            oldest.into_iter().map(|own| if own.is_empty() { "not known" } else { own }).collect();
        let mut known: Vec<_> = family.models.iter().map(|model| model.known).collect();
        known.dedup();
        let known: Vec<_> = known.into_iter().map(Known::says).collect();
        let cells = [
            family.title.to_owned(),
            models.join("; "),
            oldest.join(", "),
            family.settings.len().to_string(),
            known.join("; "),
            family.trusts.to_owned(),
        ];
        writeln!(table, "| {} |", cells.join(" | ")).unwrap();
    }
    table.push('\n');
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert_eq!(present, table, "run: UPDATE_README=1 cargo test -p ringfence-dialects --test readme");
    }
}

#[test]
fn nothing_is_called_verified_that_was_not() {
    let verified: Vec<_> = dialects::support()
        .flat_map(|family| family.models)
        .filter(|model| model.known == Known::Verified)
        .map(|model| model.name)
        .collect();
    // Linphone's daemon is the phone of the laboratory; nothing else was ever on a desk here.
    assert_eq!(verified, ["DAEMON"]);
}
