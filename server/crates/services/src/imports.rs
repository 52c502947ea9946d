//! Site packages from CSV: staged for a preview with row-numbered errors, then committed, all or nothing.

mod creation;
mod routing;

use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    change_requests,
    existing::{self, Keys},
    publish,
    view::ImportView,
};
use creation::Creation;
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, Actor, Role, authorise},
    ids::{SecretId, UserId},
    package::{self, Package, Upload},
};
use storage::{Tx, import, ledger::ORGANISATION, user};
use uuid::Uuid;

/// Keeps the files and returns the id of the preview.
pub async fn stage(services: &Services, op: &Operation, uploads: Vec<Upload>) -> Result<String> {
    authorise(&op.actor, Action::Import)?;
    if uploads.is_empty() {
        return Err(Problem::invalid(Code::ImportEmpty, "files"));
    }
    let id = services.0.env.id();
    let names: Vec<_> = uploads.iter().map(|u| u.name.as_str()).collect();
    let files = serde_json::to_string(&names).unwrap_or_default();
    let mut act = Act::begin(services, op).await?;
    let staged = import::Import {
        import_id: id,
        number: user::next_number(&mut act.tx, "import").await?,
        digest: package::digest(&uploads),
        files,
        body: Some(pack(&uploads)),
        staged_by: op.actor.name.clone(),
        staged_at: op.now.0,
        committed_at: None,
    };
    import::stage(&mut act.tx, &staged).await?;
    let subject = format!("import {}", staged.number);
    act.note(Note { action: "import.stage", subject, after: Some(names.join(", ")), ..Note::default() });
    act.commit().await?;
    Ok(id.to_string())
}

fn pack(uploads: &[Upload]) -> Vec<u8> {
    // Names and contents as JSON; contents as hexadecimal, because they may not be UTF-8.
    let files: Vec<_> = uploads.iter().map(|u| (&u.name, hex::encode(&u.bytes))).collect();
    serde_json::to_vec(&files).unwrap_or_default()
}

fn unpack(body: &[u8]) -> Vec<Upload> {
    let files: Vec<(String, String)> = serde_json::from_slice(body).unwrap_or_default();
    files
        .into_iter()
        .map(|(name, text)| Upload { name, bytes: hex::decode(text).unwrap_or_default() })
        .collect()
}

async fn look(tx: &mut Tx, staged: import::Import, now: Timestamp) -> Result<(ImportView, Package, Keys)> {
    let (existing, keys) = existing::load(tx, now).await?;
    let (package, findings) = if staged.committed_at.is_some() {
        (Package::default(), vec![])
    } else {
        // Ten thousand rows take a while: not on a thread that phones wait for.
        let body = staged.body.clone().unwrap_or_default();
        let checked = tokio::task::spawn_blocking(move || package::check(&unpack(&body), &existing));
        checked.await.map_err(|_| Problem::invalid(Code::ImportEmpty, "files"))?
    };
    let counts = [
        ("sites", package.sites.len()),
        ("segments", package.segments.len()),
        ("ranges", package.ranges.len()),
        ("places", package.places.len()),
        ("people", package.people.len()),
        ("extensions", package.extensions.len()),
        ("schedules", package.schedules.len()),
        ("hunt groups", package.hunt_groups.len()),
        ("profiles", package.profiles.len()),
        ("devices", package.devices.len()),
        ("handsets", package.handsets.len()),
    ];
    let view = ImportView {
        id: staged.import_id.to_string(),
        files: serde_json::from_str(&staged.files).unwrap_or_default(),
        counts: counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
        unchanged: package.unchanged,
        findings,
        committed: staged.committed_at.map(Timestamp),
        repeated: staged.committed_at.is_none() && import::committed(tx, &staged.digest).await?.is_some(),
    };
    Ok((view, package, keys))
}

async fn staged(tx: &mut Tx, id: &str) -> Result<import::Import> {
    let missing = || Problem::not_found("import");
    let id: Uuid = id.parse().map_err(|_| missing())?;
    import::load(tx, id).await?.ok_or_else(missing)
}

/// The preview: what would be created, and everything that is wrong.
pub async fn view(services: &Services, op: &Operation, id: &str) -> Result<ImportView> {
    authorise(&op.actor, Action::Import)?;
    let mut tx = services.0.store.read().await?;
    let staged = staged(&mut tx, id).await?;
    Ok(look(&mut tx, staged, op.now).await?.0)
}

/// Checks files without keeping them: the command line's `--dry-run`.
pub async fn check(
    services: &Services,
    op: &Operation,
    uploads: &[Upload],
) -> Result<(Package, Vec<package::RowFinding>)> {
    authorise(&op.actor, Action::Import)?;
    let mut tx = services.0.store.read().await?;
    let (existing, _) = existing::load(&mut tx, op.now).await?;
    Ok(package::check(uploads, &existing))
}

/// A sheet of what the database holds, in the form in which it is imported.
pub async fn export(services: &Services, op: &Operation, kind: package::Kind) -> Result<String> {
    authorise(&op.actor, Action::Import)?;
    let mut tx = services.0.store.read().await?;
    let (existing, _) = existing::load(&mut tx, op.now).await?;
    Ok(package::csv(kind, &existing))
}

