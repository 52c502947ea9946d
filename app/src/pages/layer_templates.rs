//! Templates of another system on their way into a draft: the form that takes them, and what became of each key.

use super::layer::address;
use crate::{
    components::{head::section, prose::many, table::table},
    visitor::Signed,
};
use domain::{layer::Level, vendor::Vendor};
use leptos::prelude::*;
use services::layers::view::TemplatesView;

const FORM: &str = "templates";

/// Keys that are named; the rest are counted.
const NAMED: usize = 500;

/// Where the files go.
pub(crate) fn form(signed: &Signed, level: Level, scope: &str) -> AnyView {
    let vendors: Vec<_> = Vendor::ALL
        .into_iter()
        .map(|vendor| view! { <option value=vendor.name()>{vendor.title()}</option> })
        .collect();
    view! {
        <details class="act">
            <summary>"Take over templates of another system"</summary>
            <form id=FORM data-form=FORM method="post" action=format!("{}/templates", address(level, scope)) enctype="multipart/form-data">
                <input type="hidden" name="token" value=signed.services().form_token() />
                <p class="hint">"Files as FusionPBX or a vendor's own server keeps them, of one vendor and one model. Nothing is guessed: what no setting says becomes a raw key, and what cannot be known is named. Lines and passwords are never taken."</p>
                <div class="row end">
                    <div class="field">
                        <label for="templates-files">"Files"</label>
                        <input id="templates-files" name="files" type="file" multiple required />
                    </div>
                    <div class="field">
                        <label for="templates-vendor">"Vendor"</label>
                        <select id="templates-vendor" name="vendor">{vendors}</select>
                    </div>
                    <button class="quiet">"Read them"</button>
                </div>
            </form>
        </details>
    }
    .into_any()
}

/// What was found in them.
pub(crate) fn report(view: &TemplatesView) -> AnyView {
    let left = view
        .left
        .iter()
        .take(NAMED)
        .map(|left| {
            let line = if left.line == 0 { String::new() } else { left.line.to_string() };
            view! {
                <tr data-why=format!("{:?}", left.why)>
                    <th scope="row">{left.file.clone()}</th>
                    <td class="number" data-label="Line">{line}</td>
                    <td data-label="Key"><code>{left.key.clone()}</code></td>
                    <td class="prose">{left.why.says()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let kept = view
        .kept
        .iter()
        .map(|(path, own, theirs)| {
            view! {
                <tr>
                    <th scope="row"><code class="path">{path.clone()}</code></th>
                    <td data-label="The layer says"><code>{own.clone()}</code></td>
                    <td data-label="The templates say"><code>{theirs.clone()}</code></td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let more = view.left.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| view! { <p class="hint">{format!("and {more} more")}</p> });
    let kept = (!view.kept.is_empty()).then(|| {
        let heads = ["Setting", "The layer says", "The templates say"];
        table("templates-kept", "Kept as the layer has it", &heads, kept, "")
    });
    let content = view! {
        <p>{format!("In the draft below stand {} and {}. Look at it, then save it.", many(view.settings, "setting"), many(view.raw, "raw key"))}</p>
        {kept}
        {table("templates-left", "Not taken", &["File", "#Line", "Key", "Why"], left, "Everything was taken.")}
        {more}
    };
    section("templates-report", "What the templates say", content.into_any())
}
