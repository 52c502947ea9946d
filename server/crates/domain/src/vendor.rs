//! Vendors and models, as far as identity and endpoints need them.

mod algo;
mod cisco_enterprise;
mod cisco_mpp;
mod cisco_spa;
mod fanvil;
mod gigaset;
mod grandstream;
mod htek;
mod linphone;
mod mitel;
mod panasonic;
mod poly;
mod snom;
mod two_n;
mod yealink;

use crate::{Code, device::EndpointKind};
use serde::{Deserialize, Serialize};

/// A vendor family whose dialect we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vendor {
    /// Yealink T3x, T4x, T5x, and W DECT bases.
    Yealink,
    /// Linphone, provisioned remotely; the real SIP phone of our lab.
    Linphone,
    /// Poly and Polycom with UCS: VVX, Trio, CCX, Edge E.
    Poly,
    /// Grandstream GXP and GRP phones, HT adapters.
    Grandstream,
    /// Snom D desk phones and M DECT bases.
    Snom,
    /// Cisco 6800, 7800, 8800 and 9800 with multiplatform firmware.
    CiscoMpp,
    /// Fanvil X and V series and i intercoms, from the firmware that reads `sysConf`.
    Fanvil,
    /// Cisco SPA phones and adapters, ATA 191 and 192.
    CiscoSpa,
    /// Gigaset N DECT bases.
    Gigaset,
    /// Mitel and Aastra 6700, 6800 and 6900 with SIP firmware.
    Mitel,
    /// Panasonic KX-HDV and KX-UT.
    Panasonic,
    /// Htek UC900.
    Htek,
    /// Algo speakers, horns and intercoms.
    Algo,
    /// 2N intercoms.
    TwoN,
    /// Cisco 7800 and 8800 with enterprise SIP firmware, and older ones: none can prove who it is.
    CiscoEnterprise,
}

impl Vendor {
    /// Every vendor. Where several know a file name and nothing says who asks, the first answers.
    pub const ALL: [Self; 15] = [
        Self::Yealink,
        Self::Linphone,
        Self::Poly,
        Self::Grandstream,
        Self::Snom,
        Self::CiscoMpp,
        Self::Fanvil,
        Self::CiscoSpa,
        Self::Gigaset,
        Self::Mitel,
        Self::Panasonic,
        Self::Htek,
        Self::Algo,
        Self::TwoN,
        Self::CiscoEnterprise,
    ];

