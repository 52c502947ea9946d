//! The edge: what a phone gets. It proves identity, asks the fence, writes the ledger, answers.
//!
//! It reads; it never resolves layers and never decides policy. Nothing leaves before its record is durable.

mod body;
pub(crate) mod cache;
mod certificate;
pub(crate) mod challenger;
mod common;
pub mod enrol;
pub mod firmware;
mod hints;
mod identity;
pub(crate) mod limits;
mod ready;
mod record;
mod serve;
mod steady;
pub mod upload;

pub use body::Body;

use crate::{Result, Services, certificate::Presented};
use dialects::{Absent, Asked, DeviceFile};
use domain::fence::Channel;
use std::net::IpAddr;

/// A request of a phone.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Onboarding or steady; plain HTTP is always onboarding.
    pub channel: Channel,
    /// `GET` or `HEAD`; `PUT` or `POST` for a file that the phone sends.
    pub method: &'a str,
    /// Path and query, as sent.
    pub target: &'a str,
    /// Last segment of the path.
    pub name: &'a str,
    /// The `Authorization` header.
    pub authorization: Option<&'a [u8]>,
    /// Where it came from.
    pub client: IpAddr,
    /// Whether it came over TLS, to us or to a proxy that is believed.
    pub encrypted: bool,
    /// The client certificate that came with the connection.
    pub certificate: Option<&'a Presented>,
    /// The `User-Agent` header, as bytes.
    pub user_agent: &'a [u8],
}

/// What to answer.
pub enum Answer {
    /// 200 with a file.
    File {
        /// Media type.
        content_type: String,
        /// The file with its secrets.
        body: Body,
    },
    /// 404: no such file, which is normal.
    NotFound,
    /// 401 with challenges; the same for every device, known or not.
    Challenge {
        /// The `WWW-Authenticate` headers.
        challenges: Vec<String>,
    },
    /// 403: proven, and not for this file.
    Forbidden,
    /// The body may be read now; then `upload::take` answers.
    Take(upload::Ticket),
    /// 201 or 204: what the phone sent is kept, or dropped as policy says.
    Stored {
        /// Whether there was no file of this name.
        created: bool,
    },
    /// 413: larger, or more, than is taken.
    TooLarge,
    /// 503: nothing can be served now.
    Hold {
        /// Seconds, with jitter.
        retry_after: u32,
    },
}

/// Says how large a file is, never what is in it: it holds secrets.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { content_type, body } => write!(f, "File({content_type}, {} bytes)", body.len()),
            Self::NotFound => f.write_str("NotFound"),
            Self::Challenge { challenges } => write!(f, "Challenge({challenges:?})"),
            Self::Forbidden => f.write_str("Forbidden"),
            Self::Take(_) => f.write_str("Take"),
            Self::Stored { created } => write!(f, "Stored(created: {created})"),
            Self::TooLarge => f.write_str("TooLarge"),
            Self::Hold { retry_after } => write!(f, "Hold({retry_after} s)"),
        }
    }
}

/// Answers a request.
pub async fn answer(services: &Services, request: &Request<'_>) -> Answer {
    // At the steady address proof says whose family it is.
    let hint = match request.channel {
        Channel::Onboarding => dialects::user_agent(request.user_agent).vendor,
        Channel::Steady => None,
    };
    let answered = match dialects::recognise(request.name, hint) {
        // Nobody sends anything but files of a device, and proves first that it is this device.
        Some(Asked::Common { .. }) if upload::brings(request) => Ok(Answer::NotFound),
        Some(Asked::Device { .. }) if upload::brings(request) && request.channel == Channel::Onboarding => {
            Ok(Answer::NotFound)
        }
        None | Some(Asked::Absent { .. }) => Ok(Answer::NotFound),
        // A phone that loses what a file does not name would lose its line by a file for anybody: at the steady
        // address it proves itself, and asks for its own file.
        Some(Asked::Common { vendor, .. })
            if request.channel == Channel::Steady && dialects::absent_means(vendor) != Absent::Kept =>
        {
            Ok(if request.authorization.is_none() {
                steady::challenge(services, false)
            } else {
                Answer::NotFound
            })
        }
        Some(Asked::Common { vendor, file }) => {
            Box::pin(common::answer(services, request, vendor, file)).await
        }
        Some(Asked::Device { vendor, mac, file }) => match request.channel {
            // By vendor and source, never by MAC: every name gets the same bytes.
            Channel::Onboarding if file == DeviceFile::Config => {
                match Box::pin(certificate::enrol(services, request)).await {
                    Ok(Some(own)) => Ok(own),
                    Ok(None) => Box::pin(common::answer(services, request, vendor, "")).await,
                    Err(problem) => Err(problem),
                }
            }
            Channel::Onboarding => Ok(Answer::NotFound),
            Channel::Steady => steady::answer(services, request, vendor, mac).await,
        },
    };
    or_hold(services, answered)
}

fn or_hold(services: &Services, answered: Result<Answer>) -> Answer {
    answered.unwrap_or_else(|problem| {
        tracing::warn!(code = %problem.code(), error = %problem, "held");
        hold(services)
    })
}

/// 503 with 15 to 45 seconds: a thousand phones that are told the same number come back together.
fn hold(services: &Services) -> Answer {
    let [jitter] = services.0.env.bytes::<1>();
    Answer::Hold { retry_after: 15 + u32::from(jitter) % 31 }
}
