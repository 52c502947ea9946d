//! Approval rules in their versions, and who may sign for whom.

use crate::{Error, Tx, args::args, statements, user};
use domain::{
    Timestamp,
    approval::{Delegation, Missing, Rule},
    change_request::{State, Workflow},
    ids::{DelegationId, UserId},
};
use uuid::Uuid;

statements! {
    NEXT = "SELECT coalesce(max(version), 0) + 1 FROM approval_rules";
    STANDING = "SELECT a.version, a.replaces, a.rules, a.requester_id, u.name AS requester, a.reason, a.state, a.missing, a.proposed_at, a.standing FROM approval_rules a LEFT JOIN user_account u ON u.user_id = a.requester_id WHERE a.standing = 1";
    PROPOSED = "SELECT a.version, a.replaces, a.rules, a.requester_id, u.name AS requester, a.reason, a.state, a.missing, a.proposed_at, a.standing FROM approval_rules a LEFT JOIN user_account u ON u.user_id = a.requester_id WHERE a.state_word = 'submitted'";
    NEWEST = "SELECT a.version, a.replaces, a.rules, a.requester_id, u.name AS requester, a.reason, a.state, a.missing, a.proposed_at, a.standing FROM approval_rules a LEFT JOIN user_account u ON u.user_id = a.requester_id ORDER BY a.version DESC LIMIT 50";
    INSERT = "INSERT INTO approval_rules (version, replaces, rules, requester_id, reason, state_word, state, missing, proposed_at, standing) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    UPDATE = "UPDATE approval_rules SET state_word = $2, state = $3, missing = $4 WHERE version = $1 AND state = $5";
    STAND_DOWN = "UPDATE approval_rules SET standing = 0 WHERE standing = 1";
    STAND = "UPDATE approval_rules SET standing = 1 WHERE version = $1";
    DELEGATE = "INSERT INTO delegation (delegation_id, from_id, to_id, since, until, reason, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    END_DELEGATION = "UPDATE delegation SET until = CASE WHEN since > $3 THEN since ELSE $3 END WHERE delegation_id = $1 AND from_id = $2 AND until > $3";
    DELEGATIONS = "SELECT d.delegation_id, d.from_id, f.name AS from_name, f.roles, d.to_id, t.name AS to_name, d.since, d.until, d.reason FROM delegation d JOIN user_account f ON f.user_id = d.from_id JOIN user_account t ON t.user_id = d.to_id WHERE d.until > $1 AND f.disabled_at IS NULL ORDER BY d.since DESC, d.delegation_id LIMIT 500";
    LENT_AT_SITES = "SELECT DISTINCT r.user_id, r.role, r.site_id, s.code FROM delegation d JOIN user_site_role r ON r.user_id = d.from_id JOIN site s ON s.site_id = r.site_id WHERE d.until > $1";
}

/// A version of the rules.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its number; plans are made under it.
    pub version: u32,
    /// The version that stood when it was proposed; 0 for none.
    pub replaces: u32,
    /// What it says.
    pub rules: Vec<Rule>,
    /// Why.
    pub reason: String,
    /// Who proposed it and where it is; `None` when it was made at the first start.
    pub workflow: Option<Workflow>,
    /// The name of who proposed it.
    pub requester: Option<String>,
    /// Approvals that it waits for.
    pub missing: Vec<Missing>,
    /// When it was proposed.
    pub at: Timestamp,
    /// Whether it is the one that holds.
    pub standing: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    version: i64,
    replaces: i64,
    rules: String,
    requester_id: Option<Uuid>,
    requester: Option<String>,
    reason: String,
    state: String,
    missing: String,
    proposed_at: i64,
    standing: i64,
}

impl TryFrom<Row> for Version {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let json = |e: serde_json::Error| Error::row("approval_rules", row.version, e);
        let number = |n: i64| u32::try_from(n).map_err(|e| Error::row("approval_rules", n, e));
        let workflow = match row.requester_id {
            Some(id) => Some(Workflow {
                requester: UserId(id),
                editors: vec![],
                state: serde_json::from_str(&row.state).map_err(json)?,
            }),
            None => None,
        };
        Ok(Self {
            version: number(row.version)?,
            replaces: number(row.replaces)?,
            rules: serde_json::from_str(&row.rules).map_err(json)?,
            reason: row.reason,
            workflow,
            requester: row.requester,
            missing: serde_json::from_str(&row.missing).map_err(json)?,
            at: Timestamp(row.proposed_at),
            standing: row.standing == 1,
        })
    }
}

fn to_json(version: u32, value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::row("approval_rules", version, e))
}

