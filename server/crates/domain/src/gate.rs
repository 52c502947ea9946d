//! The gate: is this site segment ready for lines, and until when (requirement C2).
//!
//! Losing the gate later never strips a working phone; that is the fence's business.

use crate::{
    Code, Finding, Timestamp,
    ids::{EvidenceId, UserId},
    time::DAY,
};
use serde::{Deserialize, Serialize};

/// What has to be shown before a segment is signed off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Names resolve.
    Dns,
    /// The registrar can be reached.
    Transport,
    /// The registrar answers SIP OPTIONS.
    SipOptions,
    /// A test account registers.
    TestRegistration,
    /// A test call has audio both ways.
    TestCall,
}

impl Check {
    /// Every check that a gate needs.
    pub const ALL: [Self; 5] =
        [Self::Dns, Self::Transport, Self::SipOptions, Self::TestRegistration, Self::TestCall];

    /// The word used in forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Transport => "transport",
            Self::SipOptions => "sip-options",
            Self::TestRegistration => "test-registration",
            Self::TestCall => "test-call",
        }
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Dns => "DNS resolves the registrar",
            Self::Transport => "Transport reaches the registrar",
            Self::SipOptions => "Registrar answers SIP OPTIONS",
            Self::TestRegistration => "Test account registers",
            Self::TestCall => "Test call has two-way audio",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.word() == text)
    }
}

/// How long evidence and a sign-off hold at most. A network is assumed to change within a month.
pub const LONGEST: i64 = 30 * DAY;

/// The newest result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    /// What was checked.
    pub check: Check,
    /// Whether it passed.
    pub passed: bool,
    /// What was seen.
    pub note: String,
    /// Who saw it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Until when it counts.
    pub until: Timestamp,
}

/// Somebody answers for the segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Until when it counts.
    pub until: Timestamp,
    /// Exactly the evidence that was looked at.
    pub evidence: Vec<EvidenceId>,
}

/// Everything a gate is judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// The newest evidence per check.
    pub evidence: Vec<Evidence>,
    /// The newest sign-off.
    pub sign_off: Option<SignOff>,
}

/// How a gate stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GateStatus {
    /// Lines may be established or changed, until then.
    Open {
        /// The first moment at which the gate is no longer open.
        until: Timestamp,
    },
    /// It was signed off, and that has expired.
    Expired {
        /// Since when.
        since: Timestamp,
    },
    /// It was never opened, or what it rests on is missing or failed.
    Shut(Vec<Finding>),
}

impl Gate {
    /// What keeps the segment from being signed off now: missing, failed and expired evidence.
    pub fn missing(&self, now: Timestamp) -> Vec<Finding> {
        Check::ALL
            .into_iter()
            .filter_map(|check| match self.evidence.iter().find(|e| e.check == check) {
                None => Some(Finding::new(Code::GateEvidenceMissing, check.title())),
                Some(e) if !e.passed => {
                    Some(Finding::new(Code::GateEvidenceFailed, check.title()).detail(e.note.clone()))
                }
                Some(e) if e.until <= now => Some(
                    Finding::new(Code::GateExpired, check.title()).detail(format!("Expired {}.", e.until)),
                ),
                Some(_) => None,
            })
            .collect()
    }

    /// The first moment after `now` at which something the gate rests on expires.
    pub fn next_expiry(&self, now: Timestamp) -> Option<Timestamp> {
        let evidence = self.evidence.iter().map(|e| e.until);
        evidence.chain(self.sign_off.iter().map(|s| s.until)).filter(|until| *until > now).min()
    }

