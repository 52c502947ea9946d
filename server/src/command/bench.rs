//! `ringfence bench serve`: what proof, fence and record cost, as a ratio to a bare handler that returns the
//! same bytes. All in one run and one process, over plain loopback sockets, so that TLS, which both would pay,
//! does not hide the difference.

use crate::{config::Config, config::Options, edge, exit::Failure, listen::Door, startup};
use axum::Router;
use domain::vendor::Vendor;
use services::{
    devices,
    organisation::{self, Organisation},
    view::DeviceFilter,
};
use sip::digest::{Challenge, Credential, respond};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

const CONNECTIONS: usize = 64;
const REQUESTS: usize = 200;
const ROUNDS: usize = 5;

pub(crate) async fn run() -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("ringfence-bench-{}", std::process::id()));
    let options = Options { data: Some(folder.clone()), ..Options::default() };
    let config = Config::load(&options).map_err(Failure::usage)?;
    let services = startup::services(&config).await?;
    let steady_url = "https://localhost:8443/steady/".to_owned();
    let registrar = Organisation { steady_url, ..super::demo::registrar() };
    organisation::ensure(&services, &registrar).await.map_err(Failure::environment)?;
    super::demo::load(&services).await.map_err(Failure::environment)?;

    let (stop, stopped) = watch::channel(false);
    let phones = door(edge::router(services.clone(), true, Arc::default()), &stopped).await?;
    let common = request("/y000000000108.cfg", "");
    let bound = bound_request(&services, phones).await?;
    let same_common = fetch(phones, &common).await?;
    let same_bound = fetch(phones, &bound).await?;
    let bare_common = door(bare(same_common.clone()), &stopped).await?;
    let bare_bound = door(bare(same_bound.clone()), &stopped).await?;

    println!(
        "{CONNECTIONS} connections, {REQUESTS} requests each, median of {ROUNDS} rounds, no TLS on either side"
    );
    println!("{:<34} {:>10} {:>10} {:>7}", "", "ours /s", "bare /s", "ratio");
    let cases = [
        ("common file, recorded", common.clone(), bare_common, same_common.len()),
        ("bound file, proven and recorded", bound.clone(), bare_bound, same_bound.len()),
    ];
    for (name, text, bare, bytes) in cases {
        let (mut ours, mut theirs) = (vec![], vec![]);
        for _ in 0..ROUNDS {
            ours.push(rate(phones, &text).await?);
            theirs.push(rate(bare, &text).await?);
        }
        let (a, b) = (median(&mut ours), median(&mut theirs));
        println!("{:<34} {a:>10.0} {b:>10.0} {:>7.2}", format!("{name} ({bytes} B)"), a / b);
    }
    stop.send(true).ok();
    services.stop().await;
    std::fs::remove_dir_all(&folder).ok();
    Ok(())
}

async fn door(router: Router, stopped: &watch::Receiver<bool>) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::environment)?;
    let address = listener.local_addr().map_err(Failure::environment)?;
    tokio::spawn(Door { listener, router, tls: None }.serve(stopped.clone()));
    Ok(address)
}

fn bare(body: Vec<u8>) -> Router {
    let body = Arc::new(body);
    Router::new().fallback(move || {
        let body = Arc::clone(&body);
        async move { ([("content-type", "text/plain; charset=utf-8")], body.to_vec()) }
    })
}

fn request(path: &str, more: &str) -> Arc<str> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nUser-Agent: Yealink SIP-T46U 108.86.0.45 80:5e:c0:10:00:01\r\n{more}\r\n").into()
}

/// A request of the first bound Yealink with an answer to the challenge that it got.
async fn bound_request(services: &services::Services, phones: SocketAddr) -> Result<Arc<str>, Failure> {
    let op = startup::command_line(services);
    let filter = DeviceFilter { state: "bound".to_owned(), ..DeviceFilter::default() };
    let page = devices::list(services, &op, &filter).await.map_err(Failure::environment)?;
    let row = page.rows.iter().find(|r| r.vendor == Vendor::Yealink.name());
    let mac = row.ok_or_else(|| Failure::environment("no bound phone"))?.mac.bare();
    let (user, password) =
        devices::reveal(services, &op, &mac, "bench").await.map_err(Failure::environment)?;
    let path = format!("/steady/{mac}.cfg");
    let refused = exchange(&mut connect(phones).await?, &request(&path, "")).await?;
    let head = String::from_utf8_lossy(&refused.0).into_owned();
    let header = head.lines().find_map(|l| l.strip_prefix("www-authenticate: "));
    let header = header.ok_or_else(|| Failure::environment("no challenge"))?;
    let challenge = Challenge::parse(header.as_bytes()).map_err(Failure::environment)?;
    let credential = Credential::new(&user, &challenge.realm, &password);
    let answer = respond(&challenge, "GET", &path, &credential, "bench", 1);
    Ok(request(&path, &format!("Authorization: {answer}\r\n")))
}

async fn connect(address: SocketAddr) -> Result<TcpStream, Failure> {
    let stream = TcpStream::connect(address).await.map_err(Failure::environment)?;
    stream.set_nodelay(true).map_err(Failure::environment)?;
    Ok(stream)
}

/// Sends a request and reads head and body.
async fn exchange(stream: &mut TcpStream, request: &str) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    stream.write_all(request.as_bytes()).await.map_err(Failure::environment)?;
    let mut bytes = Vec::with_capacity(16 * 1024);
    loop {
        if stream.read_buf(&mut bytes).await.map_err(Failure::environment)? == 0 {
            return Err(Failure::environment("the connection was closed"));
        }
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|l| l.strip_prefix("content-length: ")?.parse::<usize>().ok());
            let whole = end + 4 + length.unwrap_or(0);
            while bytes.len() < whole {
                stream.read_buf(&mut bytes).await.map_err(Failure::environment)?;
            }
            let body = bytes.split_off(end + 4);
            return Ok((bytes, body));
        }
    }
}

async fn fetch(address: SocketAddr, request: &str) -> Result<Vec<u8>, Failure> {
    let (head, body) = exchange(&mut connect(address).await?, request).await?;
    if head.starts_with(b"HTTP/1.1 200") { Ok(body) } else { Err(Failure::environment("not served")) }
}

/// Requests per second over all connections; every answer must be 200.
async fn rate(address: SocketAddr, request: &Arc<str>) -> Result<f64, Failure> {
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let request = Arc::clone(request);
        tasks.spawn(async move {
            let mut stream = connect(address).await?;
            for _ in 0..REQUESTS {
                let (head, _) = exchange(&mut stream, &request).await?;
                if !head.starts_with(b"HTTP/1.1 200") {
                    return Err(Failure::environment("not served"));
                }
            }
            Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.map_err(Failure::environment)??;
    }
    let took = begun.elapsed().max(Duration::from_micros(1));
    Ok(f64::from(u32::try_from(CONNECTIONS * REQUESTS).unwrap_or(u32::MAX)) / took.as_secs_f64())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
