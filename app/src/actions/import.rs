//! Uploading a site package, and committing it.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::import::{FORM, page, preview_page},
    visitor::{Answer, Signed},
};
use axum::extract::{Multipart, Path, multipart::MultipartError};
use domain::{Code, Finding, package::Upload};
use services::{Kind, Problem, imports};

pub(crate) async fn stage(signed: Signed, parts: Multipart) -> Answer {
    let (fields, uploads) = match read(parts).await {
        Ok(read) => read,
        Err(error) => {
            let too_large = error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
            let code = if too_large { Code::ImportTooLarge } else { Code::FormInvalid };
            let problem = Problem::new(Kind::Invalid, Finding::new(code, "files").detail(error.body_text()));
            return page(&signed, &Attempt::refused(FORM, Fields::default(), problem)).await;
        }
    };
    let act = imports::stage(signed.services(), &signed.op, uploads);
    match once(signed.services(), &fields, act).await {
        Ok(id) => {
            signed.done(&format!("/import/{id}"), "The files are checked. Nothing is created yet.").await
        }
        Err(Stop::Repeated) => signed.repeated("/import").await,
        Err(Stop::Refused(problem)) => page(&signed, &Attempt::refused(FORM, fields, problem)).await,
    }
}

pub(crate) async fn read(mut parts: Multipart) -> Result<(Fields, Vec<Upload>), MultipartError> {
    let mut fields = Fields::default();
    let mut uploads = Vec::new();
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "files" {
            let file = part.file_name().unwrap_or_default().to_owned();
            let bytes = part.bytes().await?.to_vec();
            // A browser sends an empty part when no file was chosen.
            if !file.is_empty() || !bytes.is_empty() {
                uploads.push(Upload { name: file, bytes });
            }
        } else {
            let text = part.text().await?;
            fields = fields.with(&name, &text);
        }
    }
    Ok((fields, uploads))
}

pub(crate) async fn commit(signed: Signed, Path(id): Path<String>, fields: Fields) -> Answer {
    let path = format!("/import/{id}");
    let act = imports::commit(signed.services(), &signed.op, &id);
    match once(signed.services(), &fields, act).await {
        Ok(None) => signed.done(&path, "Committed: every row is in.").await,
        Ok(Some(request)) => {
            let said = "Committed: every row is in, but for hunt groups and for profiles that lead calls somewhere. They change who rings, so a draft is made. Read its plan, then submit it.";
            signed.done(&format!("/requests/{request}"), said).await
        }
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => {
            preview_page(&signed, &id, &Attempt::refused("commit", fields, problem)).await
        }
    }
}