    /// How the gate stands at `now`, with everything that keeps it shut.
    ///
    /// Evidence that replaced what was signed off shuts the gate until it is signed off again.
    pub fn status(&self, now: Timestamp) -> GateStatus {
        let Some(sign_off) = &self.sign_off else {
            let mut findings = self.missing(now);
            if findings.is_empty() {
                findings
                    .push(Finding::new(Code::GateNotOpen, "sign-off").detail("Nobody has signed it off."));
            }
            return GateStatus::Shut(findings);
        };
        let mut until = sign_off.until;
        let mut findings = Vec::new();
        for check in Check::ALL {
            match self.evidence.iter().find(|e| e.check == check) {
                Some(e) if e.passed => {
                    until = until.min(e.until);
                    if !sign_off.evidence.contains(&e.id) {
                        findings.push(
                            Finding::new(Code::GateNotOpen, check.title())
                                .detail("There is newer evidence than what was signed off."),
                        );
                    }
                }
                Some(e) => findings
                    .push(Finding::new(Code::GateEvidenceFailed, check.title()).detail(e.note.clone())),
                None => findings.push(Finding::new(Code::GateEvidenceMissing, check.title())),
            }
        }
        match (findings.is_empty(), now < until) {
            (true, true) => GateStatus::Open { until },
            (true, false) => GateStatus::Expired { since: until },
            (false, in_date) => {
                if !in_date {
                    findings
                        .push(Finding::new(Code::GateExpired, "gate").detail(format!("Expired {until}.")));
                }
                GateStatus::Shut(findings)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const T: i64 = 1_000;

    fn evidence(n: u128, check: Check, passed: bool, until: i64) -> Evidence {
        Evidence {
            id: EvidenceId(Uuid::from_u128(n)),
            check,
            passed,
            note: String::new(),
            by: UserId(Uuid::nil()),
            at: Timestamp(0),
            until: Timestamp(until),
        }
    }

    fn gate(until: i64) -> Gate {
        let evidence: Vec<_> =
            (1..).zip(Check::ALL).map(|(n, check)| evidence(n, check, true, until)).collect();
        let ids = evidence.iter().map(|e| e.id).collect();
        let sign_off =
            SignOff { by: UserId(Uuid::nil()), at: Timestamp(0), until: Timestamp(2 * T), evidence: ids };
        Gate { evidence, sign_off: Some(sign_off) }
    }

    #[test]
    fn it_is_open_until_the_first_thing_expires() {
        assert_eq!(gate(T).status(Timestamp(1)), GateStatus::Open { until: Timestamp(T) });
        assert_eq!(gate(T).status(Timestamp(T)), GateStatus::Expired { since: Timestamp(T) });
        assert_eq!(gate(9 * T).status(Timestamp(1)), GateStatus::Open { until: Timestamp(2 * T) });
    }

    #[test]
    fn it_is_shut_without_all_evidence_and_a_sign_off() {
        let mut unsigned = gate(T);
        unsigned.sign_off = None;
        assert!(
            matches!(unsigned.status(Timestamp(1)), GateStatus::Shut(f) if f[0].code == Code::GateNotOpen)
        );
        let mut failed = gate(T);
        failed.evidence[2].passed = false;
        assert!(
            matches!(failed.status(Timestamp(1)), GateStatus::Shut(f) if f[0].code == Code::GateEvidenceFailed)
        );
        let mut replaced = gate(T);
        replaced.evidence[2].id = EvidenceId(Uuid::from_u128(99));
        assert!(
            matches!(replaced.status(Timestamp(1)), GateStatus::Shut(f) if f[0].code == Code::GateNotOpen)
        );
        assert_eq!(Gate::default().missing(Timestamp(0)).len(), 5);
    }

    #[test]
    fn it_names_everything_that_keeps_it_shut() {
        let mut bad = gate(T);
        bad.evidence[0].passed = false;
        bad.evidence.remove(4);
        let GateStatus::Shut(findings) = bad.status(Timestamp(T)) else { panic!("it is shut") };
        let codes: Vec<_> = findings.iter().map(|f| f.code).collect();
        assert_eq!(codes, [Code::GateEvidenceFailed, Code::GateEvidenceMissing, Code::GateExpired]);
        assert_eq!(bad.next_expiry(Timestamp(0)), Some(Timestamp(T)));
        assert_eq!(bad.next_expiry(Timestamp(T)), Some(Timestamp(2 * T)));
    }

    proptest! {
        #[test]
        fn dropping_any_evidence_never_opens_it(drop in 0usize..5, now in 0i64..3000) {
            let mut less = gate(T);
            less.evidence.remove(drop);
            let open = matches!(less.status(Timestamp(now)), GateStatus::Open { .. });
            prop_assert!(!open);
        }
    }
}
