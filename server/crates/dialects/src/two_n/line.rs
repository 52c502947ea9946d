//! Keys of a SIP account; the devices count them from 0.

use crate::{
    entries::Content,
    lines::{Hop, Line, Registrar},
    rows::{From, LineKey, LineRow},
    said,
    sheet::About,
    tree,
};

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";
const PORT: &str = "sip.registrar.port";
const PROXY: &str = "sip.outbound_proxy.host";
const BACKUP: &str = "sip.backup.host";

pub(super) const LINE: &[LineRow] = &[
    by(|n| key(n, "Enabled"), "0", &[EXTENSION], |_, _| "1".into()),
    by(|n| key(n, "User/DisplayName"), "", &["line.#.display_name", EXTENSION], said::display_name),
    by(|n| key(n, "User/Id"), "", &[EXTENSION], said::extension),
    by(|n| key(n, "User/AuthId"), "", &["line.#.auth_user", EXTENSION], said::auth_user),
    by(|n| key(n, "User/PasswordString"), "", &["line.#.password"], said::password),
    by(
        |n| key(n, "Client/Domain"),
        "",
        &["sip.domain", HOST],
        |_, to| to.domain.as_ref().unwrap_or(&to.host).clone().into(),
    ),
    by(
        |n| key(n, "Proxy/Address"),
        "",
        &[PROXY, HOST],
        |_, to| to.outbound.as_ref().map_or(&to.host, |hop| &hop.host).clone().into(),
    ),
    by(
        |n| key(n, "Proxy/Port"),
        "0",
        &["sip.outbound_proxy.port", PROXY, PORT],
        |_, to| port(to.outbound.as_ref(), to),
    ),
    by(|n| key(n, "Registrar/Enabled"), "0", &[EXTENSION], |_, _| "1".into()),
    by(|n| key(n, "Registrar/Address"), "", &[HOST], |_, to| to.host.clone().into()),
    by(|n| key(n, "Registrar/Port"), "0", &[PORT], |_, to| to.port.to_string().into()),
    by(|n| key(n, "Registrar/ExpireTime"), "0", &["sip.expires"], |_, to| to.expires.to_string().into()),
    by(
        |n| key(n, "Registrar/BackupAddress"),
        "",
        &[BACKUP],
        |_, to| to.backup.as_ref().map_or(Content::Empty, |hop| hop.host.clone().into()),
    ),
    by(
        |n| key(n, "Registrar/BackupPort"),
        "0",
        &["sip.backup.port", BACKUP],
        |_, to| to.backup.as_ref().map_or("0".into(), |hop| port(Some(hop), to)),
    ),
    chosen(|n| key(n, "Misc/Dscp"), &["network.qos_signalling"], |_, to| dscp(to.each.qos_signalling)),
    chosen(|n| key(n, "Audio/Dscp"), &["network.qos_audio"], |_, to| dscp(to.each.qos_audio)),
];

/// Said once it is chosen; 0 is what a device has.
const fn chosen(
    key: fn(u8) -> String,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { always: false, ..by(key, "0", from, say) }
}

fn dscp(value: Option<i64>) -> Content {
    value.map_or(Content::Empty, |value| value.to_string().into())
}

const fn by(
    key: fn(u8) -> String,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { key: LineKey::By(key), say, from: From::First(from), always: true, cleared }
}

fn key(index: u8, name: &str) -> String {
    format!("Phone/Sip[At={}]/{name}", index.saturating_sub(1))
}

fn port(hop: Option<&Hop>, to: &Registrar) -> Content {
    hop.and_then(|hop| hop.port).unwrap_or(to.port).to_string().into()
}

/// A raw key is two groups and an element, `AutoUpdate.Configuration.Period`; accounts are not among them.
pub(super) fn about(key: &str) -> Option<(About, String)> {
    let words: Vec<_> = key.split('.').collect();
    let [group, inner, element] = words[..] else { return None };
    let about = match (group, inner) {
        ("Phone", inner) if inner.eq_ignore_ascii_case("sip") => About::Reserved,
        ("AutoUpdate", _) if ["username", "password"].contains(&element.to_ascii_lowercase().as_str()) => {
            About::Reserved
        }
        ("AutoUpdate" | "Phone", _) => About::Phone,
        _ => return None,
    };
    words.iter().all(|word| tree::name(word)).then(|| (about, words.join("/")))
}
