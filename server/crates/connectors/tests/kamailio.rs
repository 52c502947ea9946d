//! A real subscriber table in a file, and an endpoint that answers as `jsonrpcs` does.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use connectors::{CallControl, Config, ConnectorError, Contacts, Fact, Kamailio, KamailioConfig};
use sqlx::{
    Connection as _,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const REALM: &str = "pbx.example";

/// As Kamailio 5.6's `kamdbctl` creates it.
const SUBSCRIBER: &str = "CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY NOT NULL,
    username VARCHAR(64) DEFAULT '' NOT NULL,
    domain VARCHAR(64) DEFAULT '' NOT NULL,
    password VARCHAR(64) DEFAULT '' NOT NULL,
    ha1 VARCHAR(128) DEFAULT '' NOT NULL,
    ha1b VARCHAR(128) DEFAULT '' NOT NULL,
    CONSTRAINT subscriber_account_idx UNIQUE (username, domain)
)";

struct Platform {
    folder: tempfile::TempDir,
}

impl Platform {
    async fn new() -> Self {
        let platform = Self { folder: tempfile::tempdir().unwrap() };
        sqlx::query(SUBSCRIBER).execute(&mut platform.open(true).await).await.unwrap();
        platform
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("kamailio.sqlite")
    }

    async fn open(&self, create: bool) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.file()).create_if_missing(create);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    async fn rows(&self) -> Vec<(String, String, String, String, String)> {
        sqlx::query_as("SELECT username, domain, password, ha1, ha1b FROM subscriber ORDER BY username")
            .fetch_all(&mut self.open(false).await)
            .await
            .unwrap()
    }

    fn connector(&self, rpc: Option<String>) -> Kamailio {
        Kamailio::new(KamailioConfig { rpc, ..config(&self.file()) }).unwrap()
    }
}

fn config(file: &Path) -> KamailioConfig {
    KamailioConfig {
        database: format!("sqlite://{}", file.display()),
        realm: REALM.into(),
        registrar: "127.0.0.1:5060".into(),
        transport: "udp".into(),
        rpc: None,
        longest_registration: 3600,
    }
}

/// Answers every call with `status` and `body`; keeps what was asked.
async fn answering(status: &'static str, body: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/RPC", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"}") {
                assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
            }
            heard.lock().unwrap().push(String::from_utf8(request).unwrap());
            let length = body.len();
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, asked)
}

#[tokio::test]
async fn establishing_writes_hashes_and_never_the_password() {
    let platform = Platform::new().await;
    let kamailio = platform.connector(None);
    kamailio.establish("2101", "old").await.unwrap();
    kamailio.establish("2101", "correct horse").await.unwrap();
    kamailio.establish("2101", "correct horse").await.unwrap();
    let row = |text: &str| text.to_owned();
    // `printf '2101:pbx.example:correct horse' | md5sum`, and the same of `2101@pbx.example`.
    let expected = (
        row("2101"),
        row(REALM),
        row(""),
        row("8295abf7230f004b84df6c26d05ee33f"),
        row("080fddd44d952741638c28412cf2ffa7"),
    );
    assert_eq!(platform.rows().await, [expected]);
    let bytes = std::fs::read(platform.file()).unwrap();
    assert!(!bytes.windows(13).any(|window| window == b"correct horse"));
}

#[tokio::test]
async fn withdrawing_is_of_one_line_and_idempotent() {
    let platform = Platform::new().await;
    let kamailio = platform.connector(None);
    kamailio.establish("2101", "a").await.unwrap();
    kamailio.establish("2102", "b").await.unwrap();
    assert_eq!(kamailio.lookup("2101").await.exists, Fact::Known(true));
    for _ in 0..2 {
        assert!(matches!(kamailio.withdraw("2101").await.unwrap(), Contacts::Left(_)));
    }
    let facts = kamailio.lookup("2101").await;
    assert_eq!((facts.exists, facts.contacts), (Fact::Known(false), Fact::NotModelled));
    let left: Vec<_> = platform.rows().await.into_iter().map(|row| row.0).collect();
    assert_eq!(left, ["2102"]);
}

