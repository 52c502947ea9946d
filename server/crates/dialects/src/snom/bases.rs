//! M DECT bases: server 1 is the registrar of all lines, index N is line N and the handset that may show it.

use super::{
    general::{address, language, tone, tos, zone},
    lines::switch,
};
use crate::{
    entries::Content,
    lines::{Line, Registrar},
    reader::Reader,
    rows::{From, LineKey, LineRow, Row, Say, always, chosen, row},
    said,
};

const EXTENSION: &str = "line.#.extension";
/// No handset's: whoever subscribes may take the place.
const NOBODY: &str = "0xFFFFFFFFFF";

/// In path order.
pub(super) const PHONE: &[Row] = &[
    row("network.qos_audio", &[("codec_tos", "160")], Say::By(tos)),
    row("network.qos_signalling", &[("signaling_tos", "160")], Say::By(tos)),
    row("network.vlan", &[("vlan_id", "0")], Say::Same),
    row("network.vlan_priority", &[("vlan_qos", "0")], Say::Same),
    row("phone.admin_password", &[("http_user", ""), ("http_pass", "")], Say::By(admin)),
    row("phone.language", &[("language", "English"), ("web_language", "English")], Say::By(language)),
    row("phone.ntp", &[("ntp_server", "")], Say::Same),
    row("phone.timezone", &[("timezone", "")], Say::By(zone)),
    row("phone.tone_region", &[("tone_scheme", "USA")], Say::By(tone)),
    row(
        "provisioning.dhcp_override",
        &[("pnp_config", "on"), ("dhcp_option_pnp", "on")],
        Say::DhcpOverride("off", "on"),
    ),
    row("provisioning.password", &[("http_client_password", "")], Say::Own),
    row("provisioning.url", &[("setting_server", "")], Say::By(address)),
    row("provisioning.user", &[("http_client_user", "")], Say::Own),
];

/// Every key of a line that this dialect writes. Those of the server are said once, by the first line.
pub(super) const LINE: &[LineRow] = &[
    always("user_host.1", "", &["sip.domain", "sip.registrar.host"], |_, to| {
        to.domain.as_ref().unwrap_or(&to.host).clone().into()
    }),
    LineRow {
        key: LineKey::At("user_outbound.1"),
        say: outbound,
        from: From::All(&[
            "sip.registrar.host",
            "sip.registrar.port",
            "sip.outbound_proxy.host",
            "sip.outbound_proxy.port",
        ]),
        always: true,
        cleared: "",
    },
    always("srv_sip_transport.1", "udp", &["sip.transport"], |_, to| to.transport.word().into()),
    always("user_expiry.1", "3600", &["sip.expires"], |_, to| to.expires.to_string().into()),
    always("user_active.#", "off", &[EXTENSION], |_, _| "on".into()),
    always("user_realname.#", "", &["line.#.display_name", EXTENSION], said::display_name),
    always("user_name.#", "", &[EXTENSION], said::extension),
    always("user_pname.#", "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always("user_pass.#", "", &["line.#.password"], said::password),
    always("user_mailnumber.#", "", &["sip.voicemail_number"], |_, to| said::text(to.voicemail.as_ref())),
    always("subscr_sip_line_name.#", "", &["line.#.label", "line.#.display_name", EXTENSION], said::label),
    always("subscr_sip_hs_idx.#", "", &[EXTENSION], |line, _| line.index.to_string().into()),
    always("subscr_sip_ua_data_server_id.#", "1", &[EXTENSION], |_, _| "1".into()),
    always("subscr_dect_ipui.#", NOBODY, &[EXTENSION], |line, _| {
        line.handset.map_or(NOBODY.into(), |handset| format!("0x{}", handset.hex()).into())
    }),
    chosen("codec_priority_list.1", "pcma,pcmu,g722,g729,telephone-event", &["sip.codecs"], codecs),
    chosen("fwd_all_enabled.#", "off", &["line.#.forward.always"], |line, _| {
        switch(line.forward.always.as_ref())
    }),
    chosen("fwd_all_target.#", "", &["line.#.forward.always"], |line, _| {
        said::text(line.forward.always.as_ref())
    }),
    chosen("fwd_busy_enabled.#", "off", &["line.#.forward.busy"], |line, _| {
        switch(line.forward.busy.as_ref())
    }),
    chosen("fwd_busy_target.#", "", &["line.#.forward.busy"], |line, _| {
        said::text(line.forward.busy.as_ref())
    }),
    chosen("fwd_time_enabled.#", "off", &["line.#.forward.no_answer"], |line, _| {
        switch(line.forward.no_answer.as_ref())
    }),
    chosen("fwd_time_target.#", "", &["line.#.forward.no_answer"], |line, _| {
        said::text(line.forward.no_answer.as_ref())
    }),
    chosen("fwd_time_secs.#", "", &["line.#.forward.no_answer_seconds"], |line, _| {
        line.forward.seconds.map_or(Content::Empty, |seconds| seconds.to_string().into())
    }),
];

fn outbound(_: &Line, to: &Registrar) -> Content {
    let (host, port) = to.first_hop();
    format!("{host}:{port}").into()
}

/// These bases have no Opus.
fn codecs(_: &Line, to: &Registrar) -> Content {
    let own: Vec<&str> = to.codecs.iter().map(String::as_str).filter(|codec| *codec != "opus").collect();
    if own.is_empty() { Content::Empty } else { format!("{},telephone-event", own.join(",")).into() }
}

fn admin(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    Some(vec!["admin".into(), Content::Secret(reader.secret(path)?)])
}
