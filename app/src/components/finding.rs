//! Findings: severity in a word, the code, what is the case, and what to do next.

use super::{
    badge::{Tone, badge},
    prose::prose,
    table::table,
};
use crate::fields::Attempt;
use domain::{Finding, Severity};
use leptos::prelude::*;

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Note => Tone::Quiet,
        Severity::Warning => Tone::Warning,
        Severity::Blocking => Tone::Bad,
    }
}

pub(crate) fn severity(severity: Severity) -> AnyView {
    badge(tone(severity), severity.word())
}

fn item(finding: &Finding) -> AnyView {
    let code = finding.code;
    let subject = (!finding.subject.is_empty())
        .then(|| view! { <span class="subject">{finding.subject.clone()}</span> });
    view! {
        <li class="finding" data-code=code.text()>
            <p class="finding-head">{severity(code.severity())} <code>{code.text()}</code> {subject}</p>
            <p>{says(finding)}</p>
            <p class="next">"Next: " {prose(code.next_step())}</p>
        </li>
    }
    .into_any()
}

/// What is the case, in general and here.
pub(crate) fn says(finding: &Finding) -> AnyView {
    let space = if finding.detail.is_empty() { "" } else { " " };
    view! { {prose(finding.code.says())} {space} {prose(&finding.detail)} }.into_any()
}

/// Every finding, in full.
pub(crate) fn list(findings: &[Finding]) -> AnyView {
    view! { <ul class="findings">{findings.iter().map(item).collect::<Vec<_>>()}</ul> }.into_any()
}

/// Every finding, or a sentence that says that there is none.
pub(crate) fn list_or(findings: &[Finding], none: &'static str) -> AnyView {
    if findings.is_empty() { view! { <p class="calm">{none}</p> }.into_any() } else { list(findings) }
}

/// Findings of one kind as rows: what the code says stands once, in the caption.
pub(crate) fn rows(id: &str, findings: &[Finding], none: &str) -> AnyView {
    let Some(first) = findings.first() else {
        return view! { <p class="calm" id=id.to_owned()>{none.to_owned()}</p> }.into_any();
    };
    let caption = format!("{} Next: {}", first.code.says(), first.code.next_step());
    let row = |finding: &Finding| {
        view! {
            <tr data-code=finding.code.text()>
                <th scope="row">{finding.subject.clone()}</th>
                <td class="prose">{prose(&finding.detail)}</td>
            </tr>
        }
        .into_any()
    };
    table(id, &caption, &["About", "What is the case"], findings.iter().map(row).collect(), "")
}

/// Codes in a row, for a cell of a table.
pub(crate) fn codes(findings: &[Finding]) -> AnyView {
    findings
        .iter()
        .map(
            |finding| view! { <code class="code" title=finding.to_string()>{finding.code.text()}</code> " " },
        )
        .collect::<Vec<_>>()
        .into_any()
}

/// Why a form did nothing; the focus goes here, without a script.
pub(crate) fn summary(attempt: &Attempt) -> Option<AnyView> {
    let findings = attempt.findings();
    if findings.is_empty() {
        return None;
    }
    let view = view! {
        <div class="summary" id="errors" role="alert" tabindex="-1" autofocus>
            <h2>"Nothing was changed"</h2>
            {list(findings)}
        </div>
    };
    Some(view.into_any())
}
