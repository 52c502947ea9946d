//! Other versions of layers, from a private draft to what was published.

use crate::{Error, Tx, args::args, change_request::Comment, statements};
use domain::{
    Finding, Timestamp,
    approval::Missing,
    change_request::{State, Workflow},
    ids::{LayerChangeId, UserId},
    layer::{Content, Level, Release, exception::Exception, plan::Plan},
};
use uuid::Uuid;

/// All of a change; what follows says of which.
macro_rules! changes {
    ($after:literal) => {
        concat!(
            "SELECT c.layer_change_id, c.number, c.level, c.scope, c.name, c.parent, c.release, c.content, c.exception, c.note, c.external_ref, c.requester_id, u.name AS requester, c.editors, c.state, c.plan, c.missing, c.created_at, c.approvers, c.published_to, c.missed FROM layer_change c JOIN user_account u ON u.user_id = c.requester_id ",
            $after
        )
    };
}

/// The same without what weighs much.
macro_rules! rows {
    ($after:literal) => {
        concat!(
            "SELECT c.number, c.level, c.scope, c.name, c.release, c.note, c.requester_id, u.name AS requester, c.state, c.missing, c.created_at, c.published_to FROM layer_change c JOIN user_account u ON u.user_id = c.requester_id ",
            $after
        )
    };
}

statements! {
    BY_NUMBER = changes!("WHERE c.number = $1");
    UNPUBLISHED = changes!("WHERE c.published_to IS NOT NULL ORDER BY c.number LIMIT 1");
    // A draft is its author's alone.
    OPEN = rows!("WHERE c.state_word IN ('draft', 'submitted', 'approved', 'stale') AND (c.state_word <> 'draft' OR c.requester_id = $1) AND c.number < $2 ORDER BY c.number DESC LIMIT 201");
    DONE = rows!("WHERE c.state_word IN ('rejected', 'applied', 'withdrawn', 'superseded') AND (c.plan IS NOT NULL OR c.requester_id = $1) AND c.number < $2 ORDER BY c.number DESC LIMIT 201");
    OF_LAYER = rows!("WHERE c.level = $1 AND c.scope = $2 AND (c.state_word <> 'draft' OR c.requester_id = $3) ORDER BY c.number DESC LIMIT 50");
    INSERT = "INSERT INTO layer_change (layer_change_id, number, level, scope, name, parent, release, content, exception, note, external_ref, requester_id, editors, state_word, state, plan, missing, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    UPDATE = "UPDATE layer_change SET parent = $2, release = $3, content = $4, exception = $5, note = $6, external_ref = $7, editors = $8, state_word = $9, state = $10, plan = $11, missing = $12, approvers = $13, published_to = $14, missed = $15 WHERE number = $1 AND state = $16";
    COMMENT = "INSERT INTO layer_change_comment (comment_id, layer_change_id, user_id, said_at, body) VALUES ($1, $2, $3, $4, $5)";
    COMMENTS = "SELECT u.name, c.said_at, c.body FROM layer_change_comment c JOIN user_account u ON u.user_id = c.user_id WHERE c.layer_change_id = $1 ORDER BY c.said_at, c.comment_id LIMIT 500";
    PROGRESS = "UPDATE layer_change SET published_to = $2, missed = $3 WHERE number = $1";
}

