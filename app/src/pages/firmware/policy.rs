//! What people say about firmware: who should have which, by which way, from when on, and how fast.

use super::{size, upload::vendors};
use crate::{
    components::{
        facts::none,
        field::Field,
        form::{button, form},
        table::table,
        time,
    },
    fields::Attempt,
    visitor::Signed,
};
use domain::{authz::Action, layer::Level};
use leptos::prelude::*;
use services::firmware::view::{FirmwareView, SiteView, WantedView};

pub(crate) const WANT: &str = "want";
pub(crate) const FORGET: &str = "forget";
pub(crate) const STEP: &str = "step";
pub(crate) const MINIMUM: &str = "minimum";
pub(crate) const BUDGET: &str = "budget";

/// Budgets, and how long it takes at them.
pub(super) fn sites(signed: &Signed, view: &FirmwareView, attempt: &Attempt) -> AnyView {
    let rows = view.sites.iter().map(site).collect();
    let heads = ["Site", "#Budget", "#Phones still to fetch", "#Bytes", "Estimated finish"];
    let set = signed.may(Action::Firmware).then(|| {
        let fields = view! {
            <div class="row end">
                {choice(BUDGET, "site", "Site", "", view, attempt)}
                {Field::new(BUDGET, "kbps", "kbit/s").hint("Empty: no limit.").view(attempt)}
                <button class="quiet">"Set the budget"</button>
            </div>
        };
        form(signed, BUDGET, BUDGET, "/firmware/budget", fields.into_any())
    });
    view! {
        <p class="hint">"A download that would go beyond the budget of its site is told when to come back. The estimate is phones × size ÷ budget, if every phone asks as soon as it may."</p>
        {table("site-budgets", "Sites: share of the line, and what is still to be fetched", &heads, rows, "There is no site yet.")}
        {set}
    }
    .into_any()
}

fn site(site: &SiteView) -> AnyView {
    let budget = site.kbps.map_or_else(|| "no limit".to_owned(), |kbps| format!("{kbps} kbit/s"));
    let finish = match (site.devices, site.finish) {
        (0, _) => view! { <span class="none">"nothing to fetch"</span> }.into_any(),
        (_, None) => view! { <span class="none">"not limited"</span> }.into_any(),
        (_, Some(at)) => time::time(at),
    };
    view! {
        <tr data-site=site.code.clone()>
            <th scope="row"><a href=format!("/sites/{}", site.code)>{site.name.clone()}</a></th>
            <td class="number" data-label="Budget">{budget}</td>
            <td class="number" data-label="Phones">{site.devices}</td>
            <td class="number" data-label="Bytes">{size(site.bytes)}</td>
            <td data-label="Finish">{finish}</td>
        </tr>
    }
    .into_any()
}

/// A choice of site; `all` is what stands for none of them.
fn choice(
    form: &str,
    name: &'static str,
    label: &'static str,
    all: &'static str,
    view: &FirmwareView,
    attempt: &Attempt,
) -> AnyView {
    let id = format!("{form}-{name}");
    let typed = attempt.typed(form, name).unwrap_or_default().to_owned();
    let options: Vec<_> = view
        .sites
        .iter()
        .map(|site| view! { <option value=site.code.clone() selected=site.code == typed>{site.name.clone()}</option> })
        .collect();
    let all = (!all.is_empty()).then(|| view! { <option value="">{all}</option> });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id.clone() name=name>{all}{options}</select>
        </div>
    }
    .into_any()
}

/// Layers that say what phones should have, and the form that says it.
pub(super) fn wanted(signed: &Signed, view: &FirmwareView, attempt: &Attempt) -> AnyView {
    let may = signed.may(Action::Firmware);
    let rows = view.wanted.iter().enumerate().map(|(n, row)| said(signed, n, row, attempt)).collect();
    let heads = ["For", "Version", "Said by", "Action"];
    view! {
        <p class="hint">"What is said for a device wins over its site, a site over a model. A phone keeps what it has until it is sent elsewhere."</p>
        {table("wanted-table", "Who should have which firmware", &heads, rows, "Nobody has said it yet: phones keep what they have.")}
        {may.then(|| want(signed, view, attempt))}
    }
    .into_any()
}

fn said(signed: &Signed, n: usize, row: &WantedView, attempt: &Attempt) -> AnyView {
    // The name of a model's or a site's layer says what it is of; only a device has to be named as one.
    let level = if row.level == Level::Model { "model" } else { row.level.word() };
    let id = format!("{FORGET}-{n}");
    let forget = signed.may(Action::Firmware).then(|| {
        let fields = view! {
            <input type="hidden" name="level" value=row.level.word() />
            <input type="hidden" name="scope" value=row.scope.clone() />
            {Field::new(&id, "reason", "Reason").required().view(attempt)}
            <button class="quiet" aria-label=format!("Forget it for {level} {}", row.name)>"Forget"</button>
        };
        view! {
            <details>
                <summary>"Forget"</summary>
                {form(signed, &id, FORGET, "/firmware/forget", fields.into_any())}
            </details>
        }
    });
    view! {
        <tr>
            <th scope="row">{level} " " {row.name.clone()}</th>
            <td data-label="Version"><code>{row.versions.clone()}</code></td>
            <td data-label="Said by">{row.change.clone()}</td>
            <td>{forget}</td>
        </tr>
    }
    .into_any()
}

