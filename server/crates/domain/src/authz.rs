//! Who may do what: one total function. Holding the permit is the permission.

use crate::{Code, Finding, ids::UserId};
use serde::{Deserialize, Serialize};

/// A role of a console user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Call-control administrator: inventory, layers, numbers, requests.
    Administrator,
    /// Approves requests of others.
    Approver,
    /// Site lead or deployment engineer: gates.
    SiteLead,
    /// Support: trace, read-only.
    Support,
    /// Auditor: history and verification.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Administrator, Self::Approver, Self::SiteLead, Self::Support, Self::Auditor];

    /// The word used on pages and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Approver => "approver",
            Self::SiteLead => "site-lead",
            Self::Support => "support",
            Self::Auditor => "auditor",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == text)
    }
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// See sites, devices, requests and trace.
    Read,
    /// Import a site package.
    Import,
    /// Define number ranges; reserve, assign, release and port numbers; change people's accounts.
    Numbers,
    /// Let a feed of the directory pass that was held because it would end many accounts.
    ReleaseFeed,
    /// Enter gate evidence and sign a segment off.
    Gate,
    /// Make, submit and withdraw a change request.
    Request,
    /// Approve or reject what the approval rules ask one's role for.
    Approve,
    /// Say something about a change request.
    Comment,
    /// Propose other approval rules.
    ProposeRules,
    /// Apply an approved change request.
    Apply,
    /// Read the audit history and verify the ledger.
    Audit,
    /// See a device's provisioning credential once, to type it in.
    RevealCredential,
    /// Make, activate, take back and reopen enrolment codes and addresses; not: see them.
    Enrol,
    /// Quarantine or release a device, with a reason.
    Quarantine,
    /// Open cases and work on them, where nothing more is asked for.
    Cases,
    /// Report a handset lost: its lines and credentials are taken away at once.
    ReportLoss,
    /// Answer in writing for a takeover although the old handset may still be registered.
    AnswerFor,
    /// Set what a site demands of proofs.
    SetPolicy,
    /// Change a site's name, time zone, segments and places.
    EditSite,
    /// Prepare a site's opening: stages, steps, package, acceptance, cutover.
    OpenSite,
    /// Define and lift freezes.
    Freeze,
    /// Add and withdraw vendor roots.
    ManageRoots,
    /// Upload and withdraw firmware, and say who gets which.
    Firmware,
    /// Create users of the console, and confirm those of others.
    ManageUsers,
    /// Carry out a change that is approved in advance as a kind.
    Standard,
    /// Apply for a short time what nobody approved; it is noticed and reviewed.
    BreakGlass,
    /// Look afterwards at what was applied without an approval of its own.
    Review,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 27] = [
        Self::Read,
        Self::Import,
        Self::Numbers,
        Self::ReleaseFeed,
        Self::Gate,
        Self::Request,
        Self::Approve,
        Self::Comment,
        Self::ProposeRules,
        Self::Apply,
        Self::Audit,
        Self::RevealCredential,
        Self::Enrol,
        Self::Quarantine,
        Self::Cases,
        Self::ReportLoss,
        Self::AnswerFor,
        Self::SetPolicy,
        Self::EditSite,
        Self::OpenSite,
        Self::Freeze,
        Self::ManageRoots,
        Self::Firmware,
        Self::ManageUsers,
        Self::Standard,
        Self::BreakGlass,
        Self::Review,
    ];

    /// What people read when it is forbidden.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Read => "see this",
            Self::Import => "import a site package",
            Self::Numbers => "change numbers or people",
            Self::ReleaseFeed => "release a held feed",
            Self::Gate => "open a gate",
            Self::Request => "request a change",
            Self::Approve => "approve what the rules ask for",
            Self::Comment => "comment on a change",
            Self::ProposeRules => "propose approval rules",
            Self::Apply => "apply a change",
            Self::Audit => "read the audit history",
            Self::RevealCredential => "see a provisioning credential",
            Self::Enrol => "enrol devices",
            Self::Quarantine => "quarantine or release a device",
            Self::Cases => "work on cases",
            Self::ReportLoss => "report a handset lost",
            Self::AnswerFor => "answer for a replacement",
            Self::SetPolicy => "set a site's policy",
            Self::EditSite => "edit a site",
            Self::OpenSite => "prepare a site's opening",
            Self::Freeze => "define or lift a freeze",
            Self::ManageRoots => "add or withdraw a vendor root",
            Self::Firmware => "manage firmware",
            Self::ManageUsers => "manage users",
            Self::Standard => "carry out a standard change",
            Self::BreakGlass => "break glass",
            Self::Review => "review what was applied",
        }
    }

    /// The roles that allow it.
    pub const fn roles(self) -> &'static [Role] {
        use Role::{Administrator, Approver, Auditor, SiteLead, Support};
        match self {
            Self::Read => &[Administrator, Approver, SiteLead, Support, Auditor],
            Self::ReleaseFeed => &[Approver, Administrator],
            Self::Gate => &[SiteLead],
            Self::Enrol | Self::OpenSite | Self::Standard => &[Administrator, SiteLead],
            Self::Freeze => &[Administrator, Approver],
            Self::Review => &[Administrator, Approver, Auditor],
            Self::Import
            | Self::Numbers
            | Self::Request
            | Self::Apply
            | Self::RevealCredential
            | Self::Quarantine
            | Self::SetPolicy
            | Self::EditSite
            | Self::ManageRoots
            | Self::Firmware
            | Self::ProposeRules
            | Self::ManageUsers
            | Self::BreakGlass => &[Administrator],
            Self::Cases | Self::ReportLoss => &[Administrator, SiteLead, Support],
            Self::AnswerFor => &[Approver],
            // Which of them is asked for, the approval rules say.
            Self::Approve => &[Approver, Administrator, SiteLead],
            Self::Comment => &[Administrator, Approver, SiteLead, Support],
            Self::Audit => &[Auditor, Administrator],
        }
    }

    /// Whether it puts one's word behind what somebody else did, or stands in for such a word: not for an account that
    /// may be a second one of whoever made it.
    pub const fn vouches(self) -> bool {
        matches!(
            self,
            Self::Approve
                | Self::ReleaseFeed
                | Self::AnswerFor
                | Self::Gate
                | Self::ReportLoss
                | Self::Review
                | Self::ManageUsers
                | Self::Standard
                | Self::BreakGlass
        )
    }
}

