//! A segment's gate on the site's page: evidence, sign-off, and the forms for both.

use crate::{
    components::{
        badge::{self, Tone, badge},
        check::check,
        facts::{facts, text},
        field::{Field, own_password},
        finding,
        form::{form, in_thirty_days},
        table::table,
        time,
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::{
    authz::Action,
    gate::{Check, Evidence, GateStatus},
    ids::UserId,
};
use leptos::prelude::*;
use services::view::SegmentView;

pub(crate) fn evidence_form(segment: &str) -> String {
    format!("evidence-{segment}")
}

pub(crate) fn sign_off_form(segment: &str) -> String {
    format!("sign-off-{segment}")
}

pub(crate) fn segment(signed: &Signed, site: &str, segment: &SegmentView, attempt: &Attempt) -> AnyView {
    let code = &segment.segment.code;
    let heading = format!("segment-{code}-title");
    let may = signed.may_at(Action::Gate, site);
    let forms = may.then(|| {
        view! {
            {evidence(signed, site, segment, attempt)}
            {sign_off(signed, site, segment, attempt)}
        }
    });
    view! {
        <section class="panel" id=format!("segment-{code}") data-gate=word(&segment.status) aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>"Segment " {code.clone()} " " {badge::gate(&segment.status)} " " {since(&segment.status)}</h2>
            {facts(vec![
                ("Network", segment.segment.cidr.to_string().into_any()),
                ("VLAN", segment.segment.vlan.map_or_else(|| text(""), IntoAny::into_any)),
                ("Time server", text(segment.segment.ntp.as_deref().unwrap_or_default())),
                ("Signed off", signature(segment)),
            ])}
            {checks(segment)}
            {missing(segment)}
            {forms}
        </section>
    }
    .into_any()
}

const fn word(status: &GateStatus) -> &'static str {
    match status {
        GateStatus::Open { .. } => "open",
        GateStatus::Expired { .. } => "expired",
        GateStatus::Shut(_) => "shut",
    }
}

fn since(status: &GateStatus) -> AnyView {
    let (before, at) = match status {
        GateStatus::Open { until } => ("until ", *until),
        GateStatus::Expired { since } => ("since ", *since),
        GateStatus::Shut(_) => return ().into_any(),
    };
    view! { <span class="since">{before} {time::time(at)}</span> }.into_any()
}

fn name(segment: &SegmentView, id: UserId) -> String {
    let id = id.to_string();
    segment.names.iter().find(|(known, _)| *known == id).map_or(id, |(_, name)| name.clone())
}

fn signature(segment: &SegmentView) -> AnyView {
    match &segment.gate.sign_off {
        None => view! { <span class="none">"by nobody"</span> }.into_any(),
        Some(signed) => view! { {name(segment, signed.by)} ", " {time::time(signed.at)} }.into_any(),
    }
}

fn checks(segment: &SegmentView) -> AnyView {
    let rows = Check::ALL
        .into_iter()
        .map(|check| {
            let found = segment.gate.evidence.iter().find(|evidence| evidence.check == check);
            let cells = match found {
                None => {
                    view! { <td>{badge(Tone::Quiet, "not checked")}</td><td></td><td></td><td></td><td></td> }
                        .into_any()
                }
                Some(found) => result(segment, found),
            };
            view! { <tr data-check=check.word()><th scope="row">{check.title()}</th>{cells}</tr> }.into_any()
        })
        .collect();
    let id = format!("checks-{}", segment.segment.code);
    let caption = format!("Evidence from {}", segment.segment.code);
    table(&id, &caption, &["Check", "Result", "What was seen", "By", "At", "Counts until"], rows, "")
}

fn result(segment: &SegmentView, found: &Evidence) -> AnyView {
    let result = if found.passed { badge(Tone::Good, "passed") } else { badge(Tone::Bad, "failed") };
    view! {
        <td>{result}</td>
        <td class="prose">{found.note.clone()}</td>
        <td data-label="By">{name(segment, found.by)}</td>
        <td data-label="At">{time::time(found.at)}</td>
        <td data-label="Counts until">{time::time(found.until)}</td>
    }
    .into_any()
}

/// What stands against a sign-off, or, with all evidence there, against the gate being open.
fn missing(segment: &SegmentView) -> Option<AnyView> {
    let findings = match &segment.status {
        GateStatus::Shut(findings) if segment.missing.is_empty() => findings.as_slice(),
        _ => segment.missing.as_slice(),
    };
    (!findings.is_empty()).then(|| view! { <h3>"What is missing"</h3> {finding::list(findings)} }.into_any())
}

fn evidence(signed: &Signed, site: &str, segment: &SegmentView, attempt: &Attempt) -> AnyView {
    let code = &segment.segment.code;
    let id = evidence_form(code);
    let results = [("passed", "Passed"), ("failed", "Failed"), ("", "Not checked")];
    let one = |of: Check| check(&id, "check", of.word(), of.title(), &results, attempt);
    let checks: Vec<_> = Check::ALL.into_iter().map(one).collect();
    let fields = view! {
        <div class="checks">{checks}</div>
        <div class="row end">
            {Field::new(&id, "until", "Counts until (UTC)")
                .kind("datetime-local")
                .value(in_thirty_days(signed.op.now))
                .required()
                .view(attempt)}
            <button>"Record evidence"</button>
        </div>
    };
    let open = attempt.typed(&id, "until").is_some();
    view! {
        <details class="act" open=open || !segment.missing.is_empty()>
            <summary>"Enter evidence"</summary>
            {form(signed, &id, "evidence", &format!("/sites/{site}/segments/{code}/evidence"), fields.into_any())}
        </details>
    }
    .into_any()
}

fn sign_off(signed: &Signed, site: &str, segment: &SegmentView, attempt: &Attempt) -> AnyView {
    let code = &segment.segment.code;
    if !segment.missing.is_empty() {
        return view! { <p class="hint">"It can be signed off once no evidence is missing."</p> }.into_any();
    }
    let id = sign_off_form(code);
    let fields = view! {
        <p>"You answer for this segment: the evidence above was taken from its own network."</p>
        <div class="row end">
            {Field::new(&id, "until", "Counts until (UTC)")
                .kind("datetime-local")
                .value(in_thirty_days(signed.op.now))
                .required()
                .view(attempt)}
            {own_password(&id, attempt)}
            <button>"Sign off"</button>
        </div>
    };
    view! {
        <details class="act" open=!matches!(segment.status, GateStatus::Open { .. })>
            <summary>"Sign the segment off"</summary>
            {form(signed, &id, "sign-off", &format!("/sites/{site}/segments/{code}/sign-off"), fields.into_any())}
        </details>
    }
    .into_any()
}
