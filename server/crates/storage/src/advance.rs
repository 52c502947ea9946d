//! What is approved in advance.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    advance::Definition,
    approval::Missing,
    change_request::{State, Workflow},
    ids::{AdvanceId, UserId},
};
use uuid::Uuid;

statements! {
    INSERT = "INSERT INTO advance_approval (advance_id, number, kind, definition, requester_id, reason, state_word, state, missing, proposed_at, most) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    UPDATE = "UPDATE advance_approval SET state_word = $2, state = $3, missing = $4 WHERE advance_id = $1 AND state = $5 AND ended_at IS NULL";
    USE = "UPDATE advance_approval SET used = used + 1 WHERE advance_id = $1 AND state_word = 'applied' AND ended_at IS NULL AND used < coalesce(most, used + 1)";
    END = "UPDATE advance_approval SET ended_at = $2, ended_why = $3 WHERE advance_id = $1 AND state_word = 'applied' AND ended_at IS NULL";
    BY_NUMBER = "SELECT a.advance_id, a.number, a.definition, a.requester_id, u.name AS requester, a.reason, a.state, a.missing, a.proposed_at, a.used, a.ended_at, a.ended_why FROM advance_approval a JOIN user_account u ON u.user_id = a.requester_id WHERE a.number = $1";
    HOLDING = "SELECT a.advance_id, a.number, a.definition, a.requester_id, u.name AS requester, a.reason, a.state, a.missing, a.proposed_at, a.used, a.ended_at, a.ended_why FROM advance_approval a JOIN user_account u ON u.user_id = a.requester_id WHERE a.state_word = 'applied' AND a.ended_at IS NULL AND a.kind = $1 ORDER BY a.number LIMIT 200";
    LIST = "SELECT a.advance_id, a.number, a.definition, a.requester_id, u.name AS requester, a.reason, a.state, a.missing, a.proposed_at, a.used, a.ended_at, a.ended_why FROM advance_approval a JOIN user_account u ON u.user_id = a.requester_id WHERE a.number < $1 ORDER BY a.number DESC LIMIT 201";
}

/// Something that is approved in advance, or waits for it, or was.
#[derive(Clone, Debug)]
pub struct Advance {
    /// Its id.
    pub id: AdvanceId,
    /// The number that people see.
    pub number: i64,
    /// What it says.
    pub definition: Definition,
    /// Who asked for it, as people know them.
    pub requester: String,
    /// Why.
    pub reason: String,
    /// Where it is.
    pub workflow: Workflow,
    /// Approvals that it waits for.
    pub missing: Vec<Missing>,
    /// When it was proposed.
    pub at: Timestamp,
    /// How often it was used.
    pub used: u32,
    /// When it ended and why.
    pub ended: Option<(Timestamp, String)>,
}

impl Advance {
    /// Whether it was approved and has not ended. Its date is for whoever asks to look at.
    pub const fn holds(&self) -> bool {
        matches!(self.workflow.state, State::Applied { .. }) && self.ended.is_none()
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    advance_id: Uuid,
    number: i64,
    definition: String,
    requester_id: Uuid,
    requester: String,
    reason: String,
    state: String,
    missing: String,
    proposed_at: i64,
    used: i64,
    ended_at: Option<i64>,
    ended_why: Option<String>,
}

impl TryFrom<Row> for Advance {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let json = |e: serde_json::Error| Error::row("advance_approval", row.number, e);
        Ok(Self {
            id: AdvanceId(row.advance_id),
            number: row.number,
            definition: serde_json::from_str(&row.definition).map_err(json)?,
            requester: row.requester,
            reason: row.reason,
            workflow: Workflow {
                requester: UserId(row.requester_id),
                editors: vec![],
                state: serde_json::from_str(&row.state).map_err(json)?,
            },
            missing: serde_json::from_str(&row.missing).map_err(json)?,
            at: Timestamp(row.proposed_at),
            used: u32::try_from(row.used).map_err(|e| Error::row("advance_approval", row.number, e))?,
            ended: row.ended_at.map(Timestamp).zip(row.ended_why),
        })
    }
}

fn to_json(number: i64, value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::row("advance_approval", number, e))
}

/// Adds one that waits for approval.
pub async fn insert(tx: &mut Tx, advance: &Advance) -> Result<(), Error> {
    let a = advance;
    let most = match &a.definition {
        Definition::Standard(_) => None,
        Definition::Standing(standing) => Some(i64::from(standing.count)),
    };
    let args = args![
        a.id.0,
        a.number,
        a.definition.word(),
        to_json(a.number, &a.definition)?,
        a.workflow.requester.0,
        &a.reason,
        a.workflow.state.word(),
        to_json(a.number, &a.workflow.state)?,
        to_json(a.number, &a.missing)?,
        a.at,
        most
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Saves a new state, if it is still `before`; false when somebody else was faster.
pub async fn update(tx: &mut Tx, advance: &Advance, before: &State) -> Result<bool, Error> {
    let a = advance;
    let args = args![
        a.id.0,
        a.workflow.state.word(),
        to_json(a.number, &a.workflow.state)?,
        to_json(a.number, &a.missing)?,
        to_json(a.number, before)?
    ];
    Ok(tx.run(UPDATE, args).await? == 1)
}

/// Counts one use; false when it has ended or been used up.
pub async fn count_use(tx: &mut Tx, id: AdvanceId) -> Result<bool, Error> {
    Ok(tx.run(USE, args![id.0]).await? == 1)
}

/// Ends one that holds; whether it still did.
pub async fn end(tx: &mut Tx, id: AdvanceId, why: &str, now: Timestamp) -> Result<bool, Error> {
    Ok(tx.run(END, args![id.0, now, why]).await? == 1)
}

/// The one of this number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Advance>, Error> {
    tx.one::<Row>(BY_NUMBER, args![number]).await?.map(TryInto::try_into).transpose()
}

/// What was approved and has not ended, of a kind; at most 200.
pub async fn holding(tx: &mut Tx, kind: &str) -> Result<Vec<Advance>, Error> {
    tx.all::<Row>(HOLDING, args![kind]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Up to 201 with numbers below `before`, newest first.
pub async fn list(tx: &mut Tx, before: i64) -> Result<Vec<Advance>, Error> {
    tx.all::<Row>(LIST, args![before]).await?.into_iter().map(TryInto::try_into).collect()
}
