//! Proposing other rules: all of them in one form, and an empty one at its end.

use crate::{
    components::{
        field::Field,
        finding,
        form::form,
        head::{head, step},
    },
    fields::{Attempt, Fields},
    visitor::{Answer, Signed},
};
use domain::{
    approval::{Rule, Subject},
    authz::{Action, Role, authorise},
    plan::Kind,
};
use leptos::prelude::*;
use services::approvals;

pub(crate) const PROPOSE: &str = "rules";

pub(crate) async fn propose(signed: Signed) -> Answer {
    let standing = approvals::view(signed.services(), &signed.op).await?.rules;
    propose_page(&signed, &Attempt::prefilled(PROPOSE, filled(&standing))).await
}

/// The fields of rules, as the form sends them.
fn filled(rules: &[Rule]) -> Fields {
    let mut fields = Fields::default().with("count", &rules.len().to_string());
    let join = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
    for (n, rule) in rules.iter().enumerate() {
        let name = |field: &str| format!("{n}.{field}");
        let some = |n: u32| if n == 0 { String::new() } else { n.to_string() };
        fields = fields
            .with(&name("name"), &rule.name)
            .with(&name("sites"), &join(&rule.when.sites))
            .with(&name("classes"), &join(&rule.when.classes))
            .with(&name("devices"), &some(rule.when.devices))
            .with(&name("days"), &some(rule.valid_days.map_or(0, u32::from)))
            .with(&name("hours"), &some(rule.escalation.map_or(0, |e| u32::from(e.hours))))
            .with(&name("to"), rule.escalation.map_or("", |e| e.to.word()));
        for subject in &rule.when.subjects {
            fields = fields.with(&name("subjects"), subject.word());
        }
        for (role, count) in &rule.needs {
            fields = fields.with(&name(role.word()), &count.to_string());
        }
        for (flag, set) in [
            ("number-change", rule.when.number_change),
            ("class-raised", rule.when.class_raised),
            ("ticket", rule.ticket),
        ] {
            if set {
                fields = fields.with(&name(flag), "yes");
            }
        }
    }
    fields
}

pub(crate) async fn propose_page(signed: &Signed, attempt: &Attempt) -> Answer {
    authorise(&signed.op.actor, Action::ProposeRules).map_err(services::Problem::from)?;
    let count: usize = attempt.typed(PROPOSE, "count").and_then(|n| n.parse().ok()).unwrap_or(0);
    // The empty rule at the end of what was sent is the one for another.
    let name = |n: usize| attempt.typed(PROPOSE, &format!("{n}.name")).unwrap_or_default().trim();
    let count = (0..count.min(20)).rev().find(|n| !name(*n).is_empty()).map_or(0, |last| last + 1);
    Ok(signed.page(attempt.status(), "Propose approval rules", || {
        let rules: Vec<_> = (0..=count).map(|n| rule(n, n == count, attempt)).collect();
        let fields = view! {
            <input type="hidden" name="count" value=(count + 1).to_string() />
            {rules}
            <div class="row end">
                {Field::new(PROPOSE, "reason", "Why other rules").hint("Whoever approves them reads it.").required().view(attempt)}
                <button>"Propose these rules"</button>
            </div>
        };
        view! {
            {head(&[step("/approvals", "Approvals")], "Propose other rules".into_any(), ().into_any())}
            <p class="lede">"Nothing changes before somebody else has approved them, as the rules that hold now ask. A rule without a name is left out."</p>
            {finding::summary(attempt)}
            {form(signed, PROPOSE, PROPOSE, "/approvals", fields.into_any())}
        }
        .into_any()
    }))
}

