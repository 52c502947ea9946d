//! What phones send: logs, and settings that were made at the phone or on its own web page.
//!
//! Everything here takes bytes that anybody could have made, and never panics.

mod parse;

pub use parse::parse;

use crate::{poly, yealink};
use domain::{Code, Finding};

/// What kind of file a phone sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A log of the phone.
    Log,
    /// Settings that were made at the phone; the phone reads them back, and they win over ours.
    Override,
    /// Calls and contacts: of a person, not of a phone.
    Personal,
}

impl Kind {
    /// The word used on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Override => "override",
            Self::Personal => "personal",
        }
    }

    /// Parses the word.
    pub fn from_word(text: &str) -> Option<Self> {
        [Self::Log, Self::Override, Self::Personal].into_iter().find(|kind| kind.word() == text)
    }
}

/// What a file of a phone is, by its name alone; `None` for a name that phones do not send.
///
/// Personal is whatever says who called whom, or who knows whom.
pub fn kind(name: &str) -> Option<Kind> {
    let name = name.to_ascii_lowercase();
    let (_, rest) = crate::asked::leading_mac(&name)?;
    Some(match rest {
        "-boot.log" | "-app.log" | "-sys.log" | "-local.log" => Kind::Log,
        "-phone.cfg" | "-web.cfg" | "-local.cfg" => Kind::Override,
        "-calls.xml" | "-directory.xml" | "-contact.xml" | "-contacts.xml" | "-calllog.xml"
        | "-call-log.xml" => Kind::Personal,
        _ => return None,
    })
}

/// A setting that a phone has of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// The vendor's key.
    pub key: String,
    /// Its value; dots where the key sounds like a secret.
    pub value: String,
}

/// Words in a key behind whose value a secret may be.
const SECRET: [&str; 9] =
    ["passw", "passwd", "secret", "pin", "auth_key", "token", "ha1", "credential", "psk"];
/// What stands in place of a secret.
const MASK: &str = "••••••••";

fn masked(key: &str, value: &str) -> String {
    if sounds_secret(key) && !value.is_empty() { MASK.to_owned() } else { value.to_owned() }
}

/// Whether a secret may be behind this key.
pub(crate) fn sounds_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRET.iter().any(|word| key.contains(word))
}

/// Settings of the phone's own that win over ours: each key that a neutral setting writes too, and every forwarding,
/// which leads calls away whoever set it.
pub fn winning(own: &[Own]) -> Vec<Finding> {
    own.iter()
        .filter_map(|setting| {
            let subject = forwarding(&setting.key).or_else(|| neutral(&setting.key))?;
            let detail = format!("{} = {}", setting.key, setting.value);
            Some(Finding::new(Code::OverrideWins, subject).detail(detail))
        })
        .collect()
}

/// `forward.always` for `forward.always.target`, `account.1.always_fwd.target`, `divert.fwd.1.enabled` and the like.
fn forwarding(key: &str) -> Option<String> {
    let key = key.to_ascii_lowercase();
    let words: Vec<_> = key.split('.').collect();
    match words[..] {
        ["forward", kind, ..] => Some(format!("forward.{kind}")),
        ["account", index, kind, ..] => {
            let kind = kind.strip_suffix("_fwd")?;
            Some(format!("forward.{kind} on line key {index}"))
        }
        ["divert", ..] => Some("forward".to_owned()),
        ["reg", index, "fwd", kind, ..] => Some(format!("forward.{kind} on line key {index}")),
        _ => None,
    }
}

