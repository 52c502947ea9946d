//! Approval rules: what holds, what is proposed, who lends whom their authority, and earlier versions.

mod delegation;
mod form;
pub(crate) mod state;

pub(crate) use delegation::DELEGATE;
pub(crate) use form::{PROPOSE, propose, propose_page};

use crate::{
    components::{
        badge::{self, Tone, badge},
        field::{Field, own_password},
        finding,
        form::{button, form as posted},
        head::{head, section},
        id,
        prose::prose,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use domain::{Code, approval::Rule, authz::Action};
use leptos::prelude::*;
use services::{
    approvals,
    view::{ProposalView, RulesRow, RulesView},
};

pub(crate) const APPROVE: &str = "approve-rules";
pub(crate) const REJECT: &str = "reject-rules";

pub(crate) async fn show(signed: Signed) -> Answer {
    page(&signed, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    let view = approvals::view(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Approvals", || {
        let propose = (signed.may(Action::ProposeRules) && view.proposal.is_none())
            .then(|| view! { <a class="button" href="/approvals/propose">"Propose other rules"</a> });
        view! {
            {head(&[], "Approvals".into_any(), propose.into_any())}
            <p class="lede">"What a plan touches decides who has to approve it. Every rule that fits is heard, and none weakens another. Whoever made or edited something never approves it."</p>
            {finding::summary(attempt)}
            {view.proposal.as_ref().map(|proposal| proposed(signed, &view, proposal, attempt))}
            {section("rules", "Rules that hold", rules("standing-rules", &format!("Version {}", view.version), &view.rules))}
            {delegation::panel(signed, &view, attempt)}
            {section("versions", "Versions", versions(&view.versions))}
        }
        .into_any()
    }))
}

/// Rules in a table.
fn rules(id: &str, caption: &str, rules: &[Rule]) -> AnyView {
    let rows = rules
        .iter()
        .map(|rule| {
            let valid = rule.valid_days.map_or("for good".to_owned(), |days| format!("{days} days"));
            let escalates = rule.escalation.map_or("never".to_owned(), |e| {
                format!("after {} hours, to {}", e.hours, e.to.word().replace('-', " "))
            });
            view! {
                <tr data-rule=rule.name.clone()>
                    <th scope="row">{rule.name.clone()}</th>
                    <td class="prose">{rule.when.words()}</td>
                    <td data-label="Asks for">{rule.asks()}</td>
                    <td data-label="Counts">{valid}</td>
                    <td data-label="Escalates">{escalates}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let none = "No rule holds, so nothing can be approved.";
    table(id, caption, &["Rule", "When", "Asks for", "Counts", "Escalates"], rows, none)
}

fn proposed(signed: &Signed, view: &RulesView, proposal: &ProposalView, attempt: &Attempt) -> AnyView {
    let version = proposal.row.version;
    let (gone, new): (Vec<_>, Vec<_>) = (
        view.rules.iter().filter(|rule| !proposal.rules.contains(rule)).map(Rule::words).collect(),
        proposal.rules.iter().filter(|rule| !view.rules.contains(rule)).map(Rule::words).collect(),
    );
    let gone: Vec<_> =
        gone.into_iter().map(|rule| view! { <li><del class="before">{rule}</del></li> }).collect();
    let new: Vec<_> =
        new.into_iter().map(|rule| view! { <li><ins class="after">{rule}</ins></li> }).collect();
    let requester = proposal.row.requester.clone().unwrap_or_default();
    let content = view! {
        <p>{requester} " proposed " {time::time(proposal.row.at)} ": " {proposal.row.reason.clone()}</p>
        <h3>"What changes"</h3>
        <ul class="plain changes">{gone} {new}</ul>
        {rules("proposed-rules", "All rules, as they would be", &proposal.rules)}
        <p>"Digest of the rules " {id::digest(proposal.digest.clone(), "digest of the rules")}</p>
        {state::facts(&proposal.approvals, false)}
        {decide(signed, proposal, version, attempt)}
    };
    view! {
        <section class="panel" id="proposal" aria-labelledby="proposal-title">
            <h2 id="proposal-title">{format!("Proposed: version {version}")} " " {badge(Tone::Busy, "waits for approval")}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn decide(signed: &Signed, proposal: &ProposalView, version: u32, attempt: &Attempt) -> AnyView {
    let address = |verb: &str| format!("/approvals/{version}/{verb}");
    if proposal.own {
        let code = Code::ApprovalSelf;
        return view! {
            <p data-code=code.text()>{prose(code.says())} " " {prose(code.next_step())}</p>
            {button(signed, "withdraw-rules", &address("withdraw"), "Withdraw", "quiet")}
        }
        .into_any();
    }
    let approve = proposal.approvals.may_approve.then(|| {
        let fields = view! {
            <input type="hidden" name="digest" value=proposal.digest.clone() />
            <p>"You sign exactly these rules. They hold at once; plans that wait have to be submitted again under them."</p>
            {own_password(APPROVE, attempt)}
            <button>"Approve these rules"</button>
        };
        posted(signed, APPROVE, APPROVE, &address("approve"), fields.into_any())
    });
    let reject = proposal.approvals.may_reject.then(|| {
        let fields = view! {
            {Field::new(REJECT, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Reject"</button>
        };
        view! {
            <details class="act" open=attempt.typed(REJECT, "reason").is_some()>
                <summary>"Reject them instead"</summary>
                {posted(signed, REJECT, REJECT, &address("reject"), fields.into_any())}
            </details>
        }
    });
    let withdraw = signed
        .may(Action::ProposeRules)
        .then(|| button(signed, "withdraw-rules", &address("withdraw"), "Withdraw", "quiet"));
    view! { {approve} {reject} {withdraw} }.into_any()
}

fn versions(versions: &[RulesRow]) -> AnyView {
    let rows = versions
        .iter()
        .map(|row| {
            let state = match &row.state {
                _ if row.standing => badge(Tone::Good, "holds"),
                Some(state) if state.word() != "applied" => badge::state(state),
                _ => badge(Tone::Quiet, "replaced"),
            };
            let who = row.requester.clone().unwrap_or_else(|| "the program".to_owned());
            view! {
                <tr>
                    <th scope="row">{row.version}</th>
                    <td>{state}</td>
                    <td data-label="Proposed by">{who}</td>
                    <td>{time::time(row.at)}</td>
                    <td class="prose">{row.reason.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(
        "versions-table",
        "Newest first",
        &["Version", "State", "Proposed by", "At", "Why"],
        rows,
        "There is none.",
    )
}
