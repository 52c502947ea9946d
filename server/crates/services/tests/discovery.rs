//! How phones find the server: who may export a list, what is in it, what the record says; and that a phone with
//! a line is not led elsewhere.

use crate::{
    halden::{self, EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, codes},
    layers,
    phone::{Phone, ask_from, onboarding as baseline, text, value},
};
use domain::{
    Code, Mac,
    device::DeviceState,
    enrolment::Kind,
    fence::Channel,
    layer::Level,
    ledger::Entry,
    policy::Weight,
    setting::{Path, Value},
    time::DAY,
};
use services::{
    Services,
    discovery::{self, DiscoveryFilter, Onboarding},
    enrolment,
};
use storage::{device, layer};

fn onboarding() -> Onboarding {
    Onboarding::at("edge.halden.example", 8443, 8081).unwrap()
}

async fn exports(halden: &Halden) -> Vec<String> {
    let act = |entry| match entry {
        Entry::Act(act) if act.action == "discovery.export" => Some(act.subject),
        _ => None,
    };
    halden.record().await.into_iter().filter_map(act).collect()
}

#[tokio::test]
async fn a_list_has_the_active_phones_of_its_site_and_is_in_the_record() {
    for halden in halden::open().await {
        let mut tx = halden.database.store.write().await.unwrap();
        for (mac, state) in
            [(PHONE, DeviceState::Quarantined(Weight::High)), (OTHER_PHONE, DeviceState::Retired)]
        {
            let stored = device::by_mac(&mut tx, Mac::parse(mac).unwrap()).await.unwrap().unwrap();
            device::set_state(&mut tx, stored.device.id, state).await.unwrap();
        }
        tx.commit().await.unwrap();

        let ada = halden.by("ada").await;
        let list =
            discovery::export(&halden.services, &ada, &onboarding(), "yealink-rps", "lon").await.unwrap();
        assert_eq!(list.name, "yealink-rps-lon.csv");
        let rows: Vec<_> = list.body.lines().collect();
        assert_eq!(rows[0], "mac,sn,uniqueServerUrl,remark");
        assert_eq!(rows[1], "805ec0100001,YL46U0000001,https://edge.halden.example:8443/,lon 2-14");
        let macs: Vec<_> = rows[1..].iter().map(|row| &row[..12]).collect();
        assert_eq!(macs, ["805ec0100001", "805ec0100002", "805ec0100005", "805ec0100006"]);
        assert_eq!(exports(&halden).await, ["Yealink RPS list of lon: 4 phones"], "{}", halden.name());
    }
}

