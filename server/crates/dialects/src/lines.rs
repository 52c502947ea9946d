//! The lines of a bound revision, read once for every dialect. A line is whole or it is not there.

use crate::{entries::Content, job::Job, reader::Reader};
use domain::{Code, Finding, Ipei, device::EndpointKind, ids::SecretId, setting::Path};

/// How calls travel to the registrar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Udp,
    Tcp,
    Tls,
}

impl Transport {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }
}

/// How audio is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Srtp {
    Off,
    Optional,
    Required,
}

/// How the registrar's host is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    Address,
    Srv,
    Naptr,
}

/// A host and, where it is set, a port.
pub(crate) struct Hop {
    pub(crate) host: String,
    pub(crate) port: Option<i64>,
}

/// Where lines register.
pub(crate) struct Registrar {
    pub(crate) host: String,
    pub(crate) port: i64,
    pub(crate) transport: Transport,
    /// Seconds.
    pub(crate) expires: i64,
    /// The SIP domain of identities and of the digest realm, where it is not the registrar's host.
    pub(crate) domain: Option<String>,
    pub(crate) voicemail: Option<String>,
    /// Where to register when the registrar is away.
    pub(crate) backup: Option<Hop>,
    /// What stands between the phone and the registrar.
    pub(crate) outbound: Option<Hop>,
    /// The code that picks up the call of a watched line.
    pub(crate) pickup: Option<String>,
    pub(crate) lookup: Option<Lookup>,
    pub(crate) srtp: Option<Srtp>,
    /// The preferred first; empty leaves the phone its own.
    pub(crate) codecs: Vec<String>,
    /// Settings of the phone that some families have for each line.
    pub(crate) each: Each,
}

/// What is set for the phone and said by each line, where a family has no key for the phone.
#[derive(Default)]
pub(crate) struct Each {
    pub(crate) dial_plan: Option<String>,
    /// DSCP.
    pub(crate) qos_signalling: Option<i64>,
    /// DSCP.
    pub(crate) qos_audio: Option<i64>,
    /// Of 802.1p.
    pub(crate) vlan_priority: Option<i64>,
}

impl Registrar {
    /// Whether NAPTR and SRV say where the registrar is, for families that let them choose the transport too: never
    /// where a transport was asked for.
    pub(crate) fn by_naptr(&self) -> bool {
        self.lookup == Some(Lookup::Naptr) && self.transport == Transport::Udp
    }

    /// What stands before the registrar, with its port where one was named: the proxy that was chosen, else, where the
    /// SIP domain is another name and goes into addresses, the registrar itself.
    pub(crate) fn proxy(&self) -> Option<(&str, Option<i64>)> {
        match (&self.outbound, &self.domain) {
            (Some(Hop { host, port }), _) => Some((host, *port)),
            (None, Some(_)) => Some((&self.host, Some(self.port))),
            (None, None) => None,
        }
    }

    /// The same; a proxy without a port has the registrar's.
    pub(crate) fn way(&self) -> Option<(&str, i64)> {
        self.proxy().map(|(host, port)| (host, port.unwrap_or(self.port)))
    }

    /// Where a phone sends first: the proxy that was chosen, else the registrar.
    pub(crate) fn first_hop(&self) -> (&str, i64) {
        match &self.outbound {
            Some(Hop { host, port }) => (host, port.unwrap_or(self.port)),
            None => (&self.host, self.port),
        }
    }
}

/// Says what is impossible of a lookup where only NAPTR leads to SRV, and chooses the transport; a line writes it.
pub(crate) fn naptr_alone(reader: &mut Reader<'_>, path: &'static str) -> Option<Vec<Content>> {
    let word = reader.text(path)?;
    let chosen = reader.text("sip.transport").is_some_and(|transport| transport != "udp");
    match word.as_str() {
        "srv" => reader.refuse(path, "These phones look up SRV by way of NAPTR; choose `naptr`."),
        "naptr" if chosen => {
            reader.refuse(path, "By NAPTR these phones would choose the transport themselves.");
        }
        _ => {}
    }
    None
}

/// Where calls to a line go instead.
#[derive(Default)]
pub(crate) struct Forward {
    pub(crate) always: Option<String>,
    pub(crate) busy: Option<String>,
    pub(crate) no_answer: Option<String>,
    /// Seconds until a call counts as unanswered.
    pub(crate) seconds: Option<i64>,
}

/// One line, with everything that it needs.
pub(crate) struct Line {
    pub(crate) index: u8,
    pub(crate) extension: String,
    pub(crate) label: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) auth_user: Option<String>,
    pub(crate) password: SecretId,
    pub(crate) forward: Forward,
    /// Whether the same line appears elsewhere too.
    pub(crate) shared: bool,
    /// Which DECT handset it is, where the inventory knows.
    pub(crate) handset: Option<Ipei>,
    /// Whether the port of an adapter sends faxes by T.38.
    pub(crate) t38: Option<bool>,
    /// How the port of an adapter tells who calls: a word of the model.
    pub(crate) caller_id: Option<String>,
}

impl Line {
    /// The path of one of its settings.
    pub(crate) fn path(&self, name: &str) -> Path {
        Path::line(self.index, name)
    }
}