/// A user of the console, as far as permission goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The user.
    pub id: UserId,
    /// Their name, as people read it.
    pub name: String,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Whether somebody other than who made the account knows whose it is.
    pub confirmed: bool,
}

/// Proof that `authorise` said yes; it cannot be made otherwise.
#[derive(Clone, Debug)]
pub struct Permit<'a> {
    actor: &'a Actor,
    action: Action,
}

impl Permit<'_> {
    /// Who may.
    pub const fn actor(&self) -> &Actor {
        self.actor
    }

    /// What they may.
    pub const fn action(&self) -> Action {
        self.action
    }
}

/// Whether `actor` may do `action`.
pub fn authorise(actor: &Actor, action: Action) -> Result<Permit<'_>, Finding> {
    if !actor.roles.iter().any(|role| action.roles().contains(role)) {
        let needed: Vec<_> = action.roles().iter().map(|role| role.word()).collect();
        return Err(
            Finding::new(Code::Forbidden, action.title()).detail(format!("Needs: {}.", needed.join(" or ")))
        );
    }
    if action.vouches() && !actor.confirmed {
        return Err(Finding::new(Code::AccountUnconfirmed, action.title()));
    }
    Ok(Permit { actor, action })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn actor(roles: Vec<Role>, confirmed: bool) -> Actor {
        Actor { id: UserId(Uuid::nil()), name: String::new(), roles, confirmed }
    }

    #[test]
    fn the_matrix_is_reviewed_when_it_changes() {
        let mut rows = vec![];
        for action in Action::ALL {
            let cells: Vec<_> = Role::ALL
                .into_iter()
                .map(|role| {
                    let actor = actor(vec![role], true);
                    if authorise(&actor, action).is_ok() { role.word() } else { "-" }
                })
                .collect();
            rows.push(format!("{action:?}: {}", cells.join(" ")));
        }
        insta::assert_snapshot!(rows.join("\n"));
    }

    #[test]
    fn nobody_without_a_role_may_do_anything() {
        for action in Action::ALL {
            assert_eq!(authorise(&actor(vec![], true), action).unwrap_err().code, Code::Forbidden);
        }
    }

    #[test]
    fn nobody_vouches_for_anything_before_they_are_confirmed() {
        let new = actor(Role::ALL.to_vec(), false);
        let refused: Vec<_> =
            Action::ALL.into_iter().filter(|action| authorise(&new, *action).is_err()).collect();
        assert_eq!(
            refused,
            [
                Action::ReleaseFeed,
                Action::Gate,
                Action::Approve,
                Action::ReportLoss,
                Action::AnswerFor,
                Action::ManageUsers,
                Action::Standard,
                Action::BreakGlass,
                Action::Review
            ]
        );
        for action in refused {
            assert_eq!(authorise(&new, action).unwrap_err().code, Code::AccountUnconfirmed);
        }
    }
}
