//! Broken glass, and what was applied although nobody signed its plan: by what, and what a reviewer said afterwards.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    ids::{AdvanceId, ChangeRequestId, GlassId, UserId},
    review::Verdict,
};
use uuid::Uuid;

statements! {
    BREAK = "INSERT INTO break_glass (glass_id, number, user_id, reason, opened_at, until_at) VALUES ($1, $2, $3, $4, $5, $6)";
    CLOSE = "UPDATE break_glass SET closed_at = $2 WHERE user_id = $1 AND closed_at IS NULL";
    CLOSE_EXPIRED = "UPDATE break_glass SET closed_at = until_at WHERE user_id = $1 AND closed_at IS NULL AND until_at <= $2";
    BROKEN = "SELECT g.glass_id, g.number, g.user_id, u.name, g.reason, g.opened_at, g.until_at, g.closed_at FROM break_glass g JOIN user_account u ON u.user_id = g.user_id WHERE g.closed_at IS NULL AND g.until_at > $1 ORDER BY g.number";
    NEWEST = "SELECT g.glass_id, g.number, g.user_id, u.name, g.reason, g.opened_at, g.until_at, g.closed_at FROM break_glass g JOIN user_account u ON u.user_id = g.user_id ORDER BY g.number DESC LIMIT 50";
    USE = "INSERT INTO authority_use (change_request_id, advance_id, glass_id, case_number, by_id, applied_at, said, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    REVIEW = "UPDATE authority_use SET reviewer_id = $2, reviewed_at = $3, verdict = $4, note = $5 WHERE change_request_id = $1 AND due_at IS NOT NULL AND reviewed_at IS NULL";
    OPEN = "SELECT a.change_request_id, r.number, r.requester_id, r.reason, p.number AS advance, g.number AS glass, a.case_number, a.by_id, u.name AS by_name, a.applied_at, a.said, a.due_at, a.reviewed_at, v.name AS reviewer, a.verdict, a.note FROM authority_use a JOIN change_request r ON r.change_request_id = a.change_request_id JOIN user_account u ON u.user_id = a.by_id LEFT JOIN advance_approval p ON p.advance_id = a.advance_id LEFT JOIN break_glass g ON g.glass_id = a.glass_id LEFT JOIN user_account v ON v.user_id = a.reviewer_id WHERE a.due_at IS NOT NULL AND a.reviewed_at IS NULL ORDER BY a.due_at, r.number LIMIT 200";
    DONE = "SELECT a.change_request_id, r.number, r.requester_id, r.reason, p.number AS advance, g.number AS glass, a.case_number, a.by_id, u.name AS by_name, a.applied_at, a.said, a.due_at, a.reviewed_at, v.name AS reviewer, a.verdict, a.note FROM authority_use a JOIN change_request r ON r.change_request_id = a.change_request_id JOIN user_account u ON u.user_id = a.by_id LEFT JOIN advance_approval p ON p.advance_id = a.advance_id LEFT JOIN break_glass g ON g.glass_id = a.glass_id LEFT JOIN user_account v ON v.user_id = a.reviewer_id WHERE a.reviewed_at IS NOT NULL ORDER BY a.reviewed_at DESC, r.number DESC LIMIT 50";
    OF_REQUEST = "SELECT a.change_request_id, r.number, r.requester_id, r.reason, p.number AS advance, g.number AS glass, a.case_number, a.by_id, u.name AS by_name, a.applied_at, a.said, a.due_at, a.reviewed_at, v.name AS reviewer, a.verdict, a.note FROM authority_use a JOIN change_request r ON r.change_request_id = a.change_request_id JOIN user_account u ON u.user_id = a.by_id LEFT JOIN advance_approval p ON p.advance_id = a.advance_id LEFT JOIN break_glass g ON g.glass_id = a.glass_id LEFT JOIN user_account v ON v.user_id = a.reviewer_id WHERE r.number = $1";
}

/// Broken glass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glass {
    /// Its id.
    pub id: GlassId,
    /// The number that people see.
    pub number: i64,
    /// Who broke it.
    pub user: UserId,
    /// Who, as people know them.
    pub name: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Before this moment.
    pub until: Timestamp,
    /// When it was put back before its time.
    pub closed: Option<Timestamp>,
}

type GlassRow = (Uuid, i64, Uuid, String, String, i64, i64, Option<i64>);

fn glass((id, number, user, name, reason, at, until, closed): GlassRow) -> Glass {
    Glass {
        id: GlassId(id),
        number,
        user: UserId(user),
        name,
        reason,
        at: Timestamp(at),
        until: Timestamp(until),
        closed: closed.map(Timestamp),
    }
}

/// Breaks glass. The database refuses a second one for the same person.
pub async fn break_glass(tx: &mut Tx, glass: &Glass) -> Result<(), Error> {
    let g = glass;
    tx.run(CLOSE_EXPIRED, args![g.user.0, g.at]).await?;
    tx.run(BREAK, args![g.id.0, g.number, g.user.0, &g.reason, g.at, g.until]).await?;
    Ok(())
}

