//! The tables of codes and of cases in the project's README are generated; these tests say when they are not up to date.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use domain::{Code, Severity};
use std::{fmt::Write as _, sync::Mutex};

/// Whatever writes the README holds this: both tests may run at once.
static README: Mutex<()> = Mutex::new(());

#[test]
fn the_table_of_codes_is_up_to_date() {
    let mut table = String::from("\n| code | what is the case | what to do |\n|---|---|---|\n");
    for code in Code::ALL {
        let star = if code.severity() == Severity::Blocking { " *" } else { "" };
        writeln!(table, "| `{code}`{star} | {} | {} |", code.says(), code.next_step()).unwrap();
    }
    table.push('\n');
    compare("codes", &table);
}

#[test]
fn the_table_of_cases_is_up_to_date() {
    compare("cases", &domain::exception::help());
}

fn compare(name: &str, table: &str) {
    let how = "UPDATE_README=1 cargo test -p ringfence-domain --test readme";
    let (begin, end) = (format!("<!-- {name}: begin ({how}) -->\n"), format!("<!-- {name}: end -->"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../README.md");
    let _held = README.lock().unwrap();
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(&begin).expect("the README has the begin marker");
    let (present, after) = rest.split_once(&end).expect("the README has the end marker");
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(present, table, "run: {how}");
    }
}