fn state(version: &Version) -> Result<(&'static str, String), Error> {
    Ok(match &version.workflow {
        Some(workflow) => (workflow.state.word(), to_json(version.version, &workflow.state)?),
        None => ("applied", String::new()),
    })
}

/// The number of the next version.
pub async fn next(tx: &mut Tx) -> Result<u32, Error> {
    let next = tx.one::<(i64,)>(NEXT, vec![]).await?.map_or(1, |(n,)| n);
    u32::try_from(next).map_err(|e| Error::row("approval_rules", next, e))
}

/// The rules that hold; `None` before the first start.
pub async fn standing(tx: &mut Tx) -> Result<Option<Version>, Error> {
    tx.one::<Row>(STANDING, vec![]).await?.map(TryInto::try_into).transpose()
}

/// The rules that wait for approval, if any do.
pub async fn proposed(tx: &mut Tx) -> Result<Option<Version>, Error> {
    tx.one::<Row>(PROPOSED, vec![]).await?.map(TryInto::try_into).transpose()
}

/// The newest fifty versions, newest first.
pub async fn newest(tx: &mut Tx) -> Result<Vec<Version>, Error> {
    tx.all::<Row>(NEWEST, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Adds a version.
pub async fn insert(tx: &mut Tx, version: &Version) -> Result<(), Error> {
    let v = version;
    let (word, state) = state(v)?;
    let args = args![
        i64::from(v.version),
        i64::from(v.replaces),
        to_json(v.version, &v.rules)?,
        v.workflow.as_ref().map(|w| w.requester.0),
        &v.reason,
        word,
        state,
        to_json(v.version, &v.missing)?,
        v.at,
        i64::from(v.standing)
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Saves a new state, if it is still `before`; false when somebody else was faster. A version that stands takes the
/// place of the one that stood.
pub async fn update(tx: &mut Tx, version: &Version, before: &State) -> Result<bool, Error> {
    let v = version;
    let (word, state) = state(v)?;
    let args = args![
        i64::from(v.version),
        word,
        state,
        to_json(v.version, &v.missing)?,
        to_json(v.version, before)?
    ];
    if tx.run(UPDATE, args).await? != 1 {
        return Ok(false);
    }
    if v.standing {
        tx.run(STAND_DOWN, vec![]).await?;
        tx.run(STAND, args![i64::from(v.version)]).await?;
    }
    Ok(true)
}

/// A delegation with what people know it by.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id.
    pub id: DelegationId,
    /// What it allows, with the roles that its giver has now.
    pub delegation: Delegation,
    /// Who gave it.
    pub from: String,
    /// Who may use it.
    pub to: String,
    /// Why.
    pub reason: String,
}

#[derive(sqlx::FromRow)]
struct DelegationRow {
    delegation_id: Uuid,
    from_id: Uuid,
    from_name: String,
    roles: String,
    to_id: Uuid,
    to_name: String,
    since: i64,
    until: i64,
    reason: String,
}

impl TryFrom<DelegationRow> for Listed {
    type Error = Error;
    fn try_from(row: DelegationRow) -> Result<Self, Error> {
        let delegation = Delegation {
            from: UserId(row.from_id),
            roles: user::everywhere(row.from_id, &row.roles)?,
            to: UserId(row.to_id),
            since: Timestamp(row.since),
            until: Timestamp(row.until),
        };
        let id = DelegationId(row.delegation_id);
        Ok(Self { id, delegation, from: row.from_name, to: row.to_name, reason: row.reason })
    }
}

/// Lets somebody approve in another person's place.
pub async fn delegate(
    tx: &mut Tx,
    id: DelegationId,
    delegation: &Delegation,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let d = delegation;
    tx.run(DELEGATE, args![id.0, d.from.0, d.to.0, d.since, d.until, reason, now]).await?;
    Ok(())
}

/// Ends a delegation that its giver takes back; whether it was still to end.
pub async fn end_delegation(
    tx: &mut Tx,
    id: DelegationId,
    from: UserId,
    now: Timestamp,
) -> Result<bool, Error> {
    Ok(tx.run(END_DELEGATION, args![id.0, from.0, now]).await? == 1)
}

/// The newest 500 delegations that end after `since`.
pub async fn delegations(tx: &mut Tx, since: Timestamp) -> Result<Vec<Listed>, Error> {
    let rows = tx.all::<DelegationRow>(DELEGATIONS, args![since]).await?;
    let mut listed: Vec<Listed> = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    for (from, role, site, code) in
        tx.all::<(Uuid, String, Uuid, String)>(LENT_AT_SITES, args![since]).await?
    {
        for one in listed.iter_mut().filter(|one| one.delegation.from.0 == from) {
            user::at_site(&mut one.delegation.roles, from, (&role, site, code.clone()))?;
        }
    }
    Ok(listed)
}
