//! SIP PnP on a network of its own: the real program in a namespace, and a phone that asks the group.
//!
//! The test runs itself again inside the namespace. Where the machine allows none, it says so and passes.

use crate::program::{ANY_PORTS, Data, Facts, Running, address};
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io::{BufRead as _, ErrorKind, Write as _},
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket},
    process::{Command, Stdio},
    time::Duration,
};

/// Set by the one test for the other: it makes interfaces, which must not be this machine's.
const INSIDE: &str = "RINGFENCE_TEST_INSIDE";
const GROUP: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(224, 0, 1, 75), 5060);
/// The interface that is named, another phone on it, and an interface that is not named.
const NAMED: (&str, Ipv4Addr) = ("voice0", Ipv4Addr::new(10, 99, 0, 1));
const SECOND: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 2);
const OTHER: (&str, Ipv4Addr) = ("other0", Ipv4Addr::new(10, 98, 0, 1));

#[test]
fn a_phone_that_asks_the_group_on_a_named_interface_is_told_the_address() {
    if let Err(why) = namespace() {
        // Not by a macro: the test runner would keep it to itself.
        writeln!(std::io::stderr(), "\nSKIPPED: SIP PnP in a network namespace: {why}\n").unwrap();
        return;
    }
    let itself = std::env::current_exe().unwrap();
    let inside = Command::new("unshare")
        .args(["--map-root-user", "--net", "--"])
        .arg(itself)
        .args(["pnp::inside_the_namespace", "--exact", "--ignored", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&inside.stdout);
    let ran = said.contains("1 passed");
    assert!(inside.status.success() && ran, "{said}\n{}", String::from_utf8_lossy(&inside.stderr));
}

/// Whether there can be a network of its own, with interfaces.
fn namespace() -> Result<(), String> {
    let link = ["unshare", "--map-root-user", "--net", "--", "ip", "link", "add", "voice0", "type", "veth"];
    let made = Command::new(link[0]).args(&link[1..]).stdin(Stdio::null()).output();
    match made {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(format!("`unshare` cannot be run: {error}")),
    }
}

fn ip(arguments: &str) {
    let done = Command::new("ip").args(arguments.split(' ')).status().unwrap();
    assert!(done.success(), "ip {arguments}");
}

#[test]
#[ignore = "the test above runs it in a namespace"]
fn inside_the_namespace() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    ip("link set lo up");
    for (interface, here) in [NAMED, OTHER] {
        ip(&format!("link add {interface} type veth peer name {interface}p"));
        ip(&format!("addr add {here}/24 dev {interface}"));
        ip(&format!("link set {interface} up"));
        ip(&format!("link set {interface}p up"));
    }
    ip(&format!("addr add {SECOND}/24 dev {}", NAMED.0));
    let data = Data::new();
    let file = data.folder.path().join("ringfence.toml");
    std::fs::write(&file, format!("public_host = 'phones.example.com'\npnp = ['{}']\n", NAMED.0)).unwrap();
    let mut command = data.command(&["demo", "--json", "--config", &file.display().to_string()]);
    command.args(ANY_PORTS);
    let mut server = Running::start(command, &data.log());
    let mut line = String::new();
    server.output.read_line(&mut line).unwrap();
    let facts: Facts = serde_json::from_str(&line).unwrap();
    let edge = format!("https://phones.example.com:{}/", address(&facts.edge_https).port());

    // Asked before, so that an answer would be here before the other one.
    let elsewhere = phone(OTHER.1);
    elsewhere.send_to(subscribe(&elsewhere, "elsewhere").as_bytes(), GROUP).unwrap();
    let phone = phone(NAMED.1);
    phone.send_to(b"SUBSCRIBE nonsense", GROUP).unwrap();
    let question = subscribe(&phone, "here");
    phone.send_to(question.as_bytes(), GROUP).unwrap();

    let (ok, from) = receive(&phone);
    assert_eq!(from, SocketAddr::from((NAMED.1, 5060)));
    assert!(ok.starts_with("SIP/2.0 200 OK\r\n") && ok.contains("\r\nCall-ID: here\r\n"), "{ok}");
    let (notify, from) = receive(&phone);
    assert!(notify.contains(&format!("\r\nVia: SIP/2.0/UDP {from};branch=")), "{from}: {notify}");
    assert!(notify.starts_with("NOTIFY sip:MAC805ec0100003@10.99.0.1"), "{notify}");
    assert!(notify.contains("\r\nContent-Type: application/url\r\n"), "{notify}");
    assert!(notify.contains("\r\nContact: <sip:10.99.0.1:5060>\r\n"), "{notify}");
    assert!(notify.ends_with(&format!("\r\nContent-Length: {}\r\n\r\n{edge}", edge.len())), "{notify}");

    // Unanswered it is sent again, and answered it is not.
    assert_eq!(receive(&phone), (notify.clone(), from));
    phone.send_to(response(&notify).as_bytes(), from).unwrap();
    // Meanwhile another phone, which answers nothing, is told three times.
    let deaf = self::phone(SECOND);
    deaf.send_to(subscribe(&deaf, "deaf").as_bytes(), GROUP).unwrap();
    let told: Vec<_> = (0..4).map(|_| receive(&deaf).0).collect();
    assert!(told[0].starts_with("SIP/2.0 200") && told[1] == told[2] && told[2] == told[3], "{told:?}");
    phone.set_nonblocking(true).unwrap();
    assert_eq!(phone.recv(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock, "it was answered");
    phone.set_nonblocking(false).unwrap();
    drop(deaf);

    elsewhere.set_nonblocking(true).unwrap();
    assert_eq!(elsewhere.recv(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock, "an answer elsewhere");

    // Nobody is flooded. The other phone is answered after the whole flood, so that is over then.
    for _ in 0..40 {
        phone.send_to(question.as_bytes(), GROUP).unwrap();
    }
    let second = self::phone(SECOND);
    second.send_to(subscribe(&second, "second").as_bytes(), GROUP).unwrap();
    receive(&second);
    phone.set_nonblocking(true).unwrap();
    let mut buffer = [0; 2048];
    let replies =
        std::iter::from_fn(|| phone.recv(&mut buffer).ok().map(|_| buffer.starts_with(b"SIP/2.0 200")));
    let accepted = replies.filter(|ok| *ok).count();
    assert!(
        (1..=8).contains(&accepted),
        "{accepted} answers to 41 questions, of at most 4 in each window that it touched"
    );
    server.stop();
}

/// A phone on an interface, which sends from its address and hears what is sent there.
fn phone(here: Ipv4Addr) -> UdpSocket {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).unwrap();
    socket.set_multicast_if_v4(&here).unwrap();
    socket.bind(&SocketAddrV4::new(here, 0).into()).unwrap();
    // No answer at all is a failure, not a test without an end.
    socket.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    socket.into()
}

fn receive(phone: &UdpSocket) -> (String, SocketAddr) {
    let mut buffer = [0; 2048];
    let (length, from) = phone.recv_from(&mut buffer).unwrap();
    (String::from_utf8(buffer[..length].to_vec()).unwrap(), from)
}

/// What a phone says to a NOTIFY.
fn response(notify: &str) -> String {
    let header = |name: &str| notify.lines().find(|line| line.starts_with(name)).unwrap();
    let headers = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].map(header).join("\r\n");
    format!("SIP/2.0 200 OK\r\n{headers}\r\nContent-Length: 0\r\n\r\n")
}

/// What a Yealink sends at boot.
fn subscribe(phone: &UdpSocket, call: &str) -> String {
    let here = phone.local_addr().unwrap();
    format!(
        "SUBSCRIBE sip:MAC805ec0100003@224.0.1.75 SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{call}\r\n\
         From: <sip:MAC805ec0100003@224.0.1.75>;tag=1\r\nTo: <sip:MAC805ec0100003@224.0.1.75>\r\n\
         Call-ID: {call}\r\nCSeq: 1 SUBSCRIBE\r\nContact: <sip:MAC805ec0100003@{here}>\r\nMax-Forwards: 70\r\n\
         Expires: 0\r\nEvent: ua-profile;profile-type=\"device\";vendor=\"yealink\";model=\"T31G\";version=\"124\"\r\n\
         Accept: application/url\r\nContent-Length: 0\r\n\r\n"
    )
}
