//! `ringfence demo`: an organisation with three sites in different states, loaded through the doors that
//! everybody uses: the import, the gate, requests and approvals.

use super::print_json;
use crate::{
    config::Config,
    exit::Failure,
    startup::{self, Server},
};
use domain::{
    authz::{Actor, Role},
    gate::Check,
    package::Upload,
    time::DAY,
};
use serde_json::json;
use services::{
    Services, change_requests, devices, gates, imports,
    organisation::Organisation,
    users,
    view::{DeviceFilter, EvidenceInput, RequestInput},
};

const FILES: [(&str, &[u8]); 10] = [
    ("sites.csv", include_bytes!("../../demo/sites.csv")),
    ("segments.csv", include_bytes!("../../demo/segments.csv")),
    ("ranges.csv", include_bytes!("../../demo/ranges.csv")),
    ("places.csv", include_bytes!("../../demo/places.csv")),
    ("people.csv", include_bytes!("../../demo/people.csv")),
    ("extensions.csv", include_bytes!("../../demo/extensions.csv")),
    ("schedules.csv", include_bytes!("../../demo/schedules.csv")),
    ("hunt-groups.csv", include_bytes!("../../demo/hunt-groups.csv")),
    ("profiles.csv", include_bytes!("../../demo/profiles.csv")),
    ("devices.csv", include_bytes!("../../demo/devices.csv")),
];

/// Names, roles and passwords of the demonstration. Nothing else has a default password.
const LOGINS: [(&str, &[Role], &str); 5] = [
    ("ada", &[Role::Administrator], "ada-administers-42"),
    ("grace", &[Role::Approver], "grace-approves-42"),
    ("linus", &[Role::SiteLead], "linus-leads-sites-42"),
    ("susan", &[Role::Support], "susan-supports-42"),
    ("alan", &[Role::Auditor], "alan-audits-all-42"),
];

/// Two Yealinks of London stand bound from the start.
const BOUND: [(&str, &str); 2] = [("80:5e:c0:10:00:01", "2101"), ("80:5e:c0:10:00:02", "2102")];

/// The registrar of the demonstration; nothing answers there.
pub(crate) fn registrar() -> Organisation {
    Organisation {
        registrar_host: Some("sip.halden.example".to_owned()),
        registrar_port: Some(5061),
        transport: Some("tls".to_owned()),
        ..Organisation::default()
    }
}

pub(crate) async fn run(config: &Config, json: bool) -> Result<(), Failure> {
    let server = Server::start(config, Some(registrar())).await?;
    let services = &server.services;
    if users::needs_setup(services).await.map_err(Failure::environment)? {
        load(services)
            .await
            .map_err(|p| Failure::environment(format!("the demonstration cannot be loaded: {p}")))?;
    }
    let logins: Vec<_> = LOGINS
        .iter()
        .map(|(name, roles, password)| {
            let words: Vec<_> = roles.iter().map(|r| r.title()).collect();
            (String::from(*name), words.join(", "), String::from(*password))
        })
        .collect();
    if json {
        print_json(&facts(&server).await?)?;
    } else {
        people(&server, &logins);
    }
    server.run(Some(logins)).await
}

/// Loads the organisation into an empty installation.
pub(crate) async fn load(services: &Services) -> services::Result<()> {
    let op = startup::command_line(services);
    for (name, roles, password) in LOGINS {
        users::create(services, &op, name, password, roles).await?;
    }
    let [ada, grace, linus] =
        [actor(services, 0).await?, actor(services, 1).await?, actor(services, 2).await?];

    let uploads =
        FILES.iter().map(|(name, bytes)| Upload { name: (*name).to_owned(), bytes: bytes.to_vec() });
    // Whoever sets a server up has no account yet; what people import of who rings is asked for.
    let op = startup::command_line(services);
    let import = imports::stage(services, &op, uploads.collect()).await?;
    imports::commit(services, &op, &import).await?;

    let op = services.operation(linus);
    let until = op.now.plus(30 * DAY);
    let evidence =
        Check::ALL.map(|check| EvidenceInput { check, passed: true, note: "demonstration".to_owned() });
    gates::record(services, &op, "lon", "voice", evidence.to_vec(), until).await?;
    gates::sign_off(services, &op, "lon", "voice", until, LOGINS[2].2).await?;

    for (mac, extension) in BOUND {
        bind(services, &ada, &grace, mac, extension).await?;
    }
    Ok(())
}

