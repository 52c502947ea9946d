//! How a registered phone is told to fetch now: the event of a SIP NOTIFY (RFC 6665) that it did not subscribe to.
//!
//! Vendors agree on neither the event nor what it does. Here stands what makes a phone look for new files and does not
//! restart it where there are none; a phone that restarts when it finds some does so by itself as well.

use domain::vendor::Vendor;

/// What a NOTIFY does to a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It fetches, and restarts only if what it got needs that.
    Fetches,
    /// It restarts, and fetches while it starts.
    Restarts,
}

impl Effect {
    /// What people read.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Fetches => "fetches",
            Self::Restarts => "restarts",
        }
    }
}

/// What wakes a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The value of the header `Event`.
    pub header: &'static str,
    /// What it does, as far as documents say.
    pub effect: Effect,
}

/// What wakes a phone of this vendor and model; `None` where nothing is known that does, or where it would end the
/// calls of others: a DECT base of Snom knows a restart alone.
pub fn event(vendor: Vendor, model: &str) -> Option<Event> {
    let fetches = |header| Some(Event { header, effect: Effect::Fetches });
    let restarts = |header| Some(Event { header, effect: Effect::Restarts });
    match vendor {
        Vendor::Snom if model.starts_with('M') => None,
        // A Yealink on which `sip.notify_reboot_enable` is 1 restarts whatever this says.
        Vendor::Yealink | Vendor::Snom | Vendor::Gigaset => fetches("check-sync;reboot=false"),
        Vendor::Poly | Vendor::Fanvil | Vendor::Algo => fetches("check-sync"),
        Vendor::CiscoMpp | Vendor::CiscoSpa | Vendor::Grandstream | Vendor::Htek => fetches("resync"),
        Vendor::Mitel | Vendor::Panasonic => restarts("check-sync;reboot=true"),
        Vendor::Linphone | Vendor::TwoN | Vendor::CiscoEnterprise => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_a_token_with_parameters() {
        for vendor in Vendor::ALL {
            for model in vendor.models() {
                let Some(event) = event(vendor, model.name) else { continue };
                let plain = |c: char| c.is_ascii_alphanumeric() || "-;=".contains(c);
                assert!(event.header.chars().all(plain), "{}", event.header);
                let restarts = event.header.contains("reboot=true");
                assert_eq!(event.effect == Effect::Restarts, restarts, "{}", vendor.title());
            }
        }
        assert_eq!(event(Vendor::Snom, "M900"), None);
        assert_eq!(event(Vendor::Snom, "D785").map(|e| e.header), Some("check-sync;reboot=false"));
    }
}
