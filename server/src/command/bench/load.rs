//! The load generator: a process of its own, so that what it costs can be told apart and stated.
//!
//! `ringfence bench load` reads a plan as JSON from standard input and writes what came of it to standard output.

use super::{answer::Answered, fleet::Fleet, usage};
use crate::exit::Failure;
use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use serde::{Deserialize, Serialize};
use sip::digest::Challenge;
use std::{
    borrow::Cow,
    io::{Read as _, Write as _},
    net::SocketAddr,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};
use tokio_rustls::TlsConnector;

/// What to ask, of whom, and how fast.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) target: SocketAddr,
    pub(super) tls: Option<Tls>,
    pub(super) connections: usize,
    /// Every answer must be 200.
    pub(super) requests: Requests,
    pub(super) pace: Pace,
}

/// Whole heads of requests.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Requests {
    /// These.
    Heads(Arc<Vec<String>>),
    /// What each phone of a fleet answers to a challenge, or some that are spread over it. The generator writes them: a
    /// hundred thousand would weigh more in the process that is measured than what is looked for.
    Fleet {
        fleet: Fleet,
        /// How many of it at most.
        most: usize,
        /// The value of `WWW-Authenticate`.
        challenge: String,
    },
}

impl Requests {
    fn heads(&self) -> Result<Arc<Vec<String>>, Failure> {
        match self {
            Self::Heads(heads) => Ok(Arc::clone(heads)),
            Self::Fleet { fleet, most, challenge } => {
                let challenge = Challenge::parse(challenge.as_bytes()).map_err(Failure::usage)?;
                let all = fleet.requests(&challenge);
                let every = (all.len() / most.max(&1)).max(1);
                Ok(Arc::new(all.into_iter().step_by(every).take(*most).collect()))
            }
        }
    }
}

impl From<&Arc<Vec<String>>> for Requests {
    fn from(heads: &Arc<Vec<String>>) -> Self {
        Self::Heads(Arc::clone(heads))
    }
}

/// How the other side is trusted, and who we are.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Tls {
    pub(super) ca: PathBuf,
    /// Certificates and keys, taken in turn; nobody without.
    pub(super) identities: Vec<(PathBuf, PathBuf)>,
    /// TLS 1.2 and nothing else.
    pub(super) old: bool,
}

/// How requests follow each other.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum Pace {
    /// Kept connections, each asks again once it is answered, for so many seconds.
    Seconds(f64),
    /// The same until every request has been made once.
    Once,
    /// Every request once, over a new connection.
    Fresh,
    /// So many requests a second for so many seconds, whether or not the ones before are answered; a latency
    /// counts from the moment at which the request was due.
    Rate(f64, f64),
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub(super) served: u64,
    pub(super) failed: u64,
    pub(super) first_failure: Option<String>,
    pub(super) seconds: f64,
    /// Processor seconds of the generator itself.
    pub(super) cpu: f64,
    /// Milliseconds.
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) longest: f64,
}

impl Outcome {
    pub(super) fn rate(&self) -> f64 {
        self.served as f64 / self.seconds.max(1e-6)
    }
}

