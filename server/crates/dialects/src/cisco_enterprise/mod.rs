//! Cisco 7800 and 8800 with enterprise SIP firmware: `SEP<MAC>.cnf.xml`, by HTTP on port 6970 or HTTPS on 6971.
//!
//! None of them is bound to a line (`Fetch::Unproven`): what is written here for one waits for a proof.

mod line;
mod names;
mod zones;

use crate::{
    dialect::{Absent, Dialect, Written},
    entries::{Content, Entry},
    job::Job,
    reader::Reader,
    rows::{Row, Say, row},
    sheet::{self, Sheet},
    tree,
    writer::Writer,
};
use domain::artifact::Escaper;

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: names::recognise,
    // What they call themselves is not known.
    user_agent: |_| None,
    write,
    name: |mac| format!("SEP{}.cnf.xml", mac.bare().to_ascii_uppercase()),
    // The file says of itself that it is the whole configuration (`fullConfig`).
    absent: Absent::Default,
    sheets: &[&SHEET],
    also: &[],
    // Where these phones ask is DHCP's to say, and they answer no challenge.
    passes: &[
        "firmware.version",
        "line.#.owner",
        "provisioning.password",
        "provisioning.url",
        "provisioning.user",
        "uploads.keep_personal",
    ],
};

/// Changes with every change of the bytes that this dialect writes.
const VERSION: &str = "cisco_enterprise/1";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

const SHEET: Sheet = Sheet { phone: PHONE, line: line::LINE, buttons: Some(line::BUTTONS), raw: line::about };

const PHONE: &[Row] = &[
    row("network.qos_audio", &[("sipProfile/dscpForAudio", "")], Say::By(dscp)),
    row("phone.admin_password", &[("commonProfile/phonePassword", "")], Say::Own),
    row(
        "phone.ntp",
        &[
            ("devicePool/dateTimeSetting/ntps/ntp/ntpMode", ""),
            ("devicePool/dateTimeSetting/ntps/ntp/name", ""),
        ],
        Say::Switched("Unicast"),
    ),
    row("phone.timezone", &[("devicePool/dateTimeSetting/timeZone", "")], Say::By(zone)),
];

/// As the whole octet of the IP header: 184 is DSCP 46.
fn dscp(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    Some(vec![(reader.number(path, 0..=63)? * 4).to_string().into()])
}

fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let name = reader.text(path)?;
    let Some(own) = zones::zone(&name) else {
        reader.refuse(path, "This time zone has no name of Cisco's here yet.");
        return None;
    };
    Some(vec![own.into()])
}

fn write(job: &Job<'_>) -> Written {
    let (entries, mut findings) = sheet::fill(&SHEET, job);
    let fixed = |key: &str, text: &str| Entry { key: key.to_owned(), content: text.into(), paths: vec![] };
    let mut all = vec![fixed("fullConfig", "true"), fixed("deviceProtocol", "SIP")];
    // What is empty is not there: the file is the whole configuration.
    all.extend(entries.into_iter().filter(|entry| entry.content != Content::Empty));
    let mut writer = Writer::new(Escaper::Xml);
    tree::print(&mut writer, "device", all);
    let (artifact, refused) = writer.finish(VERSION, CONTENT_TYPE);
    findings.extend(refused);
    (artifact, findings).into()
}

#[cfg(test)]
mod tests {
    use super::{SHEET, line::LINES};
    use crate::sheet::About::{Phone, Reserved};

    #[test]
    fn no_raw_key_can_make_a_line() {
        for (key, about) in [
            ("sipProfile.sipLines", Some(Reserved)),
            ("sipProfile.SIPLines", Some(Reserved)),
            ("sipProfile.sipProxies", Some(Reserved)),
            ("sipProfile.phoneLabel", Some(Phone)),
            ("vendorConfig.webAccess", Some(Phone)),
            ("vendorConfig.a.b", None),
            ("devicePool.callManagerGroup", None),
            ("transportLayerProtocol", None),
        ] {
            assert_eq!(SHEET.about(key).map(|(about, _)| about), about, "{key}");
        }
        assert!(SHEET.line.iter().take(12).all(|row| row.key.of(1).starts_with(LINES)));
    }
}
