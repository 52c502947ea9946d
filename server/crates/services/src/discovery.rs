//! How phones find the server: values for DHCP servers, and lists for vendors' redirect services.
//!
//! The onboarding address is an argument: it comes from the configuration and the doors that are open.

pub use dialects::discovery::Address;

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    enrolment,
};
use dialects::discovery::{FAMILIES, Family, Redirect, Service, dnsmasq, kea, redirect_list, windows};
use domain::{
    Finding,
    authz::{Action, authorise, authorise_at},
    device::{Device, DeviceState},
    ids::PlaceId,
    site::{Segment, Site},
};
use ipnet::IpNet;
use serde::Deserialize;
use std::collections::BTreeMap;
use storage::{Tx, device, site};

/// Where phones are led that nobody has proven anything about yet.
#[derive(Clone, Debug)]
pub struct Onboarding {
    /// Over TLS.
    pub https: Address,
    /// Without; for phones that cannot do better.
    pub http: Address,
}

impl Onboarding {
    /// The onboarding addresses of this host, or `None` when it is no host name and no IP address.
    pub fn at(host: &str, https: u16, http: u16) -> Option<Self> {
        let host =
            if host.parse::<std::net::Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() };
        let address = |scheme, port| {
            let address = Address::parse(&format!("{scheme}://{host}:{port}/"))?;
            // A port or a path in the host's place would make another address of it.
            (address.authority() == format!("{host}:{port}")).then_some(address)
        };
        Some(Self { https: address("https", https)?, http: address("http", http)? })
    }

    /// Whether only this machine can reach it.
    fn local(&self) -> bool {
        let host = self.https.authority().rsplit_once(':').map_or("", |(host, _)| host);
        let loopback =
            host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        loopback || host.eq_ignore_ascii_case("localhost")
    }

    /// The HTTPS address as each vendor's phones want it, by vendor.
    pub fn by_vendor(&self) -> Vec<(String, String)> {
        FAMILIES.iter().map(|family| (family.name.to_owned(), family.value(&self.https))).collect()
    }
}

/// What the page was asked for; empty texts stand for the first, or what fits.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DiscoveryFilter {
    /// Site code.
    #[serde(default)]
    pub site: String,
    /// Segment code.
    #[serde(default)]
    pub segment: String,
    /// Name of a family, `all`, or empty for those that the site has phones of.
    #[serde(default)]
    pub family: String,
    /// `http`, or empty for HTTPS.
    #[serde(default)]
    pub over: String,
}

/// How a family is led here.
#[derive(Clone, Debug)]
pub struct FamilyView {
    /// Its name in addresses.
    pub name: &'static str,
    /// As people write it.
    pub title: &'static str,
    /// The DHCP option to set, if they read one.
    pub option: Option<u8>,
    /// Options that they read as well.
    pub also: &'static [u8],
    /// Exactly what the option has to hold.
    pub value: String,
    /// How well this is known: a word, and a sentence.
    pub known: (&'static str, &'static str),
    /// Which source wins.
    pub wins: &'static str,
}

/// Something to paste.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// `kea`, `dnsmasq` or `windows`.
    pub name: &'static str,
    /// The server that takes it.
    pub title: &'static str,
    /// Where it goes, and what to mind there.
    pub hint: &'static str,
    /// The text; empty where there is nothing to paste.
    pub text: String,
}

/// A list to download.
#[derive(Clone, Debug)]
pub struct ListView {
    /// Its word in addresses.
    pub word: &'static str,
    /// The service that takes it.
    pub title: &'static str,
    /// What to do with it there.
    pub hint: &'static str,
    /// How well its columns are known: a word, and a sentence.
    pub known: (&'static str, &'static str),
    /// How many phones of the site would be in it.
    pub devices: i64,
}

/// What the page shows for one segment.
#[derive(Clone, Debug)]
pub struct Found {
    /// The site.
    pub site: Site,
    /// Its segments.
    pub segments: Vec<Segment>,
    /// The segment that the snippets are for.
    pub segment: Option<Segment>,
    /// Every family.
    pub families: Vec<FamilyView>,
    /// Titles of the families that the snippets hold.
    pub chosen: Vec<&'static str>,
    /// One per DHCP server.
    pub snippets: Vec<Snippet>,
    /// One per redirect service.
    pub lists: Vec<ListView>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct DiscoveryView {
    /// Every site.
    pub sites: Vec<Site>,
    /// The address that is handed out.
    pub address: Address,
    /// Whether no phone can reach that address.
    pub local: bool,
    /// What there is to show, if there is a site.
    pub found: Option<Found>,
}

/// Values, snippets and lists for one site and segment. Four queries.
pub async fn view(
    services: &Services,
    op: &Operation,
    onboarding: &Onboarding,
    filter: &DiscoveryFilter,
) -> Result<DiscoveryView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let address = if filter.over == "http" { &onboarding.http } else { &onboarding.https };
    let sites = site::list(&mut tx).await?;
    let chosen = match filter.site.trim() {
        "" => sites.first(),
        code => Some(sites.iter().find(|site| site.code == code).ok_or_else(|| Problem::not_found("site"))?),
    };
    let found = match chosen.cloned() {
        Some(site) => Some(found(&mut tx, site, address, filter).await?),
        None => None,
    };
    Ok(DiscoveryView { sites, address: address.clone(), local: onboarding.local(), found })
}

