//! Sheets about the opening of one site: its steps, and the timed steps of its cutover.
//!
//! Unlike the sheets of a package they change what is there: a row says what becomes of its step, and a step without a
//! row stays as it is. How far a step is, no sheet says.

use super::{
    RowFinding, Upload,
    cells::finding,
    export::row,
    sheet::{self, Record, Sheet},
};
use crate::{
    Code, Finding,
    site::{
        cutover::{self, MOST, Pace, Timed},
        step::{self, Step, StepKind},
    },
};
use std::collections::BTreeSet;

/// Columns of the sheet of steps. `needs` has words with blanks between.
pub const STEPS: [&str; 4] = ["step", "owner", "due", "needs"];
/// Columns of the sheet of a cutover. A row without a number is a new step.
pub const CUTOVER: [&str; 6] = ["number", "title", "owner", "planned", "minutes", "back_out"];

/// What a sheet would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes<T> {
    /// What is there, if anything, and what it becomes.
    pub rows: Vec<(Option<T>, T)>,
    /// Rows that say what is so already.
    pub unchanged: usize,
    /// Everything that is wrong; with any of it, nothing is to be changed.
    pub findings: Vec<RowFinding>,
}

impl<T: PartialEq> Changes<T> {
    fn of(sheet: &mut Sheet<'_>) -> Self {
        Self { rows: vec![], unchanged: 0, findings: std::mem::take(&mut sheet.findings) }
    }

    fn put(&mut self, before: Option<T>, after: T) {
        if before.as_ref() == Some(&after) { self.unchanged += 1 } else { self.rows.push((before, after)) }
    }

    fn report(&mut self, sheet: &Sheet<'_>, row: u32, found: impl IntoIterator<Item = Finding>) {
        let say = |f: Finding| finding(&sheet.name, row, &f.subject, f.code, f.detail);
        self.findings.extend(found.into_iter().map(say));
    }
}

/// The cells of a row, unless one of them could not be read, which has been said.
fn cells<const N: usize>(record: &Record) -> Option<[&str; N]> {
    let cells: Option<Vec<_>> = record.cells.iter().map(Option::as_deref).collect();
    cells?.try_into().ok()
}

/// What a sheet of steps would change. `standing` is every step of the site.
pub fn steps(upload: &Upload, standing: &[Step]) -> Changes<Step> {
    let mut sheet = sheet::table(upload, &STEPS);
    let mut changes = Changes::of(&mut sheet);
    let mut seen = BTreeSet::new();
    let mut all = standing.to_vec();
    for record in &sheet.records {
        let Some([word, owner, due, needs]) = cells(record) else { continue };
        let Some(step) = all.iter_mut().find(|step| StepKind::parse(word) == Some(step.kind)) else {
            let wrong = Finding::new(Code::StateInvalid, "step").detail(StepKind::allowed());
            changes.report(&sheet, record.number, [wrong]);
            continue;
        };
        if !seen.insert(step.kind) {
            changes.report(&sheet, record.number, [Finding::new(Code::RowDuplicate, "step")]);
            continue;
        }
        let needs = needs.split_whitespace().map(str::to_owned).collect();
        let typed = step::Typed { owner: owner.to_owned(), due: due.to_owned(), needs };
        match typed.read(step.kind) {
            Ok((owner, due, needs)) => {
                let before = step.clone();
                (step.owner, step.due, step.needs) = (owner, due, needs);
                changes.put(Some(before), step.clone());
            }
            Err(wrong) => changes.report(&sheet, record.number, wrong),
        }
    }
    changes.report(&sheet, 0, step::circle(&all));
    changes
}