#[tokio::test]
async fn contacts_are_removed_at_the_platform() {
    let platform = Platform::new().await;
    let (rpc, asked) = answering("200 OK", r#"{"jsonrpc":"2.0","result":{},"id":1}"#).await;
    let kamailio = platform.connector(Some(rpc));
    assert_eq!(kamailio.withdraw("2101").await.unwrap(), Contacts::Removed);
    let asked = asked.lock().unwrap();
    let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /RPC HTTP/1.1\r\n"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["method"], "ul.rm");
    assert_eq!(body["params"], serde_json::json!(["location", "2101@pbx.example"]));
}

#[tokio::test]
async fn contacts_that_cannot_be_removed_are_reported_and_the_row_is_gone() {
    let platform = Platform::new().await;
    let refused = "http://127.0.0.1:9/RPC".to_owned();
    let (failing, _) =
        answering("500 Oops", r#"{"jsonrpc":"2.0","error":{"code":500,"message":"No memory"},"id":1}"#).await;
    let (other, _) = answering("404 Not Found", "}").await;
    for (rpc, says) in [(refused, "refused"), (failing, "No memory"), (other, "404")] {
        let kamailio = platform.connector(Some(rpc));
        kamailio.establish("2101", "a").await.unwrap();
        let left = kamailio.withdraw("2101").await.unwrap();
        assert!(matches!(&left, Contacts::Left(why) if why.contains(says)), "{left:?}");
        assert_eq!(platform.rows().await, []);
    }
}

#[tokio::test]
async fn looking_up_tells_registered_from_not_and_from_unknown() {
    let platform = Platform::new().await;
    let two = r#"{"result":{"AoR":"2101","Contacts":[{"Contact":{"Address":"sip:2101@192.0.2.7:5060","Expires":60}}]},"id":1}"#;
    let none = r#"{"error":{"code":500,"message":"AOR not found in location table"},"id":1}"#;
    let cases = [
        (two, Fact::Known(vec!["sip:2101@192.0.2.7:5060".to_owned()])),
        (none, Fact::Known(vec![])),
        (r#"{"error":{"code":500,"message":"Internal"},"id":1}"#, Fact::Unknown("Internal".into())),
    ];
    for (body, expected) in cases {
        let (rpc, _) = answering("200 OK", body).await;
        assert_eq!(platform.connector(Some(rpc)).lookup("2101").await.contacts, expected);
    }
}

/// As Kamailio 5.6.3 answers; the second contact came through a proxy and from behind a NAT.
const CONTACTS: &str = r#"{"jsonrpc":"2.0","result":{"AoR":"2101","Contacts":[
    {"Contact":{"Address":"sip:2101@192.0.2.7:5060","Expires":120,"Received":"[not set]","Path":"[not set]","Socket":"udp:192.0.2.1:5060","Last-Modified":1795472200}},
    {"Contact":{"Address":"sip:2101@10.0.0.7:5062","Expires":90,"Received":"sip:198.51.100.7:40112","Path":"<sip:192.0.2.2;lr>","Socket":null,"Last-Modified":1795472300}},
    {"Contact":{"Address":"sip:2101@192.0.2.8\r\nEvent: x","Expires":90,"Last-Modified":1795472300}}]},"id":1}"#;

/// One call that is up and one that is over, as 5.6.3 lists them.
const DIALOGS: &str = r#"{"jsonrpc":"2.0","result":[
    {"call-id":"inv1","from_uri":"sip:2101@ringfence.example","to_uri":"sip:+442079460123@ringfence.example","state":4,
     "caller":{"tag":"a","contact":"sip:2101@127.0.0.1:15871"},"callee":{"tag":"b","contact":"sip:2102@127.0.0.1:15872"}},
    {"call-id":"inv2","from_uri":"sip:2103@ringfence.example","to_uri":"sip:2104@ringfence.example","state":1,
     "caller":{"tag":"a","contact":"sip:2103@127.0.0.1:15873"},"callee":{"tag":null,"contact":null}},
    {"call-id":"inv3","from_uri":"sip:2105@ringfence.example","to_uri":"sip:2106@ringfence.example","state":5,
     "caller":{"tag":"a","contact":null},"callee":{"tag":null,"contact":null}}],"id":1}"#;

const NO_METHOD: &str = r#"{"jsonrpc":"2.0","error":{"code":500,"message":"Method Not Found"},"id":1}"#;

#[tokio::test]
async fn registrations_say_when_they_were_renewed() {
    let platform = Platform::new().await;
    let (rpc, _) = answering("200 OK", CONTACTS).await;
    let kamailio = platform.connector(Some(rpc));
    assert!(kamailio.reaches_phones());
    let Fact::Known(all) = kamailio.registrations("2101").await else { panic!() };
    let all: Vec<_> = all.iter().map(|r| (r.address.as_str(), r.renewed)).collect();
    let expected = [("sip:2101@192.0.2.7:5060", 1_795_472_200), ("sip:2101@10.0.0.7:5062", 1_795_472_300)];
    assert_eq!(all, expected, "what would get into a header is no address");
    let without = platform.connector(None);
    assert_eq!(without.registrations("2101").await, Fact::NotModelled);
    assert!(!without.reaches_phones());
}

