//! Lists to upload to vendors' redirect services: which phone is sent to which address.
//!
//! None of these services has published its upload sheet in full. Columns are named after what each service is
//! known to take; where its console maps columns, they can be told apart, and where not, its own template rules.

use super::{Address, Known};
use domain::Mac;

/// A vendor's redirect service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Yealink's Redirection and Provisioning Service, in its management cloud.
    YealinkRps,
    /// Poly's zero-touch provisioning, in Poly Lens.
    PolyZtp,
    /// Grandstream's Device Management System.
    GrandstreamGdms,
    /// Snom's Secure Redirection and Provisioning Service.
    SnomSraps,
    /// Fanvil's Device Provisioning Service.
    FanvilFdps,
}

/// One phone to be sent to one address.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// Which phone.
    pub mac: Mac,
    /// Its serial.
    pub serial: String,
    /// Its model.
    pub model: String,
    /// Where it is sent; may be its own address.
    pub url: Address,
    /// What people call it.
    pub name: String,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 5] =
        [Self::YealinkRps, Self::PolyZtp, Self::GrandstreamGdms, Self::SnomSraps, Self::FanvilFdps];

    /// The word used in addresses and file names.
    pub const fn word(self) -> &'static str {
        match self {
            Self::YealinkRps => "yealink-rps",
            Self::PolyZtp => "poly-ztp",
            Self::GrandstreamGdms => "grandstream-gdms",
            Self::SnomSraps => "snom-sraps",
            Self::FanvilFdps => "fanvil-fdps",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.word() == text)
    }

    /// As people write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::YealinkRps => "Yealink RPS",
            Self::PolyZtp => "Poly ZTP",
            Self::GrandstreamGdms => "Grandstream GDMS",
            Self::SnomSraps => "Snom SRAPS",
            Self::FanvilFdps => "Fanvil FDPS",
        }
    }

    /// The family whose phones it redirects: `Family::name`.
    pub const fn family(self) -> &'static str {
        match self {
            Self::YealinkRps => "yealink",
            Self::PolyZtp => "poly",
            Self::GrandstreamGdms => "grandstream",
            Self::SnomSraps => "snom",
            Self::FanvilFdps => "fanvil",
        }
    }

    /// How well the columns are known.
    pub const fn known(self) -> Known {
        match self {
            // The required columns of Poly Lens's import; further columns are settings by name. Snom's console
            // takes a list of MACs and asks for a profile, which holds `setting_server`.
            Self::PolyZtp | Self::SnomSraps => Known::Documented,
            // MAC and serial are asked for there; the settings are those of the phone's own configuration file.
            Self::GrandstreamGdms => Known::Inferred,
            // The fields of their programming interfaces. Some accounts at Yealink may add a phone by MAC only
            // together with its serial.
            Self::YealinkRps | Self::FanvilFdps => Known::InUse,
        }
    }

    /// What to do with the list there; one sentence.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::YealinkRps => {
                "In the management cloud's RPS devices, import; map the columns or copy them into its template."
            }
            Self::PolyZtp => {
                "In Poly Lens, Import & Migrate, Devices; a model that it does not know is refused row by row."
            }
            Self::GrandstreamGdms => {
                "Import MAC and serial as devices; P212 and P237 belong into the site's configuration template."
            }
            Self::SnomSraps => {
                "Paste the first column as the new phones, and choose a profile whose `setting_server` is the second."
            }
            Self::FanvilFdps => {
                "Give the group the server and file of the last columns, then import the MACs into it."
            }
        }
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::YealinkRps => &["mac", "sn", "uniqueServerUrl", "remark"],
            Self::PolyZtp => &[
                "mac_address",
                "serial_number",
                "device_model",
                "room_name",
                "site_name",
                "device.prov.serverType",
                "device.prov.serverName",
            ],
            Self::GrandstreamGdms => &["MAC Address", "Serial Number", "Device Name", "P212", "P237"],
            Self::SnomSraps => &["mac", "setting_server", "name"],
            Self::FanvilFdps => &["mac", "name", "cfgPfProt", "cfgPfSrv", "cfgPfName"],
        }
    }

    fn cells(self, row: &Redirect) -> Vec<String> {
        let (bare, upper) = (row.mac.bare(), row.mac.bare().to_ascii_uppercase());
        let (url, text) = (row.url.as_str().to_owned(), str::to_owned);
        let secure = row.url.secure();
        match self {
            Self::YealinkRps => vec![bare, row.serial.clone(), url, row.name.clone()],
            Self::PolyZtp => {
                let kind = if secure { "HTTPS" } else { "HTTP" };
                // Room and site may be empty, but not missing.
                vec![bare, row.serial.clone(), row.model.clone(), text(""), text(""), text(kind), url]
            }
            Self::GrandstreamGdms => {
                // P212 is the transport, so P237 has no scheme.
                let path = format!("{}{}", row.url.authority(), row.url.path().trim_end_matches('/'));
                vec![upper, row.serial.clone(), row.name.clone(), text(if secure { "2" } else { "1" }), path]
            }
            Self::SnomSraps => vec![upper, url, row.name.clone()],
            Self::FanvilFdps => {
                // A folder is completed with the phone's own macro for its MAC.
                let (folder, file) = row.url.path().rsplit_once('/').unwrap_or_default();
                let file = if file.is_empty() { "$mac.cfg" } else { file };
                let server = format!("{}{folder}", row.url.authority());
                vec![bare, row.name.clone(), text(if secure { "5" } else { "4" }), server, text(file)]
            }
        }
    }
}

/// The list in the form of a service: UTF-8 CSV with a heading (RFC 4180).
pub fn redirect_list(service: Service, rows: &[Redirect]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    // Nothing can fail: rows are equally long, and memory takes them.
    let _written = writer.write_record(service.columns());
    for row in rows {
        let _written = writer.write_record(service.cells(row).iter().map(|cell| harmless(cell)));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A cell that a spreadsheet would calculate is told to be text, and stays on its line.
fn harmless(cell: &str) -> String {
    let line: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let formula =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}');
    if line.trim_start().starts_with(formula) { format!("'{line}") } else { line }
}
