//! One listener for all doors: accepts, speaks TLS where asked, bounds time and memory, stops gracefully.

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use services::certificate::Presented;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

/// Connections of one door. An idle one costs about 10 kB.
const CONNECTIONS: usize = 16_384;
/// A client that has not finished its handshake or its headers by then is let go.
const PATIENCE: Duration = Duration::from_secs(10);
/// Open requests are given this long at shutdown.
const FAREWELL: Duration = Duration::from_secs(5);
/// Bytes of a request's head; a longer one is answered with 431 or 414.
const HEAD: usize = 64 * 1024;

/// A door: its listener, what it serves, and TLS if it has any.
pub(crate) struct Door {
    pub(crate) listener: TcpListener,
    pub(crate) router: Router,
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
}

impl Door {
    /// Serves until `stop` changes.
    pub(crate) async fn serve(self, mut stop: watch::Receiver<bool>) {
        let acceptor = self.tls.map(TlsAcceptor::from);
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let graceful = GracefulShutdown::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                _ = stop.changed() => break,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file handles, most likely: wait until some are back.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
            let (router, acceptor, watcher) = (self.router.clone(), acceptor.clone(), graceful.watcher());
            tokio::spawn(async move {
                stream.set_nodelay(true).ok();
                let shake = async |acceptor: TlsAcceptor, stream: TcpStream| {
                    tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await.ok()?.ok()
                };
                match acceptor {
                    None => connection(stream, peer, None, router, watcher).await,
                    Some(acceptor) => {
                        if let Some(stream) = shake(acceptor, stream).await {
                            let presented = stream.get_ref().1.peer_certificates().map(|chain| {
                                let chain = chain.iter().map(|c| c.to_vec()).collect();
                                Arc::new(Presented::in_handshake(chain))
                            });
                            connection(stream, peer, presented, router, watcher).await;
                        }
                    }
                }
                drop(place);
            });
        }
        tokio::time::timeout(FAREWELL, graceful.shutdown()).await.ok();
    }
}

async fn connection<S>(
    stream: S,
    peer: SocketAddr,
    presented: Option<Arc<Presented>>,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (router, presented) = (router.clone(), presented.clone());
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            if let Some(presented) = presented {
                request.extensions_mut().insert(presented);
            }
            router.oneshot(request).await
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    // A client that goes away, or speaks nonsense, is no event.
    watcher.watch(connection).await.ok();
}