    /// The lower-case name used in paths of settings, addresses and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yealink => "yealink",
            Self::Linphone => "linphone",
            Self::Poly => "poly",
            Self::Grandstream => "grandstream",
            Self::Snom => "snom",
            Self::CiscoMpp => "cisco_mpp",
            Self::Fanvil => "fanvil",
            Self::CiscoSpa => "cisco_spa",
            Self::Gigaset => "gigaset",
            Self::Mitel => "mitel",
            Self::Panasonic => "panasonic",
            Self::Htek => "htek",
            Self::Algo => "algo",
            Self::TwoN => "two_n",
            Self::CiscoEnterprise => "cisco_enterprise",
        }
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Yealink => "Yealink",
            Self::Linphone => "Linphone",
            Self::Poly => "Poly",
            Self::Grandstream => "Grandstream",
            Self::Snom => "Snom",
            Self::CiscoMpp => "Cisco MPP",
            Self::Fanvil => "Fanvil",
            Self::CiscoSpa => "Cisco SPA",
            Self::Gigaset => "Gigaset",
            Self::Mitel => "Mitel",
            Self::Panasonic => "Panasonic",
            Self::Htek => "Htek",
            Self::Algo => "Algo",
            Self::TwoN => "2N",
            Self::CiscoEnterprise => "Cisco Enterprise",
        }
    }

    /// Whose certificates of a server its phones trust from the factory, as far as documents say.
    pub const fn trusts(self) -> &'static str {
        match self {
            Self::Yealink => "30 to 186 public authorities, by model, and up to ten of the operator's own",
            Self::Linphone => "what its computer trusts",
            Self::Poly => {
                "public authorities, with an RSA key at the server; others by `device.sec.TLS.customCaCert`"
            }
            Self::CiscoMpp => "Cisco's provisioning authority and public ones; another by `Custom_CA_Rule`",
            Self::CiscoSpa => "the Sipura and Cisco server root alone",
            Self::Mitel => {
                "VeriSign, GeoTrust, Thawte, Comodo, CyberTrust; others by `https user certificates`"
            }
            Self::CiscoEnterprise => "what its CTL and ITL files name",
            Self::Grandstream
            | Self::Snom
            | Self::Fanvil
            | Self::Gigaset
            | Self::Panasonic
            | Self::Htek
            | Self::Algo
            | Self::TwoN => "not known",
        }
    }

    /// How its DECT bases know which handset is which; `None` where it has none.
    pub const fn handsets(self) -> Option<Handsets> {
        match self {
            Self::Gigaset => Some(Handsets::ByIpei),
            Self::Snom => Some(Handsets::ByIpeiOrAny),
            Self::Yealink => Some(Handsets::InOrder),
            _ => None,
        }
    }

    /// Parses the name or the title in either case.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is = |own: &str| own.eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(|v| is(v.name()) || is(v.title()))
    }

    /// Every model that may be bound, and those that are refused with a reason. A phone nobody looked into is
    /// refused loudly rather than almost configured.
    pub const fn models(self) -> &'static [Model] {
        match self {
            Self::Yealink => &yealink::MODELS,
            Self::Linphone => &linphone::MODELS,
            Self::Poly => &poly::MODELS,
            Self::Grandstream => &grandstream::MODELS,
            Self::Snom => &snom::MODELS,
            Self::CiscoMpp => &cisco_mpp::MODELS,
            Self::Fanvil => &fanvil::MODELS,
            Self::CiscoSpa => &cisco_spa::MODELS,
            Self::Gigaset => &gigaset::MODELS,
            Self::Mitel => &mitel::MODELS,
            Self::Panasonic => &panasonic::MODELS,
            Self::Htek => &htek::MODELS,
            Self::Algo => &algo::MODELS,
            Self::TwoN => &two_n::MODELS,
            Self::CiscoEnterprise => &cisco_enterprise::MODELS,
        }
    }

    /// The model of this name: `SIP-` may stand before it, and only letters and digits count.
    pub fn model(self, name: &str) -> Option<&'static Model> {
        let short = bare("sip").eq(bare(name).take(3)).then_some(3);
        self.models().iter().find(|model| {
            let is = |skipped| bare(model.name).eq(bare(name).skip(skipped));
            is(0) || short.is_some_and(is)
        })
    }

    /// How many accounts `model` has, one for each endpoint, or `None` when the model is not known.
    pub fn accounts(self, model: &str) -> Option<u8> {
        self.model(model).map(|model| model.accounts)
    }
}

/// Letters and digits of a name, in lower case.
fn bare(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
}

/// How we know what a model does with its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// It was tried on the real thing.
    Verified,
    /// A record of the requests of a real one.
    Trace,
    /// The vendor's documents, and what others publish.
    Documents,
}

impl Known {
    /// What people read.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Verified => "verified on the real thing",
            Self::Trace => "from a recorded trace",
            Self::Documents => "from documents",
        }
    }
}

/// How the DECT bases of a family know which handset is which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handsets {
    /// By its IPEI alone.
    ByIpei,
    /// By its IPEI; without one it is whichever subscribes.
    ByIpeiOrAny,
    /// By the order in which they are subscribed.
    InOrder,
}

impl Handsets {
    /// What people read.
    pub const fn says(self) -> &'static str {
        match self {
            Self::ByIpei => {
                "The base knows a handset by its IPEI: one whose IPEI is not entered gets no line."
            }
            Self::ByIpeiOrAny => {
                "The base keeps a line for the IPEI that is entered; without one, whichever handset subscribes at \
                 that number shows the line."
            }
            Self::InOrder => {
                "The base numbers handsets in the order in which they are subscribed, and no file can say otherwise: \
                 subscribe them in this order. The IPEI is for the inventory."
            }
        }
    }
}

/// How a model fetches its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fetch {
    /// By HTTP or HTTPS.
    Http,
    /// By TFTP alone, which proves nothing about who asks: it gets no line.
    TftpOnly,
    /// By HTTP in a way that proves nothing about who asks: it gets no line.
    Unproven,
}

