//! Keys of a handset's account, and of the one provider that all of them register with.
//!
//! `#` stands for the endpoint here; in the file the handset's IPUI takes its place.

use crate::{
    entries::Content,
    lines::{Registrar, Srtp, Transport},
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

pub(super) const LINE: &[LineRow] =
    &[
        // What makes the base take a handset in; printed as the operation that it is.
        always("hs.#.RegStatus", "", &[EXTENSION], |_, _| "ToReg".into()),
        always("SipAccount.#.AuthName", "", &["line.#.auth_user", EXTENSION], said::auth_user),
        always("SipAccount.#.AuthPassword", "", &["line.#.password"], said::password),
        always("SipAccount.#.UserName", "", &[EXTENSION], said::extension),
        always("SipAccount.#.DisplayName", "", &["line.#.display_name", EXTENSION], said::display_name),
        always("SipAccount.#.ProviderId", "", &[EXTENSION], |_, _| "0".into()),
        always("SipAccount.#.VoiceMailActive", "", &[VOICEMAIL], |_, to| on(to.voicemail.is_some())),
        always("SipAccount.#.VoiceMailMailbox", "", &[VOICEMAIL], |_, to| {
            to.voicemail.as_ref().map_or(Content::Empty, |number| number.clone().into())
        }),
        always("SipProvider.0.Domain", "", &["sip.domain", HOST], |_, to| {
            to.domain.as_ref().unwrap_or(&to.host).clone().into()
        }),
        always("SipProvider.0.ProxyServerAddress", "", &[HOST], |_, to| to.host.clone().into()),
        always("SipProvider.0.ProxyServerPort", "", &[PORT], |_, to| to.port.to_string().into()),
        always("SipProvider.0.RegServerAddress", "", &[HOST], |_, to| to.host.clone().into()),
        always("SipProvider.0.RegServerPort", "", &[PORT], |_, to| to.port.to_string().into()),
        always("SipProvider.0.RegServerRefreshTimer", "", &["sip.expires"], |_, to| {
            to.expires.to_string().into()
        }),
        always("SipProvider.0.TransportProtocol", "", &["sip.transport"], |_, to| {
            match to.transport {
                Transport::Udp => "1",
                Transport::Tcp => "2",
                Transport::Tls => "3",
            }
            .into()
        }),
        always("SipProvider.0.SRTP_Enabled", "", &["sip.srtp"], |_, to| {
            on(matches!(to.srtp, Some(Srtp::Optional | Srtp::Required)))
        }),
        always("SipProvider.0.AcceptNonSRTPCalls", "", &["sip.srtp"], |_, to| {
            on(to.srtp != Some(Srtp::Required))
        }),
        always("SipProvider.0.MWISubscription", "", &[VOICEMAIL], |_, to| on(to.voicemail.is_some())),
        // 0 is always, 2 is never.
        always("SipProvider.0.OutboundProxyMode", "", &[PROXY], |_, to| {
            if to.outbound.is_some() { "0" } else { "2" }.into()
        }),
        always("SipProvider.0.OutboundProxyAddress", "", &[PROXY], |_, to| {
            to.outbound.as_ref().map_or(Content::Empty, |hop| hop.host.clone().into())
        }),
        always("SipProvider.0.OutboundProxyPort", "", &["sip.outbound_proxy.port", PROXY], |_, to| {
            to.outbound.as_ref().map_or(Content::Empty, |hop| port(hop.port, to))
        }),
        always("SipProvider.0.FailoverServerEnabled", "", &[BACKUP], |_, to| on(to.backup.is_some())),
        always("SipProvider.0.FailoverServerAddress", "", &[BACKUP], |_, to| {
            to.backup.as_ref().map_or(Content::Empty, |hop| hop.host.clone().into())
        }),
        always("SipProvider.0.FailoverServerPort", "", &["sip.backup.port", BACKUP], |_, to| {
            to.backup.as_ref().map_or(Content::Empty, |hop| port(hop.port, to))
        }),
    ];

fn port(own: Option<i64>, to: &Registrar) -> Content {
    own.unwrap_or(to.port).to_string().into()
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
