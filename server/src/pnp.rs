//! SIP PnP's door: one socket per named interface, in the group that phones ask. What is answered is decided in
//! `sip::pnp`.

use services::discovery::Onboarding;
use sip::pnp::{self, GROUP, Limit, PORT};
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
    address: String,
    by_vendor: Vec<(String, String)>,
}

impl Responder {
    /// Joins the group on `interface`.
    pub(crate) fn open(interface: &str, onboarding: &Onboarding) -> Result<Self, NoPnp> {
        let socket = join(interface).map_err(|error| NoPnp(interface.to_owned(), error))?;
        Ok(Self {
            interface: interface.to_owned(),
            socket,
            address: onboarding.https.to_string(),
            by_vendor: onboarding.by_vendor(),
        })
    }

    /// Answers until `stop` changes.
    pub(crate) async fn serve(self, mut stop: watch::Receiver<bool>) {
        let (mut limit, started) = (Limit::default(), Instant::now());
        // One octet more than is looked at: a longer datagram shows.
        let mut buffer = [0; pnp::LONGEST + 1];
        loop {
            let received = tokio::select! {
                received = self.socket.recv_from(&mut buffer) => received,
                _ = stop.changed() => break,
            };
            match received {
                Ok((length, source)) => {
                    let question = buffer.get(..length).unwrap_or_default();
                    let Some(asked) = pnp::asked(question) else { continue };
                    let answered = limit.allow(source.ip(), started.elapsed().as_secs());
                    tracing::debug!(
                        interface = %self.interface, client = %source.ip(), answered,
                        mac = asked.mac.unwrap_or_default(), vendor = %asked.vendor, model = %asked.model,
                        "SIP PnP"
                    );
                    if answered {
                        self.answer(question, source).await;
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

    async fn answer(&self, question: &[u8], source: SocketAddr) {
        // Asked for each time: the interface's address may change while the server runs.
        let Ok(here) = address(&self.interface, source) else { return };
        let contact = SocketAddrV4::new(here, PORT).into();
        let config =
            pnp::Config { contact, address: self.address.clone(), by_vendor: self.by_vendor.clone() };
        for reply in pnp::answer(question, source, &config) {
            if let Err(error) = self.socket.send_to(&reply.bytes, reply.to).await {
                tracing::debug!(%error, client = %source.ip(), "SIP PnP cannot be answered");
            }
        }
    }
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