#[tokio::test]
async fn who_is_in_a_call_is_known_where_calls_are_followed() {
    let platform = Platform::new().await;
    let (rpc, _) = answering("200 OK", DIALOGS).await;
    let Fact::Known(calls) = platform.connector(Some(rpc)).calls().await else { panic!() };
    for (user, busy) in
        [("2101", true), ("2102", true), ("2103", true), ("2104", true), ("2105", false), ("2106", false)]
    {
        assert_eq!(calls.has(user), busy, "{user}");
    }
    let (rpc, asked) = answering("500 Internal Server Error", NO_METHOD).await;
    let without = platform.connector(Some(rpc));
    for _ in 0..2 {
        assert_eq!(without.calls().await, Fact::NotModelled);
    }
    assert_eq!(asked.lock().unwrap().len(), 1, "each question would be an error in its log");
    let refused = platform.connector(Some("http://127.0.0.1:9/RPC".to_owned()));
    assert!(matches!(refused.calls().await, Fact::Unknown(_)));
    assert_eq!(platform.connector(None).calls().await, Fact::NotModelled);
}

#[tokio::test]
async fn a_phone_is_woken_from_where_it_registered_and_on_the_way_back_to_it() {
    let platform = Platform::new().await;
    let (rpc, asked) = answering("200 OK", CONTACTS).await;
    let woken = platform.connector(Some(rpc)).wake("2101", "check-sync;reboot=false").await;
    assert_eq!(woken, Fact::Known(2));
    let headers =
        "From: <sip:pbx.example>\r\nTo: <sip:2101@pbx.example>\r\nContact: <sip:127.0.0.1:5060>\r\n";
    let event = "Event: check-sync;reboot=false\r\nSubscription-State: terminated\r\n";
    let expected = [
        serde_json::json!(["location", "2101@pbx.example"]),
        serde_json::json!([
            "NOTIFY",
            "sip:2101@192.0.2.7:5060",
            ".",
            "udp:192.0.2.1:5060",
            format!("{headers}{event}")
        ]),
        serde_json::json!([
            "NOTIFY",
            "sip:2101@10.0.0.7:5062",
            "sip:192.0.2.2;lr",
            ".",
            format!("{headers}Route: <sip:192.0.2.2;lr>\r\n{event}")
        ]),
    ];
    let asked: Vec<serde_json::Value> = asked
        .lock()
        .unwrap()
        .iter()
        .map(|request| serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap())
        .collect();
    assert_eq!(asked.iter().map(|call| call["params"].clone()).collect::<Vec<_>>(), expected);
    assert_eq!(asked[1]["method"], "tm.t_uac_start");

    let (rpc, _) = answering("500 Internal Server Error", NO_METHOD).await;
    assert!(matches!(platform.connector(Some(rpc)).wake("2101", "resync").await, Fact::Unknown(_)));
    assert_eq!(platform.connector(None).wake("2101", "resync").await, Fact::NotModelled);
}

#[tokio::test]
async fn a_missing_file_is_an_error_and_is_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("absent.sqlite");
    let kamailio = Kamailio::new(config(&file)).unwrap();
    assert!(matches!(kamailio.establish("2101", "a").await, Err(ConnectorError::Database(_))));
    assert!(matches!(kamailio.lookup("2101").await.exists, Fact::Unknown(_)));
    assert!(!file.exists());
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_refused_by_key() {
    let good = config(Path::new("/kamailio.sqlite"));
    let wrong = [
        ("database", KamailioConfig { database: "mysql://u:hunter2@h/d".into(), ..good.clone() }),
        ("database", KamailioConfig { database: "sqlite://relative".into(), ..good.clone() }),
        ("realm", KamailioConfig { realm: String::new(), ..good.clone() }),
        ("registrar", KamailioConfig { registrar: "pbx".into(), ..good.clone() }),
        ("transport", KamailioConfig { transport: "sctp".into(), ..good.clone() }),
        ("rpc", KamailioConfig { rpc: Some("https://pbx/RPC".into()), ..good }),
    ];
    for (expected, config) in wrong {
        assert!(!format!("{config:?}").contains("hunter2"));
        let error = Kamailio::new(config).unwrap_err();
        assert!(matches!(&error, ConnectorError::Config { key, .. } if *key == expected), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[test]
fn unknown_keys_and_kinds_are_errors() {
    let read = serde_json::from_value::<Config>;
    let good = serde_json::json!({ "kind": "kamailio", "database": "sqlite:///k", "realm": "r", "registrar": "h:1" });
    let Config::Kamailio(config) = read(good.clone()).unwrap();
    assert_eq!((config.transport.as_str(), config.rpc, config.longest_registration), ("udp", None, 3600));
    for (key, value) in [("kind", "freeswitch"), ("passwrod", "x")] {
        let mut wrong = good.clone();
        wrong[key] = value.into();
        assert!(read(wrong).is_err(), "{key}");
    }
}
