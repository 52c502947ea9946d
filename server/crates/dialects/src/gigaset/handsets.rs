//! Keys of a handset's account, and of the one provider that all of them register with.
//!
//! `#` stands for the endpoint here; in the file the handset's IPUI takes its place.

use crate::{
    entries::Content,
    lines::{Hop, Registrar, Srtp, Transport},
    rows::{LineRow, always},
    said,
    sheet::About,
};

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";
const PORT: &str = "sip.registrar.port";
const PROXY: &str = "sip.outbound_proxy.host";
const BACKUP: &str = "sip.backup.host";
const VOICEMAIL: &str = "sip.voicemail_number";

/// Where no line is: a name that nobody will ever have (RFC 2606), because an empty value is not to be had.
const NOBODY: &str = "nobody.invalid";
/// The port beside it.
const SIP: &str = "5060";

pub(super) const LINE: &[LineRow] = &[
    // What makes the base take a handset in; printed as the operation that it is.
    always("hs.#.RegStatus", "", &[EXTENSION], |_, _| "ToReg".into()),
    always("SipAccount.#.AuthName", "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always("SipAccount.#.AuthPassword", "", &["line.#.password"], said::password),
    always("SipAccount.#.UserName", "", &[EXTENSION], said::extension),
    always("SipAccount.#.DisplayName", "", &["line.#.display_name", EXTENSION], said::display_name),
    always("SipAccount.#.ProviderId", "", &[EXTENSION], |_, _| "0".into()),
    always("SipAccount.#.VoiceMailActive", "", &[VOICEMAIL], |_, to| on(to.voicemail.is_some())),
    // Without a mailbox nobody asks for it: the switch is off.
    always("SipAccount.#.VoiceMailMailbox", "", &[VOICEMAIL, EXTENSION], |line, to| {
        to.voicemail.as_ref().unwrap_or(&line.extension).clone().into()
    }),
    always("SipProvider.0.Domain", NOBODY, &["sip.domain", HOST], |_, to| {
        to.domain.as_ref().unwrap_or(&to.host).clone().into()
    }),
    always("SipProvider.0.ProxyServerAddress", NOBODY, &[HOST], |_, to| to.host.clone().into()),
    always("SipProvider.0.ProxyServerPort", SIP, &[PORT], |_, to| to.port.to_string().into()),
    always("SipProvider.0.RegServerAddress", NOBODY, &[HOST], |_, to| to.host.clone().into()),
    always("SipProvider.0.RegServerPort", SIP, &[PORT], |_, to| to.port.to_string().into()),
    always("SipProvider.0.RegServerRefreshTimer", "3600", &["sip.expires"], |_, to| {
        to.expires.to_string().into()
    }),
    always("SipProvider.0.TransportProtocol", "1", &["sip.transport"], |_, to| {
        match to.transport {
            Transport::Udp => "1",
            Transport::Tcp => "2",
            Transport::Tls => "3",
        }
        .into()
    }),
    always("SipProvider.0.SRTP_Enabled", "0", &["sip.srtp"], |_, to| {
        on(matches!(to.srtp, Some(Srtp::Optional | Srtp::Required)))
    }),
    always("SipProvider.0.AcceptNonSRTPCalls", "1", &["sip.srtp"], |_, to| {
        on(to.srtp != Some(Srtp::Required))
    }),
    always("SipProvider.0.MWISubscription", "0", &[VOICEMAIL], |_, to| on(to.voicemail.is_some())),
    // 0 is always, 2 is never.
    always("SipProvider.0.OutboundProxyMode", "2", &[PROXY], |_, to| {
        if to.outbound.is_some() { "0" } else { "2" }.into()
    }),
    always("SipProvider.0.OutboundProxyAddress", NOBODY, &[PROXY, HOST], |_, to| {
        host(to.outbound.as_ref(), to)
    }),
    always("SipProvider.0.OutboundProxyPort", SIP, &["sip.outbound_proxy.port", PROXY, PORT], |_, to| {
        port(to.outbound.as_ref(), to)
    }),
    always("SipProvider.0.FailoverServerEnabled", "0", &[BACKUP], |_, to| on(to.backup.is_some())),
    always("SipProvider.0.FailoverServerAddress", NOBODY, &[BACKUP, HOST], |_, to| {
        host(to.backup.as_ref(), to)
    }),
    always("SipProvider.0.FailoverServerPort", SIP, &["sip.backup.port", BACKUP, PORT], |_, to| {
        port(to.backup.as_ref(), to)
    }),
];

/// Where nothing is chosen and the switch beside it is off: the registrar again, so that neither an empty value nor what
/// was chosen before stays there.
fn host(hop: Option<&Hop>, to: &Registrar) -> Content {
    hop.map_or(&to.host, |hop| &hop.host).clone().into()
}

fn port(hop: Option<&Hop>, to: &Registrar) -> Content {
    hop.and_then(|hop| hop.port).unwrap_or(to.port).to_string().into()
}

fn on(flag: bool) -> Content {
    if flag { "1" } else { "0" }.into()
}

/// Handsets and their accounts are never written from raw keys, nor is a name that could leave its attribute.
pub(super) fn about(key: &str) -> Option<(About, String)> {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    let lower = key.to_ascii_lowercase();
    let first = lower.split('.').next().filter(|first| !first.is_empty())?;
    let about = match first {
        "sipaccount" | "hs" => About::Reserved,
        _ => About::Phone,
    };
    key.bytes().all(plain).then(|| (about, key.to_owned()))
}
