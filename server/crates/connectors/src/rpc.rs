//! JSON-RPC over plain HTTP, one connection per call: calls are rare.

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, Uri,
    body::Bytes,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{net::TcpStream, time::timeout};

/// A platform that takes longer is not going to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// The contacts of one line are a few hundred bytes each, a call is about a thousand.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What the method said.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    /// It was done.
    Done { result: Value },
    /// It was not.
    Failed { error: Failed },
}

/// Why a method did not do it.
#[derive(Debug, Deserialize)]
pub(crate) struct Failed {
    pub(crate) message: String,
}

impl Failed {
    /// Whether the module that has the method is not loaded.
    pub(crate) fn no_such_method(&self) -> bool {
        self.message.eq_ignore_ascii_case("Method Not Found")
    }
}

/// Calls `method`; the error says why there is no answer.
pub(crate) async fn call(address: &Uri, method: &str, params: &[&str]) -> Result<Answer, String> {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    match timeout(PATIENCE, post(address, call.to_string())).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(failure)) => Err(format!("`{method}` failed: {failure}")),
        Err(_) => Err(format!("`{method}` was not answered in {} s", PATIENCE.as_secs())),
    }
}

async fn post(address: &Uri, body: String) -> Result<Answer, Failure> {
    let authority = address.authority().ok_or("no host in the address")?;
    let host = authority.host().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::post(address.path_and_query().map_or("/", |path| path.as_str()))
        .header(HOST, authority.as_str())
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body)))?;
    let exchange = async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        let bytes = Limited::new(response.into_body(), MAX_ANSWER).collect().await?.to_bytes();
        // An error of the method comes with status 500 and a body that says more.
        serde_json::from_slice(&bytes)
            .map_err(|_| Failure::from(format!("unreadable answer with status {status}")))
    };
    let connection = async {
        // Ends with an error only if the exchange does too.
        drop(connection.await);
        std::future::pending().await
    };
    tokio::select! { answer = exchange => answer, never = connection => never }
}