fn rule(n: usize, new: bool, attempt: &Attempt) -> AnyView {
    let name = |field: &str| format!("{n}.{field}");
    let title = match attempt.typed(PROPOSE, &name("name")) {
        Some(text) if !new && !text.is_empty() => text.to_owned(),
        _ => "Another rule".to_owned(),
    };
    let open = !new && !attempt.findings().is_empty();
    let text = |field: &str, label: &str, hint: &'static str| {
        Field::new(PROPOSE, &name(field), label).hint(hint).view(attempt)
    };
    let subjects: Vec<_> = Subject::ALL
        .into_iter()
        .map(|subject| tick(&name("subjects"), subject.word(), subject_title(subject), attempt))
        .collect();
    let needs: Vec<_> =
        Action::Approve.roles().iter().map(|role| text(role.word(), &people(*role), "0 to 3")).collect();
    view! {
        <details class="check rule" open=open>
            <summary>{title}</summary>
            {text("name", "Name", "Empty to leave the rule out.")}
            <fieldset>
                <legend>"When it is"</legend>
                <ul class="choices many">{subjects}</ul>
                <p class="hint">"None ticked: any change request."</p>
            </fieldset>
            <fieldset>
                <legend>"And all of these, where something is said"</legend>
                <div class="checks">
                    {text("sites", "Sites", "Codes, with blanks between.")}
                    {text("devices", "From so many devices on", "A number.")}
                    {text("classes", "Lines with a class of service", "Such as executive emergency.")}
                </div>
                <ul class="choices">
                    {tick(&name("number-change"), "yes", "A number changes", attempt)}
                    {tick(&name("class-raised"), "yes", "A class of service is raised", attempt)}
                </ul>
            </fieldset>
            <fieldset>
                <legend>"It asks for"</legend>
                <div class="checks">{needs}</div>
                <ul class="choices">{tick(&name("ticket"), "yes", "The number of a ticket elsewhere", attempt)}</ul>
            </fieldset>
            <div class="checks">
                {text("days", "An approval counts for days", "Empty: for good.")}
                {text("hours", "Unanswered for hours, it escalates", "Empty: never.")}
                {role_choice(&name("to"), attempt)}
            </div>
        </details>
    }
    .into_any()
}

const fn subject_title(subject: Subject) -> &'static str {
    match subject {
        Subject::Change(Kind::Bind) => "binding a line",
        Subject::Change(Kind::Unbind) => "revoking a line",
        Subject::Change(Kind::Move) => "moving a line",
        Subject::Change(Kind::Swap) => "swapping two lines",
        Subject::Change(Kind::Replace) => "replacing a device",
        Subject::Change(Kind::NumberChange) => "changing a number",
        Subject::Change(Kind::ProfileChange) => "where calls of an extension go",
        Subject::Change(Kind::GroupChange) => "who rings in a hunt group",
        Subject::Change(Kind::ClassChange) => "how far an extension may call",
        Subject::Change(Kind::ScheduleChange) => "the hours of a schedule",
        Subject::Change(Kind::Exception) => "an exception for phones",
        Subject::Change(Kind::Relocation) => "another place for phones",
        Subject::Change(Kind::Bulk) => "many at once",
        Subject::Layer => "another version of a layer",
        Subject::Rules => "other approval rules",
    }
}

fn people(role: Role) -> String {
    let mut word = role.title().to_owned();
    word.push('s');
    word[..1].to_uppercase() + &word[1..]
}

fn tick(name: &str, value: &'static str, label: &'static str, attempt: &Attempt) -> AnyView {
    let id = format!("{PROPOSE}-{}-{value}", name.replace('.', "-"));
    let checked = attempt.typed_all(PROPOSE, name).iter().any(|typed| typed == value);
    view! {
        <li class="choice">
            <input type="checkbox" id=id.clone() name=name.to_owned() value=value checked=checked />
            <label for=id.clone()>{label}</label>
        </li>
    }
    .into_any()
}

fn role_choice(name: &str, attempt: &Attempt) -> AnyView {
    let chosen = attempt.typed(PROPOSE, name).unwrap_or_default().to_owned();
    let id = format!("{PROPOSE}-{}", name.replace('.', "-"));
    let roles: Vec<_> = Action::Approve
        .roles()
        .iter()
        .map(
            |role| view! { <option value=role.word() selected=chosen == role.word()>{role.title()}</option> },
        )
        .collect();
    view! {
        <div class="field">
            <label for=id.clone()>"To"</label>
            <span class="hint">"Never to the requester."</span>
            <select id=id.clone() name=name.to_owned()><option value="">"nobody"</option>{roles}</select>
        </div>
    }
    .into_any()
}
