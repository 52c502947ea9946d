//! What is done with layers, their drafts, exceptions to them, and labels.

use super::import::read;
use crate::{
    components::conversation::COMMENT,
    fields::{Attempt, Fields, Stop, once},
    pages::{
        layer_change::{
            self,
            decide::{APPROVE, REJECT},
            number, page,
        },
        layer_edit::{self, Beside, EDIT, RULE},
        layer_phone::{self, LABELS},
    },
    visitor::{Answer, Signed},
};
use axum::extract::{Multipart, Path};
use domain::{Code, Finding};
use services::{
    Problem,
    layers::{self, DraftInput, ExceptionInput, view::PreviewView},
};

fn draft(fields: &Fields) -> DraftInput {
    DraftInput {
        text: fields.raw("text").to_owned(),
        release: fields.text("release").to_owned(),
        note: fields.text("note").to_owned(),
        external_ref: fields.text("external_ref").to_owned(),
        rule: RULE.map(|name| fields.text(name).to_owned()),
    }
}

async fn look(signed: &Signed, level: &str, scope: &str, fields: &Fields) -> Result<PreviewView, Problem> {
    let input = draft(fields);
    layers::preview(signed.services(), &signed.op, level, scope, &input, fields.text("mac")).await
}

pub(crate) async fn create(
    signed: Signed,
    Path((level, scope)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let services = signed.services();
    let view = layers::layer(services, &signed.op, &level, &scope).await?;
    if fields.text("do") == "preview" {
        let (attempt, preview) = match look(&signed, &level, &scope, &fields).await {
            Ok(preview) => (Attempt::prefilled(EDIT, fields), Some(preview)),
            Err(problem) => (Attempt::refused(EDIT, fields, problem), None),
        };
        return layer_edit::page(&signed, &view, &attempt, Beside { preview, ..Beside::default() }).await;
    }
    let input = draft(&fields);
    let act = layers::create(services, &signed.op, &level, &scope, &input);
    match once(services, &fields, act).await {
        Ok(number) => signed.done(&format!("/layers/changes/{number}"), "Saved. Only you see it yet.").await,
        Err(Stop::Repeated) => signed.repeated("/layers").await,
        Err(Stop::Refused(problem)) => {
            layer_edit::page(&signed, &view, &Attempt::refused(EDIT, fields, problem), Beside::default())
                .await
        }
    }
}

/// Reads templates of another system into the form; nothing is kept.
pub(crate) async fn templates(
    signed: Signed,
    Path((level, scope)): Path<(String, String)>,
    parts: Multipart,
) -> Answer {
    let services = signed.services();
    let view = layers::layer(services, &signed.op, &level, &scope).await?;
    let found = match read(parts).await {
        Ok((fields, files)) => {
            layers::templates(services, &signed.op, &level, &scope, fields.text("vendor"), files).await
        }
        Err(error) => {
            let finding = Finding::new(Code::FormInvalid, "files").detail(error.body_text());
            Err(Problem::new(services::Kind::Invalid, finding))
        }
    };
    match found {
        Ok(templates) => {
            let attempt = Attempt::prefilled(EDIT, layer_edit::begun(&view, &templates.text));
            let beside = Beside { templates: Some(templates), ..Beside::default() };
            layer_edit::page(&signed, &view, &attempt, beside).await
        }
        Err(problem) => {
            // The draft's own form stands as it did.
            let attempt = Attempt::refused(EDIT, layer_edit::begun(&view, &view.text), problem);
            layer_edit::page(&signed, &view, &attempt, Beside::default()).await
        }
    }
}

pub(crate) async fn label(signed: Signed, Path(mac): Path<String>, fields: Fields) -> Answer {
    let services = signed.services();
    let here = format!("/layers/phones/{mac}");
    let (role, tags, reason) = (fields.text("role"), fields.text("tags"), fields.text("reason"));
    let act = layers::label(services, &signed.op, &mac, role, tags, reason);
    match once(services, &fields, act).await {
        Ok(None) => signed.done(&here, "Saved. No group has the phone for it.").await,
        Ok(Some(number)) => {
            let done = "Other groups have the phone with this, so it is approved like any change. Look at what it does, then submit it.";
            signed.done(&format!("/layers/changes/{number}"), done).await
        }
        Err(Stop::Repeated) => signed.repeated(&here).await,
        Err(Stop::Refused(problem)) => {
            layer_phone::page(&signed, &mac, &Attempt::refused(LABELS, fields.clone(), problem)).await
        }
    }
}

pub(crate) async fn ask(signed: Signed, Path(mac): Path<String>, fields: Fields) -> Answer {
    let text = |name| fields.text(name).to_owned();
    let input = ExceptionInput {
        mac: mac.clone(),
        kind: text("kind"),
        key: text("key"),
        line: text("line"),
        number: text("number"),
        label: text("label"),
        seconds: text("seconds"),
        owner: text("owner"),
        reason: text("reason"),
        expires: text("expires"),
        external_ref: text("external_ref"),
    };
    let services = signed.services();
    match once(services, &fields, layers::ask(services, &signed.op, &input)).await {
        Ok(number) => {
            let here = format!("/layers/changes/{number}");
            signed.done(&here, "Saved. Look at what it does, then submit it.").await
        }
        Err(Stop::Repeated) => signed.repeated(&format!("/layers/phones/{mac}")).await,
        Err(Stop::Refused(problem)) => {
            let attempt = Attempt::refused(input.kind.clone(), fields.clone(), problem);
            layer_phone::page(&signed, &mac, &attempt).await
        }
    }
}

/// What is done with a change; a verb that does not exist is not found.
pub(crate) async fn act(
    signed: Signed,
    Path((text, verb)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (services, op, number) = (signed.services(), &signed.op, number(&text)?);
    let here = format!("/layers/changes/{number}");
    if verb == "edit" && fields.text("do") == "preview" {
        let change = layers::change(services, op, number).await?;
        let (attempt, preview) =
            match look(&signed, change.row.level.word(), &change.row.scope, &fields).await {
                Ok(preview) => (Attempt::prefilled(EDIT, fields), Some(preview)),
                Err(problem) => (Attempt::refused(EDIT, fields, problem), None),
            };
        return layer_change::page(&signed, number, &attempt, preview.as_ref()).await;
    }
    let (form, done, result) = match verb.as_str() {
        "edit" => {
            let input = draft(&fields);
            let act = layers::edit(services, op, number, &input);
            (EDIT, "Saved.".to_owned(), once(services, &fields, act).await)
        }
        "submit" => {
            let done = "Submitted. Somebody else has to approve it.";
            (
                "submit-layer",
                done.to_owned(),
                once(services, &fields, layers::submit(services, op, number)).await,
            )
        }
        "approve" => {
            let (digest, password) = (fields.text("digest"), fields.raw("password"));
            let act = layers::approve(services, op, number, digest, password);
            (APPROVE, "Approved.".to_owned(), once(services, &fields, act).await)
        }
        "reject" => {
            let act = layers::reject(services, op, number, fields.text("reason"));
            (REJECT, "Rejected.".to_owned(), once(services, &fields, act).await)
        }
        "comment" => {
            let act = layers::comment(services, op, number, fields.text("comment"));
            (COMMENT, "Said.".to_owned(), once(services, &fields, act).await)
        }
        "withdraw" => {
            let act = layers::withdraw(services, op, number);
            ("withdraw-layer", "Withdrawn.".to_owned(), once(services, &fields, act).await)
        }
        "apply" => {
            let done = "Published. The phones' files follow, some at a time.";
            (
                "apply-layer",
                done.to_owned(),
                once(services, &fields, layers::apply(services, op, number)).await,
            )
        }
        "bring-up" => match once(services, &fields, layers::bring_up(services, op, number)).await {
            Ok(both) if both.is_empty() => ("bring-up", "Brought up.".to_owned(), Ok(())),
            Ok(both) => {
                let done =
                    format!("Brought up. Both changed {}: the draft's value is kept.", both.join(", "));
                ("bring-up", done, Ok(()))
            }
            Err(stop) => ("bring-up", String::new(), Err(stop)),
        },
        _ => return Err(Problem::not_found("page").into()),
    };
    match result {
        Ok(()) => signed.done(&here, &done).await,
        Err(Stop::Repeated) => signed.repeated(&here).await,
        Err(Stop::Refused(problem)) => {
            page(&signed, number, &Attempt::refused(form, fields.clone(), problem), None).await
        }
    }
}
