//! The certificates that the edge shows to phones: when they expire, and who has to know.

use crate::{Operation, Result, Services};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise},
    time::DAY,
};
use std::sync::Mutex;

/// Days before the end at which it is said, again each time.
pub const WARNINGS: [i64; 3] = [30, 7, 1];

/// A certificate in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeCertificate {
    /// Its file.
    pub name: String,
    /// Until when it is valid.
    pub not_after: Timestamp,
}

#[derive(Default)]
pub(crate) struct Held(Mutex<Vec<EdgeCertificate>>);

/// What is to be said about a certificate that ends at `not_after`, if anything is yet.
pub fn expiry(name: &str, now: Timestamp, not_after: Timestamp) -> Option<Finding> {
    let left = not_after.0.saturating_sub(now.0);
    if left > WARNINGS[0] * DAY {
        return None;
    }
    let detail = match left {
        ..0 => format!("It expired {not_after}."),
        left if left < DAY => format!("It expires {not_after}, in less than a day."),
        left if left < 2 * DAY => format!("It expires {not_after}, in a day."),
        left => format!("It expires {not_after}, in {} days.", left / DAY),
    };
    Some(Finding::new(Code::CertificateExpires, name).detail(detail))
}

/// How many of the warnings are due: 0 to 3, and 4 after the end. It only grows, so each is given once.
pub fn stage(now: Timestamp, not_after: Timestamp) -> usize {
    let left = not_after.0.saturating_sub(now.0);
    WARNINGS.iter().filter(|days| left <= **days * DAY).count() + usize::from(left < 0)
}

/// The edge says which certificates it uses from now on.
pub fn hold(services: &Services, certificates: Vec<EdgeCertificate>) {
    if let Ok(mut held) = services.0.edge_certificates.0.lock() {
        *held = certificates;
    }
}

/// The certificates in use, and what is to be said about each.
pub fn list(services: &Services, op: &Operation) -> Result<Vec<(EdgeCertificate, Option<Finding>)>> {
    authorise(&op.actor, Action::Read)?;
    let held = services.0.edge_certificates.0.lock().map(|held| held.clone()).unwrap_or_default();
    let with = |c: EdgeCertificate| (expiry(&c.name, op.now, c.not_after), c);
    Ok(held.into_iter().map(with).map(|(finding, certificate)| (certificate, finding)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_said_thirty_days_before_and_not_earlier() {
        let now = Timestamp(1_767_225_600_000_000);
        let said = |days: i64| expiry("rsa", now, now.plus(days * DAY)).map(|f| f.detail);
        assert_eq!(said(31), None);
        assert_eq!(said(30).unwrap(), "It expires 2026-01-31T00:00:00Z, in 30 days.");
        assert_eq!(said(1).unwrap(), "It expires 2026-01-02T00:00:00Z, in a day.");
        assert_eq!(said(-1).unwrap(), "It expired 2025-12-31T00:00:00Z.");
        assert!(expiry("rsa", now, now.plus(DAY / 2)).unwrap().detail.ends_with("in less than a day."));
        let stages = [31, 30, 8, 7, 2, 1, -1].map(|days| stage(now, now.plus(days * DAY)));
        assert_eq!(stages, [0, 1, 1, 2, 2, 3, 4]);
    }
}
