//! Firmware: images, which phones should have which, which do not, and how long it will take.

mod policy;
mod upload;

pub(crate) use policy::{BUDGET, FORGET, MINIMUM, STEP, WANT};
pub(crate) use upload::UPLOAD;

use crate::{
    components::{
        badge::{Tone, badge},
        field::Field,
        finding,
        form::form,
        head::{plain, section},
        id,
        pager::pager,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::extract::Query;
use domain::authz::Action;
use leptos::prelude::*;
use serde::Deserialize;
use services::{
    firmware,
    firmware::view::{DeviceFirmware, FirmwareView, ImageView, MismatchView},
    view::Page,
};

/// Where the list of mismatches starts.
#[derive(Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    after: String,
}

pub(crate) async fn show(signed: Signed, Query(place): Query<Place>) -> Answer {
    render(&signed, &place.after, &Attempt::default()).await
}

/// The page again, after a form that did nothing.
pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    render(signed, "", attempt).await
}

async fn render(signed: &Signed, after: &str, attempt: &Attempt) -> Answer {
    let view = firmware::list(signed.services(), &signed.op, after).await?;
    let may = signed.may(Action::Firmware);
    Ok(signed.page(attempt.status(), "Firmware", || {
        view! {
            {plain("Firmware")}
            <p class="lede">"Which phones should have which firmware, which do not have it, and when they will."</p>
            {finding::summary(attempt)}
            {section("differ", "Phones that differ", differ(&view, after))}
            {section("sites", "Sites", policy::sites(signed, &view, attempt))}
            {section("images", "Images", images(signed, &view.images, attempt))}
            {may.then(|| section("upload", "Upload an image", upload::form_of(signed, &view, attempt)))}
            {section("wanted", "What phones should have", policy::wanted(signed, &view, attempt))}
            {section("steps", "Steps that cannot be skipped", policy::steps(signed, &view, attempt))}
            {section("minimums", "Settings that need newer firmware", policy::minimums(signed, &view, attempt))}
        }
        .into_any()
    }))
}

fn differ(view: &FirmwareView, after: &str) -> AnyView {
    let Page { rows, next } = &view.mismatches;
    let none = if view.wanted.is_empty() {
        "Nobody has said yet which firmware phones should have."
    } else {
        "Every phone has what it should have."
    };
    let rows = rows.iter().map(differing).collect();
    let heads = ["MAC", "Model", "Site", "Has", "Should have", "Is sent to", "Last proven fetch"];
    view! {
        {table("mismatches", "Phones that do not have, or are not known to have, what they should", &heads, rows, none)}
        {pager("/firmware", &[], after, next.as_deref())}
    }
    .into_any()
}

fn differing(row: &MismatchView) -> AnyView {
    let has = row.installed.as_ref().map_or_else(
        || badge(Tone::Warning, "unknown"),
        |version| view! { <code>{version.clone()}</code> }.into_any(),
    );
    view! {
        <tr data-mac=row.mac.bare()>
            <th scope="row">{id::device(row.mac)}</th>
            <td>{row.model.clone()}</td>
            <td><a href=format!("/sites/{}", row.site)>{row.site.clone()}</a></td>
            <td data-label="Has">{has}</td>
            <td data-label="Should have"><code>{row.wanted.clone()}</code></td>
            <td data-label="Is sent to">{next(&row.file, row.finding.as_ref())}</td>
            <td data-label="Last fetch">{time::maybe(row.seen, "never")}</td>
        </tr>
    }
    .into_any()
}

/// The image that a phone is sent to next, or why to none.
fn next(file: &str, finding: Option<&domain::Finding>) -> AnyView {
    match finding {
        Some(finding) => {
            view! { {finding::severity(finding.code.severity())} " " {finding::says(finding)} }.into_any()
        }
        None if file.is_empty() => {
            view! { <span class="none">"nothing until its next fetch"</span> }.into_any()
        }
        None => view! { <code>{file.to_owned()}</code> }.into_any(),
    }
}

/// What a device has and should have, in one fact of its page.
pub(crate) fn of_device(firmware: &DeviceFirmware) -> AnyView {
    let has = if firmware.installed.is_empty() {
        badge(Tone::Warning, "unknown")
    } else {
        view! { <code>{firmware.installed.clone()}</code> }.into_any()
    };
    let wanted = (!firmware.wanted.is_empty() && firmware.wanted != firmware.installed).then(|| {
        view! { "; should have " <code>{firmware.wanted.clone()}</code> " " {badge(Tone::Warning, "differs")} }
    });
    view! { {has} {wanted} }.into_any()
}

fn images(signed: &Signed, all: &[ImageView], attempt: &Attempt) -> AnyView {
    let rows = all.iter().map(|image| one(signed, image, attempt)).collect();
    let heads = ["Version", "Models", "File", "#Size", "SHA-256", "Uploaded", "State", "Action"];
    table("images-table", "Images, newest first", &heads, rows, "No image has been uploaded yet.")
}

fn one(signed: &Signed, stored: &ImageView, attempt: &Attempt) -> AnyView {
    let image = &stored.image;
    let models: Vec<_> = image.models.iter().map(String::as_str).collect();
    let mark = image.no_downgrade.then(|| view! { " " {badge(Tone::Quiet, "no way back")} });
    let state = match (&stored.withdrawn, stored.here) {
        (Some((at, why)), _) => {
            view! { {badge(Tone::Bad, "withdrawn")} " " {time::time(*at)} <br /> {why.clone()} }.into_any()
        }
        (None, true) => badge(Tone::Good, "served"),
        (None, false) => badge(Tone::Warning, "not on this node"),
    };
    let withdraw = (stored.withdrawn.is_none() && signed.may(Action::Firmware))
        .then(|| withdraw(signed, stored, attempt));
    view! {
        <tr data-version=image.version.to_string()>
            <th scope="row"><code>{image.version.to_string()}</code> {mark}</th>
            <td>{image.vendor.name()} " " {models.join(", ")}</td>
            <td data-label="File">{id::id(format!("/firmware/{}", image.file), "path of the image")}</td>
            <td class="number" data-label="Size">{size(image.bytes)}</td>
            <td data-label="SHA-256">{id::digest(image.hash.to_string(), "SHA-256 of the image")}</td>
            <td data-label="Uploaded">{time::time(stored.at)} " by " {stored.by.clone()} <br /> {stored.notes.clone()}</td>
            <td>{state}</td>
            <td>{withdraw}</td>
        </tr>
    }
    .into_any()
}

/// The id of the form that withdraws an image.
pub(crate) fn withdraw_form(id: &str) -> String {
    format!("withdraw-{id}")
}

fn withdraw(signed: &Signed, stored: &ImageView, attempt: &Attempt) -> AnyView {
    let id = withdraw_form(&stored.image.id.to_string());
    let action = format!("/firmware/{}/withdraw", stored.image.id);
    let fields = view! {
        {Field::new(&id, "reason", "Reason").required().view(attempt)}
        <button class="quiet" aria-label=format!("Withdraw {}", stored.image.file)>"Withdraw"</button>
    };
    let open = attempt.typed(&id, "reason").is_some();
    view! {
        <details open=open>
            <summary>"Withdraw"</summary>
            {form(signed, &id, "withdraw-firmware", &action, fields.into_any())}
        </details>
    }
    .into_any()
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..MIB => format!("{} KiB", bytes / 1024),
        _ => format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_at_a_glance() {
        assert_eq!(size(9), "9 B");
        assert_eq!(size(2048), "2 KiB");
        assert_eq!(size(30 * 1024 * 1024 + 600 * 1024), "30.5 MiB");
    }
}