/// The neutral path that writes this key too.
fn neutral(key: &str) -> Option<String> {
    [&yealink::SHEET, &poly::SHEET].iter().find_map(|sheet| sheet.path_of(&key.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MAC: &str = "805ec0100003";

    fn read(name: &str, text: &str) -> Vec<(String, String)> {
        parse(&format!("{MAC}{name}"), text.as_bytes()).into_iter().map(|own| (own.key, own.value)).collect()
    }

    #[test]
    fn files_are_told_apart_by_name() {
        for (name, expected) in [
            ("805ec0100003-boot.log", Some(Kind::Log)),
            ("80:5E:C0:10:00:03-App.log", Some(Kind::Log)),
            ("805ec0100003-local.cfg", Some(Kind::Override)),
            ("0004f282e824-web.cfg", Some(Kind::Override)),
            ("0004f282e824-phone.cfg", Some(Kind::Override)),
            ("0004f282e824-directory.xml", Some(Kind::Personal)),
            ("805ec0100003-calllog.xml", Some(Kind::Personal)),
            ("805ec0100003.cfg", None),
            ("805ec0100003-license.cfg", None),
            ("000-boot.log", None),
            ("-boot.log", None),
        ] {
            assert_eq!(kind(name), expected, "{name}");
        }
    }

    #[test]
    fn a_forwarding_at_the_phone_is_found_whoever_made_the_phone() {
        let yealink = "#!version:1.0.0.1\n\nforward.always.enable = 1\nforward.always.target = 1234\n\
                       account.1.busy_fwd.target=99\nlocal_time.ntp_server1 = evil.example\nscreensaver.wait = 60\n\
                       account.1.password = hunter2\n# comment = x\nno equals sign\n";
        let own = parse(&format!("{MAC}-local.cfg"), yealink.as_bytes());
        assert_eq!(own.len(), 6);
        assert!(!format!("{own:?}").contains("hunter2"));
        let said: Vec<_> = winning(&own).into_iter().map(|f| (f.subject, f.detail)).collect();
        let said: Vec<_> = said.iter().map(|(subject, detail)| (subject.as_str(), detail.as_str())).collect();
        assert_eq!(
            said,
            [
                ("forward.always", "forward.always.enable = 1"),
                ("forward.always", "forward.always.target = 1234"),
                ("forward.busy on line key 1", "account.1.busy_fwd.target = 99"),
                ("phone.ntp", "local_time.ntp_server1 = evil.example"),
                ("line.1.password", "account.1.password = ••••••••"),
            ]
        );

        let poly = r#"<?xml version="1.0"?><!-- x --><PHONE_CONFIG><OVERRIDES divert.fwd.1.enabled="1"
            reg.1.fwd.busy.contact="a &amp; b" reg.1.auth.password="hunter2" up.backlight="3"/></PHONE_CONFIG>"#;
        assert_eq!(
            read("-web.cfg", poly),
            [
                ("divert.fwd.1.enabled".to_owned(), "1".to_owned()),
                ("reg.1.fwd.busy.contact".to_owned(), "a & b".to_owned()),
                ("reg.1.auth.password".to_owned(), "••••••••".to_owned()),
                ("up.backlight".to_owned(), "3".to_owned()),
            ]
        );
        let own = parse(&format!("{MAC}-phone.cfg"), poly.as_bytes());
        assert_eq!(winning(&own).len(), 3);
    }

    #[test]
    fn what_is_no_override_has_no_settings() {
        assert_eq!(read("-boot.log", "forward.always.target = 1"), []);
        assert_eq!(read("-web.cfg", "<a b='1'"), []);
        assert_eq!(read("-local.cfg", "\u{feff}"), []);
        assert_eq!(read("-local.cfg", &"k = v\n".repeat(20_000)).len(), 10_000);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), name in "-(local|web|phone)\\.cfg") {
            let own = parse(&format!("{MAC}{name}"), &bytes);
            let _ = winning(&own);
            prop_assert!(own.iter().all(|s| !s.key.is_empty() && !s.value.chars().any(char::is_control)));
        }

        #[test]
        fn any_attributes_are_read_without_panic(inside in "[a-z0-9.=\"'<>&;/ -]{0,200}") {
            let _ = parse(&format!("{MAC}-web.cfg"), format!("<A {inside}/>").as_bytes());
        }

        #[test]
        fn any_name_has_at_most_one_kind(name in ".{0,60}") {
            let _ = kind(&name);
        }
    }
}
