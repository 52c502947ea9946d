//! Who may do what, and where: one total function of role, act and what is touched. Holding the permit is the permission.

mod roles;
#[cfg(test)]
mod tests;

pub use roles::{Reach, Resource, Roles};

use crate::{
    Code, Finding, Timestamp,
    ids::{SiteId, UserId},
};
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

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SiteLead => "site lead",
            other => other.word(),
        }
    }

    /// The word used in forms and in the database.
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
    /// Ask that one phone has an exception, or earlier settings of its own.
    RequestForPhone,
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
    pub const ALL: [Self; 28] = [
        Self::Read,
        Self::Import,
        Self::Numbers,
        Self::ReleaseFeed,
        Self::Gate,
        Self::Request,
        Self::RequestForPhone,
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
            Self::RequestForPhone => "ask for other settings of one phone",
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
            Self::Enrol | Self::OpenSite | Self::Standard | Self::RequestForPhone => {
                &[Administrator, SiteLead]
            }
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

    /// Whether it reads or speaks and does nothing: a role at one site gives it everywhere, so that people see what
    /// their own site depends on.
    pub const fn is_wide(self) -> bool {
        matches!(self, Self::Read | Self::Audit | Self::Comment)
    }

    /// Whether it is about the whole organisation, whatever it names: a role at one site never gives it.
    pub const fn is_central(self) -> bool {
        matches!(
            self,
            Self::Import
                | Self::Numbers
                | Self::ReleaseFeed
                | Self::ProposeRules
                | Self::ManageRoots
                | Self::Firmware
                | Self::ManageUsers
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
    /// Their roles, each with where it holds.
    pub roles: Roles,
    /// Whether somebody other than who made the account knows whose it is.
    pub confirmed: bool,
    /// Since when the password is one of their own; `None` while it is the one that whoever made the account chose, and
    /// so knows.
    pub password_since: Option<Timestamp>,
}

/// Proof that somebody may; it cannot be made otherwise.
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

/// Somebody may do this somewhere; whether here, is asked when it is known where that is.
#[must_use = "it is no permission before it is said what is touched"]
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    actor: &'a Actor,
    action: Action,
}

impl<'a> Claim<'a> {
    /// Whether they may do it to this.
    pub fn at<'r>(self, resource: impl Into<Resource<'r>>) -> Result<Permit<'a>, Finding> {
        authorise_at(self.actor, self.action, resource)
    }

    /// Whether they may do it to what belongs to all of these sites; to no site is to the organisation.
    pub fn at_all(self, sites: impl IntoIterator<Item = SiteId>) -> Result<Permit<'a>, Finding> {
        let mut sites = sites.into_iter();
        let Some(first) = sites.next() else { return self.at(Resource::Organisation) };
        let permit = self.at(first)?;
        sites.try_for_each(|site| self.at(site).map(drop))?;
        Ok(permit)
    }

    /// For what touches nothing of a site, such as lending what one has.
    pub const fn wherever(self) -> Permit<'a> {
        Permit { actor: self.actor, action: self.action }
    }
}

/// Whether `actor` may do `action` to what belongs to the whole organisation. What only reads is allowed to a role at
/// any site.
pub fn authorise(actor: &Actor, action: Action) -> Result<Permit<'_>, Finding> {
    authorise_at(actor, action, Resource::Organisation)
}

/// Whether `actor` may do `action` to this.
pub fn authorise_at<'a, 'r>(
    actor: &'a Actor,
    action: Action,
    resource: impl Into<Resource<'r>>,
) -> Result<Permit<'a>, Finding> {
    let claim = somewhere(actor, action)?;
    let resource = if action.is_central() { Resource::Organisation } else { resource.into() };
    if action.is_wide() || action.roles().iter().any(|role| actor.roles.hold(*role, resource)) {
        return Ok(claim.wherever());
    }
    let held = actor.roles.held().filter(|(role, _)| action.roles().contains(role));
    let held: Roles = held.fold(Roles::default(), |mut roles, (role, reach)| {
        roles.grant(role, reach.clone());
        roles
    });
    Err(Finding::new(Code::Forbidden, action.title())
        .detail(format!("Needs it here; you are {}.", held.words().join("; "))))
}

/// Whether `actor` may do `action` anywhere at all.
pub fn somewhere(actor: &Actor, action: Action) -> Result<Claim<'_>, Finding> {
    let central = action.is_central();
    let holds = |role: &Role| if central { actor.roles.contains(role) } else { actor.roles.anywhere(*role) };
    if !action.roles().iter().any(holds) {
        let needed: Vec<_> = action.roles().iter().map(|role| role.title()).collect();
        let everywhere = if central { ", at every site" } else { "" };
        return Err(Finding::new(Code::Forbidden, action.title())
            .detail(format!("Needs: {}{everywhere}.", needed.join(" or "))));
    }
    if action.vouches() && !actor.confirmed {
        return Err(Finding::new(Code::AccountUnconfirmed, action.title()));
    }
    if actor.password_since.is_none() && action != Action::Read {
        return Err(Finding::new(Code::PasswordFirst, action.title()));
    }
    Ok(Claim { actor, action })
}
