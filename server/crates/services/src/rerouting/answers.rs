//! The five answers of a request that changes something beside lines.

use super::Rerouted;
use domain::{change_request::Route, plan::Answer};
use std::collections::BTreeSet;

/// So many are said one by one.
const MANY: usize = 20;

/// The five answers.
pub(crate) fn answers(all: &[Rerouted], number: i64) -> Vec<Answer> {
    let answer = |id: &str, question: &str, facts: Vec<String>, concern: bool| Answer {
        id: id.to_owned(),
        question: question.to_owned(),
        facts,
        concern,
    };
    let names = named(all);
    let blocked: Vec<_> = all.iter().flat_map(|r| &r.findings).filter(|f| f.blocks()).collect();
    let known = if blocked.is_empty() {
        vec![format!(
            "Everything that is named for {names} is known here, and no call goes round in a circle."
        )]
    } else {
        blocked.iter().take(MANY).map(ToString::to_string).collect()
    };
    let sites: BTreeSet<_> = all.iter().map(|r| r.change.site.as_str()).collect();
    let sites = sites.into_iter().collect::<Vec<_>>().join(", ");
    let uncovered: Vec<_> = all.iter().flat_map(|r| &r.uncovered).collect();
    let mut users: Vec<_> = all.iter().take(MANY).map(afterwards).collect();
    users.extend(
        uncovered.iter().take(MANY).map(|f| format!("{} is open and uncovered: {}", f.subject, f.detail)),
    );
    vec![
        answer("F1", "Are the inputs known to be right?", known, !blocked.is_empty()),
        answer(
            "F2",
            "How many devices, lines and people change?",
            vec![format!("{names}, at {sites}. {}", phones(all))],
            false,
        ),
        answer("F3", "Can one device be put back?", all.iter().take(MANY).map(back).collect(), false),
        answer(
            "F4",
            "Can support explain it afterwards?",
            vec![format!("The record has it before and after, with CR-{number} and who approved it.")],
            false,
        ),
        answer("F5", "What happens to users if it fails?", users, !uncovered.is_empty()),
    ]
}

fn named(all: &[Rerouted]) -> String {
    let names: Vec<_> = all.iter().take(MANY).map(|r| r.change.subject.clone()).collect();
    match all.len().saturating_sub(MANY) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

fn phones(all: &[Rerouted]) -> String {
    let sharing: Vec<_> = all.iter().flat_map(|one| one.phones.iter().map(String::as_str)).collect();
    if !sharing.is_empty() {
        let sharing = sharing.join(", ");
        return format!(
            "The files of {sharing} say whether the line is shared; no other device's bytes change."
        );
    }
    let excepted = all.iter().filter(|r| matches!(r.route, Route::Exception { .. }));
    let others: Vec<_> = excepted.map(|r| !r.change.differences.is_empty()).collect();
    let changed = others.iter().filter(|changed| **changed).count();
    match (others.len(), changed) {
        (0, _) => "No device's bytes change.".to_owned(),
        (many, changed) if many == changed => format!("The files of {changed} phones change."),
        (many, changed) => {
            format!("The files of {changed} of {many} phones change; the others say it already.")
        }
    }
}

fn back(r: &Rerouted) -> String {
    match (&r.route, &r.change.before) {
        (Route::Place { mac, .. }, Some(before)) => {
            format!("A request with the place before puts {mac} back: {before}.")
        }
        (Route::Place { mac, .. }, None) => {
            format!("{mac} had no place; what comes after this is another place.")
        }
        (Route::Exception { mac, exception, .. }, _) => match exception.expires {
            Some(at) => format!("At {at} {mac} is as it was without it, by itself."),
            None => format!("{mac} is held to an earlier revision by a return; it does not end by itself."),
        },
        (_, Some(before)) => {
            format!("A request with what is there now puts {} back: {before}.", r.change.subject)
        }
        (_, None) => format!("{} was nothing before: it is removed again.", r.change.subject),
    }
}

fn afterwards(r: &Rerouted) -> String {
    let subject = &r.change.subject;
    match &r.route {
        Route::Exception { mac, .. } => {
            format!("{mac} keeps the file that it has until its next fetch. Its lines stay as they are.")
        }
        Route::Class { .. } => format!(
            "From then on it is agreed how far {subject} may call; the platform is told by whoever keeps it."
        ),
        Route::Place { mac, .. } => format!(
            "Its lines and files stay as they are. From then on an emergency call from {mac} is located at the new place here; the platform and the carrier are told by whoever keeps them."
        ),
        Route::NoGroup { .. } => format!("Calls lead to {subject} no more."),
        Route::Profile { .. } | Route::Group { .. } | Route::Schedule { .. } => format!(
            "From then on {subject} is agreed to lead calls as written above; the platform is told by whoever keeps it."
        ),
    }
}