fn want(signed: &Signed, view: &FirmwareView, attempt: &Attempt) -> AnyView {
    let typed = attempt.typed(WANT, "image").unwrap_or_default().to_owned();
    let images: Vec<_> = view.images.iter().filter(|stored| stored.withdrawn.is_none()).collect();
    if images.is_empty() {
        return view! { <p class="empty">"Upload an image first."</p> }.into_any();
    }
    let options: Vec<_> = images
        .into_iter()
        .map(|stored| {
            let image = &stored.image;
            let models: Vec<_> = image.models.iter().map(String::as_str).collect();
            let id = image.id.to_string();
            let words = format!("{} {} ({})", image.vendor, image.version, models.join(", "));
            view! { <option value=id.clone() selected=id == typed>{words}</option> }
        })
        .collect();
    let fields = view! {
        <div class="row end">
            <div class="field">
                <label for="want-image">"Image"</label>
                <select id="want-image" name="image">{options}</select>
            </div>
            {choice(WANT, "site", "Site", "All sites", view, attempt)}
            {Field::new(WANT, "mac", "One device alone").hint("Its MAC, to try it out.").view(attempt)}
        </div>
        <div class="row end">
            {Field::new(WANT, "reason", "Reason").required().view(attempt)}
            <button>"Send phones there"</button>
        </div>
    };
    form(signed, WANT, WANT, "/firmware/want", fields.into_any())
}

pub(super) fn steps(signed: &Signed, view: &FirmwareView, attempt: &Attempt) -> AnyView {
    let may = signed.may(Action::Firmware);
    let rows = view
        .steps
        .iter()
        .map(|(id, vendor, step)| {
            let drop = may.then(|| {
                button(
                    signed,
                    &format!("drop-{id}"),
                    &format!("/firmware/steps/{id}/drop"),
                    "Remove",
                    "quiet",
                )
            });
            view! {
                <tr>
                    <th scope="row">{vendor.name()}</th>
                    <td data-label="From"><code>{step.from.to_string()}</code> " or older"</td>
                    <td data-label="By way of"><code>{step.via.to_string()}</code></td>
                    <td data-label="To"><code>{step.to.to_string()}</code> " or newer"</td>
                    <td>{drop}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Vendor", "From", "By way of", "To", "Action"];
    let add = may.then(|| {
        let fields = view! {
            <div class="row end">
                {vendors(STEP, attempt)}
                {Field::new(STEP, "from", "From, or older").hint("108.84.0.90").required().view(attempt)}
                {Field::new(STEP, "via", "By way of").hint("108.85.0.5").required().view(attempt)}
                {Field::new(STEP, "to", "To, or newer").hint("108.86.0.1").required().view(attempt)}
                <button class="quiet">"Add the step"</button>
            </div>
        };
        form(signed, STEP, STEP, "/firmware/steps", fields.into_any())
    });
    view! {
        {table("steps-table", "Versions that have to be passed through", &heads, rows, "No vendor's rule has been entered: every phone goes directly.")}
        {add}
    }
    .into_any()
}

pub(super) fn minimums(signed: &Signed, view: &FirmwareView, attempt: &Attempt) -> AnyView {
    let may = signed.may(Action::Firmware);
    let rows = view
        .minimums
        .iter()
        .enumerate()
        .map(|(n, minimum)| {
            let drop = may.then(|| {
                let fields = view! {
                    <input type="hidden" name="vendor" value=minimum.vendor.name() />
                    <input type="hidden" name="path" value=minimum.path.as_str().to_owned() />
                    <button class="quiet" aria-label=format!("Remove {}", minimum.path)>"Remove"</button>
                };
                form(
                    signed,
                    &format!("drop-minimum-{n}"),
                    "drop-minimum",
                    "/firmware/minimums/drop",
                    fields.into_any(),
                )
            });
            view! {
                <tr>
                    <th scope="row"><code>{minimum.path.as_str().to_owned()}</code></th>
                    <td>{minimum.vendor.name()}</td>
                    <td data-label="Release"><code>{minimum.release.to_string()}</code> " or newer"</td>
                    <td>{drop.unwrap_or_else(none)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Setting", "Vendor", "Release", "Action"];
    let add = may.then(|| {
        let fields = view! {
            <div class="row end">
                {vendors(MINIMUM, attempt)}
                {Field::new(MINIMUM, "path", "Setting").hint("Its path: network.lldp").required().view(attempt)}
                {Field::new(MINIMUM, "release", "Release").hint("Without the hardware's number: 86.0").required().view(attempt)}
                <button class="quiet">"Set the minimum"</button>
            </div>
        };
        form(signed, MINIMUM, MINIMUM, "/firmware/minimums", fields.into_any())
    });
    view! {
        {table("minimums-table", "The oldest release that knows a setting", &heads, rows, "No setting is known to need newer firmware.")}
        {add}
    }
    .into_any()
}
