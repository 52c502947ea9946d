//! Lines, the servers that all of them share, and the buttons beside them.

use crate::{
    buttons::{Button, Does, Place},
    entries::Content,
    lines::{Line, Registrar, Transport},
    rows::{LineRow, always},
    said,
    sheet::{About, Buttons, Says},
    tree,
};

const EXTENSION: &str = "line.#.extension";
const HOST: &str = "sip.registrar.host";
const PORT: &str = "sip.registrar.port";
const PROXY: &str = "sip.outbound_proxy.host";
const BACKUP: &str = "sip.backup.host";
const VOICEMAIL: &str = "sip.voicemail_number";

/// What every key of a line or a button begins with.
pub(super) const LINES: &str = "sipProfile/sipLines/";

pub(super) const LINE: &[LineRow] = &[
    always("sipProfile/sipLines/line[button=#,lineIndex=#]/featureID", "", &[EXTENSION], |_, _| "9".into()),
    always("sipProfile/sipLines/line[button=#,lineIndex=#]/featureLabel", "", LABEL, said::label),
    always("sipProfile/sipLines/line[button=#,lineIndex=#]/proxy", "", &[EXTENSION], |_, _| {
        "USECALLMANAGER".into()
    }),
    always("sipProfile/sipLines/line[button=#,lineIndex=#]/port", "", &[PORT], |_, to| {
        to.port.to_string().into()
    }),
    always("sipProfile/sipLines/line[button=#,lineIndex=#]/name", "", &[EXTENSION], said::extension),
    always(
        "sipProfile/sipLines/line[button=#,lineIndex=#]/displayName",
        "",
        &["line.#.display_name", EXTENSION],
        said::display_name,
    ),
    always(
        "sipProfile/sipLines/line[button=#,lineIndex=#]/authName",
        "",
        &["line.#.auth_user", EXTENSION],
        said::auth_user,
    ),
    always(
        "sipProfile/sipLines/line[button=#,lineIndex=#]/authPassword",
        "",
        &["line.#.password"],
        said::password,
    ),
    always("sipProfile/sipLines/line[button=#,lineIndex=#]/contact", "", &[EXTENSION], said::extension),
    always("sipProfile/sipLines/line[button=#,lineIndex=#]/sharedLine", "", &["line.#.shared"], |line, _| {
        if line.shared { "true" } else { "false" }.into()
    }),
    always(
        "sipProfile/sipLines/line[button=#,lineIndex=#]/messageWaitingLampPolicy",
        "",
        &[VOICEMAIL],
        |_, to| to.voicemail.as_ref().map_or(Content::Empty, |_| "1".into()),
    ),
    always("sipProfile/sipLines/line[button=#,lineIndex=#]/messagesNumber", "", &[VOICEMAIL], |_, to| {
        to.voicemail.as_ref().map_or(Content::Empty, |number| number.clone().into())
    }),
    // Said once for all lines.
    always(
        "devicePool/callManagerGroup/members/member[priority=0]/callManager/ports/sipPort",
        "",
        &[PORT],
        port,
    ),
    always(
        "devicePool/callManagerGroup/members/member[priority=0]/callManager/ports/securedSipPort",
        "",
        &[PORT],
        port,
    ),
    always(
        "devicePool/callManagerGroup/members/member[priority=0]/callManager/processNodeName",
        "",
        &[HOST],
        |_, to| to.host.clone().into(),
    ),
    always(
        "devicePool/callManagerGroup/members/member[priority=1]/callManager/ports/sipPort",
        "",
        &["sip.backup.port", BACKUP],
        backup_port,
    ),
    always(
        "devicePool/callManagerGroup/members/member[priority=1]/callManager/ports/securedSipPort",
        "",
        &["sip.backup.port", BACKUP],
        backup_port,
    ),
    always(
        "devicePool/callManagerGroup/members/member[priority=1]/callManager/processNodeName",
        "",
        &[BACKUP],
        |_, to| to.backup.as_ref().map_or(Content::Empty, |hop| hop.host.clone().into()),
    ),
    always("sipProfile/sipProxies/registerWithProxy", "", &[EXTENSION], |_, _| "true".into()),
    always("sipProfile/sipProxies/outboundProxy", "", &[PROXY], |_, to| {
        to.outbound.as_ref().map_or(Content::Empty, |hop| hop.host.clone().into())
    }),
    always("sipProfile/sipProxies/outboundProxyPort", "", &["sip.outbound_proxy.port", PROXY], |_, to| {
        let port = to.outbound.as_ref().map(|hop| hop.port.unwrap_or(to.port).to_string());
        port.map_or(Content::Empty, Content::from)
    }),
    always("sipProfile/sipStack/timerRegisterExpires", "", &["sip.expires"], |_, to| {
        to.expires.to_string().into()
    }),
    always("transportLayerProtocol", "", &["sip.transport"], |_, to| {
        match to.transport {
            Transport::Tcp => "1",
            Transport::Udp => "2",
            Transport::Tls => "3",
        }
        .into()
    }),
];

const LABEL: &[&str] = &["line.#.label", "line.#.display_name", EXTENSION];

fn port(_: &Line, to: &Registrar) -> Content {
    to.port.to_string().into()
}

fn backup_port(_: &Line, to: &Registrar) -> Content {
    let port = to.backup.as_ref().map(|hop| hop.port.unwrap_or(to.port).to_string());
    port.map_or(Content::Empty, Content::from)
}

pub(super) const BUTTONS: Buttons = Buttons {
    patterns: &["keys.#.label", "keys.#.type", "keys.#.value"],
    shared_with_lines: true,
    keys,
    say,
};

fn keys(place: Place) -> Vec<(String, &'static str)> {
    let start = format!("{LINES}line[button={0},lineIndex={0}]", place.number);
    ["featureID", "featureOptionMask", "speedDialNumber", "featureLabel"]
        .map(|field| (format!("{start}/{field}"), ""))
        .into()
}

fn say(button: &Button) -> Result<Says, &'static str> {
    let (feature, mask) = match button.does {
        Does::Nothing => return Ok(vec![]),
        Does::SpeedDial => ("2", Content::Empty),
        Does::Blf => ("21", "1".into()),
        Does::Line | Does::Park | Does::Voicemail | Does::Dtmf => {
            return Err("The number of this feature is not known.");
        }
    };
    let text = |value: &Option<String>| value.clone().map_or(Content::Empty, Content::from);
    Ok(vec![
        (feature.into(), &["type"]),
        (mask, &["type"]),
        (text(&button.value), &["value"]),
        (text(&button.label), &["label"]),
    ])
}

/// A raw key is a group and an element in it, `vendorConfig.webAccess`; groups that make lines are not among them.
pub(super) fn about(key: &str) -> Option<(About, String)> {
    let (group, element) = key.split_once('.')?;
    let about = match group {
        "sipProfile" if ["siplines", "sipproxies"].contains(&element.to_ascii_lowercase().as_str()) => {
            About::Reserved
        }
        "vendorConfig" | "commonProfile" | "sipProfile" => About::Phone,
        _ => return None,
    };
    (tree::name(element) && !element.contains('.')).then(|| (about, format!("{group}/{element}")))
}
