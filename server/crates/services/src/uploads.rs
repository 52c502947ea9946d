//! What phones send of themselves: kept sealed, given back to the same phone alone, and put away when the phone's lines
//! get another owner.

use crate::{
    Problem, Result, Services,
    act::{Act, Note},
    facts::Loaded,
    publish,
    rollouts::holds::Holds,
    view::UploadRow,
};
use dialects::uploads::{Kind, parse, winning};
use domain::{
    Code, Finding, Timestamp,
    device::Device,
    ids::EndpointId,
    layer::Level,
    resolution::resolve,
    setting::Value,
    time::{DAY, HOUR},
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use storage::{
    Tx,
    device::{self, Stored},
    upload,
};
use zeroize::Zeroizing;

/// Bytes of one file.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Bytes of all files of a device.
const QUOTA_BYTES: i64 = 16 * 1024 * 1024;
/// Files of a device.
const QUOTA_FILES: i64 = 32;
/// A log is on record once in this time: some phones send theirs every few minutes.
const LOG_RECORD: i64 = HOUR;
/// Whether calls and contacts are kept.
const KEEP_PERSONAL: &str = "uploads.keep_personal";

/// Over whoever answers for the lines of a device: the same whatever the order, and nobody's name.
fn fingerprint<'a>(owners: impl IntoIterator<Item = &'a str>) -> String {
    let owners: BTreeSet<_> = owners.into_iter().filter(|id| !id.is_empty()).collect();
    let mut hash = Sha256::new_with_prefix(b"owners of a device 1");
    for owner in owners {
        hash.update((owner.len() as u64).to_be_bytes());
        hash.update(owner);
    }
    hex::encode(hash.finalize())
}

/// Whoever answers for the device's lines now.
pub(crate) fn owner(loaded: &Loaded) -> String {
    fingerprint(loaded.lines.iter().map(|line| line.owner.id.as_str()))
}

/// An applied request leaves owners `new` on the endpoints `changed`: when that changes who answers for the device's lines, what the phone
/// has sent until now is the former owner's.
pub(crate) async fn owner_changes(
    act: &mut Act<'_>,
    loaded: &Loaded,
    changed: &BTreeSet<EndpointId>,
    new: &[&str],
    change: &str,
) -> Result<()> {
    let others = loaded.lines.iter().filter(|line| !changed.contains(&line.standing.endpoint));
    let after = fingerprint(others.map(|line| line.owner.id.as_str()).chain(new.iter().copied()));
    if after == owner(loaded) {
        return Ok(());
    }
    let device = &loaded.stored.device;
    let now = act.now;
    let sealed = upload::seal(&mut act.tx, device.id, now).await?;
    if sealed > 0 {
        act.note(Note {
            action: "upload.seal",
            subject: loaded.name(),
            site: Some(device.site),
            device: Some(device.id),
            after: Some(format!("{sealed} files of the former owner")),
            reason: format!("The lines have another owner by {change}."),
            ..Note::default()
        });
    }
    Ok(())
}

/// Deletes what was put away long enough ago, a few devices at a time; returns of how many. Whatever an audit wanted to
/// know of a former owner's files, that there were some stays in the record.
pub(crate) async fn sweep(services: &Services) -> Result<usize> {
    let until = services.now().plus(-services.0.limits.put_away);
    if upload::expired(&mut services.0.store.read().await?, until).await?.is_empty() {
        return Ok(0);
    }
    let mut act = Act::begin_program(services).await?;
    let expired = upload::expired(&mut act.tx, until).await?;
    for group in &expired {
        upload::expire(&mut act.tx, group.device(), until).await?;
        let stored = device::by_id(&mut act.tx, group.device()).await?;
        act.note(Note {
            action: "upload.expire",
            subject: stored.as_ref().map(Stored::name).unwrap_or_default(),
            site: stored.as_ref().map(|stored| stored.device.site),
            device: Some(group.device()),
            before: Some(format!("{} files of a former owner, {} bytes", group.files, group.bytes)),
            reason: format!("They were put away for {} days.", services.0.limits.put_away / DAY),
            ..Note::default()
        });
    }
    if !expired.is_empty() {
        act.commit().await?;
    }
    Ok(expired.len())
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is kept, in place of one of the same name or not, or it was of a person and is dropped as policy says.
    Yes {
        /// Whether there was none of this name.
        created: bool,
    },
    /// The device has sent as much as it may.
    Full,
}

