//! The command line: statuses, one sentence, and JSON with nothing else around it.

use crate::{
    phone::fetch,
    program::{ANY_PORTS, Data, Demo, run},
    wire::Wire,
};
use serde_json::json;
use std::{net::TcpListener, path::PathBuf};

const HEADER: &str = "site,serial,mac,vendor,model,place,segment";

/// A site with one segment and one place.
fn site() -> [(&'static str, String); 3] {
    let rows = |text: &str| text.to_owned();
    [
        ("sites", rows("site,name,time_zone,scope\nost,Oslo,Europe/Oslo,assisted\n")),
        ("segments", rows("site,segment,cidr,vlan,ntp\nost,voice,10.40.0.0/24,,\n")),
        (
            "places",
            rows(
                "site,place,building,floor,room,emergency_location,callback_number,contact\n\
                 ost,1,House,1,1,\"1 Gate, Oslo\",+4721000100,\n",
            ),
        ),
    ]
}

fn write(data: &Data, name: &str, text: &str) -> PathBuf {
    let path = data.folder.path().join(format!("{name}.csv"));
    std::fs::write(&path, text).unwrap();
    path
}

fn written(data: &Data, devices: &[&str]) -> Vec<String> {
    let mut files: Vec<_> = site().iter().map(|(name, text)| write(data, name, text)).collect();
    files.push(write(data, "devices", &format!("{HEADER}\n{}\n", devices.join("\n"))));
    files.iter().map(|path| path.display().to_string()).collect()
}

fn import(files: &[String], more: &[&'static str]) -> Vec<String> {
    ["import"].iter().chain(more).map(|word| (*word).to_owned()).chain(files.iter().cloned()).collect()
}

fn words(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

#[test]
fn a_port_that_is_taken_is_status_3() {
    let data = Data::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for command in ["serve", "demo"] {
        for door in ["--console", "--edge-http", "--edge-https"] {
            let mut arguments = vec![command];
            arguments.extend(ANY_PORTS);
            let at = arguments.iter().position(|word| *word == door).unwrap();
            arguments[at + 1] = &address;
            data.run(&arguments).failed(3, &address);
        }
    }
}

#[test]
fn an_interface_that_is_not_there_is_status_3() {
    let data = Data::new();
    let mut arguments = vec!["serve", "--pnp", "nope0"];
    arguments.extend(ANY_PORTS);
    data.run(&arguments).failed(3, "nope0");
}

#[test]
fn what_was_not_given_as_it_should_be_is_status_2() {
    for arguments in [&["--nonsense"][..], &["serve", "--nonsense"], &["explain"], &["import"], &[]] {
        let ended = run(arguments);
        assert_eq!((ended.status, ended.output.as_str()), (2, ""), "{arguments:?} {ended:?}");
        assert!(!ended.errors.is_empty(), "{arguments:?}");
    }
    let data = Data::new();
    let file = data.folder.path().join("ringfence.toml");
    let path = file.display().to_string();
    for (text, named) in [("edge_htps = 'hunter2'", "edge_htps"), ("console = 7", "console"), ("node", "")] {
        std::fs::write(&file, text).unwrap();
        for command in [&["serve"][..], &["config", "check"]] {
            let ended = data.run(&[command, &["--config", &path]].concat());
            assert_eq!(ended.status, 2, "{text}: {ended:?}");
            assert!(
                ended.errors.starts_with("ringfence: ") && !ended.errors.contains("hunter2"),
                "{ended:?}"
            );
            assert!(ended.errors.contains(named) || text == "console = 7", "{ended:?}");
        }
    }
    data.run(&["serve", "--config", "/nowhere/ringfence.toml"]).failed(2, "/nowhere/ringfence.toml");
    data.run(&["explain", "2101", "--at", "yesterday"]).failed(2, "yesterday");
    for help in [&["--help"][..], &["--version"], &["serve", "--help"]] {
        run(help).succeeded();
    }
}

#[test]
fn a_database_that_is_not_there_is_status_3() {
    let data = Data::new();
    data.run(&["ledger", "verify"]).failed(3, "there is no database");
    data.run(&["explain", "2101"]).failed(3, "there is no database");
    assert!(!data.path().exists(), "looking makes nothing");
    let missing = Data::with_database("postgres://nobody@127.0.0.1:1/nothing");
    let ended = missing.run(&["ledger", "verify"]);
    assert_eq!(ended.status, 3, "{ended:?}");
    let mut serve = vec!["serve"];
    serve.extend(ANY_PORTS);
    assert_eq!(missing.run(&serve).status, 3);
}

#[test]
fn a_package_with_wrong_rows_is_status_1_and_each_row_is_named() {
    let data = Data::new();
    let files = written(
        &data,
        &["ost,OS0001,80:5e:c0:40:00:01,yealink,T46U,1,voice", "ost,OS0002,nonsense,yealink,T46U,1,voice"],
    );
    let arguments = import(&files, &["--json"]);
    let ended = data.run(&words(&arguments));
    ended.failed(1, "nothing was imported");
    let said = ended.json();
    assert_eq!((&said["ok"], &said["created"]), (&json!(false), &json!(0)), "{said}");
    let finding = &said["findings"][0];
    let named = json!(["file", "row", "column", "code"].map(|key| &finding[key]));
    assert_eq!(named, json!(["devices.csv", 3, "mac", "mac.invalid"]));

    let ended = data.run(&words(&import(&files, &[])));
    ended.failed(1, "nothing was imported");
    assert!(ended.output.contains("devices.csv") && ended.output.contains("mac.invalid"), "{ended:?}");
    data.run(&["explain", "OS0001"]).failed(1, "no device fits `OS0001`");
    data.run(&["import", "/nowhere/devices.csv"]).failed(3, "/nowhere/devices.csv");
}

#[test]
fn a_package_is_imported_once_and_a_dry_run_imports_nothing() {
    let data = Data::new();
    let files = written(&data, &["ost,OS0001,80:5e:c0:40:00:01,yealink,T46U,1,voice"]);
    let said = |more: &[&'static str]| {
        let arguments = import(&files, more);
        let ended = data.run(&words(&arguments));
        ended.succeeded();
        let said = ended.json();
        ["created", "would_create", "unchanged"].map(|key| said[key].as_u64().unwrap())
    };
    assert_eq!(said(&["--dry-run", "--json"]), [0, 4, 0]);
    data.run(&["explain", "OS0001"]).failed(1, "no device fits `OS0001`");
    assert_eq!(said(&["--json"]), [4, 4, 0]);
    data.run(&["explain", "OS0001"]).succeeded();
    assert_eq!(said(&["--json"]), [0, 0, 4]);
}

#[tokio::test]
async fn explain_finds_a_phone_by_what_people_know_of_it() {
    let demo = Demo::start();
    let phone = demo.bound().clone();
    let mut wire = Wire::https(&demo).await;
    assert_eq!(fetch(&mut wire, &phone).await.status(), 200);
    let bare = phone.mac.replace(':', "");
    for what in [phone.mac.as_str(), &bare, &bare.to_uppercase(), &phone.serial, "2101"] {
        let ended = demo.data.run(&["explain", "--json", what]);
        ended.succeeded();
        let said = ended.json();
        assert_eq!(said["device"]["row"]["serial"], phone.serial.as_str(), "{what}");
        assert_eq!(said["serves"][0]["decision"], "bound");
        assert_eq!(
            (&said["serves"][0]["approver"], &said["serves"][0]["status"]),
            (&json!("grace"), &json!(200))
        );
        assert!(!ended.output.contains(&phone.digest_password));
    }
    let then = demo.data.run(&["explain", "--json", "2101", "--at", "2020-01-01T00:00:00Z"]).json();
    assert_eq!((&then["serves"], &then["acts"]), (&json!([]), &json!([])));
    let people = demo.data.run(&["explain", "2101"]);
    people.succeeded();
    for words in
        [phone.serial.as_str(), "Now: bound", "account.1.user_name = 2101", "CR-1", "approved by grace"]
    {
        assert!(people.output.contains(words), "{words}: {}", people.output);
    }
    demo.data.run(&["explain", "80:5e:c0:ff:ff:ff"]).failed(1, "no device fits");
    demo.data.run(&["explain", "T46U"]).failed(1, "fits several devices");
}

#[test]
fn the_demonstration_says_who_may_do_what_and_loads_itself_once() {
    let demo = Demo::start();
    let names: Vec<_> = demo.facts.logins.iter().map(|login| login.name.clone()).collect();
    assert!(names.contains(&"ada".to_owned()) && names.contains(&"grace".to_owned()), "{names:?}");
    let (count, secret) = (demo.facts.devices.len(), demo.bound().digest_password.clone());
    let again = Demo::start_on(demo.stop());
    assert_eq!((again.facts.devices.len(), &again.bound().digest_password), (count, &secret));
}

#[test]
fn identify_says_what_the_server_makes_of_a_request() {
    let identified = |arguments: &[&str]| run(&[&["identify", "--json"], arguments].concat()).json();
    assert_eq!(
        identified(&[
            "--path",
            "/a/80-5E-C0-12-34-56.cfg?x=1",
            "--user-agent",
            "Yealink SIP-T46U 108.86.0.20 80:5e:c0:12:34:56",
        ]),
        json!({
            "method": "GET", "vendor": "yealink", "model": "T46U", "firmware": "108.86.0.20",
            "mac": "80:5e:c0:12:34:56", "serial": null, "file": "configuration",
        })
    );
    assert_eq!(
        identified(&["--method", "put", "--path", "y000000000123.cfg"]),
        json!({
            "method": "PUT", "vendor": "yealink", "model": "T31G", "firmware": null,
            "mac": null, "serial": null, "file": "common",
        })
    );
    let nobody = identified(&["--path", "/favicon.ico"]);
    assert_eq!((nobody["vendor"].is_null(), nobody["file"].as_str()), (true, Some("unknown")));
}

#[test]
fn dialects_lists_models_and_how_we_know() {
    let families = run(&["dialects", "--json"]).json();
    let linphone = families.as_array().unwrap().iter().find(|f| f["vendor"] == "linphone").unwrap();
    assert_eq!(linphone["models"][0]["known"], "verified");
    assert!(families[0]["settings"].as_array().unwrap().iter().any(|s| s == "line.#.extension"));
    assert!(linphone["cannot"].as_array().unwrap().iter().any(|s| s == "sip.srtp"));
}

/// The README's table and what the command prints are of one source; the console's page is as well.
#[test]
fn the_readme_says_of_phones_what_the_command_prints() {
    let readme = include_str!("../../README.md");
    let (_, table) = readme.split_once("<!-- models: begin").unwrap();
    let (table, _) = table.split_once("<!-- models: end -->").unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    let families = run(&["dialects", "--json"]).json();
    let printed = run(&["dialects"]).output;
    let families: Vec<_> = families.as_array().unwrap().iter().collect();
    assert_eq!(rows.len(), families.len());
    for (row, family) in rows.into_iter().zip(families) {
        let cells: Vec<_> = row.split(" | ").collect();
        let title = family["title"].as_str().unwrap();
        assert_eq!(cells[0], format!("| {title}"));
        let says = printed.split_once(&format!("{title} (")).unwrap().1;
        for model in family["models"].as_array().unwrap() {
            let name = model["name"].as_str().unwrap();
            let names = cells[1].split([',', ';', ':']).map(str::trim);
            assert_eq!(names.filter(|own| *own == name).count(), 1, "{title} {name}");
            assert!(says.contains(&format!("  {name} ")), "{title} {name}");
        }
        assert_eq!(cells[3], family["settings"].as_array().unwrap().len().to_string(), "{title}");
    }
}

#[test]
fn templates_become_the_text_of_a_layer_and_what_is_left_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("t46u");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(
        inner.join("{$mac}.cfg"),
        "local_time.ntp_server1 = ntp.example\naccount.1.user_name = {$u}\n",
    )
    .unwrap();
    let at = folder.path().display().to_string();
    let said = run(&["import-templates", &at, "--vendor", "yealink", "--json"]).json();
    assert_eq!(said["layer"], "phone.ntp = ntp.example\n");
    assert_eq!(said["left"][0]["file"], "t46u/{$mac}.cfg");
    assert_eq!((&said["left"][0]["line"], &said["left"][0]["why"]), (&json!(2), &json!("expression")));
    run(&["import-templates", &at, "--vendor", "nobody"]).failed(2, "nobody");
    run(&["import-templates", "/no/such/folder", "--vendor", "yealink"]).failed(3, "/no/such/folder");

    // A draft is an account's own; what the layer says already stays.
    let data = Demo::start().stop();
    let draft = |layer: &str, by: &str| {
        data.run(&["import-templates", &at, "--vendor", "yealink", "--draft", layer, "--by", by, "--json"])
    };
    let said = draft("vendor yealink", "ada").json();
    assert!(said["draft"].as_str().unwrap().starts_with("LC-"), "{said}");
    assert!(said["layer"].as_str().unwrap().contains("phone.ntp = ntp.example"), "{said}");
    draft("vendor yealink", "nobody").failed(1, "no account");
    draft("vendor yealink", "grace").failed(1, "roles");
    draft("site atlantis", "ada").failed(1, "atlantis");
    draft("group quiet", "ada").failed(2, "written as");
}
