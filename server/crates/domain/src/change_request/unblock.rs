//! Who can do something about what is in the way of a request.

use crate::{
    Code,
    authz::{Action, Role},
};

/// What somebody has to be allowed to do to get this out of the way.
pub const fn unblocked_by(code: Code) -> Action {
    match code {
        Code::GateNotOpen | Code::GateExpired | Code::GateEvidenceMissing | Code::GateEvidenceFailed => {
            Action::Gate
        }
        Code::OwnerNotActive | Code::OwnerMissing | Code::ExtensionDisabled => Action::Numbers,
        Code::EmergencyMissing
        | Code::RegistrarMissing
        | Code::ScopeForbids
        | Code::SegmentUnknown
        | Code::ExtensionUnknown
        | Code::ExtensionForeign
        | Code::DeviceUnknown => Action::Import,
        Code::PlaceUnknown => Action::EditSite,
        Code::DeviceQuarantined => Action::Quarantine,
        Code::ApprovalMissing | Code::ApprovalSelf => Action::Approve,
        // What stands elsewhere, or is another plan by now, takes another request.
        _ => Action::Request,
    }
}

/// The roles that can.
pub const fn unblocked_by_roles(code: Code) -> &'static [Role] {
    unblocked_by(code).roles()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_can_do_something_about_everything() {
        for code in Code::ALL {
            assert!(!unblocked_by_roles(*code).is_empty(), "{code:?}");
        }
        let cases = [
            (Code::GateExpired, Role::SiteLead),
            (Code::OwnerNotActive, Role::Administrator),
            (Code::ApprovalMissing, Role::Approver),
            (Code::DeviceQuarantined, Role::Administrator),
            (Code::EndpointTaken, Role::Administrator),
        ];
        for (code, role) in cases {
            assert!(unblocked_by_roles(code).contains(&role), "{code:?}");
        }
    }
}
