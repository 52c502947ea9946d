//! The steps of an opening, or the plan of a cutover, as a sheet: brought, looked at, applied.

use super::{import::wrong, site::below};
use crate::{
    components::{
        badge::{Tone, badge},
        finding,
        form::form,
        head::section,
        table::table,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::{
    extract::Path,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse as _,
};
use domain::authz::Action;
use leptos::prelude::*;
use services::{
    Problem,
    opening_sheets::{self, Sheet, SheetRow, SheetView},
    openings,
};

pub(crate) const BRING: &str = "bring-sheet";
pub(crate) const APPLY: &str = "apply-sheet";

/// The sheet of an address.
pub(crate) fn sheet(word: &str) -> Result<Sheet, Problem> {
    Sheet::parse(word).ok_or_else(|| Problem::not_found("sheet"))
}

/// The page of a sheet.
pub(crate) fn path(site: &str, sheet: Sheet) -> String {
    format!("/sites/{site}/sheets/{}", sheet.word())
}

/// The page on which its steps are.
pub(crate) fn back(site: &str, sheet: Sheet) -> String {
    match sheet {
        Sheet::Steps => format!("/sites/{site}"),
        Sheet::Cutover => format!("/sites/{site}/cutover"),
    }
}

/// The way to it from the page of its steps.
pub(super) fn link(site: &str, sheet: Sheet) -> AnyView {
    view! { <p class="hint"><a href=path(site, sheet)>"As a file: export, change many at once, import"</a></p> }.into_any()
}

pub(crate) async fn show(signed: Signed, Path((code, word)): Path<(String, String)>) -> Answer {
    page(&signed, &code, sheet(&word)?, &Attempt::default(), None).await
}

/// The page, with what was brought and looked at, and its text.
pub(crate) async fn page(
    signed: &Signed,
    code: &str,
    sheet: Sheet,
    attempt: &Attempt,
    looked: Option<(&SheetView, &str)>,
) -> Answer {
    let view = openings::view(signed.services(), &signed.op, code).await?;
    let (title, here) = match sheet {
        Sheet::Steps => (format!("Steps of {} as a file", view.site.name), ""),
        Sheet::Cutover => (format!("Cutover of {} as a file", view.site.name), "/cutover"),
    };
    Ok(signed.page(attempt.status(), &title, || {
        let may = signed.may_at(Action::OpenSite, &view.site.code);
        let name = format!("{}-{}.csv", view.site.code, sheet.word());
        let address = format!("{}/csv", path(code, sheet));
        view! {
            {below(&view.site, &title, here)}
            {finding::summary(attempt)}
            {looked.map(|(view, text)| preview(signed, code, sheet, view, text))}
            {section("take", "What is there", view! {
                <p><a href=address download=name.clone()>{name.clone()}</a> " has every step, in the form in which it is read here."</p>
            }.into_any())}
            {may.then(|| section("bring", "Bring a file", bring(signed, code, sheet, attempt)))}
        }
        .into_any()
    }))
}

const fn about(sheet: Sheet) -> &'static str {
    match sheet {
        Sheet::Steps => {
            "A row says who does a step, until which day (2026-11-23), and what it waits for: words with blanks between. A step without a row stays as it is. That one is done is said on its page."
        }
        Sheet::Cutover => {
            "A row with a number changes that step, one without adds a step; a step without a row stays as it is. Times are UTC, as 2026-11-23T04:20; the back-out point says yes. A changed plan takes the decision about it back."
        }
    }
}

fn bring(signed: &Signed, code: &str, sheet: Sheet, attempt: &Attempt) -> AnyView {
    let invalid = attempt.marks(BRING, "files").then_some("true");
    view! {
        <form id=BRING data-form=BRING method="post" action=path(code, sheet) enctype="multipart/form-data">
            <input type="hidden" name="token" value=signed.services().form_token() />
            <p class="hint">{about(sheet)}</p>
            <p class="hint">"Header row: " <code>{sheet.columns()}</code></p>
            <div class="row end">
                <div class="field">
                    <label for="sheet-files">"CSV file"</label>
                    <input id="sheet-files" name="files" type="file" accept=".csv,text/csv" required aria-invalid=invalid />
                </div>
                <button>"Look at the file"</button>
            </div>
        </form>
    }
    .into_any()
}

fn row(row: &SheetRow) -> AnyView {
    let before = match &row.before {
        Some(before) => before.clone().into_any(),
        None => badge(Tone::Busy, "new"),
    };
    view! {
        <tr>
            <th scope="row">{row.name.clone()}</th>
            <td class="prose" data-label="Now">{before}</td>
            <td class="prose" data-label="Then">{row.after.clone()}</td>
        </tr>
    }
    .into_any()
}

fn preview(signed: &Signed, code: &str, sheet: Sheet, view: &SheetView, text: &str) -> AnyView {
    let rows = view.rows.iter().map(row).collect();
    let caption = format!("{} change, {} are so already", view.rows.len(), view.unchanged);
    let table = table("sheet-rows", &caption, &["Step", "Now", "Then"], rows, "Nothing would change.");
    let apply = (view.findings.is_empty() && !view.rows.is_empty()).then(|| {
        let fields = view! {
            <textarea name="text" hidden aria-hidden="true" tabindex="-1">{format!("\n{text}")}</textarea>
            <button>"Apply the whole file"</button>
        };
        form(signed, APPLY, APPLY, &format!("{}/apply", path(code, sheet)), fields.into_any())
    });
    let content = view! { {wrong(&view.findings)} {table} {apply} };
    section("looked", "What the file would change", content.into_any())
}

/// The sheet as a file.
pub(crate) async fn csv(signed: Signed, Path((code, word)): Path<(String, String)>) -> Answer {
    let sheet = sheet(&word)?;
    let text = opening_sheets::csv(signed.services(), &signed.op, &code, sheet).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}.csv\"", sheet.word())),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}
