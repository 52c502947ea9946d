//! What phones of several vendors send, what they get, and what nobody gets.

use super::{Asked, Config, LONGEST, Reply, answer, asked};
use proptest::prelude::*;
use std::net::SocketAddr;

fn config() -> Config {
    Config {
        contact: "192.0.2.1:5060".parse().unwrap(),
        notifies_from: "192.0.2.1:40000".parse().unwrap(),
        address: "https://phones.example.com:8443/".to_owned(),
        by_vendor: vec![("fanvil".to_owned(), "https://phones.example.com:8443/$mac.cfg".to_owned())],
    }
}

fn source() -> SocketAddr {
    "192.0.2.77:5080".parse().unwrap()
}

/// A SUBSCRIBE from 192.0.2.77:5080.
fn subscribe(uri: &str, event: &str, via: &str, contact: &str) -> String {
    format!(
        "SUBSCRIBE {uri} SIP/2.0\r\nVia: {via}\r\nFrom: <{uri}>;tag=18124\r\nTo: <{uri}>\r\n\
         Call-ID: 7211@192.0.2.77\r\nCSeq: 3 SUBSCRIBE\r\n{contact}Max-Forwards: 70\r\nExpires: 0\r\n\
         Event: {event}\r\nAccept: application/url\r\nContent-Length: 0\r\n\r\n"
    )
}

const VIA: &str = "SIP/2.0/UDP 192.0.2.77:5059;branch=z9hG4bK993";
const CONTACT: &str = "Contact: <sip:MAC805ec0123456@192.0.2.77:5059>\r\n";

fn yealink() -> String {
    let event =
        "ua-profile;profile-type=\"device\";vendor=\"yealink\";model=\"T46U\";version=\"108.86.0.20\"";
    subscribe("sip:MAC805ec0123456@224.0.1.75", event, VIA, CONTACT)
}

fn texts(replies: &[Reply]) -> Vec<&str> {
    replies.iter().map(|reply| std::str::from_utf8(&reply.bytes).unwrap()).collect()
}

#[test]
fn a_phone_that_asks_is_accepted_and_then_told_the_address() {
    let replies = answer(yealink().as_bytes(), source(), &config());
    let [ok, notify] = &texts(&replies)[..] else { panic!("{replies:?}") };
    let tag =
        ok.split_once("To: <sip:MAC805ec0123456@224.0.1.75>;tag=").unwrap().1.split_once("\r\n").unwrap().0;
    assert_eq!(
        *ok,
        format!(
            "SIP/2.0 200 OK\r\nVia: {VIA}\r\nFrom: <sip:MAC805ec0123456@224.0.1.75>;tag=18124\r\n\
             To: <sip:MAC805ec0123456@224.0.1.75>;tag={tag}\r\nCall-ID: 7211@192.0.2.77\r\nCSeq: 3 SUBSCRIBE\r\n\
             Contact: <sip:192.0.2.1:5060>\r\nExpires: 0\r\nContent-Length: 0\r\n\r\n"
        )
    );
    assert_eq!(
        *notify,
        format!(
            "NOTIFY sip:MAC805ec0123456@192.0.2.77:5059 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.0.2.1:40000;branch=z9hG4bK{tag}\r\nMax-Forwards: 1\r\n\
             From: <sip:MAC805ec0123456@224.0.1.75>;tag={tag}\r\nTo: <sip:MAC805ec0123456@224.0.1.75>;tag=18124\r\n\
             Call-ID: 7211@192.0.2.77\r\nCSeq: 1 NOTIFY\r\nContact: <sip:192.0.2.1:5060>\r\n\
             Event: ua-profile;profile-type=\"device\";vendor=\"yealink\";model=\"T46U\";version=\"108.86.0.20\"\r\n\
             Subscription-State: terminated;reason=timeout\r\nContent-Type: application/url\r\n\
             Content-Length: 32\r\n\r\nhttps://phones.example.com:8443/"
        )
    );
    // Both to the ports that it named, at the address that it asks from.
    assert_eq!(replies.iter().map(|reply| reply.to.to_string()).collect::<Vec<_>>(), ["192.0.2.77:5059"; 2]);
    assert_eq!(answer(yealink().as_bytes(), source(), &config()), replies, "asked twice, answered alike");
}

