//! An endpoint that answers as Kamailio's `jsonrpcs` does: who is registered, who is in a call, and what is sent.

use domain::Timestamp;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What it knows, and what it was told to do.
#[derive(Default)]
pub(crate) struct Lines {
    /// Whether it answers nothing but errors.
    pub(crate) broken: bool,
    /// When each user that is registered registered last, in seconds.
    registered: BTreeMap<String, i64>,
    /// Who is in a call.
    pub(crate) calls: Vec<&'static str>,
    /// The user and the event of every NOTIFY.
    pub(crate) woken: Vec<(String, String)>,
}

/// It, as a test holds it.
#[derive(Clone)]
pub(crate) struct Switchboard {
    pub(crate) rpc: String,
    lines: Arc<Mutex<Lines>>,
}

impl Switchboard {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let rpc = format!("http://{}/RPC", listener.local_addr().unwrap());
        let lines = Arc::new(Mutex::new(Lines::default()));
        let board = Self { rpc, lines: Arc::clone(&lines) };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                answer(stream, &lines).await;
            }
        });
        board
    }

    pub(crate) fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap()
    }

    /// A phone registers as this user.
    pub(crate) fn register(&self, user: &str, at: Timestamp) {
        self.lines().registered.insert(user.to_owned(), at.0 / 1_000_000);
    }

    /// What was sent since this was asked last.
    pub(crate) fn woken(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.lines().woken)
    }
}

async fn answer(mut stream: TcpStream, lines: &Mutex<Lines>) {
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
    }
    let request = String::from_utf8(request).unwrap();
    let call: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    let body = lines.lock().unwrap().call(&call).to_string();
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).await.unwrap();
}

impl Lines {
    fn call(&mut self, call: &Value) -> Value {
        let failed = |message: &str| json!({ "jsonrpc": "2.0", "error": { "code": 500, "message": message }, "id": 1 });
        let done = |result: Value| json!({ "jsonrpc": "2.0", "result": result, "id": 1 });
        if self.broken {
            return failed("No memory");
        }
        let text = |at: usize| call["params"][at].as_str().unwrap_or_default();
        match call["method"].as_str().unwrap() {
            "ul.lookup" => {
                let user = text(1).split('@').next().unwrap();
                match self.registered.get(user) {
                    None => failed("AOR not found in location table"),
                    Some(at) => {
                        let address = format!("sip:{user}@192.0.2.7:5060");
                        done(
                            json!({ "Contacts": [{ "Contact": { "Address": address, "Last-Modified": at } }] }),
                        )
                    }
                }
            }
            "ul.rm" => done(json!({})),
            "dlg.list" => {
                let call = |user: &&str| json!({ "from_uri": format!("sip:{user}@pbx.example"), "state": 4 });
                done(self.calls.iter().map(call).collect())
            }
            "tm.t_uac_start" => {
                let header = |name: &str| {
                    let line = text(4).lines().find_map(|line| line.strip_prefix(name)).unwrap();
                    line.to_owned()
                };
                self.woken.push((text(1).to_owned(), header("Event: ")));
                done(json!({}))
            }
            other => panic!("{other} is asked of nobody"),
        }
    }
}
