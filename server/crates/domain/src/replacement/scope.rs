//! What else stops when a credential is rotated: that depends on what the platform gives credentials to.

use serde::{Deserialize, Serialize};

/// What one credential of the platform belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialScope {
    /// One appearance of a line: nothing else uses it.
    Line,
    /// The account: every appearance of the line, and whatever else registers as it.
    #[default]
    Account,
}

/// Something else that registers with a credential that is rotated: it stops until it has the new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// The number.
    pub number: String,
    /// Another device of the inventory; `None`: whatever nobody here knows.
    pub device: Option<String>,
}

impl std::fmt::Display for Outage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.device {
            Some(device) => write!(
                f,
                "{device} registers as {} too, and stops until it has fetched the new credential.",
                self.number
            ),
            None => write!(
                f,
                "Whatever else registers as {}, a softphone for example, stops until it has the new credential.",
                self.number
            ),
        }
    }
}

/// What else stops when the credentials of `numbers` are rotated; `siblings` are other devices on which they stand.
pub fn outages(scope: CredentialScope, numbers: &[String], siblings: &[(String, String)]) -> Vec<Outage> {
    match scope {
        CredentialScope::Line => vec![],
        CredentialScope::Account => {
            let known = siblings.iter().filter(|(_, number)| numbers.contains(number));
            let known =
                known.map(|(device, number)| Outage { number: number.clone(), device: Some(device.clone()) });
            known.chain(numbers.iter().map(|n| Outage { number: n.clone(), device: None })).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_of_the_account_stops_more_than_one_of_a_line() {
        let numbers = ["2103".to_owned()];
        let siblings = [("lobby", "2103"), ("lift", "2104")].map(|(d, n)| (d.to_owned(), n.to_owned()));
        assert_eq!(outages(CredentialScope::Line, &numbers, &siblings), []);
        let said: Vec<_> =
            outages(CredentialScope::Account, &numbers, &siblings).iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 2);
        assert!(said[0].starts_with("lobby registers") && said[1].contains("2103"), "{said:?}");
    }
}
