//! Enrolment over the wire, with the real program: killed between the answer and the phone's memory, and with
//! everything logged that can be logged.

use crate::{
    phone,
    program::{Data, Demo, Device},
    wire::{Response, Wire},
};
use domain::{
    authz::{Actor, Role},
    enrolment::Kind,
    ids::UserId,
};
use services::{
    Operation, Parts, Services, checkpoint, enrolment, env::Env, firmware::Folder, keys::Keys, limits::Limits,
};
use std::path::Path;
use storage::Store;
use testkit::stores;

/// A phone of London that has no line.
const PHONE: &str = "80:5e:c0:10:00:03";
const FILE: &str = "805ec0100003.cfg";

/// What somebody does at the console while the program is not running: makes a code and an address for every phone
/// of London, activates the codes, and reads both for one phone.
async fn tokens(data: &Data, database: &str) -> [String; 2] {
    let env = Env::system();
    let keys = Keys::open(&data.path().join("keys"), &env).unwrap();
    let store = Store::open(database).await.unwrap();
    let checkpoints = checkpoint::File::new(data.path().join("checkpoints.jsonl"));
    let firmware = Folder::new(data.path().join("firmware"), 0);
    let node = "console".to_owned();
    let parts = Parts {
        store,
        env,
        keys,
        node,
        call_control: None,
        checkpoints,
        firmware,
        limits: Limits::default(),
    };
    let services = Services::start(parts).await.unwrap();
    let op = operation(&services);
    enrolment::make(&services, &op, "lon", Kind::Code, None).await.unwrap();
    enrolment::activate_site(&services, &op, "lon").await.unwrap();
    let until = Some(op.now.plus(domain::time::DAY));
    enrolment::make(&services, &op, "lon", Kind::SignedAddress, until).await.unwrap();
    let mut found = [String::new(), String::new()];
    for (kind, token) in Kind::ALL.into_iter().zip(&mut found) {
        let list = enrolment::export(&services, &op, "lon", kind, "test").await.unwrap();
        let address = &list.iter().find(|h| h.mac.to_string() == PHONE).unwrap().address;
        address.trim_end_matches('/').rsplit('/').next().unwrap().clone_into(token);
    }
    services.stop().await;
    found
}

fn operation(services: &Services) -> Operation {
    let actor = Actor {
        id: UserId(uuid::Uuid::nil()),
        name: "command line".to_owned(),
        roles: Role::ALL.into_iter().collect(),
        confirmed: true,
        password_since: Some(services.now()),
    };
    services.operation(actor)
}

async fn ask(wire: &mut Wire, token: &str, file: &str) -> Response {
    let headers = [("User-Agent", "Yealink SIP-T46U 108.86.0.20")];
    wire.ask("GET", &format!("/enrol/{token}/{file}"), &headers).await
}

/// The phone with what it was given; the demonstration would know its credential, a phone does not.
fn enrolled(demo: &Demo, answer: &Response) -> Device {
    let value = |key: &str| {
        let line = answer.text().lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
        line.unwrap().to_owned()
    };
    let known = demo.facts.devices.iter().find(|device| device.mac == PHONE).unwrap().clone();
    Device {
        digest_user: value("static.auto_provision.server.username"),
        digest_password: value("static.auto_provision.server.password"),
        ..known
    }
}

#[tokio::test]
async fn a_server_killed_between_answer_and_save_answers_the_same_once_more() {
    for database in stores().await {
        database.store.close().await;
        let data = Demo::start_on(Data::with_database(&database.address)).stop();
        let [code, address] = tokens(&data, &database.address).await;

        let demo = Demo::start_on(data);
        let mut wire = Wire::https(&demo).await;
        // Not yet due, or not theirs: one and the same answer.
        let nothing = ask(&mut wire, "4829130570", FILE).await.timeless();
        assert_eq!((nothing.status(), nothing.header("cache-control")), (404, Some("no-store")));
        for (token, file) in
            [("x", FILE), (code.as_str(), "805ec0100004.cfg"), (code.as_str(), "x.cfg"), (&code, "")]
        {
            assert_eq!(ask(&mut wire, token, file).await.timeless(), nothing, "{file}");
        }
        let mut plain = Wire::http(&demo).await;
        for token in [&code, &address] {
            assert_eq!(ask(&mut plain, token, FILE).await.timeless(), nothing);
        }
        let common = ask(&mut wire, &code, "y000000000108.cfg").await;
        assert_eq!(common.status(), 200);
        let first = ask(&mut wire, &code, FILE).await;
        assert_eq!((first.status(), first.header("cache-control")), (200, Some("no-store")));

        // The power goes on both sides.
        let demo = Demo::start_on(demo.kill());
        let mut wire = Wire::https(&demo).await;
        let again = ask(&mut wire, &code, FILE).await;
        assert_eq!((again.status(), &again.body), (200, &first.body), "{}", database.database);
        let other = [("User-Agent", "curl/8.14")];
        let thief = wire.ask("GET", &format!("/enrol/{code}/{FILE}"), &other).await.timeless();
        assert_eq!(thief, nothing);

        let phone = enrolled(&demo, &again);
        assert_eq!(phone::fetch(&mut wire, &phone).await.status(), 200);
        for token in [&code, &address] {
            assert_eq!(ask(&mut wire, token, FILE).await.timeless(), nothing, "{}", database.database);
        }
        let data = demo.stop();
        data.run(&["ledger", "verify"]).succeeded();
        searched(data.folder.path(), &[code, address, phone.digest_password]);
    }
}

/// Neither the log, which has everything, nor the data holds one of them.
fn searched(folder: &Path, secrets: &[String]) {
    let mut folders = vec![folder.to_owned()];
    let mut bytes = 0;
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let file = std::fs::read(&path).unwrap();
            bytes += file.len();
            for secret in secrets {
                let found = file.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{} holds a secret", path.display());
            }
        }
    }
    assert!(bytes > 10_000, "the log was searched");
}
