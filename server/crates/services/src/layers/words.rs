//! What people say to each other about a change of a layer.

use super::{load, note};
use crate::{Operation, Result, Services, act::Act, change_requests::said};
use domain::authz::{Action, authorise};
use storage::layer_change;

/// Says something about a change, in any state. Nobody edits or removes it. A draft is its author's alone, and so is
/// what is said of it until then.
pub async fn comment(services: &Services, op: &Operation, number: i64, body: &str) -> Result<()> {
    authorise(&op.actor, Action::Comment)?;
    let body = said(body)?;
    let mut act = Act::begin(services, op).await?;
    let change = load(&mut act.tx, number, op.actor.id).await?;
    layer_change::comment(&mut act.tx, services.0.env.id(), change.id, op.actor.id, body, op.now).await?;
    note(&mut act, &change, "layer_change.comment", None, Some(body.to_owned()));
    act.commit().await
}