/// What a sheet of a cutover would change. `standing` is the plan.
pub fn timed(upload: &Upload, standing: &[Timed]) -> Changes<Timed> {
    let mut sheet = sheet::table(upload, &CUTOVER);
    let mut changes = Changes::of(&mut sheet);
    let mut seen = BTreeSet::new();
    let mut next = standing.iter().map(|step| step.number).max().unwrap_or(0) + 1;
    for record in &sheet.records {
        let Some([number, title, owner, planned, minutes, back_out]) = cells(record) else { continue };
        let before = standing.iter().find(|step| step.number.to_string() == number);
        if before.is_none() && !number.is_empty() {
            let detail = "The plan has no step of this number; leave it empty for a new one.";
            changes.report(
                &sheet,
                record.number,
                [Finding::new(Code::StateInvalid, "number").detail(detail)],
            );
            continue;
        }
        if before.is_some_and(|step| !seen.insert(step.number)) {
            changes.report(&sheet, record.number, [Finding::new(Code::RowDuplicate, "number")]);
            continue;
        }
        let [number, title, owner, planned, minutes] =
            [number, title, owner, planned, minutes].map(str::to_owned);
        let (yes, no) = (back_out == "yes", matches!(back_out, "" | "no"));
        let typed = cutover::Typed { number, title, owner, planned, minutes, back_out: yes };
        let word = (!yes && !no)
            .then(|| Finding::new(Code::StateInvalid, "back_out").detail("Allowed: yes, no, or empty."));
        match (typed.read(), word) {
            (Ok((title, owner, planned, minutes)), None) => {
                let number = before.map_or(next, |step| step.number);
                next += i64::from(before.is_none());
                let pace = before.map_or(Pace::Waiting, |step| step.pace);
                let after = Timed { number, title, owner, planned, minutes, back_out: yes, pace };
                changes.put(before.cloned(), after);
            }
            (read, word) => {
                changes.report(&sheet, record.number, read.err().into_iter().flatten().chain(word));
            }
        }
    }
    let new = changes.rows.iter().filter(|(before, _)| before.is_none()).count();
    if standing.len() + new > MOST {
        let detail = format!("A plan has at most {MOST} steps.");
        changes.report(&sheet, 0, [Finding::new(Code::FormInvalid, "title").detail(detail)]);
    }
    changes
}

/// The steps of a site as a sheet.
pub fn steps_csv(steps: &[Step]) -> String {
    let header = row(STEPS.into_iter().map(str::to_owned));
    let rows = steps.iter().map(|step| {
        let due = step.due.map(|day| day.to_string()).unwrap_or_default();
        let needs: Vec<_> = step.needs.iter().map(|kind| kind.word()).collect();
        row([step.kind.word().to_owned(), step.owner.clone(), due, needs.join(" ")].into_iter())
    });
    std::iter::once(header).chain(rows).collect()
}

