//! What strangers and broken networks do to the edge: it lets go of them, its memory is bounded, others are served.

use crate::{
    phone,
    program::Demo,
    wire::{Response, Wire},
};
use std::io::Write as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

/// A phone that proves itself meanwhile gets its file.
async fn a_phone_is_served(demo: &Demo) {
    let answer: Response = phone::fetch(&mut Wire::https(demo).await, demo.bound()).await;
    assert_eq!(answer.status(), 200, "{}", answer.head);
}

/// Everything that the other side sends until it lets go, however it does that.
async fn until_let_go(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = vec![];
    stream.read_to_end(&mut bytes).await.ok();
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_never_finishes_is_let_go_and_others_are_served() {
    let demo = Demo::start();
    let mut crowd = JoinSet::new();
    for n in 0..200 {
        // A head that does not end, a first word that does not end, a handshake that does not begin.
        let (address, begun): (_, &[u8]) = match n % 4 {
            0 => (demo.http(), b"GET /y000000000123.cfg HTTP/1.1\r\nHost: localhost\r\nX-Slow: "),
            1 => (demo.http(), b"G"),
            2 => (demo.https(), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
            _ => (demo.https(), b""),
        };
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(begun).await.unwrap();
        crowd.spawn(until_let_go(stream));
    }
    a_phone_is_served(&demo).await;
    for said in crowd.join_all().await {
        assert!(!said.starts_with(b"HTTP/1.1 200"));
    }
    a_phone_is_served(&demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_or_a_body_without_measure_is_refused() {
    let demo = Demo::start();
    let before = demo.resident();
    let long = "x".repeat(1 << 20);
    let heads = [
        format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET /y000000000123.cfg HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n"),
        format!("GET /y000000000123.cfg HTTP/1.1\r\n{}\r\n", "X-Many: 1\r\n".repeat(100_000)),
    ];
    for head in heads {
        let mut stream = TcpStream::connect(demo.http()).await.unwrap();
        // It may be refused before all of it is sent.
        stream.write_all(head.as_bytes()).await.ok();
        let said = until_let_go(stream).await;
        let status = said.get(9..12).unwrap_or_default();
        assert!([&b""[..], b"400", b"414", b"431"].contains(&status), "{}", String::from_utf8_lossy(&said));
    }
    for method in ["GET", "PUT", "POST"] {
        let stream = TcpStream::connect(demo.http()).await.unwrap();
        let (mut reader, mut writer) = stream.into_split();
        let head = format!(
            "{method} /805ec0100001.log HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"
        );
        writer.write_all(head.as_bytes()).await.unwrap();
        // Sixty-four megabytes, unless it is let go before.
        let sent = tokio::spawn(async move {
            let block = vec![b'x'; 1 << 20];
            for _ in 0..64 {
                if writer.write_all(&block).await.is_err() {
                    break;
                }
            }
        });
        let mut said = vec![];
        reader.read_to_end(&mut said).await.ok();
        sent.abort();
        assert!(!said.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&said));
    }
    let grown = demo.resident().saturating_sub(before);
    assert!(grown < 48 << 20, "{grown} bytes more");
    a_phone_is_served(&demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn handshakes_that_break_off_or_are_nonsense_harm_nobody() {
    let demo = Demo::start();
    let hello = hello();
    let mut crowd = JoinSet::new();
    for cut in (0..hello.len()).step_by(7) {
        let (address, mut bytes) = (demo.https(), hello[..cut].to_vec());
        // Every other one lies about what follows.
        if cut % 2 == 1 {
            bytes.iter_mut().skip(5).for_each(|byte| *byte ^= 0x55);
        }
        crowd.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(&bytes).await.ok();
            stream.shutdown().await.ok();
            until_let_go(stream).await
        });
    }
    assert!(crowd.len() > 20);
    for said in crowd.join_all().await {
        assert!(!said.starts_with(b"HTTP"));
    }
    a_phone_is_served(&demo).await;
}

/// What a client of ours sends first.
fn hello() -> Vec<u8> {
    let config = rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(
        rustls::crypto::aws_lc_rs::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_root_certificates(rustls::RootCertStore::empty())
    .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let mut client = rustls::ClientConnection::new(std::sync::Arc::new(config), name).unwrap();
    let mut bytes = vec![];
    client.write_tls(&mut bytes).unwrap();
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_idle_connections_weigh_little_and_others_are_served() {
    let demo = Demo::start();
    a_phone_is_served(&demo).await;
    let before = demo.resident();
    let wanted = 10_000.min(open_files().saturating_sub(500));
    // Straight to the stream, because the test harness hides what a passing test prints.
    writeln!(std::io::stderr(), "idle connections: {wanted}").unwrap();
    let mut idle = Vec::with_capacity(wanted);
    for n in 0..wanted {
        let mut stream = TcpStream::connect(demo.http()).await.unwrap();
        // The last of them is answered, so that all of them were accepted.
        if n + 1 == wanted {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
            stream.read_u8().await.unwrap();
        }
        idle.push(stream);
    }
    let each = demo.resident().saturating_sub(before) / wanted;
    assert!(each < 32 * 1024, "{each} bytes for each");
    a_phone_is_served(&demo).await;
    drop(idle);
}

/// How many files this process, and so the one that it starts, may open.
fn open_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap_or(usize::MAX)
}
