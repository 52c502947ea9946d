//! The names that Cisco's enterprise phones ask for: `CTLSEP<MAC>.tlv`, `ITLSEP<MAC>.tlv`, `ITLFile.tlv`,
//! `SEP<MAC>.cnf.xml`, else `XMLDefault.cnf.xml`, then loads, languages and tones.
//!
//! They prove nothing by a password, so what they only look for is answered at once.

use crate::asked::{Asked, DeviceFile, leading_mac, plain};
use domain::vendor::Vendor::CiscoEnterprise;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = CiscoEnterprise;
    let absent = Some(Asked::Absent { vendor });
    match name {
        "xmldefault.cnf.xml" => return Some(Asked::Common { vendor, file: "" }),
        "itlfile.tlv" | "dialplan.xml" | "g3-tones.xml" | "mk-sip.jar" | "gk-sip.jar" => return absent,
        _ => {}
    }
    if let Some(rest) = name.strip_prefix("sep") {
        let (mac, rest) = leading_mac(rest)?;
        return match rest {
            ".cnf.xml" => Some(Asked::Device { vendor, mac, file: DeviceFile::Config }),
            // Signed and encrypted by Cisco's own server alone.
            ".cnf.xml.sgn" | ".cnf.xml.enc.sgn" => absent,
            _ => None,
        };
    }
    if let Some(rest) = name.strip_prefix("ctlsep").or(name.strip_prefix("itlsep")) {
        return leading_mac(rest).filter(|(_, rest)| *rest == ".tlv").and(absent);
    }
    let load = name.strip_suffix(".loads").filter(|load| load.starts_with("sip"))?;
    plain(&load.replace('.', "-")).then_some(Asked::Absent { vendor })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked_of;
    use domain::Mac;

    #[test]
    fn names_that_phones_ask_for() {
        let mac = Mac::parse("00562b043615").unwrap();
        let own = Some(Asked::Device { vendor: CiscoEnterprise, mac, file: DeviceFile::Config });
        let absent = Some(Asked::Absent { vendor: CiscoEnterprise });
        for (name, asked) in [
            ("CTLSEP00562B043615.tlv", absent),
            ("ITLSEP00562B043615.tlv", absent),
            ("ITLFile.tlv", absent),
            ("SEP00562B043615.cnf.xml", own),
            ("sep00562b043615.cnf.xml", own),
            ("SEP00562B043615.cnf.xml.sgn", absent),
            ("SEP00562B043615.cnf.xml.enc.sgn", absent),
            ("XMLDefault.cnf.xml", Some(Asked::Common { vendor: CiscoEnterprise, file: "" })),
            ("sip8845_65.12-1-1SR1-4.loads", absent),
            ("mk-sip.jar", absent),
            ("dialplan.xml", absent),
            ("g3-tones.xml", absent),
            ("SEP00562B043615.xml", None),
            ("ATA00562B043615.cnf.xml", None),
            ("00562b043615.cnf.xml", None),
        ] {
            assert_eq!(asked_of(CiscoEnterprise, name), asked, "{name}");
        }
    }
}