impl Fetch {
    /// Why a model that fetches so can have no line.
    pub const fn refusal(self) -> Option<Code> {
        match self {
            Self::Http => None,
            Self::TftpOnly => Some(Code::DeviceModelTftp),
            Self::Unproven => Some(Code::ProofByCertificate),
        }
    }

    /// The same in two words, for tables.
    pub const fn refused(self) -> Option<&'static str> {
        match self {
            Self::Http => None,
            Self::TftpOnly => Some("refused, TFTP only"),
            Self::Unproven => Some("refused, no proof"),
        }
    }
}

/// A model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// As the vendor writes it, without `SIP-`.
    pub name: &'static str,
    /// Lines at most, each on an endpoint of its own.
    pub accounts: u8,
    /// What kind its endpoints are.
    pub endpoint: EndpointKind,
    /// Patterns of settings that others of its family have and this model has not: `sip.srtp`, `keys.#.type`.
    pub lacks: &'static [&'static str],
    /// The oldest firmware that takes what is written here; empty when nothing is known.
    pub firmware: &'static str,
    /// How it fetches.
    pub fetch: Fetch,
    /// How we know.
    pub known: Known,
}

impl Model {
    /// How many endpoints of which kind: `16 line keys`.
    pub fn endpoints(&self) -> String {
        let many = if self.accounts == 1 { "" } else { "s" };
        format!("{} {}{many}", self.accounts, self.endpoint.title())
    }

    /// A desk phone as documents describe it.
    pub const fn desk(name: &'static str, accounts: u8) -> Self {
        Self {
            name,
            accounts,
            endpoint: EndpointKind::LineKey,
            lacks: &[],
            firmware: "",
            fetch: Fetch::Http,
            known: Known::Documents,
        }
    }

    /// A DECT base with handsets.
    pub const fn base(name: &'static str, handsets: u8) -> Self {
        Self { endpoint: EndpointKind::DectHandset, ..Self::desk(name, handsets) }
    }

    /// An adapter with FXS ports.
    pub const fn adapter(name: &'static str, ports: u8) -> Self {
        Self { endpoint: EndpointKind::FxsPort, ..Self::desk(name, ports) }
    }
}

/// Models that differ in name only, together: the names in their order, and one of them for the rest.
pub fn alike(models: &'static [Model]) -> Vec<(Vec<&'static str>, &'static Model)> {
    let mut groups: Vec<(Vec<&'static str>, &'static Model)> = vec![];
    for model in models {
        match groups.iter_mut().find(|(_, first)| Model { name: first.name, ..*model } == **first) {
            Some((names, _)) => names.push(model.name),
            None => groups.push((vec![model.name], model)),
        }
    }
    groups
}

impl std::fmt::Display for Vendor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untested_model_is_not_guessed() {
        assert_eq!(Vendor::Yealink.accounts("SIP-T46U"), Some(16));
        assert_eq!(Vendor::Yealink.accounts("t31g"), Some(2));
        assert_eq!(Vendor::Yealink.accounts("T99X"), None);
        assert_eq!(Vendor::Yealink.accounts("SIP-"), None);
        assert_eq!(Vendor::Yealink.accounts("é"), None);
        assert_eq!(Vendor::Linphone.accounts("daemon"), Some(1));
        assert_eq!(Vendor::parse("Cisco MPP"), Vendor::parse("cisco_mpp"));
    }

    #[test]
    fn models_that_differ_in_name_only_stand_together_and_none_is_lost() {
        for vendor in Vendor::ALL {
            let groups = alike(vendor.models());
            let names: Vec<_> = groups.iter().flat_map(|(names, _)| names.clone()).collect();
            assert_eq!(names.len(), vendor.models().len(), "{vendor}");
            for (names, first) in &groups {
                for name in names {
                    let own = vendor.models().iter().find(|model| model.name == *name).unwrap();
                    assert_eq!(Model { name: first.name, ..*own }, **first, "{vendor} {name}");
                }
                let others =
                    groups.iter().filter(|(_, other)| Model { name: first.name, ..**other } == **first);
                assert_eq!(others.count(), 1, "{vendor} {names:?}");
            }
        }
    }
}
