//! Vendor roots: uploaded, versioned, withdrawn with a reason. What stands counts at the edge at once.

use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    certificate::{Root, from_pem},
    reason,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise},
    time::SECOND,
    vendor::Vendor,
};
use storage::{device_root, ledger};
use uuid::Uuid;

/// Characters of a reason.
const LONGEST_REASON: usize = 200;

/// A root on its page, with its history.
#[derive(Clone, Debug)]
pub struct RootView {
    /// Its id, in the address.
    pub id: String,
    /// The vendor's name.
    pub vendor: String,
    /// Which of the vendor's it is, from 1.
    pub version: i64,
    /// Its subject.
    pub subject: String,
    /// SHA-256 in hexadecimal digits.
    pub fingerprint: String,
    /// From when it is valid; `None` when it cannot be read any more.
    pub not_before: Option<Timestamp>,
    /// Until when.
    pub not_after: Option<Timestamp>,
    /// When and by whom it was added.
    pub added: (Timestamp, String),
    /// When, by whom and why it was withdrawn.
    pub withdrawn: Option<(Timestamp, String, String)>,
}

/// Every root, by vendor, newest first.
pub async fn list(services: &Services, op: &Operation) -> Result<Vec<RootView>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    Ok(device_root::list(&mut tx).await?.into_iter().map(view).collect())
}

fn view(row: device_root::Row) -> RootView {
    let vendor = Vendor::parse(&row.vendor);
    let read = vendor.and_then(|vendor| Root::read(vendor, row.der).ok());
    let seconds = |seconds: i64| Timestamp(seconds.saturating_mul(SECOND));
    let withdrawn = row
        .withdrawn_at
        .map(|at| (Timestamp(at), row.withdrawn_by.unwrap_or_default(), row.reason.unwrap_or_default()));
    RootView {
        id: row.root_id.to_string(),
        vendor: row.vendor,
        version: row.version,
        subject: row.subject,
        fingerprint: row.fingerprint,
        not_before: read.as_ref().map(|root| seconds(root.not_before)),
        not_after: read.as_ref().map(|root| seconds(root.not_after)),
        added: (Timestamp(row.added_at), row.added_by),
        withdrawn,
    }
}

/// Adds the authorities' certificates in a PEM text. All of them or none.
///
/// The text is never kept or logged: somebody may have pasted a key.
pub async fn add(services: &Services, op: &Operation, vendor: &str, pem: &str) -> Result<usize> {
    authorise(&op.actor, Action::ManageRoots)?;
    let vendor = Vendor::parse(vendor).ok_or_else(|| Problem::invalid(Code::VendorUnknown, "vendor"))?;
    let refused =
        |why: String| Problem::new(Kind::Invalid, Finding::new(Code::CertificateRoot, "pem").detail(why));
    let roots = from_pem(vendor, pem).map_err(|why| refused(why.to_string()))?;
    let mut act = Act::begin(services, op).await?;
    let present = device_root::list(&mut act.tx).await?;
    for root in &roots {
        let standing = present.iter().find(|r| r.withdrawn_at.is_none() && r.fingerprint == root.fingerprint);
        if let Some(standing) = standing {
            return Err(refused(format!(
                "`{}` stands already: {} version {}.",
                root.subject, standing.vendor, standing.version
            )));
        }
        let new = device_root::New {
            id: services.0.env.id(),
            vendor,
            subject: &root.subject,
            fingerprint: &root.fingerprint,
            der: &root.der,
            by: op.actor.id,
            at: op.now,
        };
        device_root::insert(&mut act.tx, &new).await?;
        act.note(Note {
            action: "root.add",
            subject: format!("{vendor} {}", root.subject),
            after: Some(format!("SHA-256 {}", root.fingerprint)),
            ..Note::default()
        });
    }
    act.bump(ledger::ORGANISATION);
    act.commit().await?;
    services.0.edge.forget_network().await;
    Ok(roots.len())
}

/// Withdraws a root, with a reason: no certificate below it proves anything any more.
pub async fn withdraw(services: &Services, op: &Operation, id: &str, reason: &str) -> Result<()> {
    authorise(&op.actor, Action::ManageRoots)?;
    let reason = reason::within(reason, LONGEST_REASON)?;
    let id = Uuid::try_parse(id).map_err(|_| Problem::not_found("root"))?;
    let mut act = Act::begin(services, op).await?;
    let present = device_root::list(&mut act.tx).await?;
    let root = present.iter().find(|r| r.root_id == id).ok_or_else(|| Problem::not_found("root"))?;
    if !device_root::withdraw(&mut act.tx, id, op.actor.id, op.now, reason).await? {
        let finding = Finding::new(Code::RequestState, "withdraw").detail("It is withdrawn already.");
        return Err(finding.into());
    }
    act.note(Note {
        action: "root.withdraw",
        subject: format!("{} {}", root.vendor, root.subject),
        before: Some(format!("SHA-256 {}", root.fingerprint)),
        reason: reason.to_owned(),
        ..Note::default()
    });
    act.bump(ledger::ORGANISATION);
    act.commit().await?;
    services.0.edge.forget_network().await;
    Ok(())
}
