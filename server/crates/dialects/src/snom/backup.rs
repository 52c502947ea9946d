//! Where to register when the registrar is away: these phones have no second server of an identity, but a second
//! identity, which calls take once the first is no longer registered (Snom, SIP Failover: `user_failover_identity`). It
//! is registered there all the time, so calls that arrive there ring too.

use super::lines::LINE;
use crate::{
    entries::{Content, Entry},
    job::Job,
    lines::{self, Hop, Registrar},
    reader::Reader,
    rows::LineKey,
};
use domain::{revision::RevisionKind, setting::Path};

/// Settings that an identity at the backup comes from.
pub(super) const BACKUP: &[&str] = &["sip.backup.host", "sip.backup.port"];

/// Gives each line one of the identities that no line has, or says why there is none.
pub(super) fn stand_in(job: &Job<'_>, reader: &mut Reader<'_>, entries: &mut Vec<Entry>) {
    if job.kind != RevisionKind::Bound {
        return;
    }
    // What is wrong with a line has been said.
    let Some((mut registrar, lines)) = lines::read(&mut Reader::new(job), job) else { return };
    let Some(Hop { host, port }) = registrar.backup.take() else { return };
    if registrar.domain.is_some() && registrar.outbound.is_some() {
        let why = "Behind an outbound proxy and under one SIP domain these phones cannot tell it from the registrar.";
        return reader.refuse(BACKUP[0], why);
    }
    let taken = |index: &u8| lines.iter().any(|line| line.index == *index);
    let free: Vec<u8> = (1..=job.accounts()).filter(|index| !taken(index)).collect();
    if free.len() < lines.len() {
        let why = "It takes an identity of its own for each line, and the phone has no more.";
        return reader.refuse(BACKUP[0], why);
    }
    // What DNS says of the registrar it does not say of the backup.
    let there = Registrar { host, port: port.unwrap_or(registrar.port), lookup: None, ..registrar };
    for (line, second) in lines.iter().zip(free) {
        // Forwarding stays with the line: what was forwarded there would outlive the backup.
        let own = |pattern: &&str| pattern.starts_with("line.");
        let rows = LINE.iter().filter(|row| matches!(row.key, LineKey::At(_)));
        for row in rows.filter(|row| row.always || !row.from.patterns().iter().any(own)) {
            let content = (row.say)(line, &there);
            if row.always || content != Content::Empty {
                let origins = row.from.origins(line.index, reader);
                put(entries, row.key.of(second), content, at_backup(origins, reader));
            }
        }
        let key = format!("user_failover_identity.{}", line.index);
        put(entries, key, second.to_string().into(), set(reader));
    }
}

/// An identity that stood in for a line, and does so no longer, has nothing of what is chosen for all lines.
pub(super) fn stand_down(job: &Job<'_>, entries: &mut Vec<Entry>) {
    let served = |pattern: &&str| job.served.iter().find(|path| path.as_str() == *pattern);
    let (Some(backup), true) = (served(&BACKUP[0]), job.mentions_accounts()) else { return };
    let lines = (1..=job.accounts()).filter(|index| job.served.contains(&Path::line(*index, "extension")));
    // So many lines never needed an identity beyond twice their number.
    let last = lines.count() * 2;
    let on = |entries: &[Entry], index: u8| {
        let key = format!("user_active.{index}");
        entries.iter().any(|entry| entry.key == key && entry.content == "on".into())
    };
    for index in (1..=job.accounts()).take(last) {
        if on(entries, index) {
            continue;
        }
        for row in LINE.iter().filter(|row| !row.always) {
            let key = row.key.of(index);
            if row.from.patterns().iter().any(|pattern| served(pattern).is_some())
                && entries.iter().all(|entry| entry.key != key)
            {
                let content = if row.cleared.is_empty() { Content::Empty } else { row.cleared.into() };
                entries.push(Entry { key, content, paths: vec![backup.clone()] });
            }
        }
    }
}

/// Settings of the backup in place of those of the registrar.
fn at_backup(origins: Vec<Path>, reader: &Reader<'_>) -> Vec<Path> {
    let of_registrar = |path: &Path| path.as_str().starts_with("sip.registrar.");
    if !origins.iter().any(of_registrar) {
        return origins;
    }
    set(reader).into_iter().chain(origins.into_iter().filter(|path| !of_registrar(path))).collect()
}

fn set(reader: &Reader<'_>) -> Vec<Path> {
    BACKUP.iter().filter_map(|path| reader.set(path)).collect()
}

/// In place of what cleared the identity.
fn put(entries: &mut Vec<Entry>, key: String, content: Content, paths: Vec<Path>) {
    let paths = if content == Content::Empty { vec![] } else { paths };
    match entries.iter_mut().find(|entry| entry.key == key) {
        Some(entry) => *entry = Entry { key, content, paths },
        None => entries.push(Entry { key, content, paths }),
    }
}
