//! The form that uploads an image.

use super::size;
use crate::{components::field::Field, fields::Attempt, visitor::Signed};
use domain::vendor::Vendor;
use leptos::prelude::*;
use services::firmware::view::FirmwareView;

pub(crate) const UPLOAD: &str = "firmware";

/// The file comes last, so that everything about it is known before its bytes arrive.
pub(super) fn form_of(signed: &Signed, view: &FirmwareView, attempt: &Attempt) -> AnyView {
    let checked = attempt.typed(UPLOAD, "no_downgrade").is_some();
    let hint = format!(
        "At most {}. It is kept by its hash; phones fetch it by its file name.",
        size(view.max_bytes)
    );
    let bad = attempt.marks(UPLOAD, "file").then_some("true");
    view! {
        <form class="panel" id=UPLOAD data-form=UPLOAD method="post" action="/firmware" enctype="multipart/form-data">
            <input type="hidden" name="token" value=signed.services().form_token() />
            <div class="row end">
                {vendors(UPLOAD, attempt)}
                {Field::new(UPLOAD, "version", "Version").hint("As the phone shows it: 108.86.0.20").required().view(attempt)}
                {Field::new(UPLOAD, "models", "Models").hint("Separated by commas: T46U, T48U").required().view(attempt)}
            </div>
            {Field::new(UPLOAD, "notes", "Notes").hint("Where it is from, what it mends. It may stay empty.").view(attempt)}
            <div class="choice">
                <input type="checkbox" id="firmware-no-downgrade" name="no_downgrade" value="yes" checked=checked />
                <label for="firmware-no-downgrade">"No way back " <span class="hint">"Phones that have this version, or a later one, are never sent below it."</span></label>
            </div>
            <div class="row end">
                <div class="field">
                    <label for="firmware-file">"Image"</label>
                    <span class="hint" id="firmware-file-hint">{hint}</span>
                    <input id="firmware-file" name="file" type="file" required aria-describedby="firmware-file-hint" aria-invalid=bad />
                </div>
                <button>"Upload"</button>
            </div>
        </form>
    }
    .into_any()
}

/// A choice of vendor.
pub(super) fn vendors(form: &str, attempt: &Attempt) -> AnyView {
    let id = format!("{form}-vendor");
    let typed = attempt.typed(form, "vendor").unwrap_or_default().to_owned();
    let options: Vec<_> = Vendor::ALL
        .into_iter()
        .map(|vendor| view! { <option value=vendor.name() selected=vendor.name() == typed>{vendor.name()}</option> })
        .collect();
    view! {
        <div class="field">
            <label for=id.clone()>"Vendor"</label>
            <select id=id.clone() name="vendor">{options}</select>
        </div>
    }
    .into_any()
}
