//! Vendor roots: what stands behind factory certificates, its history, adding and withdrawing.

use crate::{
    components::{
        badge::{Tone, badge},
        facts,
        field::Field,
        finding,
        form::form,
        head::{plain, section},
        id,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use domain::{authz::Action, vendor::Vendor};
use leptos::prelude::*;
use services::roots::{self, RootView};

pub(crate) const ADD: &str = "root";
pub(crate) const WITHDRAW: &str = "withdraw";

pub(crate) async fn show(signed: Signed) -> Answer {
    page(&signed, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    let all = roots::list(signed.services(), &signed.op).await?;
    let may = signed.may(Action::ManageRoots);
    Ok(signed.page(attempt.status(), "Vendor roots", || {
        let (some, none): (Vec<_>, Vec<_>) =
            Vendor::ALL.into_iter().partition(|vendor| all.iter().any(|root| root.vendor == vendor.name()));
        let vendors: Vec<_> = some
            .into_iter()
            .map(|vendor| section(vendor.name(), vendor.title(), of_vendor(signed, vendor, &all, may, attempt)))
            .collect();
        view! {
            {plain("Vendor roots")}
            <p class="lede">"A phone that shows a certificate of its vendor proves itself by it, without a credential of ours. The certificates here say whose word counts."</p>
            {finding::summary(attempt)}
            {vendors}
            {without(&none)}
            {may.then(|| section("add", "Add roots", add(signed, attempt)))}
        }
        .into_any()
    }))
}

/// The vendors of which there is no root, in one line.
fn without(vendors: &[Vendor]) -> Option<AnyView> {
    let names: Vec<_> = vendors.iter().map(|vendor| vendor.title()).collect();
    (!names.is_empty()).then(|| {
        let says = view! {
            <p>{names.join(", ")} "."</p>
            <p class="hint">"Certificates of these phones prove nothing; the phones use their credential."</p>
        };
        section("without", "Without a root", says.into_any())
    })
}

fn of_vendor(signed: &Signed, vendor: Vendor, all: &[RootView], may: bool, attempt: &Attempt) -> AnyView {
    let of = || all.iter().filter(|root| root.vendor == vendor.name());
    let standing: Vec<_> =
        of().filter(|root| root.withdrawn.is_none()).map(|root| row(signed, root)).collect();
    let withdrawn: Vec<_> = of().filter_map(|root| Some(past(root, root.withdrawn.as_ref()?))).collect();
    let (name, title) = (vendor.name(), vendor.title());
    let heads = ["#Version", "Subject", "SHA-256", "Valid", "Added"];
    let past = (!withdrawn.is_empty()).then(|| {
        let heads = ["#Version", "Subject", "SHA-256", "Added", "Withdrawn", "Why"];
        table(&format!("{name}-withdrawn"), &format!("Withdrawn roots of {title}"), &heads, withdrawn, "")
    });
    let choices: Vec<_> = of().filter(|root| root.withdrawn.is_none()).collect();
    let form = (may && !choices.is_empty()).then(|| withdraw(signed, name, &choices, attempt));
    view! {
        {table(&format!("{name}-roots"), &format!("Roots of {title}"), &heads, standing, "Every one is withdrawn: certificates of these phones prove nothing.")}
        {form}
        {past}
    }
    .into_any()
}

fn row(signed: &Signed, root: &RootView) -> AnyView {
    let ended = root.not_after.is_some_and(|end| end < signed.op.now);
    let (at, by) = root.added.clone();
    view! {
        <tr data-root=root.fingerprint.clone()>
            <td class="number" data-label="Version">{root.version}</td>
            <th scope="row" class="prose">{root.subject.clone()}</th>
            <td data-label="SHA-256">{id::digest(root.fingerprint.clone(), "fingerprint")}</td>
            <td data-label="Valid">
                {time::maybe(root.not_before, "unreadable")} " to " {time::maybe(root.not_after, "unreadable")}
                {ended.then(|| view! { " " {badge(Tone::Warning, "expired")} })}
            </td>
            <td data-label="Added">{time::time(at)} " by " {by}</td>
        </tr>
    }
    .into_any()
}

fn past(root: &RootView, withdrawn: &(domain::Timestamp, String, String)) -> AnyView {
    let (at, by, reason) = withdrawn.clone();
    let (added, adder) = root.added.clone();
    view! {
        <tr data-root=root.fingerprint.clone()>
            <td class="number" data-label="Version">{root.version}</td>
            <th scope="row" class="prose">{root.subject.clone()}</th>
            <td data-label="SHA-256">{id::digest(root.fingerprint.clone(), "fingerprint")}</td>
            <td data-label="Added">{time::time(added)} " by " {adder}</td>
            <td data-label="Withdrawn">{time::time(at)} " by " {by}</td>
            <td class="prose" data-label="Why">{facts::text(&reason)}</td>
        </tr>
    }
    .into_any()
}

fn withdraw(signed: &Signed, vendor: &str, roots: &[&RootView], attempt: &Attempt) -> AnyView {
    let id = format!("{WITHDRAW}-{vendor}");
    let chosen = attempt.typed(&id, "root").unwrap_or_default().to_owned();
    let options: Vec<_> = roots
        .iter()
        .map(|root| {
            let short: String = root.fingerprint.chars().take(12).collect();
            let label = format!("version {}: {} ({short})", root.version, root.subject);
            view! { <option value=root.id.clone() selected=root.id == chosen>{label}</option> }
        })
        .collect();
    let select = format!("{id}-root");
    let fields = view! {
        <input type="hidden" name="vendor" value=vendor.to_owned() />
        <div class="row end">
            <div class="field long">
                <label for=select.clone()>"Root"</label>
                <select id=select.clone() name="root">{options}</select>
            </div>
            {Field::new(&id, "reason", "Reason").required().view(attempt)}
            <button class="quiet">"Withdraw"</button>
        </div>
        <p class="hint">"From then on certificates below it prove nothing. What was proven before stays on record."</p>
    };
    form(signed, &id, WITHDRAW, "/roots/withdraw", fields.into_any())
}

fn add(signed: &Signed, attempt: &Attempt) -> AnyView {
    let token = signed.services().form_token();
    let chosen = attempt.typed(ADD, "vendor").unwrap_or_default();
    let vendors: Vec<_> = Vendor::ALL
        .into_iter()
        .map(|v| view! { <option value=v.name() selected=v.name() == chosen>{v.title()}</option> })
        .collect();
    let marked = attempt.marks(ADD, "pem").then_some("true");
    view! {
        <form class="panel" id=ADD data-form=ADD method="post" action="/roots" enctype="multipart/form-data">
            <input type="hidden" name="token" value=token />
            <div class="field">
                <label for="root-vendor">"Vendor"</label>
                <select id="root-vendor" name="vendor">{vendors}</select>
            </div>
            <div class="field">
                <label for="root-files">"PEM files"</label>
                <span class="hint" id="root-files-hint">"Roots, and the issuers below them, which phones often do not send. All are added or none. No private key: it would be refused, and never kept."</span>
                <input id="root-files" name="files" type="file" multiple accept=".pem,.crt,.cer,.txt" aria-describedby="root-files-hint" aria-invalid=marked />
            </div>
            <div class="field">
                <label for="root-pem">"Or paste them"</label>
                <span class="hint" id="root-pem-hint">"It is not shown again when it is refused."</span>
                <textarea id="root-pem" name="pem" rows="6" spellcheck="false" autocomplete="off" aria-describedby="root-pem-hint" aria-invalid=marked></textarea>
            </div>
            <div class="row"><button>"Add"</button></div>
        </form>
    }
    .into_any()
}