#[tokio::test]
async fn a_phone_with_an_address_of_its_own_is_sent_there_and_one_that_went_back_nowhere() {
    for halden in halden::open().await {
        let ada = halden.by("ada").await;
        let until = Some(ada.now.plus(14 * DAY));
        enrolment::make(&halden.services, &ada, "lon", Kind::SignedAddress, until).await.unwrap();
        enrolment::release(&halden.services, &ada, OTHER_PHONE, "It goes back to the vendor.").await.unwrap();
        let list =
            discovery::export(&halden.services, &ada, &onboarding(), "yealink-rps", "lon").await.unwrap();
        let row = |mac: &str| list.body.lines().find(|row| row.starts_with(&mac.replace(':', "")));
        let own = enrolment::signed_address(&halden.services, &ada, PHONE, "to compare").await.unwrap();
        assert!(row(PHONE).unwrap().contains(&format!(",{own},")), "{}: {:?}", halden.name(), row(PHONE));
        assert_eq!(row(OTHER_PHONE), None);
    }
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_in_the_record() {
    for halden in halden::open().await {
        let refused = [
            ("linus", "yealink-rps", "lon", Code::Forbidden),
            ("grace", "yealink-rps", "lon", Code::Forbidden),
            ("ada", "yealink-rps", "nowhere", Code::NotFound),
            ("ada", "somebody-elses", "lon", Code::NotFound),
            // Nobody uploads a heading.
            ("ada", "snom-sraps", "lon", Code::NotFound),
        ];
        for (who, service, site, code) in refused {
            let op = halden.by(who).await;
            let problem =
                discovery::export(&halden.services, &op, &onboarding(), service, site).await.unwrap_err();
            assert_eq!(codes(&problem), [code], "{who} {service} {site}");
        }
        assert_eq!(exports(&halden).await, [""; 0], "{}", halden.name());
    }
}

#[tokio::test]
async fn the_page_has_values_for_every_family_and_snippets_for_those_of_the_site() {
    for halden in halden::open().await {
        let linus = halden.by("linus").await;
        let look = async |filter: DiscoveryFilter| {
            discovery::view(&halden.services, &linus, &onboarding(), &filter).await
        };
        let shown =
            look(DiscoveryFilter { site: "par".to_owned(), ..DiscoveryFilter::default() }).await.unwrap();
        let found = shown.found.unwrap();
        assert_eq!(found.chosen, ["Yealink"]);
        let yealink = &found.families[0];
        assert_eq!((yealink.option, yealink.value.as_str()), (Some(66), "https://edge.halden.example:8443/"));
        let windows = &found.snippets[2].text;
        assert!(windows.contains("$scope = '10.20.0.0'") && windows.contains("'805EC0*'"), "{windows}");
        let listed: Vec<_> = found.lists.iter().map(|list| (list.word, list.devices)).collect();
        assert_eq!(listed[0], ("yealink-rps", 4));
        assert_eq!(listed[3], ("snom-sraps", 0));

        let plain = DiscoveryFilter {
            over: "http".to_owned(),
            family: "all".to_owned(),
            ..DiscoveryFilter::default()
        };
        let found = look(plain).await.unwrap().found.unwrap();
        assert_eq!(found.families[0].value, "http://edge.halden.example:8081/");
        assert_eq!(found.chosen.len(), 13, "every family that reads an option");

        let nowhere = DiscoveryFilter { site: "nowhere".to_owned(), ..DiscoveryFilter::default() };
        assert_eq!(codes(&look(nowhere).await.unwrap_err()), [Code::NotFound]);
    }
    for halden in halden::empty().await {
        let op = halden.services.operation(halden::owner_of_the_machine());
        let filter = DiscoveryFilter::default();
        let shown = discovery::view(&halden.services, &op, &onboarding(), &filter).await.unwrap();
        assert!(shown.found.is_none() && shown.sites.is_empty());
    }
}

#[test]
fn an_onboarding_address_is_made_of_a_host_and_nothing_else() {
    for host in ["phones.example.com", "10.0.0.1", "2001:db8::1"] {
        assert!(Onboarding::at(host, 8443, 8081).is_some(), "{host}");
    }
    for host in ["", "phones.example.com/x", "user@host", "host:1", "a b", "x'; Remove-Item", "\"", "[::1]x"]
    {
        assert!(Onboarding::at(host, 8443, 8081).is_none(), "{host}");
    }
}

/// Requirement B6; and what a site says of itself is true at its own segments alone.
#[tokio::test]
async fn a_phone_without_a_line_says_that_it_calls_no_help_and_names_a_site_only_where_one_is_known() {
    const KEY: &str = "features.station_name.value";
    const HELP: &str = "London, help desk 4444. No emergency calls";
    for halden in halden::open().await {
        let (london, paris, nowhere) = ([127, 0, 0, 7], [10, 20, 0, 7], [192, 0, 2, 7]);
        for client in [london, paris, nowhere] {
            let file = told(&halden.services, client, "y000000000108.cfg").await;
            assert_eq!(value(&file, KEY), "No emergency calls", "{}", halden.name());
            let file = told(&halden.services, client, "F0V00X200000.cfg").await;
            assert!(file.contains("No emergency calls"), "{}: {file}", halden.name());
        }
        let line = format!("phone.unbound_text = {HELP}");
        let number =
            layers::draft(&halden, "site", &layers::site(&halden, "lon").await, &line).await.unwrap();
        layers::publish(&halden, number).await;
        // Whoever has been asked before remembers for ten seconds.
        let services = &halden.second_node().await;
        for (client, expected) in
            [(london, HELP), (paris, "No emergency calls"), (nowhere, "No emergency calls")]
        {
            let file = told(services, client, "y000000000108.cfg").await;
            assert_eq!(value(&file, KEY), expected, "{}", halden.name());
        }
        let phone = Phone::of(&halden, PHONE).await;
        assert_eq!(value(&phone.configuration(services).await, KEY), HELP, "{}", halden.name());
        halden.bind(PHONE, EXTENSION).await;
        assert_eq!(value(&phone.configuration(services).await, KEY), "%NULL%", "{}", halden.name());
    }
}

/// What the onboarding address tells a phone there.
async fn told(services: &Services, client: [u8; 4], file: &str) -> String {
    let from = (client.into(), "");
    text(ask_from(services, Channel::Onboarding, file, None, from).await)
}

/// Nobody who answers DHCP or SIP PnP at a desk takes a phone with a line away from here.
#[tokio::test]
async fn a_bound_phone_follows_no_other_server_whatever_a_lower_layer_says() {
    for halden in halden::open().await {
        let before = text(baseline(&halden.services, "y000000000123.cfg").await);
        assert_eq!(overrides(&before), ["1", "1"], "a phone without a line must find its way here");
        halden.bind(PHONE, EXTENSION).await;
        let phone = Phone::of(&halden, PHONE).await;
        assert_eq!(overrides(&phone.configuration(&halden.services).await), ["0", "0"], "{}", halden.name());

        allow_overrides(&halden).await;
        let number = halden.draft_bind(OTHER_PHONE, 1, OTHER_EXTENSION).await.unwrap();
        let plan = halden.request(number).await.plan;
        let locked = plan.findings.iter().find(|finding| finding.code == Code::SettingLocked).unwrap();
        assert_eq!(locked.subject, "provisioning.dhcp_override");
        halden.sign(number).await;
        halden.apply(number).await.unwrap();
        let phone = Phone::of(&halden, OTHER_PHONE).await;
        assert_eq!(overrides(&phone.configuration(&halden.services).await), ["0", "0"], "{}", halden.name());
    }
}

fn overrides(file: &str) -> [&str; 2] {
    ["dhcp_option.enable", "pnp_enable"].map(|key| value(file, &format!("static.auto_provision.{key}")))
}

/// The other phone's own layer says that DHCP may name another server.
async fn allow_overrides(halden: &Halden) {
    let mut tx = halden.database.store.write().await.unwrap();
    let stored = device::by_mac(&mut tx, Mac::parse(OTHER_PHONE).unwrap()).await.unwrap().unwrap();
    let (scope, now) = (stored.device.id.to_string(), halden.services.now());
    // Its own layer holds the credential already.
    let mut own = layer::current(&mut tx, Level::Device, &scope).await.unwrap().unwrap();
    own.origin.version += 1;
    own.settings.insert(Path::parse("provisioning.dhcp_override").unwrap(), Value::Flag(true));
    layer::publish(&mut tx, &own, &scope, now).await.unwrap();
    tx.commit().await.unwrap();
}
