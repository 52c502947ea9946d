//! Lines and the line key of each.

use crate::{
    entries::Content,
    flat::{
        BACKUP_PROXY, CODECS, DIAL_PLAN, EXTENSION, LABEL, OUTBOUND, PROXY, all, audio, dial_plan, dual,
        expires, g722, g729, nth_codec, opus, outbound, proxy, shared, signalling, srv, transport,
        use_outbound,
    },
    lines::Srtp,
    rows::{LineRow, always, chosen},
    said,
};

/// Every key of a line that this dialect writes.
pub(super) const LINE: &[LineRow] = &[
    always("Line_Enable_#_", "No", &[EXTENSION], |_, _| "Yes".into()),
    always("Display_Name_#_", "", &["line.#.display_name", EXTENSION], said::display_name),
    always("User_ID_#_", "", &[EXTENSION], said::extension),
    always("Auth_ID_#_", "", &["line.#.auth_user", EXTENSION], said::auth_user),
    always("Password_#_", "", &["line.#.password"], said::password),
    all("Proxy_#_", "", PROXY, proxy),
    all("Outbound_Proxy_#_", "", OUTBOUND, outbound),
    all("Use_Outbound_Proxy_#_", "No", OUTBOUND, use_outbound),
    always("SIP_Transport_#_", "UDP", &["sip.transport"], transport),
    always("Register_Expires_#_", "3600", &["sip.expires"], expires),
    always("Share_Ext_#_", "private", &["line.#.shared"], shared),
    always("Extension_#_", "Disabled", &[EXTENSION], |line, _| line.index.to_string().into()),
    always("Short_Name_#_", "", LABEL, said::label),
    always("Share_Call_Appearance_#_", "private", &["line.#.shared"], shared),
    always("Extended_Function_#_", "", &[], |_, _| Content::Empty),
    BACKUP_PROXY,
    chosen("Dual_Registration_#_", "No", &["sip.backup.host"], dual),
    chosen("Use_DNS_SRV_#_", "No", &["sip.lookup"], srv),
    chosen("DNS_SRV_Auto_Prefix_#_", "No", &["sip.lookup"], srv),
    // Without TLS keys would go in the clear, so `Strict` would leave audio open over UDP: it is not used.
    chosen("Secure_Call_Option_#_", "Optional", &["sip.srtp"], |_, to| match to.srtp {
        Some(Srtp::Optional) => "Optional".into(),
        Some(Srtp::Required) => "Required".into(),
        Some(Srtp::Off) | None => Content::Empty,
    }),
    chosen("Preferred_Codec_#_", "G711u", CODECS, nth_codec::<0>),
    chosen("Second_Preferred_Codec_#_", "Unspecified", CODECS, nth_codec::<1>),
    chosen("Third_Preferred_Codec_#_", "Unspecified", CODECS, nth_codec::<2>),
    chosen("G722_Enable_#_", "Yes", CODECS, g722),
    chosen("G729a_Enable_#_", "Yes", CODECS, g729),
    chosen("OPUS_Enable_#_", "Yes", CODECS, opus),
    chosen("Dial_Plan_#_", DIAL_PLAN, &["phone.dial_plan"], dial_plan),
    chosen("SIP_TOS_DiffServ_Value_#_", "0x68", &["network.qos_signalling"], signalling),
    chosen("RTP_TOS_DiffServ_Value_#_", "0xb8", &["network.qos_audio"], audio),
];
