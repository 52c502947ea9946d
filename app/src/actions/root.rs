//! Adding and withdrawing vendor roots.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::root::{ADD, WITHDRAW, page},
    visitor::{Answer, Signed},
};
use axum::extract::{Multipart, multipart::MultipartError};
use domain::{Code, Finding};
use services::{Kind, Problem, roots};

pub(crate) async fn add(signed: Signed, parts: Multipart) -> Answer {
    let (fields, pem) = match read(parts).await {
        Ok(read) => read,
        Err(error) => {
            let finding = Finding::new(Code::CertificateRoot, "pem").detail(error.body_text());
            let problem = Problem::new(Kind::Invalid, finding);
            return page(&signed, &Attempt::refused(ADD, Fields::default(), problem)).await;
        }
    };
    let act = roots::add(signed.services(), &signed.op, fields.text("vendor"), &pem);
    match once(signed.services(), &fields, act).await {
        Ok(1) => signed.done("/roots", "The root is added; it counts from now on.").await,
        Ok(n) => signed.done("/roots", &format!("{n} roots are added; they count from now on.")).await,
        Err(Stop::Repeated) => signed.repeated("/roots").await,
        Err(Stop::Refused(problem)) => page(&signed, &Attempt::refused(ADD, fields, problem)).await,
    }
}

/// Vendor and token apart from the PEM text, which is never shown again: somebody may have pasted a key.
async fn read(mut parts: Multipart) -> Result<(Fields, String), MultipartError> {
    let mut fields = Fields::default();
    let mut pem = String::new();
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "files" || name == "pem" {
            pem.push_str(&String::from_utf8_lossy(&part.bytes().await?));
            pem.push('\n');
        } else {
            fields = fields.with(&name, &part.text().await?);
        }
    }
    Ok((fields, pem))
}

pub(crate) async fn withdraw(signed: Signed, fields: Fields) -> Answer {
    let act = roots::withdraw(signed.services(), &signed.op, fields.text("root"), fields.text("reason"));
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done("/roots", "The root is withdrawn.").await,
        Err(Stop::Repeated) => signed.repeated("/roots").await,
        Err(Stop::Refused(problem)) => {
            let form = format!("{WITHDRAW}-{}", fields.text("vendor"));
            page(&signed, &Attempt::refused(form, fields, problem)).await
        }
    }
}
