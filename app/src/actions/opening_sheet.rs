//! Looking at a sheet of an opening, and applying it.

use super::{finish, import::read};
use crate::{
    fields::{Attempt, Fields},
    pages::opening_sheet::{APPLY, BRING, back, page, sheet},
    visitor::{Answer, Signed},
};
use axum::extract::{Multipart, Path};
use domain::{Code, Finding, package::Upload};
use services::{Kind, Problem, opening_sheets};

/// Shows what a file would change. Nothing is kept: the page carries the file's text to where it is applied.
pub(crate) async fn look(
    signed: Signed,
    Path((code, word)): Path<(String, String)>,
    parts: Multipart,
) -> Answer {
    let sheet = sheet(&word)?;
    let looked = async {
        let wrong =
            |code, detail: &str| Problem::new(Kind::Invalid, Finding::new(code, "files").detail(detail));
        let (_, uploads) = read(parts).await.map_err(|e| wrong(Code::FormInvalid, &e.body_text()))?;
        let [upload] = &uploads[..] else { return Err(wrong(Code::ImportEmpty, "Choose one file.")) };
        let view = opening_sheets::look(signed.services(), &signed.op, &code, sheet, upload).await?;
        Ok((view, String::from_utf8_lossy(&upload.bytes).into_owned()))
    };
    match looked.await {
        Ok((view, text)) => page(&signed, &code, sheet, &Attempt::default(), Some((&view, &text))).await,
        Err(problem) => {
            let attempt = Attempt::refused(BRING, Fields::default(), problem).for_who_may()?;
            page(&signed, &code, sheet, &attempt, None).await
        }
    }
}

pub(crate) async fn apply(
    signed: Signed,
    Path((code, word)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let sheet = sheet(&word)?;
    let upload = Upload { name: format!("{word}.csv"), bytes: fields.raw("text").as_bytes().to_vec() };
    let act = async {
        let n = opening_sheets::apply(signed.services(), &signed.op, &code, sheet, &upload).await?;
        Ok(format!("{n} {}.", if n == 1 { "step is changed" } else { "steps are changed" }))
    };
    let again = async |again: Attempt| page(&signed, &code, sheet, &again.for_who_may()?, None).await;
    finish(&signed, &back(&code, sheet), APPLY, &fields, act, again).await
}
