//! Gate evidence and sign-offs.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    gate::{Check, Evidence, Gate, SignOff},
    ids::{EvidenceId, SegmentId, UserId},
};
use uuid::Uuid;

statements! {
    EVIDENCE = "SELECT g.evidence_id, g.check_name, g.passed, g.note, g.entered_by, g.entered_at, g.valid_until FROM gate_evidence g JOIN segment s ON s.segment_id = g.segment_id WHERE g.segment_id = $1 AND g.entered_at > coalesce(s.changed_at, g.entered_at - 1) AND NOT EXISTS (SELECT 1 FROM gate_evidence n WHERE n.segment_id = g.segment_id AND n.check_name = g.check_name AND (n.entered_at > g.entered_at OR (n.entered_at = g.entered_at AND n.evidence_id > g.evidence_id))) ORDER BY g.check_name";
    SIGN_OFF = "SELECT g.signed_at, g.signed_by, g.valid_until, g.evidence FROM gate_sign_off g JOIN segment s ON s.segment_id = g.segment_id WHERE g.segment_id = $1 AND g.signed_at > coalesce(s.changed_at, g.signed_at - 1) ORDER BY g.signed_at DESC LIMIT 1";
    INSERT = "INSERT INTO gate_evidence (evidence_id, segment_id, check_name, passed, note, entered_by, entered_at, valid_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SIGN = "INSERT INTO gate_sign_off (segment_id, signed_at, signed_by, valid_until, evidence) VALUES ($1, $2, $3, $4, $5)";
}

#[derive(sqlx::FromRow)]
pub(crate) struct EvidenceRow {
    evidence_id: Uuid,
    check_name: String,
    passed: bool,
    note: String,
    entered_by: Uuid,
    entered_at: i64,
    valid_until: i64,
}

impl TryFrom<EvidenceRow> for Evidence {
    type Error = Error;
    fn try_from(row: EvidenceRow) -> Result<Self, Error> {
        let check = Check::parse(&row.check_name)
            .ok_or_else(|| Error::row("gate_evidence", row.evidence_id, &row.check_name))?;
        Ok(Self {
            id: EvidenceId(row.evidence_id),
            check,
            passed: row.passed,
            note: row.note,
            by: UserId(row.entered_by),
            at: Timestamp(row.entered_at),
            until: Timestamp(row.valid_until),
        })
    }
}

/// The newest evidence per check and the newest sign-off, since the segment's network was last changed.
pub async fn load(tx: &mut Tx, segment: SegmentId) -> Result<Gate, Error> {
    let evidence: Result<Vec<_>, _> =
        tx.all::<EvidenceRow>(EVIDENCE, args![segment.0]).await?.into_iter().map(TryInto::try_into).collect();
    let sign_off = tx.one::<(i64, Uuid, i64, String)>(SIGN_OFF, args![segment.0]).await?;
    let sign_off = sign_off
        .map(|(at, by, until, evidence)| {
            Ok::<_, Error>(SignOff {
                by: UserId(by),
                at: Timestamp(at),
                until: Timestamp(until),
                evidence: serde_json::from_str(&evidence)
                    .map_err(|e| Error::row("gate_sign_off", segment, e))?,
            })
        })
        .transpose()?;
    Ok(Gate { evidence: evidence?, sign_off })
}

/// Adds evidence.
pub async fn insert(tx: &mut Tx, segment: SegmentId, e: &Evidence) -> Result<(), Error> {
    let args = args![e.id.0, segment.0, e.check.word(), e.passed, &e.note, e.by.0, e.at, e.until];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Adds a sign-off.
pub async fn sign(tx: &mut Tx, segment: SegmentId, s: &SignOff) -> Result<(), Error> {
    let evidence = serde_json::to_string(&s.evidence).map_err(|e| Error::row("gate_sign_off", segment, e))?;
    tx.run(SIGN, args![segment.0, s.at, s.by.0, s.until, evidence]).await?;
    Ok(())
}