/// The plan of a cutover as a sheet.
pub fn timed_csv(steps: &[Timed]) -> String {
    let header = row(CUTOVER.into_iter().map(str::to_owned));
    let rows = steps.iter().map(|step| {
        let back_out = if step.back_out { "yes" } else { "no" };
        let (number, minutes) = (step.number.to_string(), step.minutes.to_string());
        let (title, owner) = (step.title.clone(), step.owner.clone());
        row([number, title, owner, step.planned.to_string(), minutes, back_out.to_owned()].into_iter())
    });
    std::iter::once(header).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Timestamp, time::MINUTE};
    use proptest::prelude::*;

    fn file(text: &str) -> Upload {
        Upload { name: "plan.csv".to_owned(), bytes: text.as_bytes().to_vec() }
    }

    fn plan() -> Vec<Timed> {
        let step = |number: i64, title: &str, back_out| Timed {
            number,
            title: title.to_owned(),
            owner: "linus".to_owned(),
            planned: Timestamp(number * 60 * MINUTE),
            minutes: 30,
            back_out,
            pace: Pace::Waiting,
        };
        vec![step(1, "=Switch, \"the\" trunk", false), step(4, "Call out", true)]
    }

    /// Where and what, of everything that is wrong.
    fn wrong<T>(changes: &Changes<T>) -> Vec<(u32, &str, Code)> {
        changes.findings.iter().map(|f| (f.row, f.column.as_str(), f.finding.code)).collect()
    }

    #[test]
    fn what_is_exported_changes_nothing() {
        let steps_there = step::all(vec![]);
        let read = steps(&file(&steps_csv(&steps_there)), &steps_there);
        assert_eq!((read.rows.len(), read.unchanged, read.findings.len()), (0, 11, 0), "{read:?}");
        let read = timed(&file(&timed_csv(&plan())), &plan());
        assert_eq!((read.rows.len(), read.unchanged, read.findings.len()), (0, 2, 0), "{read:?}");
    }

    #[test]
    fn a_row_says_what_becomes_of_its_step_and_others_stay() {
        let there = step::all(vec![]);
        let read = steps(&file("due,step,owner,needs\n2026-12-01,gate,linus,network power\n"), &there);
        assert_eq!(wrong(&read), []);
        let said: Vec<_> = read.rows.iter().map(|(_, after)| after.describe()).collect();
        assert_eq!(said, ["open; owner: linus; due: 2026-12-01; waits for: power, network"]);

        let text = "number,title,owner,planned,minutes,back_out\n4,Call out,grace,2026-12-01T08:00,45,yes\n,Wait,,2026-12-01T09:00,5,\n";
        let read = timed(&file(text), &plan());
        assert_eq!(wrong(&read), []);
        let said: Vec<_> = read.rows.iter().map(|(b, a)| (b.is_some(), a.number, a.minutes)).collect();
        assert_eq!(said, [(true, 4, 45), (false, 5, 5)]);
    }

    #[test]
    fn everything_that_is_wrong_is_named_by_row_and_column() {
        let there = step::all(vec![]);
        let text =
            "step,owner,due,needs\nroof,,,\nisp,x,soon,isp nothing\npower,,,\npower,,,\nnetwork,,,gate\n";
        assert_eq!(
            wrong(&steps(&file(text), &there)),
            [
                (2, "step", Code::StateInvalid),
                (3, "due", Code::FormInvalid),
                (3, "needs", Code::StepCircular),
                (3, "needs", Code::StateInvalid),
                (5, "step", Code::RowDuplicate),
                (0, "needs", Code::StepCircular),
            ]
        );
        let text =
            "number,title,owner,planned,minutes,back_out\n9,x,,2026-12-01T08:00,5,\n1,,,soon,0,maybe\n";
        assert_eq!(
            wrong(&timed(&file(text), &plan())),
            [
                (2, "number", Code::StateInvalid),
                (3, "title", Code::FieldMissing),
                (3, "planned", Code::FormInvalid),
                (3, "minutes", Code::FormInvalid),
                (3, "back_out", Code::StateInvalid),
            ]
        );
        for (text, code) in [("", Code::ImportEmpty), ("step,owner\n", Code::ImportHeader)] {
            assert_eq!(steps(&file(text), &there).findings[0].finding.code, code, "{text}");
        }
        let many = ",Step,,2026-12-01T08:00,5,\n".repeat(MOST);
        let text = format!("number,title,owner,planned,minutes,back_out\n{many}");
        assert_eq!(wrong(&timed(&file(&text), &plan())), [(0, "title", Code::FormInvalid)]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_and_a_faultless_sheet_applied_says_nothing_more(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            rows in proptest::collection::vec("(isp|power|gate|roof)?,[a-z]{0,3},(2026-12-0[1-9])?,(network|power)?", 0..6),
        ) {
            let there = step::all(vec![]);
            _ = steps(&Upload { name: String::new(), bytes: bytes.clone() }, &there);
            _ = timed(&Upload { name: String::new(), bytes }, &plan());
            let text = format!("step,owner,due,needs\n{}\n", rows.join("\n"));
            let read = steps(&file(&text), &there);
            if read.findings.is_empty() {
                let after = step::all(read.rows.iter().map(|(_, after)| after.clone()).collect());
                let again = steps(&file(&text), &after);
                prop_assert!(again.rows.is_empty() && again.findings.is_empty(), "{:?}", again);
            }
        }
    }
}