/// The registrar and the lines, or nothing when there are none or they have nowhere to register.
pub(crate) fn read(reader: &mut Reader<'_>, job: &Job<'_>) -> Option<(Registrar, Vec<Line>)> {
    let wanted: Vec<u8> = reader.resolution().lines();
    let lines: Vec<Line> = wanted.into_iter().filter_map(|index| line(reader, index, job)).collect();
    if lines.is_empty() {
        return None;
    }
    Some((registrar(reader)?, lines))
}

fn line(reader: &mut Reader<'_>, index: u8, job: &Job<'_>) -> Option<Line> {
    let at = |name: &str| Path::line(index, name).as_str().to_owned();
    // A layer may say how any line is labelled; only an extension makes it one.
    reader.set(&at("extension"))?;
    let accounts = job.accounts();
    if index == 0 || index > accounts {
        let kind = job.model().map_or(EndpointKind::LineKey, |model| model.endpoint).title();
        reader.refuse(&at("extension"), &format!("The model has {kind}s 1 to {accounts}."));
        return None;
    }
    let extension = reader.user(&at("extension"))?;
    if reader.set(&at("password")).is_none() {
        reader.findings.push(Finding::new(Code::FieldMissing, at("password")));
    }
    let password = reader.secret(&at("password"))?;
    Some(Line {
        index,
        extension,
        label: reader.text(&at("label")).filter(|text| !text.is_empty()),
        display_name: reader.text(&at("display_name")).filter(|text| !text.is_empty()),
        auth_user: reader.text(&at("auth_user")).filter(|text| !text.is_empty()),
        password,
        forward: forward(reader, index),
        shared: reader.flag(&at("shared")).unwrap_or(false),
        handset: job.device.and_then(|device| device.handsets.get(&index).copied()),
        t38: reader.flag(&format!("fxs.{index}.t38")),
        caller_id: reader.text(&format!("fxs.{index}.caller_id")),
    })
}

fn forward(reader: &mut Reader<'_>, index: u8) -> Forward {
    let at = |name: &str| Path::line(index, &format!("forward.{name}")).as_str().to_owned();
    let mut to = |name: &str| match reader.set(&at(name)) {
        Some(_) => reader.user(&at(name)),
        None => None,
    };
    let (always, busy, no_answer) = (to("always"), to("busy"), to("no_answer"));
    let seconds = reader.number(&at("no_answer_seconds"), 5..=120);
    Forward { always, busy, no_answer, seconds }
}

fn registrar(reader: &mut Reader<'_>) -> Option<Registrar> {
    if reader.set("sip.registrar.host").is_none() {
        reader.findings.push(Finding::new(Code::RegistrarMissing, "sip.registrar.host"));
    }
    let host = reader.host("sip.registrar.host")?;
    let transport = match reader.text("sip.transport").as_deref() {
        Some("tcp") => Transport::Tcp,
        Some("tls") => Transport::Tls,
        Some("udp") => Transport::Udp,
        // Never fall back to an unencrypted transport because a word was mistyped.
        _ if reader.set("sip.transport").is_some() => {
            reader.refuse("sip.transport", "Expected `udp`, `tcp` or `tls`.");
            return None;
        }
        _ => Transport::Udp,
    };
    let port = match reader.set("sip.registrar.port") {
        Some(_) => reader.number("sip.registrar.port", 1..=65_535)?,
        None if transport == Transport::Tls => 5061,
        None => 5060,
    };
    // One hour is the vendors' own default.
    let expires = reader.number("sip.expires", 30..=86_400).unwrap_or(3600);
    let domain = match reader.set("sip.domain") {
        Some(_) => Some(reader.host("sip.domain")?),
        None => None,
    };
    let voicemail = reader.text("sip.voicemail_number").filter(|text| !text.is_empty());
    let lookup = match reader.text("sip.lookup").as_deref() {
        Some("address") => Some(Lookup::Address),
        Some("srv") => Some(Lookup::Srv),
        Some("naptr") => Some(Lookup::Naptr),
        _ => None,
    };
    let srtp = match reader.text("sip.srtp").as_deref() {
        Some("off") => Some(Srtp::Off),
        Some("optional") => Some(Srtp::Optional),
        Some("required") => Some(Srtp::Required),
        // Never leave audio open because a word was mistyped.
        _ if reader.set("sip.srtp").is_some() => {
            reader.refuse("sip.srtp", "Expected `off`, `optional` or `required`.");
            return None;
        }
        _ => None,
    };
    let codecs = reader.text("sip.codecs").unwrap_or_default();
    let codecs = codecs.split(',').map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect();
    let (backup, outbound) = (hop(reader, "sip.backup"), hop(reader, "sip.outbound_proxy"));
    let pickup = reader.text("phone.pickup_code").filter(|text| !text.is_empty());
    Some(Registrar {
        host,
        port,
        transport,
        expires,
        domain,
        voicemail,
        backup,
        outbound,
        pickup,
        lookup,
        srtp,
        codecs,
        each: Each {
            dial_plan: reader.text("phone.dial_plan").filter(|text| !text.is_empty()),
            qos_signalling: reader.number("network.qos_signalling", 0..=63),
            qos_audio: reader.number("network.qos_audio", 0..=63),
            vlan_priority: reader.number("network.vlan_priority", 0..=7),
        },
    })
}

fn hop(reader: &mut Reader<'_>, prefix: &str) -> Option<Hop> {
    reader.set(&format!("{prefix}.host"))?;
    let host = reader.host(&format!("{prefix}.host"))?;
    Some(Hop { host, port: reader.number(&format!("{prefix}.port"), 1..=65_535) })
}
