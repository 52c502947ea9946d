//! The table of codes in the project's README is generated; this test says when it is not up to date.

use domain::{Code, Severity};
use std::fmt::Write as _;

const BEGIN: &str = "<!-- codes: begin (UPDATE_README=1 cargo test -p ringfence-domain --test readme) -->\n";
const END: &str = "<!-- codes: end -->";

#[test]
fn the_table_of_codes_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has the begin marker");
    let (present, after) = rest.split_once(END).expect("the README has the end marker");
    let mut table = String::from("\n| code | what is the case | what to do |\n|---|---|---|\n");
    for code in Code::ALL {
        let star = if code.severity() == Severity::Blocking { " *" } else { "" };
        writeln!(table, "| `{code}`{star} | {} | {} |", code.says(), code.next_step()).unwrap();
    }
    table.push('\n');
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert_eq!(present, table, "run: UPDATE_README=1 cargo test -p ringfence-domain --test readme");
    }
}