/// Another version of a layer, on its way.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its id.
    pub id: LayerChangeId,
    /// Its number: 7 of `LC-7`.
    pub number: i64,
    /// How specific the layer is.
    pub level: Level,
    /// What the layer is of.
    pub scope: String,
    /// What people call the layer.
    pub name: String,
    /// The version that it was begun from; 0 for none.
    pub parent: u32,
    /// What the new version is called.
    pub release: Release,
    /// What it says.
    pub content: Content,
    /// The exception that it is, if it is one.
    pub exception: Option<Exception>,
    /// What changes and why.
    pub note: String,
    /// A ticket elsewhere.
    pub external_ref: Option<String>,
    /// Who wrote it, and where it is.
    pub workflow: Workflow,
    /// The name of who wrote it; not stored with it.
    pub requester: String,
    /// What was submitted.
    pub plan: Option<Plan>,
    /// Approvals that it waits for.
    pub missing: Vec<Missing>,
    /// When it was begun.
    pub at: Timestamp,
    /// Who signed, once it is applied.
    pub approvers: String,
    /// The last phone that was published, bare; empty before the first, `None` when nothing is left to do.
    pub published_to: Option<String>,
    /// Phones that could not be published.
    pub missed: Vec<Finding>,
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    layer_change_id: Uuid,
    number: i64,
    level: String,
    scope: String,
    name: String,
    parent: i64,
    release: String,
    content: String,
    exception: Option<String>,
    note: String,
    external_ref: Option<String>,
    requester_id: Uuid,
    requester: String,
    editors: String,
    state: String,
    plan: Option<String>,
    missing: String,
    created_at: i64,
    approvers: String,
    published_to: Option<String>,
    missed: String,
}

impl TryFrom<ChangeRow> for Change {
    type Error = Error;
    fn try_from(row: ChangeRow) -> Result<Self, Error> {
        let json = |e: serde_json::Error| Error::row("layer_change", row.number, e);
        let bad = |what: &str| Error::row("layer_change", row.number, what);
        Ok(Self {
            id: LayerChangeId(row.layer_change_id),
            number: row.number,
            level: Level::parse(&row.level).ok_or_else(|| bad("level"))?,
            scope: row.scope,
            name: row.name,
            parent: u32::try_from(row.parent).map_err(|_| bad("parent"))?,
            release: Release::parse(&row.release).ok_or_else(|| bad("release"))?,
            content: serde_json::from_str(&row.content).map_err(json)?,
            exception: row.exception.as_deref().map(serde_json::from_str).transpose().map_err(json)?,
            note: row.note,
            external_ref: row.external_ref,
            workflow: Workflow {
                requester: UserId(row.requester_id),
                editors: serde_json::from_str(&row.editors).map_err(json)?,
                state: serde_json::from_str(&row.state).map_err(json)?,
            },
            requester: row.requester,
            plan: row.plan.as_deref().map(serde_json::from_str).transpose().map_err(json)?,
            missing: serde_json::from_str(&row.missing).map_err(json)?,
            at: Timestamp(row.created_at),
            approvers: row.approvers,
            published_to: row.published_to,
            missed: serde_json::from_str(&row.missed).map_err(json)?,
        })
    }
}

fn to_json(number: i64, value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::row("layer_change", number, e))
}

/// The change of this number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Change>, Error> {
    tx.one::<ChangeRow>(BY_NUMBER, args![number]).await?.map(TryInto::try_into).transpose()
}

/// The first change of which phones are still to be published.
pub async fn unpublished(tx: &mut Tx) -> Result<Option<Change>, Error> {
    tx.one::<ChangeRow>(UNPUBLISHED, vec![]).await?.map(TryInto::try_into).transpose()
}

