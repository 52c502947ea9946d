//! Uploading and withdrawing firmware, and saying which phones should have which.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::firmware::{BUDGET, FORGET, MINIMUM, STEP, UPLOAD, WANT, page, withdraw_form},
    visitor::{Answer, Signed},
};
use axum::extract::{
    Multipart, Path,
    multipart::{Field, MultipartError},
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
};
use services::{
    Kind, Problem, Services,
    firmware::{self, ImageInput, Incoming, WantInput},
};

const PAGE: &str = "/firmware";
/// A field that is no file is small.
const FIELD: usize = 64 * 1024;

pub(crate) async fn upload(signed: Signed, mut parts: Multipart) -> Answer {
    // Before a byte is read from somebody who may not.
    authorise(&signed.op.actor, Action::Firmware).map_err(Problem::from)?;
    let mut fields = Fields::default();
    let read = read(&signed, &mut parts, &mut fields).await;
    let act = async {
        let (file, incoming) = read?;
        let input = ImageInput {
            vendor: fields.text("vendor").to_owned(),
            models: fields.text("models").to_owned(),
            version: fields.text("version").to_owned(),
            file,
            no_downgrade: !fields.text("no_downgrade").is_empty(),
            notes: fields.text("notes").to_owned(),
        };
        firmware::add(signed.services(), &signed.op, &input, incoming).await
    };
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, UPLOAD, fields.clone(), "The image is here. Say which phones should have it.", outcome)
        .await
}

/// Reads the fields, then the file straight to the disk.
async fn read(
    signed: &Signed,
    parts: &mut Multipart,
    fields: &mut Fields,
) -> Result<(String, Incoming), Problem> {
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            // The name alone: some browsers have sent whole paths.
            let file = part
                .file_name()
                .unwrap_or_default()
                .rsplit(['/', '\\'])
                .next()
                .unwrap_or_default()
                .to_owned();
            let incoming = take(signed.services(), signed, part).await?;
            return Ok((file, incoming));
        }
        let text = small(part).await?;
        *fields = std::mem::take(fields).with(&name, &text);
    }
    Err(Problem::invalid(Code::FieldMissing, "file"))
}

async fn take(services: &Services, signed: &Signed, mut part: Field<'_>) -> Result<Incoming, Problem> {
    let mut incoming = firmware::receive(services, &signed.op).await?;
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        incoming.write(&chunk).await?;
    }
    Ok(incoming)
}

async fn small(mut part: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > FIELD {
            return Err(Problem::invalid(Code::FieldTooLong, part.name().unwrap_or("form")));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Problem::invalid(Code::FormInvalid, "form"))
}

fn broken(error: MultipartError) -> Problem {
    let too_large = error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
    let code = if too_large { Code::FirmwareTooLarge } else { Code::FormInvalid };
    Problem::new(Kind::Invalid, Finding::new(code, "file").detail(error.body_text()))
}

pub(crate) async fn withdraw(signed: Signed, Path(id): Path<String>, fields: Fields) -> Answer {
    let act = firmware::withdraw(signed.services(), &signed.op, &id, fields.text("reason"));
    let outcome = once(signed.services(), &fields, act).await;
    let form = withdraw_form(&id);
    finish(&signed, &form, fields.clone(), "Withdrawn. No phone is sent to it any more.", outcome).await
}

pub(crate) async fn want(signed: Signed, fields: Fields) -> Answer {
    let text = |name| fields.text(name).to_owned();
    let input =
        WantInput { image: text("image"), site: text("site"), mac: text("mac"), reason: text("reason") };
    let outcome =
        once(signed.services(), &fields, firmware::want(signed.services(), &signed.op, &input)).await;
    finish(&signed, WANT, fields.clone(), "Said. The files of these phones follow at once.", outcome).await
}

pub(crate) async fn forget(signed: Signed, fields: Fields) -> Answer {
    let (level, scope) = (fields.text("level"), fields.text("scope"));
    let act = firmware::forget(signed.services(), &signed.op, level, scope, fields.text("reason"));
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, FORGET, fields.clone(), "Forgotten. What is said elsewhere holds again.", outcome).await
}

pub(crate) async fn step(signed: Signed, fields: Fields) -> Answer {
    let versions = ["from", "via", "to"].map(|name| fields.text(name));
    let act = firmware::step(signed.services(), &signed.op, fields.text("vendor"), versions);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, STEP, fields.clone(), "The step is added.", outcome).await
}

pub(crate) async fn drop_step(signed: Signed, Path(id): Path<String>, fields: Fields) -> Answer {
    let act = firmware::drop_step(signed.services(), &signed.op, &id);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, STEP, fields.clone(), "The step is removed.", outcome).await
}

pub(crate) async fn minimum(signed: Signed, fields: Fields) -> Answer {
    let [vendor, path, release] = ["vendor", "path", "release"].map(|name| fields.text(name));
    let act = firmware::minimum(signed.services(), &signed.op, vendor, path, release);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, MINIMUM, fields.clone(), "The minimum is set.", outcome).await
}

pub(crate) async fn drop_minimum(signed: Signed, fields: Fields) -> Answer {
    let act =
        firmware::drop_minimum(signed.services(), &signed.op, fields.text("vendor"), fields.text("path"));
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, MINIMUM, fields.clone(), "The minimum is removed.", outcome).await
}

pub(crate) async fn budget(signed: Signed, fields: Fields) -> Answer {
    let act = firmware::budget(signed.services(), &signed.op, fields.text("site"), fields.text("kbps"));
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, BUDGET, fields.clone(), "The budget is set.", outcome).await
}

async fn finish(
    signed: &Signed,
    form: &str,
    fields: Fields,
    done: &str,
    outcome: Result<(), Stop>,
) -> Answer {
    match outcome {
        Ok(()) => signed.done(PAGE, done).await,
        Err(Stop::Repeated) => signed.repeated(PAGE).await,
        Err(Stop::Refused(problem)) => page(signed, &Attempt::refused(form, fields, problem)).await,
    }
}
