//! What becomes of lines at call control: a real subscriber table, and an endpoint that answers as `jsonrpcs` does.

use crate::halden::{EXTENSION, Halden, OTHER_EXTENSION, OTHER_PHONE, PHONE, open};
use connectors::{Kamailio, KamailioConfig};
use domain::time::{HOUR, MINUTE, SECOND};
use services::{Services, jobs, platform, view::RequestInput};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};
use testkit::{accepted, create_subscribers, subscribers};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const DONE: &str = r#"{"jsonrpc":"2.0","result":{},"id":1}"#;
const FAILED: &str = r#"{"jsonrpc":"2.0","error":{"code":500,"message":"No memory"},"id":1}"#;

/// A node that reaches a platform.
pub(crate) struct Node {
    pub(crate) services: Services,
    table: PathBuf,
}

impl Node {
    pub(crate) async fn of(halden: &Halden, rpc: Option<String>) -> Self {
        let table = halden.folder.path().join("kamailio.sqlite");
        create_subscribers(&table).await;
        let config = KamailioConfig {
            database: format!("sqlite://{}", table.display()),
            realm: "pbx.example".to_owned(),
            registrar: "127.0.0.1:5060".to_owned(),
            transport: "udp".to_owned(),
            rpc,
            longest_registration: 3600,
        };
        let services = halden.node_with(Arc::new(Kamailio::new(config).unwrap())).await;
        Self { services, table }
    }

    pub(crate) async fn drain(&self) -> Vec<String> {
        jobs::drain(&self.services).await;
        subscribers(&self.table).await
    }

    /// Who may register, and the hash of the password that is accepted.
    pub(crate) async fn accepts(&self) -> Vec<(String, String)> {
        accepted(&self.table).await
    }

    /// What is tried and not done.
    async fn open(&self, halden: &Halden) -> Vec<(String, String, String)> {
        let open = platform::open(&self.services, &halden.by("ada").await).await.unwrap();
        open.into_iter().map(|work| (work.kind, work.user, work.why)).collect()
    }
}

async fn answering(body: &Arc<Mutex<&'static str>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, body) = (listener.local_addr().unwrap(), Arc::clone(body));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"}") {
                assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
            }
            let body = *body.lock().unwrap();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    format!("http://{address}/RPC")
}

async fn unbind(halden: &Halden, mac: &str) {
    let number = halden.approved_unbind(mac).await;
    halden.apply(number).await.unwrap();
    // Work is in the order of the clock, which stands still here.
    halden.later(SECOND);
}

#[tokio::test]
async fn a_line_with_contacts_left_is_not_withdrawn_and_holds_back_nobody_else() {
    for halden in open().await {
        let says = Arc::new(Mutex::new(FAILED));
        let node = Node::of(&halden, Some(answering(&says).await)).await;
        halden.bind(PHONE, EXTENSION).await;
        assert_eq!(node.drain().await, [EXTENSION]);
        halden.later(SECOND);
        unbind(&halden, PHONE).await;
        assert_eq!(node.drain().await, [""; 0], "nobody can register there any more");
        let left = ("withdraw".to_owned(), EXTENSION.to_owned(), "Contacts are left: No memory.".to_owned());
        assert_eq!(node.open(&halden).await, [left], "{}", halden.name());

        // Another line goes on; the same one is not given to anybody while an old phone may ring.
        halden.bind(OTHER_PHONE, OTHER_EXTENSION).await;
        halden.bind(PHONE, EXTENSION).await;
        halden.later(MINUTE);
        assert_eq!(node.drain().await, [OTHER_EXTENSION]);
        *says.lock().unwrap() = DONE;
        halden.later(MINUTE);
        let may = node.drain().await;
        assert_eq!(may, [EXTENSION, OTHER_EXTENSION], "{}: {:?}", halden.name(), node.open(&halden).await);
        assert_eq!(node.open(&halden).await, []);
    }
}

/// In the same millisecond it is taken away and put somewhere else: the platform is told in that order.
#[tokio::test]
async fn a_line_that_moves_is_withdrawn_first_and_then_established() {
    for halden in open().await {
        let says = Arc::new(Mutex::new(DONE));
        let node = Node::of(&halden, Some(answering(&says).await)).await;
        halden.bind(PHONE, EXTENSION).await;
        node.drain().await;
        for (from, to) in [(PHONE, OTHER_PHONE), (OTHER_PHONE, PHONE)].repeat(4) {
            halden.later(SECOND);
            let input = RequestInput {
                kind: "move".to_owned(),
                mac: from.to_owned(),
                index: "1".to_owned(),
                to_mac: to.to_owned(),
                to_index: "1".to_owned(),
                reason: "Another desk.".to_owned(),
                ..RequestInput::default()
            };
            let op = halden.by("ada").await;
            let number = services::change_requests::create(&halden.services, &op, &input).await.unwrap();
            halden.sign(number).await;
            halden.apply(number).await.unwrap();
            halden.later(SECOND);
            assert_eq!(node.drain().await, [EXTENSION], "{}", halden.name());
        }
    }
}

#[tokio::test]
async fn where_contacts_cannot_be_removed_they_are_waited_for() {
    for halden in open().await {
        let node = Node::of(&halden, None).await;
        halden.bind(PHONE, EXTENSION).await;
        node.drain().await;
        unbind(&halden, PHONE).await;
        node.drain().await;
        halden.bind(PHONE, EXTENSION).await;
        for _ in 0..11 {
            halden.later(5 * MINUTE);
            assert_eq!(node.drain().await, [""; 0], "{}", halden.name());
        }
        halden.later(HOUR - 55 * MINUTE);
        assert_eq!(node.drain().await, [EXTENSION], "none can be left: nobody could renew one");
    }
}
