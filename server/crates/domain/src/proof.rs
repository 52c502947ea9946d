//! What a request showed about who it is, and what each proof is worth (requirement A2).

use serde::{Deserialize, Serialize};

/// What the request showed about who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Nothing, or a credential that does not match.
    None,
    /// A verified proof that names another device than the file does.
    Disagrees,
    /// A code that somebody typed at the phone.
    EnrolmentCode,
    /// An address that a redirect service handed to the phone.
    SignedAddress,
    /// HTTP Basic with the device's own secret, over TLS.
    Basic,
    /// HTTP Digest with the device's own secret.
    Digest,
    /// A factory certificate, shown to a proxy that we trust to pass it on.
    ProxyCertificate,
    /// A factory certificate, shown to us, and old in its making: X.509 version 1, SHA-1, or a short RSA key.
    WeakCertificate,
    /// A factory certificate, shown to us.
    Certificate,
}

/// How sure a proof makes us, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Anybody could have asked.
    Nothing,
    /// It was told something once; whoever read it over a shoulder knows it too.
    Token,
    /// It holds the secret that this device alone was given.
    Credential,
    /// Its maker says who it is, and a proxy says that it showed this.
    ProxiedCertificate,
    /// Its maker says who it is, in whatever way it could then, and it proved that to us.
    Certificate,
    /// The same, in a way that is trusted today.
    StrongCertificate,
}

impl Proof {
    /// Every proof.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Disagrees,
        Self::EnrolmentCode,
        Self::SignedAddress,
        Self::Basic,
        Self::Digest,
        Self::ProxyCertificate,
        Self::WeakCertificate,
        Self::Certificate,
    ];

    /// The table: what each proof is worth.
    pub const fn strength(self) -> Strength {
        match self {
            Self::None | Self::Disagrees => Strength::Nothing,
            Self::EnrolmentCode | Self::SignedAddress => Strength::Token,
            Self::Basic | Self::Digest => Strength::Credential,
            Self::ProxyCertificate => Strength::ProxiedCertificate,
            Self::WeakCertificate => Strength::Certificate,
            Self::Certificate => Strength::StrongCertificate,
        }
    }

    /// The words on pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Disagrees => "another device",
            Self::EnrolmentCode => "enrolment code",
            Self::SignedAddress => "signed address",
            Self::Basic => "HTTP Basic",
            Self::Digest => "HTTP Digest",
            Self::ProxyCertificate => "factory certificate, through a proxy",
            Self::WeakCertificate => "factory certificate, old in its making",
            Self::Certificate => "factory certificate",
        }
    }
}

impl Strength {
    /// What a site may demand before a line leaves.
    pub const DEMANDS: [Self; 4] =
        [Self::Credential, Self::ProxiedCertificate, Self::Certificate, Self::StrongCertificate];

    /// The word in forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Token => "token",
            Self::Credential => "credential",
            Self::ProxiedCertificate => "proxied-certificate",
            Self::Certificate => "certificate",
            Self::StrongCertificate => "strong-certificate",
        }
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Nothing => "no proof",
            Self::Token => "an enrolment token",
            Self::Credential => "the device's own credential, or a certificate",
            Self::ProxiedCertificate => "a factory certificate, also through a proxy",
            Self::Certificate => "a factory certificate shown to us directly, also an old one",
            Self::StrongCertificate => {
                "a factory certificate shown to us directly, without X.509 version 1, SHA-1 or RSA under 2048 bits"
            }
        }
    }

    /// Parses the word of a demand.
    pub fn parse_demand(text: &str) -> Option<Self> {
        Self::DEMANDS.into_iter().find(|s| s.word() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_overheard_is_worth_less_than_what_is_held() {
        use Strength::{Certificate, Credential, Nothing, ProxiedCertificate, StrongCertificate, Token};
        let worth = Proof::ALL.map(Proof::strength);
        assert_eq!(
            worth,
            [
                Nothing,
                Nothing,
                Token,
                Token,
                Credential,
                Credential,
                ProxiedCertificate,
                Certificate,
                StrongCertificate
            ]
        );
        assert!(worth.is_sorted() && Strength::DEMANDS.is_sorted());
        assert!(Strength::DEMANDS.iter().all(|demand| *demand > Token));
    }
}
