//! Why a use case was not carried out: a kind, which the doors map to a status, and every finding.

use domain::{Code, Finding};

/// What kind of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for cannot be done as it stands (422).
    Invalid,
    /// The actor may not (403).
    Forbidden,
    /// It does not exist, or must not be seen to exist (404).
    NotFound,
    /// Somebody else was faster, or the state does not allow it (409).
    Conflict,
    /// The database or the record does not answer (503).
    Unavailable,
}

/// Why a use case was not carried out. Nothing of it was.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Problem {
    /// Which status it becomes.
    pub kind: Kind,
    /// Every reason.
    pub findings: Vec<Finding>,
}

impl Problem {
    /// A problem with one finding.
    pub fn new(kind: Kind, finding: Finding) -> Self {
        Self { kind, findings: vec![finding] }
    }

    /// Bad input.
    pub fn invalid(code: Code, subject: &str) -> Self {
        Self::new(Kind::Invalid, Finding::new(code, subject))
    }

    /// Nothing there.
    pub fn not_found(subject: &str) -> Self {
        Self::new(Kind::NotFound, Finding::new(Code::NotFound, subject))
    }

    /// From findings of a decision.
    pub fn blocked(findings: Vec<Finding>) -> Self {
        Self { kind: Kind::Invalid, findings }
    }

    /// The code of the first finding.
    pub fn code(&self) -> Code {
        self.findings.first().map_or(Code::StorageUnavailable, |f| f.code)
    }
}

/// Result of a use case.
pub type Result<T> = std::result::Result<T, Problem>;

/// A database error: named constraints become findings, everything else is logged and says little.
impl From<storage::Error> for Problem {
    fn from(error: storage::Error) -> Self {
        if let Some(name) = error.constraint() {
            return Self::new(
                Kind::Conflict,
                Finding::new(constraint_code(name), "record").detail(format!("({name})")),
            );
        }
        tracing::error!(error = ?error, "database error");
        let code = match error {
            storage::Error::Unavailable(_) => Code::StorageUnavailable,
            _ => Code::StorageConflict,
        };
        Self::new(Kind::Unavailable, Finding::new(code, "database"))
    }
}

/// What a violated constraint means. PostgreSQL gives its name; SQLite names the columns of a unique key.
fn constraint_code(name: &str) -> Code {
    let any = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if any(&["line_standing_extension_key", "line.extension_id"]) {
        Code::ExtensionTaken
    } else if any(&["line_standing_endpoint_key", "line.endpoint_id"]) {
        Code::EndpointTaken
    } else if any(&["device_mac_key", "device.mac"]) {
        Code::MacDuplicate
    } else if any(&["device_serial_key", "device.serial"]) {
        Code::SerialDuplicate
    } else if any(&["endpoint_ipei_key", "endpoint.ipei"]) {
        Code::IpeiDuplicate
    } else if any(&["extension_number_key", "extension.number", "extension_did_key", "extension.did"]) {
        Code::NumberDuplicate
    } else if any(&["number_range_overlap", "number_range_first_key", "number_range.kind"]) {
        Code::RangeOverlap
    } else if any(&["number_holding_standing_key", "number_holding.key"]) {
        Code::NumberDuplicate
    } else if any(&[
        "change_request_approver_check",
        "approval_other_check",
        "authority_use_other_check",
        "feed_limit_raise_other_check",
        "user_account_confirmed_check",
    ]) {
        Code::ApprovalSelf
    } else if any(&[
        "approval_rules_proposed_key",
        "approval_rules.state_word",
        "break_glass_open_key",
        "feed_limit_raise_open_key",
        "break_glass.user_id",
        "authority_use_pkey",
        "authority_use.change_request_id",
        "exception_open_key",
        "exception.kind",
        "replacement_old_key",
        "replacement_new_key",
        "replacement.old_device_id",
        "replacement.new_device_id",
    ]) {
        Code::RequestState
    } else if any(&["device_root_standing_fingerprint_key", "device_root.fingerprint"]) {
        Code::CertificateRoot
    } else if any(&["import_committed_digest_key", "import.digest"]) {
        Code::ImportRepeated
    } else if any(&[
        "firmware_hash_key",
        "firmware.hash",
        "firmware_file_key",
        "firmware_step_key",
        "firmware_step.",
    ]) {
        Code::FirmwareDuplicate
    } else {
        Code::StorageConflict
    }
}

/// A refusal by permission or by state.
impl From<Finding> for Problem {
    fn from(finding: Finding) -> Self {
        let kind = match finding.code {
            Code::Forbidden
            | Code::ApprovalSelf
            | Code::AccountUnconfirmed
            | Code::PasswordFirst
            | Code::GlassClosed => Kind::Forbidden,
            Code::AdvanceEnded
            | Code::RequestState
            | Code::PlanChanged
            | Code::PlanStale
            | Code::ApprovalUnasked
            | Code::FreezeHolds => Kind::Conflict,
            _ => Kind::Invalid,
        };
        Self::new(kind, finding)
    }
}