impl Plan {
    /// Carries the plan out in a process of its own.
    pub(super) async fn run(&self) -> Result<Outcome, Failure> {
        let program = std::env::current_exe().map_err(Failure::environment)?;
        let mut child = tokio::process::Command::new(program)
            .args(["bench", "load"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(Failure::environment)?;
        let plan = serde_json::to_vec(self).map_err(Failure::environment)?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(&plan).await.map_err(Failure::environment)?;
        }
        let output = child.wait_with_output().await.map_err(Failure::environment)?;
        let outcome: Outcome = serde_json::from_slice(&output.stdout).map_err(Failure::environment)?;
        if let Some(first) = &outcome.first_failure {
            println!(
                "  {} of {} failed; the first: {first}",
                outcome.failed,
                outcome.failed + outcome.served
            );
        }
        Ok(outcome)
    }
}

/// The generator's own `main`.
pub(super) async fn run() -> Result<(), Failure> {
    let mut text = vec![];
    std::io::stdin().lock().read_to_end(&mut text).map_err(Failure::environment)?;
    let plan: Plan = serde_json::from_slice(&text).map_err(Failure::usage)?;
    drop(text);
    let connectors = connectors(plan.tls.as_ref())?;
    let requests = plan.requests.heads()?;
    let answered: Vec<_> = requests.iter().map(|request| Answered::of(request)).collect();
    let (plan, connectors, answered) = (Arc::new(plan), Arc::new(connectors), Arc::new(answered));
    let (next, asked) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
    let mut crowd = JoinSet::new();
    let (cpu, begun) = (usage::cpu(std::process::id()), Instant::now());
    for number in 0..plan.connections {
        let client = Client {
            plan: Arc::clone(&plan),
            requests: Arc::clone(&requests),
            connectors: Arc::clone(&connectors),
            answered: Arc::clone(&answered),
            asked: Arc::clone(&asked),
            next: Arc::clone(&next),
            begun,
            number,
        };
        crowd.spawn(client.work());
    }
    let (mut latencies, mut outcome) = (vec![], Outcome::default());
    while let Some(done) = crowd.join_next().await {
        let (own, failures) = done.map_err(Failure::environment)?;
        latencies.extend(own);
        outcome.failed += failures.len() as u64;
        outcome.first_failure = outcome.first_failure.or(failures.into_iter().next());
    }
    outcome.seconds = begun.elapsed().as_secs_f64();
    outcome.cpu = usage::cpu(std::process::id()) - cpu;
    outcome.served = latencies.len() as u64;
    latencies.sort_unstable();
    let at = |part: f64| {
        let index = (latencies.len() as f64 * part) as usize;
        f64::from(latencies.get(index.min(latencies.len().saturating_sub(1))).copied().unwrap_or(0)) / 1000.0
    };
    (outcome.p50, outcome.p99, outcome.longest) = (at(0.5), at(0.99), at(1.0));
    let text = serde_json::to_vec(&outcome).map_err(Failure::environment)?;
    std::io::stdout().lock().write_all(&text).map_err(Failure::environment)
}

fn connectors(tls: Option<&Tls>) -> Result<Vec<TlsConnector>, Failure> {
    let Some(tls) = tls else { return Ok(vec![]) };
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_file(&tls.ca).map_err(Failure::environment)?;
    roots.add(ca).map_err(Failure::environment)?;
    let versions: &[_] = if tls.old { &[&rustls::version::TLS12] } else { &[&rustls::version::TLS13] };
    let builder = || {
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(versions)
            .map_err(Failure::environment)?;
        Ok::<_, Failure>(builder.with_root_certificates(roots.clone()))
    };
    let connector = |mut config: ClientConfig| {
        config.resumption = Resumption::disabled();
        TlsConnector::from(Arc::new(config))
    };
    let mut connectors = vec![];
    for (certificate, key) in &tls.identities {
        let certificate = CertificateDer::from_pem_file(certificate).map_err(Failure::environment)?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(Failure::environment)?;
        let config =
            builder()?.with_client_auth_cert(vec![certificate], key).map_err(Failure::environment)?;
        connectors.push(connector(config));
    }
    if connectors.is_empty() {
        connectors.push(connector(builder()?.with_no_client_auth()));
    }
    Ok(connectors)
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

struct Client {
    plan: Arc<Plan>,
    requests: Arc<Vec<String>>,
    connectors: Arc<Vec<TlsConnector>>,
    /// The requests that hold an answer to a challenge, by their places.
    answered: Arc<Vec<Option<Answered>>>,
    asked: Arc<AtomicU64>,
    next: Arc<AtomicUsize>,
    begun: Instant,
    number: usize,
}

impl Client {
    /// Latencies in microseconds, and what failed.
    async fn work(self) -> (Vec<u32>, Vec<String>) {
        let (mut latencies, mut failures) = (vec![], vec![]);
        let (mut stream, mut buffer) = (None, Vec::with_capacity(32 * 1024));
        let mut turn = self.number;
        while let Some((at, due)) = self.next(&mut turn) {
            if let Some(due) = due {
                tokio::time::sleep_until(due.into()).await;
            }
            let begun = due.unwrap_or_else(Instant::now);
            if matches!(self.plan.pace, Pace::Fresh) {
                stream = None;
            }
            let request = self.request(at % self.requests.len());
            match self.ask(at, &mut stream, &request, &mut buffer).await {
                Ok(200) => latencies.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX)),
                Ok(status) => failures.push(format!("status {status}")),
                Err(error) => {
                    stream = None;
                    failures.push(error.to_string());
                }
            }
        }
        (latencies, failures)
    }

    /// The request at this place, with an answer that was never given before.
    fn request(&self, at: usize) -> Cow<'_, str> {
        match &self.answered[at] {
            Some(answered) => Cow::Owned(answered.again(self.asked.fetch_add(1, Ordering::Relaxed))),
            None => Cow::Borrowed(&self.requests[at]),
        }
    }

    /// Which request is next, and when it is due.
    fn next(&self, turn: &mut usize) -> Option<(usize, Option<Instant>)> {
        let own = |turn: &mut usize| {
            let at = *turn;
            *turn += self.plan.connections;
            at
        };
        match self.plan.pace {
            Pace::Seconds(seconds) => {
                (self.begun.elapsed().as_secs_f64() < seconds).then(|| (own(turn), None))
            }
            Pace::Once | Pace::Fresh => {
                let at = self.next.fetch_add(1, Ordering::Relaxed);
                (at < self.requests.len()).then_some((at, None))
            }
            Pace::Rate(per_second, seconds) => {
                let at = self.next.fetch_add(1, Ordering::Relaxed);
                let after = at as f64 / per_second;
                (after < seconds).then(|| (at, Some(self.begun + Duration::from_secs_f64(after))))
            }
        }
    }

    async fn ask(
        &self,
        at: usize,
        stream: &mut Option<Box<dyn Stream>>,
        request: &str,
        buffer: &mut Vec<u8>,
    ) -> std::io::Result<u16> {
        let stream = match stream {
            Some(stream) => stream,
            None => stream.insert(self.connect(at).await?),
        };
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        buffer.clear();
        let mut whole = None;
        while whole.is_none_or(|whole| buffer.len() < whole) {
            if stream.read_buf(buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if whole.is_none() {
                whole = length(buffer);
            }
        }
        let status = buffer.get(9..12).and_then(|digits| str::from_utf8(digits).ok()?.parse().ok());
        status.ok_or_else(|| std::io::ErrorKind::InvalidData.into())
    }

    async fn connect(&self, at: usize) -> std::io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect(self.plan.target).await?;
        stream.set_nodelay(true)?;
        Ok(match self.connectors.get(at % self.connectors.len().max(1)) {
            None => Box::new(stream),
            Some(connector) => {
                let name = ServerName::try_from("localhost").map_err(std::io::Error::other)?;
                Box::new(connector.connect(name, stream).await?)
            }
        })
    }
}

/// How long the answer is, head and body, once its head is there.
fn length(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let head = str::from_utf8(&bytes[..end]).ok()?;
    let body = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Some(end + body.unwrap_or(0))
}
