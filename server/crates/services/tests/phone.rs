//! A phone at the steady address, with the credential that somebody has typed into it.

use crate::halden::Halden;
use domain::fence::Channel;
use services::{
    Services,
    certificate::Presented,
    devices,
    edge::{self, Answer, Request},
};
use sip::digest::{Challenge, Credential, choose, respond};
use std::net::IpAddr;

/// What a phone holds.
#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) file: String,
    pub(crate) user: String,
    pub(crate) password: String,
}

impl Phone {
    /// The phone of this MAC, set up at its desk.
    pub(crate) async fn of(halden: &Halden, mac: &str) -> Self {
        let op = halden.by("ada").await;
        let (user, password) = devices::reveal(&halden.services, &op, mac, "set-up").await.unwrap();
        let view = devices::view(&halden.services, &op, mac).await.unwrap();
        let file = view.steady_path.trim_start_matches("/steady/").to_owned();
        Self { file, user, password }
    }

    /// Asks for its own file, is challenged, and proves who it is.
    pub(crate) async fn fetch(&self, services: &Services) -> Answer {
        self.fetch_file(services, &self.file).await
    }

    /// The same for a file that may be another phone's.
    pub(crate) async fn fetch_file(&self, services: &Services, file: &str) -> Answer {
        let Answer::Challenge { challenges } = unproven(services, file).await else {
            panic!("{file} was not challenged")
        };
        self.answer(services, file, &challenges).await
    }

    /// Asks for its own file with a User-Agent of its own.
    pub(crate) async fn fetch_with(&self, services: &Services, user_agent: &str) -> Answer {
        let Answer::Challenge { challenges } = unproven(services, &self.file).await else { panic!() };
        let authorization = self.authorization("GET", &self.file, &challenges);
        let from = ([127, 0, 0, 7].into(), user_agent);
        ask_from(services, Channel::Steady, &self.file, Some(&authorization), from).await
    }

    /// Answers challenges that it has been given before.
    pub(crate) async fn answer(&self, services: &Services, file: &str, challenges: &[String]) -> Answer {
        let authorization = self.authorization("GET", file, challenges);
        ask(services, Channel::Steady, file, Some(&authorization)).await
    }

    /// The proof for a request.
    pub(crate) fn authorization(&self, method: &str, file: &str, challenges: &[String]) -> String {
        let parsed: Vec<_> = challenges.iter().map(|c| Challenge::parse(c.as_bytes()).unwrap()).collect();
        let credential = Credential::new(&self.user, services::REALM, &self.password);
        // As a phone without any randomness would: the nonce alone makes two answers differ.
        respond(choose(&parsed).unwrap(), method, &target(file), &credential, "0a4f113b", 1)
    }

    /// What it is served, as text.
    pub(crate) async fn configuration(&self, services: &Services) -> String {
        text(self.fetch(services).await)
    }
}

fn target(file: &str) -> String {
    format!("/steady/{file}")
}

/// Asks at the steady address without any proof.
pub(crate) async fn unproven(services: &Services, file: &str) -> Answer {
    ask(services, Channel::Steady, file, None).await
}

/// Asks at the onboarding address.
pub(crate) async fn onboarding(services: &Services, file: &str) -> Answer {
    ask(services, Channel::Onboarding, file, None).await
}

/// Asks at the steady address with this `Authorization` header.
pub(crate) async fn shown(services: &Services, file: &str, authorization: &str) -> Answer {
    ask(services, Channel::Steady, file, Some(authorization)).await
}

async fn ask(services: &Services, channel: Channel, file: &str, authorization: Option<&str>) -> Answer {
    ask_from(services, channel, file, authorization, ([127, 0, 0, 7].into(), USER_AGENT)).await
}

/// What `PHONE` says it is.
pub(crate) const USER_AGENT: &str = "Yealink SIP-T31G 124.86.0.40";

/// Asks with a factory certificate as well.
pub(crate) async fn certified(
    services: &Services,
    channel: Channel,
    file: &str,
    authorization: Option<&str>,
    certificate: &Presented,
) -> Answer {
    let request = Request {
        channel,
        method: "GET",
        target: &target(file),
        name: file,
        authorization: authorization.map(str::as_bytes),
        client: [127, 0, 0, 7].into(),
        encrypted: true,
        certificate: Some(certificate),
        user_agent: USER_AGENT.as_bytes(),
    };
    edge::answer(services, &request).await
}

/// The same with an address and a `User-Agent` of one's choice.
pub(crate) async fn ask_from(
    services: &Services,
    channel: Channel,
    file: &str,
    authorization: Option<&str>,
    (client, user_agent): (IpAddr, &str),
) -> Answer {
    let request = Request {
        channel,
        method: "GET",
        target: &target(file),
        name: file,
        authorization: authorization.map(str::as_bytes),
        client,
        user_agent: user_agent.as_bytes(),
        encrypted: true,
        certificate: None,
    };
    edge::answer(services, &request).await
}

/// The file in an answer.
#[track_caller]
pub(crate) fn text(answer: Answer) -> String {
    match answer {
        Answer::File { body, .. } => String::from_utf8(body.to_vec()).unwrap(),
        other => panic!("no file: {other:?}"),
    }
}

/// The value of a key of a Yealink file.
#[track_caller]
pub(crate) fn value<'a>(file: &'a str, key: &str) -> &'a str {
    let line = file.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    line.unwrap_or_else(|| panic!("no {key} in:\n{file}"))
}
