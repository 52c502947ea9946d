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
