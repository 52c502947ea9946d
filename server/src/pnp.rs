//! SIP PnP's door: two sockets per named interface. One is in the group that phones ask; NOTIFYs go out by the other,
//! on a port of its own, where their responses come back. What is answered, and sent again, is decided in `sip::pnp`.

use services::discovery::Onboarding;
use sip::pnp::{self, GROUP, Limit, PORT, Retransmissions};
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    time::{Duration, Instant},
};
use tokio::{net::UdpSocket, sync::watch};

/// Why there is no PnP on an interface.
#[derive(Debug, thiserror::Error)]
#[error("SIP PnP cannot be answered on the interface `{0}`: {1}")]
pub(crate) struct NoPnp(String, io::Error);

/// Answers on one interface.
pub(crate) struct Responder {
    interface: String,
    socket: UdpSocket,
    notifies: UdpSocket,
    address: String,
    by_vendor: Vec<(String, String)>,
}

impl Responder {
    /// Joins the group on `interface`.
    pub(crate) fn open(interface: &str, onboarding: &Onboarding) -> Result<Self, NoPnp> {
        let not = |error| NoPnp(interface.to_owned(), error);
        Ok(Self {
            interface: interface.to_owned(),
            socket: join(interface).map_err(not)?,
            notifies: unicast(interface).map_err(not)?,
            address: onboarding.https.to_string(),
            by_vendor: onboarding.by_vendor(),
        })
    }

    /// Answers until `stop` changes.
    pub(crate) async fn serve(self, mut stop: watch::Receiver<bool>) {
        let (mut limit, mut waiting, started) =
            (Limit::default(), Retransmissions::default(), Instant::now());
        // One octet more than is looked at: a longer datagram shows.
        let (mut asked, mut told) = ([0; pnp::LONGEST + 1], [0; pnp::LONGEST + 1]);
        loop {
            let due = waiting.next().map(|due| started + Duration::from_millis(due));
            let received = tokio::select! {
                received = self.socket.recv_from(&mut asked) => received.map(Heard::Question),
                received = self.notifies.recv_from(&mut told) => received.map(Heard::Response),
                () = until(due) => Ok(Heard::Nothing),
                _ = stop.changed() => break,
            };
            let now = started.elapsed();
            let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
            match received {
                Ok(Heard::Question((length, source))) => {
                    let question = asked.get(..length).unwrap_or_default();
                    let Some(said) = pnp::asked(question) else { continue };
                    let answered = limit.allow(source.ip(), now.as_secs());
                    tracing::debug!(
                        interface = %self.interface, client = %source.ip(), answered,
                        mac = said.mac.unwrap_or_default(), vendor = %said.vendor, model = %said.model,
                        "SIP PnP"
                    );
                    if answered {
                        self.answer(question, source, &mut waiting, millis).await;
                    }
                }
                Ok(Heard::Response((length, source))) => {
                    waiting.heard(source.ip(), told.get(..length).unwrap_or_default(), millis);
                }
                Ok(Heard::Nothing) => {
                    for notify in waiting.due(millis) {
                        send(&self.notifies, &notify).await;
                    }
                }
                Err(error) => {
                    // The interface went down, most likely: wait until it is back.
                    tracing::warn!(%error, interface = %self.interface, "SIP PnP cannot be received");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn answer(&self, question: &[u8], source: SocketAddr, waiting: &mut Retransmissions, now: u64) {
        // Asked for each time: the interface's address may change while the server runs.
        let Ok(here) = address(&self.interface, source) else { return };
        let Ok(port) = self.notifies.local_addr().map(|local| local.port()) else { return };
        let config = pnp::Config {
            contact: SocketAddrV4::new(here, PORT).into(),
            notifies_from: SocketAddrV4::new(here, port).into(),
            address: self.address.clone(),
            by_vendor: self.by_vendor.clone(),
        };
        let mut replies = pnp::answer(question, source, &config).into_iter();
        if let (Some(ok), Some(notify)) = (replies.next(), replies.next()) {
            send(&self.socket, &ok).await;
            send(&self.notifies, &notify).await;
            waiting.sent(notify, now);
        }
    }
}

/// What came in on either socket, and from whom.
enum Heard {
    Question((usize, SocketAddr)),
    Response((usize, SocketAddr)),
    /// It is time to send something again.
    Nothing,
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

async fn send(socket: &UdpSocket, reply: &pnp::Reply) {
    if let Err(error) = socket.send_to(&reply.bytes, reply.to).await {
        tracing::debug!(%error, client = %reply.to.ip(), "SIP PnP cannot be answered");
    }
}

/// A socket on any port of this interface: 5060 may be a registrar's.
fn unicast(interface: &str) -> io::Result<UdpSocket> {
    let socket = bound(interface)?;
    socket.bind(&SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0).into())?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket.into())
}

/// A socket that hears the group on this interface and on no other, and nothing but the group.
fn join(interface: &str) -> io::Result<UdpSocket> {
    let socket = bound(interface)?;
    let here = address(interface, SocketAddrV4::new(GROUP, PORT).into())?;
    // A registrar on this machine may have the port on the other addresses.
    socket.set_reuse_address(true)?;
    socket.set_multicast_all_v4(false)?;
    socket.bind(&SocketAddrV4::new(GROUP, PORT).into())?;
    socket.join_multicast_v4(&GROUP, &here)?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket.into())
}

fn bound(interface: &str) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.bind_device(Some(interface.as_bytes()))?;
    Ok(socket)
}

/// The interface's address, as `towards` would see it. Nothing is sent.
fn address(interface: &str, towards: SocketAddr) -> io::Result<Ipv4Addr> {
    let socket = bound(interface)?;
    socket.connect(&towards.into())?;
    match socket.local_addr()?.as_socket_ipv4() {
        Some(here) if !here.ip().is_unspecified() => Ok(*here.ip()),
        _ => Err(io::Error::new(io::ErrorKind::AddrNotAvailable, "it has no IPv4 address")),
    }
}
