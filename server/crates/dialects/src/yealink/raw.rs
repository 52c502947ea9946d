//! Raw keys: `raw.yealink."features.dnd.enable"`, for what the neutral model does not name.
//!
//! They are no way round the fence: who a phone is and where it asks is never written from here.

use super::accounts;
use crate::{
    entries::{Content, Entries},
    job::Job,
    reader::Reader,
};
use domain::{setting::Path, vendor::Vendor};
use std::collections::BTreeSet;

/// What a vendor key is about.
enum About {
    /// The phone as a whole.
    Phone,
    /// One account: written only while a line is on it.
    Account(u8),
    /// One line key: may hold a speed dial or a watched line, on a phone that has a line.
    LineKey,
    /// A line or the credential itself: only ever written from an approved binding.
    Reserved,
}

pub(super) fn put(job: &Job<'_>, bound: &BTreeSet<u8>, reader: &mut Reader<'_>, entries: &mut Entries) {
    for (path, resolved) in &reader.resolution().settings {
        // A secret out of place has its finding already.
        let (Some(key), Some(_)) = (path.raw(Vendor::Yealink.name()), resolved.value.text()) else {
            continue;
        };
        let written = match about(key) {
            About::Phone => true,
            _ if !job.mentions_accounts() => continue,
            About::Account(index) => bound.contains(&index),
            About::LineKey => !bound.is_empty(),
            About::Reserved => {
                reader.refuse(path.as_str(), "Lines and credentials are never written from raw keys.");
                continue;
            }
        };
        let content = if written {
            let Some(text) = reader.text(path.as_str()) else { continue };
            Content::from(text)
        } else {
            Content::Empty
        };
        if let Err(other) = entries.put(key, content, vec![path.clone()]) {
            let from = other.paths.first().map_or("the dialect itself", |path| path.as_str()).to_owned();
            reader.refuse(path.as_str(), &format!("The key is written from {from} already."));
        }
    }
}

/// Back to factory, for a raw key that was served and is no longer set.
pub(super) fn reset(path: &Path, job: &Job<'_>, entries: &mut Entries) {
    let Some(key) = path.raw(Vendor::Yealink.name()) else { return };
    match about(key) {
        About::Reserved => {}
        About::Account(_) | About::LineKey if !job.mentions_accounts() => {}
        About::Phone | About::Account(_) | About::LineKey => entries.clear(key, vec![path.clone()]),
    }
}

fn about(key: &str) -> About {
    let key = key.to_ascii_lowercase();
    let words: Vec<&str> = key.split('.').collect();
    match words[..] {
        ["account", index, ..] => match index.parse::<u8>() {
            // `01` may be read as 1 by a phone, past our own `account.1`.
            Ok(number) if number.to_string() == index => {
                let own = accounts::keys(number).iter().any(|(own, _)| *own == key);
                if own { About::Reserved } else { About::Account(number) }
            }
            _ => About::Reserved,
        },
        ["linekey", ..] => About::LineKey,
        ["account" | "voice_mail", ..] => About::Reserved,
        ["auto_provision", "server", name] | ["static", "auto_provision", "server", name]
            if name != "url" =>
        {
            About::Reserved
        }
        _ => About::Phone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_raw_key_can_make_a_line_or_change_the_credential() {
        for key in [
            "account.1.user_name",
            "Account.1.PASSWORD",
            "account.01.user_name",
            "account.x.user_name",
            "account.300.user_name",
            "account",
            "voice_mail.number.1",
            "static.auto_provision.server.password",
            "auto_provision.server.username",
        ] {
            assert!(matches!(about(key), About::Reserved), "{key}");
        }
        assert!(matches!(about("account.2.codec.g722.enable"), About::Account(2)));
        assert!(matches!(about("linekey.3.type"), About::LineKey));
        assert!(matches!(about("features.dnd.enable"), About::Phone));
    }
}