/// Adds a change.
pub async fn insert(tx: &mut Tx, change: &Change) -> Result<(), Error> {
    let c = change;
    let args = args![
        c.id.0,
        c.number,
        c.level.word(),
        &c.scope,
        &c.name,
        i64::from(c.parent),
        c.release.to_string(),
        to_json(c.number, &c.content)?,
        c.exception.as_ref().map(|x| to_json(c.number, x)).transpose()?,
        &c.note,
        c.external_ref.clone(),
        c.workflow.requester.0,
        to_json(c.number, &c.workflow.editors)?,
        c.workflow.state.word(),
        to_json(c.number, &c.workflow.state)?,
        c.plan.as_ref().map(|plan| to_json(c.number, plan)).transpose()?,
        to_json(c.number, &c.missing)?,
        c.at
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Saves a change, if its state is still `before`; false when somebody else was faster.
pub async fn update(tx: &mut Tx, change: &Change, before: &State) -> Result<bool, Error> {
    let c = change;
    let args = args![
        c.number,
        i64::from(c.parent),
        c.release.to_string(),
        to_json(c.number, &c.content)?,
        c.exception.as_ref().map(|x| to_json(c.number, x)).transpose()?,
        &c.note,
        c.external_ref.clone(),
        to_json(c.number, &c.workflow.editors)?,
        c.workflow.state.word(),
        to_json(c.number, &c.workflow.state)?,
        c.plan.as_ref().map(|plan| to_json(c.number, plan)).transpose()?,
        to_json(c.number, &c.missing)?,
        &c.approvers,
        c.published_to.clone(),
        to_json(c.number, &c.missed)?,
        to_json(c.number, before)?
    ];
    Ok(tx.run(UPDATE, args).await? == 1)
}

/// Notes how far its phones are published; `None` when they all are.
pub async fn progress(tx: &mut Tx, number: i64, to: Option<&str>, missed: &[Finding]) -> Result<(), Error> {
    tx.run(PROGRESS, args![number, to, to_json(number, &missed)?]).await?;
    Ok(())
}

/// A row of a list of changes.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its number.
    pub number: i64,
    /// How specific its layer is.
    pub level: Level,
    /// What its layer is of.
    pub scope: String,
    /// What people call its layer.
    pub name: String,
    /// What the new version is called.
    pub release: String,
    /// What changes and why.
    pub note: String,
    /// Who wrote it.
    pub requester: String,
    /// Where it is.
    pub state: State,
    /// Approvals that it waits for.
    pub missing: Vec<Missing>,
    /// When it was begun.
    pub at: Timestamp,
    /// Whether phones are still to be published.
    pub publishing: bool,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    number: i64,
    level: String,
    scope: String,
    name: String,
    release: String,
    note: String,
    requester: String,
    state: String,
    missing: String,
    created_at: i64,
    published_to: Option<String>,
}

impl TryFrom<ListedRow> for Listed {
    type Error = Error;
    fn try_from(row: ListedRow) -> Result<Self, Error> {
        let json = |e: serde_json::Error| Error::row("layer_change", row.number, e);
        let level = Level::parse(&row.level);
        Ok(Self {
            number: row.number,
            level: level.ok_or_else(|| Error::row("layer_change", row.number, "level"))?,
            scope: row.scope,
            name: row.name,
            release: row.release,
            note: row.note,
            requester: row.requester,
            state: serde_json::from_str(&row.state).map_err(json)?,
            missing: serde_json::from_str(&row.missing).map_err(json)?,
            at: Timestamp(row.created_at),
            publishing: row.published_to.is_some(),
        })
    }
}

/// Up to 201 changes with a smaller number than `before`, as `reader` may see them: drafts of others are not.
pub async fn list(tx: &mut Tx, done: bool, reader: UserId, before: i64) -> Result<Vec<Listed>, Error> {
    let rows = tx.all::<ListedRow>(if done { DONE } else { OPEN }, args![reader.0, before]).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The newest fifty changes of one layer, as `reader` may see them.
pub async fn of_layer(tx: &mut Tx, level: Level, scope: &str, reader: UserId) -> Result<Vec<Listed>, Error> {
    let rows = tx.all::<ListedRow>(OF_LAYER, args![level.word(), scope, reader.0]).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Adds a comment. Nothing changes or removes one.
pub async fn comment(
    tx: &mut Tx,
    id: Uuid,
    change: LayerChangeId,
    by: UserId,
    body: &str,
    now: Timestamp,
) -> Result<(), Error> {
    tx.run(COMMENT, args![id, change.0, by.0, now, body]).await?;
    Ok(())
}

/// The first 500 comments on a change, in their order.
pub async fn comments(tx: &mut Tx, change: LayerChangeId) -> Result<Vec<Comment>, Error> {
    let rows = tx.all::<(String, i64, String)>(COMMENTS, args![change.0]).await?;
    Ok(rows.into_iter().map(|(by, at, body)| Comment { by, at: Timestamp(at), body }).collect())
}