/// Puts somebody's glass back; whether there was any.
pub async fn close_glass(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<bool, Error> {
    Ok(tx.run(CLOSE, args![user.0, now]).await? == 1)
}

/// Glass that is broken now.
pub async fn broken(tx: &mut Tx, now: Timestamp) -> Result<Vec<Glass>, Error> {
    Ok(tx.all::<GlassRow>(BROKEN, args![now]).await?.into_iter().map(glass).collect())
}

/// The newest fifty, newest first.
pub async fn glasses(tx: &mut Tx) -> Result<Vec<Glass>, Error> {
    Ok(tx.all::<GlassRow>(NEWEST, vec![]).await?.into_iter().map(glass).collect())
}

/// By what a request is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Something that was approved in advance.
    Advance(AdvanceId),
    /// Broken glass.
    Glass(GlassId),
    /// The report that a handset is lost: 7 of `EX-7`.
    Loss(i64),
}

/// Notes that a request was applied so; `due`: when somebody has to have looked at it.
pub async fn note_use(
    tx: &mut Tx,
    request: ChangeRequestId,
    by: By,
    user: UserId,
    said: &str,
    due: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Error> {
    let (advance, glass, case) = match by {
        By::Advance(id) => (Some(id.0), None, None),
        By::Glass(id) => (None, Some(id.0), None),
        By::Loss(number) => (None, None, Some(number)),
    };
    tx.run(USE, args![request.0, advance, glass, case, user.0, now, said, due]).await?;
    Ok(())
}

/// A request that was applied so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The request.
    pub request: ChangeRequestId,
    /// Its number.
    pub number: i64,
    /// Who asked for it.
    pub requester: UserId,
    /// Why.
    pub reason: String,
    /// By what: `AP-3`, `BG-2`, `EX-7`.
    pub by: String,
    /// Whether that was broken glass.
    pub glass: bool,
    /// Who applied it.
    pub user: UserId,
    /// Who, as people know them.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What was lifted, or compared.
    pub said: String,
    /// When somebody has to have looked at it; `None`: nobody has to.
    pub due: Option<Timestamp>,
    /// What a reviewer said.
    pub reviewed: Option<Reviewed>,
}

/// What a reviewer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What they found.
    pub verdict: Verdict,
    /// In their words.
    pub note: String,
}

#[derive(sqlx::FromRow)]
struct UsedRow {
    change_request_id: Uuid,
    number: i64,
    requester_id: Uuid,
    reason: String,
    advance: Option<i64>,
    glass: Option<i64>,
    case_number: Option<i64>,
    by_id: Uuid,
    by_name: String,
    applied_at: i64,
    said: String,
    due_at: Option<i64>,
    reviewed_at: Option<i64>,
    reviewer: Option<String>,
    verdict: Option<String>,
    note: Option<String>,
}

impl TryFrom<UsedRow> for Used {
    type Error = Error;
    fn try_from(row: UsedRow) -> Result<Self, Error> {
        let bad = |what: &str| Error::row("authority_use", row.number, what);
        let by = match (row.advance, row.glass, row.case_number) {
            (Some(number), None, None) => format!("AP-{number}"),
            (None, Some(number), None) => format!("BG-{number}"),
            (None, None, Some(number)) => format!("EX-{number}"),
            _ => return Err(bad("advance_id, glass_id, case_number")),
        };
        let reviewed = match (row.reviewed_at, row.reviewer, row.verdict, row.note) {
            (Some(at), Some(by), Some(verdict), Some(note)) => {
                let verdict = Verdict::parse(&verdict).ok_or_else(|| bad("verdict"))?;
                Some(Reviewed { by, at: Timestamp(at), verdict, note })
            }
            _ => None,
        };
        Ok(Self {
            request: ChangeRequestId(row.change_request_id),
            number: row.number,
            requester: UserId(row.requester_id),
            reason: row.reason,
            by,
            glass: row.glass.is_some(),
            user: UserId(row.by_id),
            name: row.by_name,
            at: Timestamp(row.applied_at),
            said: row.said,
            due: row.due_at.map(Timestamp),
            reviewed,
        })
    }
}

/// What waits for a reviewer, first due first; at most 200.
pub async fn to_review(tx: &mut Tx) -> Result<Vec<Used>, Error> {
    tx.all::<UsedRow>(OPEN, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The fifty reviewed last.
pub async fn reviewed(tx: &mut Tx) -> Result<Vec<Used>, Error> {
    tx.all::<UsedRow>(DONE, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// By what the request of this number was applied, if not by approvals.
pub async fn of_request(tx: &mut Tx, number: i64) -> Result<Option<Used>, Error> {
    tx.one::<UsedRow>(OF_REQUEST, args![number]).await?.map(TryInto::try_into).transpose()
}

/// Notes what a reviewer said; false when somebody else was faster.
pub async fn review(
    tx: &mut Tx,
    request: ChangeRequestId,
    by: UserId,
    verdict: Verdict,
    note: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    Ok(tx.run(REVIEW, args![request.0, by.0, now, verdict.word(), note]).await? == 1)
}