async fn found(tx: &mut Tx, site: Site, address: &Address, filter: &DiscoveryFilter) -> Result<Found> {
    let mut segments = site::segments(tx).await?;
    segments.retain(|segment| segment.site == site.id);
    // A segment of the site that was chosen before is not one of this site.
    let named = segments.iter().find(|segment| segment.code == filter.segment.trim());
    let segment = named.or(segments.first()).cloned();
    let vendors: BTreeMap<_, _> = device::vendors(tx, site.id).await?.into_iter().collect();
    let chosen = choose(filter.family.trim(), &vendors)?;
    Ok(Found {
        families: FAMILIES.iter().map(|family| family_view(family, address)).collect(),
        chosen: chosen.iter().filter(|family| family.option.is_some()).map(|family| family.title).collect(),
        snippets: snippets(&chosen, address, segment.as_ref()),
        lists: Service::ALL.into_iter().map(|service| list_view(service, &vendors)).collect(),
        site,
        segments,
        segment,
    })
}

/// Families for the snippets: the one that was named, or those that the site has; all, when it has none.
fn choose(name: &str, vendors: &BTreeMap<String, i64>) -> Result<Vec<&'static Family>> {
    let all = || FAMILIES.iter().collect();
    Ok(match name {
        "" => {
            let has = |family: &Family| family.vendor().is_some_and(|own| vendors.contains_key(own.name()));
            let present = |family: &&Family| family.option.is_some() && has(family);
            let present: Vec<_> = FAMILIES.iter().filter(present).collect();
            if present.is_empty() { all() } else { present }
        }
        "all" => all(),
        name => vec![Family::find(name).ok_or_else(|| Problem::not_found("family"))?],
    })
}

fn family_view(family: &Family, address: &Address) -> FamilyView {
    FamilyView {
        name: family.name,
        title: family.title,
        option: family.option,
        also: family.also,
        value: family.value(address),
        known: (family.known.word(), family.known.says()),
        wins: family.wins,
    }
}

fn list_view(service: Service, vendors: &BTreeMap<String, i64>) -> ListView {
    ListView {
        word: service.word(),
        title: service.title(),
        hint: service.hint(),
        known: (service.known().word(), service.known().says()),
        devices: vendors.get(service.family()).copied().unwrap_or_default(),
    }
}

fn snippets(families: &[&Family], address: &Address, segment: Option<&Segment>) -> Vec<Snippet> {
    if families.iter().all(|family| family.option.is_none()) {
        return vec![];
    }
    let scope = segment.and_then(|segment| match segment.cidr {
        IpNet::V4(net) => Some(net.network()),
        IpNet::V6(_) => None,
    });
    vec![
        Snippet {
            name: "kea",
            title: "ISC Kea",
            hint: "Members of `Dhcp4` in kea-dhcp4.conf. An option of the subnet wins over one of a class.",
            text: kea(families, address),
        },
        Snippet {
            name: "dnsmasq",
            title: "dnsmasq",
            hint: "A file in /etc/dnsmasq.d. It holds for every range of the server.",
            text: dnsmasq(families, address),
        },
        Snippet {
            name: "windows",
            title: "Windows Server",
            hint: "PowerShell on the DHCP server. The scope is the segment's network; it can be run again.",
            text: scope.map(|scope| windows(families, address, scope)).unwrap_or_default(),
        },
    ]
}

/// A file to download.
#[derive(Clone, Debug)]
pub struct Download {
    /// Its name.
    pub name: String,
    /// UTF-8 CSV.
    pub body: String,
}

/// The active phones of a site for a redirect service. An act, because it leaves the house.
///
/// It asks for the permission to see a credential: an address of a phone's own is one.
pub async fn export(
    services: &Services,
    op: &Operation,
    onboarding: &Onboarding,
    service: &str,
    site: &str,
) -> Result<Download> {
    authorise_at(&op.actor, Action::RevealCredential, site)?;
    let service = Service::parse(service).ok_or_else(|| Problem::not_found("redirect service"))?;
    let mut act = Act::begin(services, op).await?;
    let site = site::by_code(&mut act.tx, site).await?.ok_or_else(|| Problem::not_found("site"))?;
    let places: BTreeMap<PlaceId, String> =
        site::places(&mut act.tx).await?.into_iter().map(|place| (place.id, place.code)).collect();
    // Where each phone is sent: to an address of its own where it has one, else to the onboarding address. One that
    // went back to its vendor is sent nowhere.
    let own = enrolment::redirects(services, &mut act.tx, site.id, op).await?;
    let address = |d: &Device| match own.get(&d.mac) {
        Some(Some(address)) => Address::parse(address),
        Some(None) => None,
        None => Some(onboarding.https.clone()),
    };
    let rows: Vec<Redirect> = device::of_site(&mut act.tx, site.id)
        .await?
        .into_iter()
        .map(|stored| stored.device)
        .filter(|d| d.state == DeviceState::Active && d.vendor.name() == service.family())
        .filter_map(|d| {
            let place = d.place.and_then(|place| places.get(&place));
            let name = place.map_or_else(|| site.code.clone(), |place| format!("{} {place}", site.code));
            let url = address(&d)?;
            Some(Redirect { mac: d.mac, serial: d.serial.to_string(), model: d.model, url, name })
        })
        .collect();
    if rows.is_empty() {
        let problem = Finding::new(domain::Code::NotFound, service.title())
            .detail(format!("{} has no active phone of this family.", site.name));
        return Err(Problem::new(crate::Kind::NotFound, problem));
    }
    act.note(Note {
        action: "discovery.export",
        subject: format!("{} list of {}: {} phones", service.title(), site.code, rows.len()),
        site: Some(site.id),
        ..Note::default()
    });
    act.commit().await?;
    Ok(Download {
        name: format!("{}-{}.csv", service.word(), site.code),
        body: redirect_list(service, &rows),
    })
}
