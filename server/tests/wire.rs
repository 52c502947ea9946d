//! HTTP to the byte: what a phone or a stranger really sends, and every byte that comes back.

use crate::program::Demo;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::{CertifiedKey, SingleCertAndKey},
};
use std::sync::Arc;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);
type Version = &'static rustls::SupportedProtocolVersion;

async fn connect(
    demo: &Demo,
    authority: CertificateDer<'static>,
    pair: Option<&Pair>,
    version: Version,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(authority).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots);
    let config = match pair {
        Some((chain, key)) => {
            // As it is: a phone does not check whether its own key fits.
            let key = aws_lc_rs::sign::any_supported_type(key).unwrap();
            let shown = Arc::new(CertifiedKey::new(chain.clone(), key));
            config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(shown)))
        }
        None => config.with_no_client_auth(),
    };
    let stream = TcpStream::connect(demo.https()).await?;
    TlsConnector::from(Arc::new(config)).connect("localhost".try_into().unwrap(), stream).await
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A connection that is kept open.
pub(crate) struct Wire(Box<dyn Stream>);

/// A response as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    /// To the edge without TLS.
    pub(crate) async fn http(demo: &Demo) -> Self {
        Self(Box::new(TcpStream::connect(demo.http()).await.unwrap()))
    }

    /// To the edge with TLS, trusting its own authority alone.
    pub(crate) async fn https(demo: &Demo) -> Self {
        Self::certified(demo, None, &rustls::version::TLS13).await
    }

    /// The same in a version of TLS, with a client certificate and its key.
    pub(crate) async fn certified(demo: &Demo, pair: Option<&Pair>, version: Version) -> Self {
        Self::try_certified(demo, pair, version).await.unwrap()
    }

    /// The same where the handshake may fail. In TLS 1.3 the server's opinion comes with its first bytes.
    pub(crate) async fn try_certified(
        demo: &Demo,
        pair: Option<&Pair>,
        version: Version,
    ) -> std::io::Result<Self> {
        let authority = CertificateDer::from_pem_file(&demo.facts.ca).unwrap();
        let stream = connect(demo, authority, pair, version).await?;
        let mut wire = Self(Box::new(stream));
        wire.try_ask("GET", "/", &[]).await?;
        Ok(wire)
    }

    /// The certificate that the edge shows to somebody who trusts this authority.
    pub(crate) async fn shown_certificate(
        demo: &Demo,
        authority: &CertificateDer<'static>,
    ) -> CertificateDer<'static> {
        let stream = connect(demo, authority.clone(), None, &rustls::version::TLS13).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].clone()
    }

    /// `GET` of a target exactly as written.
    pub(crate) async fn get(&mut self, target: &str) -> Response {
        self.ask("GET", target, &[]).await
    }

    pub(crate) async fn ask(&mut self, method: &str, target: &str, headers: &[(&str, &str)]) -> Response {
        self.try_ask(method, target, headers).await.unwrap()
    }

    /// The same where the other side may be gone.
    pub(crate) async fn try_ask(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
    ) -> std::io::Result<Response> {
        let headers: String = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
        let request = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        self.send(request.as_bytes()).await?;
        self.response(method == "HEAD").await
    }

    /// The same with a body.
    pub(crate) async fn ask_with(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        let headers: String = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
        let length = body.len();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{headers}\r\n"
        );
        self.send(&[head.as_bytes(), body].concat()).await.unwrap();
        self.response(method == "HEAD").await.unwrap()
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes).await?;
        self.0.flush().await
    }

    /// Everything until the other side ends it; how it ends it does not matter.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = vec![];
        self.0.read_to_end(&mut bytes).await.ok();
        bytes
    }

    async fn response(&mut self, head_alone: bool) -> std::io::Result<Response> {
        let mut head = vec![];
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await?);
        }
        let head = String::from_utf8(head).unwrap();
        let length = header(&head, "content-length").and_then(|length| length.parse().ok());
        let empty = head_alone || [" 204 ", " 304 "].iter().any(|status| head[..14].contains(status));
        let mut body = vec![0; if empty { 0 } else { length.unwrap() }];
        self.0.read_exact(&mut body).await?;
        Ok(Response { head, body })
    }
}

impl Response {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The values of every header of this name.
    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        headers(&self.head, name).map(str::to_owned).collect()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The same without what turns with the clock: the date, and the nonce of this half minute.
    pub(crate) fn timeless(mut self) -> Self {
        let line = |line: &str| {
            if line.to_ascii_lowercase().starts_with("date:") {
                return String::new();
            }
            let Some((before, rest)) = line.split_once("nonce=\"") else { return format!("{line}\r\n") };
            let (nonce, after) = rest.split_once('"').unwrap();
            format!("{before}nonce=\"{}\"{after}\r\n", "n".repeat(nonce.len()))
        };
        self.head = self.head.split("\r\n").map(line).collect();
        self
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    headers(head, name).next()
}

fn headers<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let own = move |line: &'a str| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then_some(value)
    };
    head.lines().filter_map(own)
}
