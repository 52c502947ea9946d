//! Lines of phones with the line key of each, and FXS ports of adapters.

use crate::{
    entries::Content,
    flat::{
        BACKUP_PROXY, CODECS, DIAL_PLAN, EXTENSION, LABEL, OUTBOUND, PROXY, all, audio, dial_plan, dual,
        expires, g722, g729, nth_narrow_codec, nth_older_codec, outbound, priority, proxy, shared,
        signalling, srv, transport, use_auth_user, use_outbound, yes,
    },
    rows::{LineRow, always, chosen},
    said,
};

/// What both have, then what each has.
macro_rules! lines {
    ($($own:expr),* $(,)?) => {
        &[
            always("Line_Enable_#_", "No", &[EXTENSION], |_, _| "Yes".into()),
            always("Display_Name_#_", "", &["line.#.display_name", EXTENSION], said::display_name),
            always("User_ID_#_", "", &[EXTENSION], said::extension),
            always("Use_Auth_ID_#_", "No", &["line.#.auth_user"], use_auth_user),
            always("Auth_ID_#_", "", &["line.#.auth_user", EXTENSION], said::auth_user),
            always("Password_#_", "", &["line.#.password"], said::password),
            all("Proxy_#_", "", PROXY, proxy),
            all("Outbound_Proxy_#_", "", OUTBOUND, outbound),
            all("Use_Outbound_Proxy_#_", "No", OUTBOUND, use_outbound),
            always("SIP_Transport_#_", "UDP", &["sip.transport"], transport),
            always("Register_Expires_#_", "3600", &["sip.expires"], expires),
            chosen("Use_DNS_SRV_#_", "No", &["sip.lookup"], srv),
            chosen("DNS_SRV_Auto_Prefix_#_", "No", &["sip.lookup"], srv),
            chosen("G729a_Enable_#_", "Yes", CODECS, g729),
            chosen("Dial_Plan_#_", DIAL_PLAN, &["phone.dial_plan"], dial_plan),
            chosen("SIP_CoS_Value_#_", "3", &["network.vlan_priority"], priority),
            chosen("RTP_CoS_Value_#_", "6", &["network.vlan_priority"], priority),
            $($own),*
        ]
    };
}

pub(super) const PHONE: &[LineRow] = lines![
    always("Share_Ext_#_", "private", &["line.#.shared"], shared),
    always("Extension_#_", "Disabled", &[EXTENSION], |line, _| line.index.to_string().into()),
    always("Short_Name_#_", "", LABEL, said::label),
    always("Share_Call_Appearance_#_", "private", &["line.#.shared"], shared),
    always("Extended_Function_#_", "", &[], |_, _| Content::Empty),
    BACKUP_PROXY,
    chosen("Dual_Registration_#_", "No", &["sip.backup.host"], dual),
    chosen("Preferred_Codec_#_", "G711u", CODECS, nth_older_codec::<0>),
    chosen("Second_Preferred_Codec_#_", "Unspecified", CODECS, nth_older_codec::<1>),
    chosen("Third_Preferred_Codec_#_", "Unspecified", CODECS, nth_older_codec::<2>),
    chosen("G722_Enable_#_", "Yes", CODECS, g722),
    chosen("SIP_TOS_DiffServ_Value_#_", "0x68", &["network.qos_signalling"], signalling),
    chosen("RTP_TOS_DiffServ_Value_#_", "0xb8", &["network.qos_audio"], audio),
];

pub(super) const PORT: &[LineRow] = lines![
    chosen("Preferred_Codec_#_", "G711u", CODECS, nth_narrow_codec::<0>),
    chosen("Second_Preferred_Codec_#_", "Unspecified", CODECS, nth_narrow_codec::<1>),
    chosen("Third_Preferred_Codec_#_", "Unspecified", CODECS, nth_narrow_codec::<2>),
    chosen("SIP_ToS_DiffServ_Value_#_", "0x68", &["network.qos_signalling"], signalling),
    chosen("RTP_ToS_DiffServ_Value_#_", "0xb8", &["network.qos_audio"], audio),
    chosen("FAX_Enable_T38_#_", "No", &["fxs.#.t38"], |line, _| line.t38.map_or(Content::Empty, yes)),
    chosen("Cfwd_All_Dest_#_", "", &["line.#.forward.always"], |line, _| said::text(
        line.forward.always.as_ref()
    )),
    chosen("Cfwd_Busy_Dest_#_", "", &["line.#.forward.busy"], |line, _| said::text(
        line.forward.busy.as_ref()
    )),
    chosen("Cfwd_No_Ans_Dest_#_", "", &["line.#.forward.no_answer"], |line, _| {
        said::text(line.forward.no_answer.as_ref())
    }),
    chosen("Cfwd_No_Ans_Delay_#_", "20", &["line.#.forward.no_answer_seconds"], |line, _| {
        line.forward.seconds.map_or(Content::Empty, |seconds| seconds.to_string().into())
    }),
];