#[test]
fn each_vendor_is_understood() {
    let table = [
        (
            "sip:MAC001565f4f9e1@224.0.1.75",
            "ua-profile;vendor=\"yealink\";model=\"W52P\"",
            "001565f4f9e1",
            "yealink",
        ),
        (
            "sip:MAC%3AC074AD112233@224.0.1.75",
            "ua-profile;profile-type=\"device\";vendor=\"Grandstream\";model=\"GRP2612W\"",
            "c074ad112233",
            "Grandstream",
        ),
        ("sip:MAC%3a00135E874B49@example.com", "ua-profile; vendor=\"OEM\" ;model=x", "00135e874b49", "OEM"),
        ("sip:MAC=00304fa99948@224.0.1.75", "UA-PROFILE", "00304fa99948", ""),
        ("sip:mac:00304fa99948@224.0.1.75", "ua-profile;vendor=\"a;b\"", "00304fa99948", "a;b"),
    ];
    for (uri, event, mac, vendor) in table {
        let asked = asked(subscribe(uri, event, VIA, CONTACT).as_bytes()).unwrap();
        assert_eq!((asked.mac.as_deref(), asked.vendor.as_str()), (Some(mac), vendor), "{uri} {event}");
    }
    let nobody = asked(subscribe("sip:224.0.1.75:5060", "ua-profile", VIA, "").as_bytes());
    assert_eq!(nobody, Some(Asked::default()));
}

#[test]
fn a_vendor_with_a_spelling_of_its_own_is_told_that_one() {
    let asks = subscribe("sip:MAC0c383e123456@224.0.1.75", "ua-profile;vendor=\"Fanvil\"", VIA, CONTACT);
    let replies = answer(asks.as_bytes(), source(), &config());
    assert!(texts(&replies)[1].ends_with("\r\n\r\nhttps://phones.example.com:8443/$mac.cfg"), "{replies:?}");
}

#[test]
fn replies_go_to_where_the_question_came_from_whatever_it_says() {
    let uri = "sip:MAC805ec0123456@224.0.1.75";
    let table = [
        // (Via, Contact, port of the 200, port of the NOTIFY)
        ("SIP/2.0/UDP 192.0.2.77;branch=z", "Contact: <sip:x@192.0.2.77>\r\n", 5060, 5060),
        ("SIP/2.0/UDP 203.0.113.9:5059;branch=z", "Contact: <sip:x@203.0.113.9:53>\r\n", 5059, 5080),
        ("SIP/2.0/UDP 192.0.2.77:5059;rport;branch=z", "", 5080, 5080),
        ("SIP/2.0/UDP 192.0.2.77:5059;branch=z", "Contact: <tel:112>\r\n", 5059, 5080),
    ];
    for (via, contact, ok, notify) in table {
        let replies = answer(subscribe(uri, "ua-profile", via, contact).as_bytes(), source(), &config());
        let to: Vec<_> = replies.iter().map(|reply| (reply.to.ip().to_string(), reply.to.port())).collect();
        let here = "192.0.2.77".to_owned();
        assert_eq!(to, [(here.clone(), ok), (here, notify)], "{via} {contact}");
    }
    let other = subscribe(uri, "ua-profile", "SIP/2.0/UDP 10.9.9.9;rport;branch=z", "");
    let replies = answer(other.as_bytes(), source(), &config());
    assert!(
        texts(&replies)[0].contains("Via: SIP/2.0/UDP 10.9.9.9;rport=5080;branch=z;received=192.0.2.77\r\n")
    );
}

