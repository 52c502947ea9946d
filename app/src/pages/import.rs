//! Importing a site package: what is accepted, the upload, and the preview with everything that is wrong.

use crate::{
    components::{
        badge::{Tone, badge},
        facts::{facts, long, none},
        finding,
        form::button,
        head::{head, plain, section, step},
        id,
        prose::prose,
        table::table,
        time,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use axum::{
    extract::Path,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse as _,
};
use domain::{
    Code, Finding, Timestamp, authz,
    package::{Kind, MAX_BYTES, RowFinding},
};
use leptos::prelude::*;
use services::{Problem, imports, view::ImportView};

pub(crate) const FORM: &str = "import";

pub(crate) async fn show(signed: Signed) -> Answer {
    page(&signed, &Attempt::default()).await
}

pub(crate) async fn page(signed: &Signed, attempt: &Attempt) -> Answer {
    authz::authorise(&signed.op.actor, authz::Action::Import).map_err(Problem::from)?;
    let recent = imports::recent(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "Import", || {
        view! {
            {plain("Import a site package")}
            <p class="lede">"Upload CSV files, look at the preview, then commit: all rows or none."</p>
            {finding::summary(attempt)}
            {upload(signed)}
            {section("sheets", "What is accepted", sheets())}
            {section("export", "Export", exports())}
            {section("recent", "Recent imports", recent_imports(&recent))}
        }
        .into_any()
    }))
}

fn upload(signed: &Signed) -> AnyView {
    let token = signed.services().form_token();
    view! {
        <form class="panel" id=FORM data-form=FORM method="post" action="/import" enctype="multipart/form-data">
            <input type="hidden" name="token" value=token />
            <div class="row end">
                <div class="field">
                    <label for="import-files">"CSV files"</label>
                    <span class="hint" id="import-files-hint">{format!("UTF-8, one or several, at most {} MB each. The order makes no difference.", MAX_BYTES / 1024 / 1024)}</span>
                    <input id="import-files" name="files" type="file" accept=".csv,text/csv" multiple required aria-describedby="import-files-hint" />
                </div>
                <button>"Check the files"</button>
            </div>
        </form>
    }
    .into_any()
}

fn sheets() -> AnyView {
    let rows = Kind::ALL
        .into_iter()
        .map(|kind| {
            let header = id::id(kind.required().join(","), &format!("header row of {}", kind.name()));
            let more = kind.optional();
            view! {
                <tr>
                    <th scope="row">{kind.name()}</th>
                    <td class="prose">{header}</td>
                    <td class="prose" data-label="May also have">{if more.is_empty() { none() } else { view! { <code>{more.join(",")}</code> }.into_any() }}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <p>"The header row says which sheet a file is; its name does not matter."</p>
        {table("headers", "Header rows", &["Sheet", "Header row", "May also have"], rows, "")}
    }
    .into_any()
}

fn exports() -> AnyView {
    let links: Vec<_> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let name = format!("{}.csv", kind.name());
            view! { <li><a href=format!("/import/export/{name}") download=name.clone()>{name.clone()}</a></li> }
        })
        .collect();
    view! {
        <p>"What is here, in the form in which it is imported. An apostrophe before a number with + keeps spreadsheets from computing it, and importing takes it off."</p>
        <ul class="plain row">{links}</ul>
    }
    .into_any()
}

/// A sheet as a file.
pub(crate) async fn export(signed: Signed, Path(sheet): Path<String>) -> Answer {
    let kind = Kind::ALL.into_iter().find(|kind| sheet.strip_suffix(".csv") == Some(kind.name()));
    let kind = kind.ok_or_else(|| Problem::not_found("sheet"))?;
    let text = imports::export(signed.services(), &signed.op, kind).await?;
    let disposition = format!("attachment; filename=\"{}.csv\"", kind.name());
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, disposition),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}

fn committed(at: Timestamp) -> AnyView {
    view! { {badge(Tone::Good, "committed")} " " {time::time(at)} }.into_any()
}

fn standing(import: &ImportView) -> AnyView {
    match (import.committed, import.findings.len()) {
        (Some(at), _) => committed(at),
        (None, 0) if import.repeated => badge(Tone::Quiet, "imported before"),
        (None, 0) => badge(Tone::Busy, "ready to commit"),
        (None, wrong) => badge(Tone::Bad, format!("{wrong} wrong")),
    }
}

fn recent_imports(recent: &[ImportView]) -> AnyView {
    let rows = recent
        .iter()
        .map(|import| {
            view! {
                <tr>
                    <th scope="row" class="prose"><a href=format!("/import/{}", import.id)>{import.files.join(", ")}</a></th>
                    <td>{import.committed.map_or_else(|| badge(Tone::Quiet, "not committed"), committed)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table("imports", "Imports, newest first", &["Files", "State"], rows, "Nothing has been imported yet.")
}

pub(crate) async fn preview(signed: Signed, Path(id): Path<String>) -> Answer {
    preview_page(&signed, &id, &Attempt::default()).await
}

pub(crate) async fn preview_page(signed: &Signed, id: &str, attempt: &Attempt) -> Answer {
    let import = imports::view(signed.services(), &signed.op, id).await?;
    Ok(signed.page(attempt.status(), "Import preview", || {
        view! {
            {head(&[step("/import", "Import")], "Import preview".into_any(), standing(&import))}
            {finding::summary(attempt)}
            {verdict(signed, &import)}
            {wrong(&import.findings)}
            {counts(&import)}
        }
        .into_any()
    }))
}

fn verdict(signed: &Signed, import: &ImportView) -> AnyView {
    if import.committed.is_some() {
        return view! { <p class="calm">"It is committed."</p> }.into_any();
    }
    if !import.findings.is_empty() {
        return view! { <p>"Nothing can be committed before every row below is mended. Correct the files and upload them again."</p> }
            .into_any();
    }
    if import.repeated {
        return finding::list(&[Finding::new(Code::ImportRepeated, "files")]);
    }
    view! {
        <p class="calm">"Every row is right. Committing creates all of them, or none."</p>
        {button(signed, "commit", &format!("/import/{}/commit", import.id), "Commit", "")}
    }
    .into_any()
}

fn counts(import: &ImportView) -> AnyView {
    let rows = import
        .counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(sheet, count)| {
            view! { <tr><th scope="row">{sheet.clone()}</th><td class="number" data-label="Rows">{*count}</td></tr> }.into_any()
        })
        .collect();
    view! {
        <div class="narrow">{table("counts", "What would be created", &["Sheet", "#Rows"], rows, "No row is new.")}</div>
        {facts(vec![
            ("Files", long(import.files.join(", ").into_any())),
            ("Rows already there, unchanged", import.unchanged.into_any()),
        ])}
    }
    .into_any()
}

pub(crate) fn wrong(findings: &[RowFinding]) -> AnyView {
    if findings.is_empty() {
        return ().into_any();
    }
    let rows = findings
        .iter()
        .map(|row| {
            let code = row.finding.code;
            let place = if row.row == 0 { "file".to_owned() } else { row.row.to_string() };
            view! {
                <tr data-code=code.text()>
                    <td>{row.file.clone()}</td>
                    <td class="number" data-label="Row">{place}</td>
                    <td><code>{row.column.clone()}</code></td>
                    <td>{finding::severity(code.severity())} " " <code>{code.text()}</code></td>
                    <td class="prose">{finding::says(&row.finding)}</td>
                    <td class="prose">{prose(code.next_step())}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(
        "row-findings",
        "What is wrong, row by row",
        &["File", "#Row", "Column", "Code", "What is the case", "What to do next"],
        rows,
        "",
    )
}