/// The newest imports.
pub async fn recent(services: &Services, op: &Operation) -> Result<Vec<ImportView>> {
    authorise(&op.actor, Action::Import)?;
    let mut tx = services.0.store.read().await?;
    let rows = import::recent(&mut tx).await?;
    Ok(rows
        .into_iter()
        .map(|row| ImportView {
            id: row.import_id.to_string(),
            files: serde_json::from_str(&row.files).unwrap_or_default(),
            counts: vec![],
            unchanged: 0,
            findings: vec![],
            committed: row.committed_at.map(Timestamp),
            repeated: false,
        })
        .collect())
}

/// Creates everything in the package, or nothing: it is checked again, because the inventory may have changed, then
/// written in many short transactions, so that phones are served meanwhile. Once begun it is written to its end, by
/// [`resume`] if the program is interrupted.
///
/// Hunt groups, and profiles that lead calls somewhere, become one draft when a person imports them: its number. Whoever
/// runs the server's command line has no account, and writes them.
pub async fn commit(services: &Services, op: &Operation, id: &str) -> Result<Option<i64>> {
    authorise(&op.actor, Action::Import)?;
    let mut act = Act::begin(services, op).await?;
    let staged = staged(&mut act.tx, id).await?;
    let repeated = import::committed(&mut act.tx, &staged.digest).await?.is_some();
    if repeated || staged.committed_at.is_some() {
        return Err(Problem::new(Kind::Conflict, Finding::new(Code::ImportRepeated, "import")));
    }
    if !import::begin(&mut act.tx, staged.import_id, &services.0.node).await? {
        return Err(Problem::new(Kind::Conflict, Finding::new(Code::ImportBusy, "import")));
    }
    let subject = format!("import {}", staged.number);
    act.note(Note { action: "import.begin", subject, ..Note::default() });
    act.commit().await?;
    write(services, op, staged.import_id).await
}

/// Finishes what this node began to write before it was interrupted.
pub async fn resume(services: &Services) -> Result<()> {
    let interrupted = import::interrupted(&mut services.0.store.read().await?, &services.0.node).await?;
    for id in interrupted {
        // What a person began is asked for by that person to its end.
        let mut tx = services.0.store.read().await?;
        let staged = staged(&mut tx, &id.to_string()).await?;
        let id_of_person = user::by_name(&mut tx, &staged.staged_by).await?.map(|user| user.actor.id);
        drop(tx);
        let op = services.operation(Actor {
            id: id_of_person.unwrap_or(UserId(Uuid::nil())),
            name: "interrupted import".to_owned(),
            roles: Role::ALL.into_iter().collect(),
            confirmed: true,
            password_since: Some(services.now()),
        });
        write(services, &op, id).await?;
    }
    Ok(())
}

/// Writes a claimed import; gives it back when it cannot be written.
async fn write(services: &Services, op: &Operation, id: Uuid) -> Result<Option<i64>> {
    let written = write_all(services, op, id).await;
    if let Err(problem) = &written {
        let mut act = Act::begin(services, op).await?;
        import::release(&mut act.tx, id).await?;
        let after = Some(format!("not written: {}", problem.code()));
        act.note(Note { action: "import.release", subject: id.to_string(), after, ..Note::default() });
        act.commit().await?;
    }
    written
}

async fn write_all(services: &Services, op: &Operation, id: Uuid) -> Result<Option<i64>> {
    let mut tx = services.0.store.read().await?;
    let staged = staged(&mut tx, &id.to_string()).await?;
    let change = format!("import {}", staged.number);
    let (view, package, keys) = look(&mut tx, staged, op.now).await?;
    let person = user::by_id(&mut tx, op.actor.id).await?.is_some();
    drop(tx);
    if !view.findings.is_empty() {
        return Err(Problem::blocked(view.findings.into_iter().map(|f| f.finding).take(50).collect()));
    }
    let created = package.created();
    let asked = Creation::new(services, op, keys, &change, person).run(package).await?;
    let mut act = Act::begin(services, op).await?;
    let now = act.now;
    if !import::commit(&mut act.tx, id, now).await? {
        return Err(Problem::new(Kind::Conflict, Finding::new(Code::ImportRepeated, "import")));
    }
    publish::common_files(&mut act.tx).await?;
    act.bump(ORGANISATION);
    let (many, mut request) = (asked.len(), None);
    if many > 0 {
        let why = format!("What {change} says of who rings.");
        request = Some(change_requests::reroute_of(&mut act, services, op, asked, &why).await?);
    }
    let asked = request.map_or_else(String::new, |number| format!(", {many} asked for by CR-{number}"));
    let after = Some(format!("{} records created, {} unchanged{asked}", created - many, view.unchanged));
    act.note(Note { action: "import.commit", subject: change, after, ..Note::default() });
    act.commit().await?;
    Ok(request)
}

/// Seals a secret with a fresh nonce.
pub(crate) fn seal(services: &Services, id: SecretId, secret: &str) -> Result<Vec<u8>> {
    let nonce = services.0.env.bytes::<24>();
    services.0.keys.vault.seal(id, secret, nonce).map_err(|code| Problem::invalid(code, "secret"))
}
