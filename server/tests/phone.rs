//! A phone that proves itself to the edge over the wire.

use crate::{
    program::Device,
    wire::{Response, Wire},
};
use sip::digest::{Algorithm, Challenge, Credential, choose, respond};

pub(crate) const REALM: &str = "ringfence";

/// Asks for a phone's own file and proves that it is the phone.
pub(crate) async fn fetch(wire: &mut Wire, device: &Device) -> Response {
    fetch_path(wire, "GET", device, &device.steady_path).await
}

/// The same for any path.
pub(crate) async fn fetch_path(wire: &mut Wire, method: &str, device: &Device, path: &str) -> Response {
    let challenges = challenged(wire, path).await;
    let credential = Credential::new(&device.digest_user, REALM, &device.digest_password);
    let authorization = respond(choose(&challenges).unwrap(), method, path, &credential, "5ad9c83b", 1);
    wire.ask(method, path, &[("Authorization", &authorization)]).await
}

/// Sends a file to any path, and proves that it is this phone.
pub(crate) async fn put(wire: &mut Wire, device: &Device, path: &str, body: &[u8]) -> Response {
    let refused = wire.ask_with("PUT", path, &[], b"").await;
    assert_eq!(refused.status(), 401, "{}", refused.head);
    let challenges = challenges(&refused);
    let credential = Credential::new(&device.digest_user, REALM, &device.digest_password);
    let authorization = respond(choose(&challenges).unwrap(), "PUT", path, &credential, "5ad9c83b", 1);
    wire.ask_with("PUT", path, &[("Authorization", &authorization)], body).await
}

/// The challenges for a path.
pub(crate) async fn challenged(wire: &mut Wire, path: &str) -> Vec<Challenge> {
    let refused = wire.get(path).await;
    assert_eq!(refused.status(), 401, "{}", refused.head);
    challenges(&refused)
}

pub(crate) fn challenges(refused: &Response) -> Vec<Challenge> {
    let headers = refused.headers("www-authenticate");
    headers.iter().map(|header| Challenge::parse(header.as_bytes()).unwrap()).collect()
}

/// An `Authorization` for a path, by whatever credential and nonce.
pub(crate) fn authorization(challenge: &Challenge, path: &str, user: &str, password: &str) -> String {
    counted(challenge, path, &Credential::new(user, REALM, password), 1)
}

/// The same for the request of this number with one challenge: no answer is taken twice.
pub(crate) fn counted(challenge: &Challenge, path: &str, credential: &Credential, nc: u32) -> String {
    respond(challenge, "GET", path, credential, "5ad9c83b", nc)
}

/// The same challenge for phones that know nothing better.
pub(crate) fn md5(challenges: &[Challenge]) -> Challenge {
    challenges.iter().find(|challenge| challenge.algorithm == Algorithm::Md5).unwrap().clone()
}