async fn actor(services: &Services, index: usize) -> services::Result<Actor> {
    let (name, _, password) = LOGINS[index];
    users::sign_in(services, name, password, "demonstration").await
}

async fn bind(
    services: &Services,
    ada: &Actor,
    grace: &Actor,
    mac: &str,
    extension: &str,
) -> services::Result<()> {
    let input = RequestInput {
        kind: "bind".to_owned(),
        mac: mac.to_owned(),
        index: "1".to_owned(),
        extension: extension.to_owned(),
        reason: "Desk is occupied from day one.".to_owned(),
        ..RequestInput::default()
    };
    let number = change_requests::create(services, &services.operation(ada.clone()), &input).await?;
    change_requests::submit(services, &services.operation(ada.clone()), number).await?;
    let op = services.operation(grace.clone());
    let plan = change_requests::view(services, &op, number).await?;
    change_requests::approve(services, &op, number, &plan.digest, LOGINS[1].2).await?;
    change_requests::apply(services, &services.operation(ada.clone()), number).await
}

/// The line of JSON that tests and tools read.
async fn facts(server: &Server) -> Result<serde_json::Value, Failure> {
    let services = &server.services;
    let op = startup::command_line(services);
    let page = devices::list(services, &op, &DeviceFilter::default()).await.map_err(Failure::environment)?;
    let mut found = Vec::new();
    for row in page.rows {
        let mac = row.mac.bare();
        let view = devices::view(services, &op, &mac).await.map_err(Failure::environment)?;
        let reveal = devices::reveal(services, &op, &mac, "demonstration").await;
        let (user, password) = reveal.map_err(Failure::environment)?;
        let state = if row.lines.is_empty() { "unbound" } else { "bound" };
        found.push(json!({
            "mac": row.mac, "serial": row.serial, "vendor": row.vendor, "model": row.model, "site": row.site,
            "state": if row.state == "active" { state } else { &row.state },
            "steady_path": view.steady_path, "digest_user": user, "digest_password": password,
        }));
    }
    let logins: Vec<_> = LOGINS
        .iter()
        .map(|(name, roles, password)| json!({ "name": name, "roles": roles, "password": password }))
        .collect();
    Ok(json!({
        "console": format!("http://{}", server.console),
        "edge_http": format!("http://{}", server.edge_http),
        "edge_https": format!("https://{}", server.edge_https),
        "ca": std::path::absolute(&server.ca).unwrap_or_else(|_| server.ca.clone()),
        "logins": logins,
        "devices": found,
    }))
}

fn people(server: &Server, logins: &[(String, String, String)]) {
    println!("Ringfence demonstration: Halden, three sites.");
    println!();
    println!("  Console      http://{}", server.console);
    println!("  Edge, HTTPS  https://{}", server.edge_https);
    println!("  Edge, HTTP   http://{}", server.edge_http);
    println!("  Authority    {}", server.ca.display());
    println!();
    for (name, roles, password) in logins {
        println!("  {name:<7} {roles:<14} {password}");
    }
    println!();
    println!("What to try next:");
    println!(
        "  1. Sign in as ada, open Devices, choose 80:5e:c0:10:00:03, request extension 2103 on line key 1."
    );
    println!("  2. Sign in as grace, open Requests, read the plan, approve it. As ada, apply it.");
    println!("  3. Ask as a phone would, without proof, and be refused:");
    println!(
        "     curl --cacert {} https://localhost:{}/steady/805ec0100003.cfg -i",
        server.ca.display(),
        server.edge_https.port()
    );
    println!("  4. As ada, reveal its provisioning credential on the device's page, and ask again:");
    println!(
        "     curl --cacert {} --digest -u USER https://localhost:{}/steady/805ec0100003.cfg",
        server.ca.display(),
        server.edge_https.port()
    );
    println!("  5. Open Trace and type 2103: why does this phone have this configuration?");
}