#[test]
fn what_is_no_such_question_is_not_answered() {
    let good = yealink();
    let without = |name: &str| {
        good.split("\r\n").filter(|line| !line.starts_with(name)).collect::<Vec<_>>().join("\r\n")
    };
    let mut bad: Vec<String> = ["Via", "From", "To", "Call-ID", "CSeq", "Event"]
        .into_iter()
        .map(|name| without(&format!("{name}:")))
        .collect();
    bad.extend([
        good.replace("SUBSCRIBE sip", "REGISTER sip"),
        good.replace("CSeq: 3 SUBSCRIBE", "CSeq: 3 REGISTER"),
        good.replace("Event: ua-profile", "Event: presence"),
        good.replace("Event: ua-profile", "Event: ua-profiles"),
        good.replace("SIP/2.0/UDP", "SIP/2.0/TCP"),
        good.replace("Via: ", "Via: SIP/2.0/UDP 203.0.113.9;branch=y, "),
        good.replace("192.0.2.77:5059;branch", "192.0.2.77:0;branch"),
        good.replace("From: ", "From: x\u{7}"),
        good.replace("From: ", "From: x\r"),
        good.replace("From: ", "From: x\n"),
        good.replace("Max-Forwards: 70", " folded"),
        good.replace("\r\n\r\n", "\r\n"),
        good.replace("Max-Forwards: 70", &format!("X: {}", "x".repeat(600))),
        good.replace("\r\n\r\n", &format!("\r\n\r\n{}", "x".repeat(LONGEST))),
        good.replace("Max-Forwards: 70", &"X: 1\r\n".repeat(60)),
        good.replace("Event:", "Event: ua-profile\r\nEvent:"),
    ]);
    for bad in bad {
        assert_eq!(answer(bad.as_bytes(), source(), &config()), [], "{bad}");
    }
    for from in ["224.0.1.75:5060", "255.255.255.255:5060", "0.0.0.0:5060", "192.0.2.77:0", "[ff02::1]:5060"]
    {
        assert_eq!(answer(good.as_bytes(), from.parse().unwrap(), &config()), [], "{from}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered_or_not_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        prop_assert_eq!(answer(&bytes, source(), &config()), vec![]);
        prop_assert_eq!(asked(&bytes), None);
    }

    /// A question bent anywhere: never a panic, never another destination, never a header more, never much
    /// more than was sent.
    #[test]
    fn a_bent_question_gets_two_small_replies_or_none(
        cuts in proptest::collection::vec((0usize..700, 0usize..4, "[ -~éß\r\n\t\"<>;,@=:%]{0,6}"), 1..4),
    ) {
        let mut text: Vec<char> = yealink().chars().collect();
        for (at, length, put) in cuts {
            let at = at.min(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, put.chars());
        }
        let text: String = text.into_iter().collect();
        let replies = answer(text.as_bytes(), source(), &config());
        prop_assert!(replies.is_empty() || replies.len() == 2);
        let bytes: usize = replies.iter().map(|reply| reply.bytes.len()).sum();
        prop_assert!(bytes <= 2 * text.len() + 700, "{} for {}", bytes, text.len());
        for reply in &replies {
            prop_assert_eq!(reply.to.ip(), source().ip());
            let reply = std::str::from_utf8(&reply.bytes).unwrap();
            let (head, body) = reply.split_once("\r\n\r\n").unwrap();
            prop_assert!(body.is_empty() || body.starts_with("https://phones.example.com:8443/"));
            let length = format!("Content-Length: {}", body.len());
            prop_assert_eq!(head.lines().filter(|line| line.starts_with("Content-Length:")).count(), 1);
            prop_assert!(head.ends_with(&length), "{}", head);
            prop_assert!(head.split("\r\n").all(|line| !line.contains(['\r', '\n'])), "{}", head);
        }
    }
}
