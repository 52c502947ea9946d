//! The same against a real Kamailio on loopback, and a phone that registers at it over UDP.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use connectors::{CallControl, Fact, Kamailio, KamailioConfig};
use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::{net::UdpSocket, time::timeout};

const REALM: &str = "pbx.example";
const MODULES: &str = "jsonrpcs kex corex tm sl rr pv maxfwd textops siputils usrloc registrar xhttp dialog";
const ROUTES: &str = r#"
modparam("jsonrpcs", "transport", 1)
modparam("usrloc", "db_mode", 0)
request_route {
  if (is_method("REGISTER")) { save("location"); exit; }
  if (is_method("INVITE")) { record_route(); dlg_manage(); }
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  t_relay();
}
event_route[xhttp:request] { jsonrpc_dispatch(); }
"#;

/// A Kamailio of the test's own; gone with it.
struct Real {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Real {
    fn drop(&mut self) {
        // TERM, so that it takes its own children along.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Real {
    /// `None`, and a word about it, where it is not installed.
    async fn start() -> Option<Self> {
        let program = "/usr/sbin/kamailio";
        if !std::path::Path::new(program).exists() {
            eprintln!("SKIPPED: Kamailio is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let load = |text: String, name: &str| text + "loadmodule \"" + name + ".so\"\n";
        let modules = MODULES.split(' ').fold(String::new(), load);
        let listen = format!("listen=udp:127.0.0.1:{port}\nlisten=tcp:127.0.0.1:{port}\n");
        let head =
            format!("log_stderror=yes\nchildren=1\ntcp_children=1\nauto_aliases=no\nalias=\"{REALM}\"\n");
        let config = format!("#!KAMAILIO\n{head}{listen}tcp_accept_no_cl=yes\n{modules}{ROUTES}");
        let file = folder.path().join("kamailio.cfg");
        std::fs::write(&file, config).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new(program)
            .arg("-f")
            .arg(&file)
            .arg("-Y")
            .arg(folder.path())
            .args(["-DD", "-E", "-m", "32", "-M", "8"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut real = Self { child, port, folder };
        let kamailio = real.connector();
        while !matches!(kamailio.calls().await, Fact::Known(_)) {
            assert!(real.child.try_wait().unwrap().is_none(), "{}", real.log());
            tokio::task::yield_now().await;
        }
        Some(real)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    fn connector(&self) -> Kamailio {
        let address = format!("127.0.0.1:{}", self.port);
        Kamailio::new(KamailioConfig {
            database: "sqlite:///nowhere".to_owned(),
            realm: REALM.to_owned(),
            rpc: Some(format!("http://{address}/RPC")),
            registrar: address,
            transport: "udp".to_owned(),
            longest_registration: 3600,
        })
        .unwrap()
    }
}

/// A phone on a socket of its own.
struct Phone {
    socket: UdpSocket,
    user: &'static str,
}

impl Phone {
    async fn registered(real: &Real, user: &'static str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(("127.0.0.1", real.port)).await.unwrap();
        let phone = Self { socket, user };
        phone.request("REGISTER", &format!("sip:{REALM}"), user).await;
        assert!(phone.hear("SIP/2.0 ").await.starts_with("SIP/2.0 200"));
        phone
    }

    async fn request(&self, method: &str, uri: &str, to: &str) {
        let (here, user) = (self.socket.local_addr().unwrap(), self.user);
        let text = format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{method}{user}\r\n\
             From: <sip:{user}@{REALM}>;tag={user}\r\nTo: <sip:{to}@{REALM}>\r\nCall-ID: {method}{user}\r\n\
             CSeq: 1 {method}\r\nContact: <sip:{user}@{here}>\r\nExpires: 60\r\nMax-Forwards: 70\r\n\
             Content-Length: 0\r\n\r\n"
        );
        self.socket.send(text.as_bytes()).await.unwrap();
    }

    /// The next message that begins so.
    async fn hear(&self, begins: &str) -> String {
        let mut bytes = vec![0; 8192];
        let heard = async {
            loop {
                let length = self.socket.recv(&mut bytes).await.unwrap();
                let text = String::from_utf8(bytes[..length].to_vec()).unwrap();
                if text.starts_with(begins) {
                    return text;
                }
            }
        };
        timeout(Duration::from_secs(30), heard).await.unwrap()
    }
}

#[tokio::test]
async fn a_real_kamailio_knows_registrations_and_calls_and_wakes_a_phone() {
    let Some(real) = Real::start().await else { return };
    let kamailio = real.connector();
    assert_eq!(kamailio.registrations("2101").await, Fact::Known(vec![]));
    assert_eq!(kamailio.wake("2101", "check-sync").await, Fact::Known(0));
    let before = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let (one, other) = (Phone::registered(&real, "2101").await, Phone::registered(&real, "2102").await);

    let Fact::Known(all) = kamailio.registrations("2101").await else { panic!("{}", real.log()) };
    let here = one.socket.local_addr().unwrap();
    assert_eq!(all[0].address, format!("sip:2101@{here}"));
    assert!(all[0].renewed + 1 >= i64::try_from(before).unwrap(), "{all:?}");

    assert_eq!(kamailio.wake("2101", "check-sync;reboot=false").await, Fact::Known(1));
    let notify = one.hear("NOTIFY ").await;
    assert!(notify.starts_with(&format!("NOTIFY sip:2101@{here} SIP/2.0\r\n")), "{notify}");
    for line in
        ["Event: check-sync;reboot=false", "Subscription-State: terminated", "To: <sip:2101@pbx.example>"]
    {
        assert!(notify.lines().any(|said| said == line), "{line} in {notify}");
    }

    one.request("INVITE", &format!("sip:2102@{REALM}"), "2102").await;
    other.hear("INVITE ").await;
    let Fact::Known(calls) = kamailio.calls().await else { panic!("{}", real.log()) };
    assert!(calls.has("2101") && calls.has("2102") && !calls.has("2103"), "it rings: {calls:?}");
}