/// Takes a file of a proven device. One transaction with its record; acts have one order, so whose it is cannot change
/// meanwhile.
pub(crate) async fn take(
    services: &Services,
    mac: domain::Mac,
    name: &str,
    kind: Kind,
    body: &[u8],
) -> Result<Taken> {
    let mut act = Act::begin_program(services).await?;
    let loaded = crate::devices::loaded(&mut act.tx, &mac.bare()).await?;
    let device = &loaded.stored.device;
    if kind == Kind::Personal && !keeps_personal(&mut act.tx, device).await? {
        return Ok(Taken::Yes { created: false });
    }
    let name = name.to_ascii_lowercase();
    let owner = owner(&loaded);
    let before = upload::current(&mut act.tx, device.id, &name).await?;
    let bytes = i64::try_from(body.len()).unwrap_or(i64::MAX);
    if let Some(same) = before.as_ref().filter(|b| b.bytes == bytes && b.owner == owner)
        && open(services, &mut act.tx, same).await?.as_slice() == body
    {
        // Phones send an override with every check, changed or not.
        return Ok(Taken::Yes { created: false });
    }
    let (files, used) = upload::used(&mut act.tx, device.id, &name).await?;
    if files + 1 > QUOTA_FILES || used.saturating_add(bytes) > QUOTA_BYTES {
        return Ok(Taken::Full);
    }
    let now = act.now;
    let on_record =
        before.as_ref().map(|b| b.recorded).filter(|at| kind == Kind::Log && now < at.plus(LOG_RECORD));
    let id = services.0.env.id();
    let new = upload::Upload {
        id,
        name: name.clone(),
        kind: kind.word().to_owned(),
        owner,
        at: now,
        recorded: on_record.unwrap_or(now),
        bytes,
        sealed: None,
    };
    let unreadable = |code| Problem::invalid(code, "upload");
    let sealed =
        services.0.keys.vault.seal_bytes(id, body, services.0.env.bytes::<24>()).map_err(unreadable)?;
    let wins = if kind == Kind::Override { winning(&parse(&name, body)).len() } else { 0 };
    upload::put(&mut act.tx, device.id, &new, sealed, wins).await?;
    if on_record.is_none() {
        act.note(Note {
            action: "upload.accept",
            subject: name,
            site: Some(device.site),
            device: Some(device.id),
            before: before.as_ref().map(|b| format!("{} bytes", b.bytes)),
            after: Some(format!("{}, {bytes} bytes", kind.word())),
            ..Note::default()
        });
    }
    act.commit().await?;
    Ok(Taken::Yes { created: before.is_none() })
}

/// Two layers, because only the organisation and a site have a say in this: as far as rollouts have reached the device.
async fn keeps_personal(tx: &mut Tx, device: &Device) -> Result<bool> {
    let scopes = [(Level::Organisation, "organisation".to_owned()), (Level::Site, device.site.to_string())];
    let mut layers = publish::load(tx, scopes.into()).await?;
    Holds::of(tx, device.id).await?.apply(&mut layers);
    let (resolution, _) = resolve(&layers);
    Ok(match resolution.value(KEEP_PERSONAL) {
        Some(Value::Flag(keep)) => *keep,
        Some(value) => value.text().is_some_and(|text| ["1", "on", "yes", "true"].contains(&text.trim())),
        None => false,
    })
}

async fn open(services: &Services, tx: &mut Tx, file: &upload::Upload) -> Result<Zeroizing<Vec<u8>>> {
    let unreadable = |code| Problem::invalid(code, "upload");
    let sealed = upload::body(tx, file.id).await?.ok_or_else(|| unreadable(Code::SecretUnreadable))?;
    services.0.keys.vault.open_bytes(file.id, &sealed).map_err(unreadable)
}

/// A device as it stands in the database now.
pub(crate) async fn fresh(services: &Services, mac: domain::Mac) -> Result<Loaded> {
    let mut tx = services.0.store.read().await?;
    crate::devices::loaded(&mut tx, &mac.bare()).await
}

/// The bytes of a file that the device itself has sent, for the same owner.
pub(crate) async fn back(services: &Services, loaded: &Loaded, name: &str) -> Result<Option<Vec<u8>>> {
    let mut tx = services.0.store.read().await?;
    let name = name.to_ascii_lowercase();
    let found = upload::current(&mut tx, loaded.stored.device.id, &name).await?;
    match found.filter(|file| file.owner == owner(loaded)) {
        Some(file) => Ok(Some(open(services, &mut tx, &file).await?.to_vec())),
        None => Ok(None),
    }
}

/// What a device has sent. Files of a former owner are an auditor's alone.
pub(crate) async fn rows(tx: &mut Tx, loaded: &Loaded, auditor: bool) -> Result<Vec<UploadRow>> {
    let owner = owner(loaded);
    let row = |file: upload::Upload| {
        // The directory may have given the extension to somebody else without any request.
        let sealed = file.sealed.is_some() || file.owner != owner;
        (auditor || !sealed).then_some(UploadRow {
            name: file.name,
            kind: file.kind,
            bytes: file.bytes,
            at: file.at,
            sealed,
        })
    };
    let all = upload::list(tx, loaded.stored.device.id).await?;
    Ok(all.into_iter().filter_map(row).collect())
}

/// Settings made at the phone that win over ours.
pub(crate) async fn overrides(services: &Services, tx: &mut Tx, loaded: &Loaded) -> Result<Vec<Finding>> {
    Ok(overrides_at(services, tx, loaded).await?.into_iter().map(|(finding, _)| finding).collect())
}

/// The same, each with when the phone said so.
pub(crate) async fn overrides_at(
    services: &Services,
    tx: &mut Tx,
    loaded: &Loaded,
) -> Result<Vec<(Finding, Timestamp)>> {
    let owner = owner(loaded);
    let mut findings = Vec::new();
    for file in upload::list(tx, loaded.stored.device.id).await? {
        if file.sealed.is_none() && file.owner == owner && Kind::from_word(&file.kind) == Some(Kind::Override)
        {
            let body = open(services, tx, &file).await?;
            findings.extend(winning(&parse(&file.name, &body)).into_iter().map(|finding| (finding, file.at)));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_owners_are_the_same_in_whatever_order() {
        assert_eq!(fingerprint(["b", "a", "a", ""]), fingerprint(["a", "b"]));
        assert_ne!(fingerprint(["ab"]), fingerprint(["a", "b"]));
        assert_ne!(fingerprint([]), fingerprint(["a"]));
    }
}
