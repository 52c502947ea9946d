//! Applying an approved request: what is applied is what was approved, at a moment at which the fence agrees.

use super::{Judged, decide::save, judge, load, note};
use crate::{
    Kind as ProblemKind, Operation, Problem, Result, Services,
    act::Act,
    freezes, imports,
    planning::{self, Planned},
    publish::{self, Publication},
    uploads,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    change_request::State,
    fence::EndpointServe,
    ids::RevisionId,
    plan::Kind,
};
use serde_json::json;
use storage::{change_request::Request, line, secret, user};

/// Applies an approved request: in one transaction the line begins or ends, the revision is published, and the
/// order against every serve is fixed. A plan that is no longer what was approved becomes stale instead, and one
/// whose approvals have expired waits for new ones. Inside a freeze it stays as it is.
pub async fn apply(services: &Services, op: &Operation, number: i64) -> Result<()> {
    authorise(&op.actor, Action::Apply)?;
    let mut act = Act::begin(services, op).await?;
    let mut request = load(&mut act.tx, number).await?;
    let Judged { planned, rules, required } = Box::pin(judge(&mut act.tx, &request, op.now)).await?;
    if let Some(frozen) = freezes::against(&mut act.tx, planned.loaded.site.id, op.now).await? {
        return Err(frozen.into());
    }
    let before = request.workflow.state.clone();
    let lent = &rules.delegations;
    request.workflow =
        request.workflow.clone().apply(planned.digest, &required, lent, op.actor.id, op.now)?;
    match &request.workflow.state {
        State::Applied { .. } => {}
        State::Submitted { .. } => {
            let verdict = request.workflow.verdict(&required, lent, op.now);
            request.missing = verdict.missing;
            save(&mut act.tx, &request, &before).await?;
            let after = Some("submitted".into());
            let loaded = &planned.loaded;
            note(&mut act, &request, loaded, "change_request.lapse", Some("approved".into()), after, "");
            act.commit().await?;
            let mut findings = vec![Finding::new(Code::ApprovalExpired, format!("CR-{number}"))];
            findings.extend(verdict.findings);
            return Err(Problem { kind: ProblemKind::Conflict, findings });
        }
        _ => {
            save(&mut act.tx, &request, &before).await?;
            note(
                &mut act,
                &request,
                &planned.loaded,
                "change_request.stale",
                Some("approved".into()),
                None,
                "",
            );
            act.commit().await?;
            let finding = Finding::new(Code::PlanStale, format!("CR-{number}"));
            return Err(Problem::new(ProblemKind::Conflict, finding));
        }
    }
    // Approved, exactly this: now the fence has to agree, at this moment (invariant 1).
    let decided = planned.decision.endpoints.iter().find(|e| e.index == planned.index);
    let mut findings: Vec<_> = decided.map(|d| d.findings.clone()).unwrap_or_default();
    findings.extend(planned.prepared.findings.iter().filter(|f| f.blocks()).cloned());
    findings.retain(Finding::blocks);
    if !findings.is_empty() || decided.is_none_or(|d| d.serve != EndpointServe::Change) {
        return Err(Problem::blocked(findings));
    }
    save(&mut act.tx, &request, &before).await?;
    Box::pin(carry_out(&mut act, services, &request, planned)).await?;
    act.commit().await
}

async fn carry_out(
    act: &mut Act<'_>,
    services: &Services,
    request: &Request,
    planned: Planned,
) -> Result<()> {
    let now = act.now;
    let Planned { loaded, prepared, extension, number_after, plan, .. } = planned;
    let number = extension.number.to_string();
    match request.kind {
        Kind::Bind => {
            let id = planning::secret_id(request);
            let sealed = imports::seal(services, id, &services.0.env.password())?;
            secret::insert(&mut act.tx, id, sealed, now).await?;
            let beginning = line::Beginning {
                line: planning::line_id(request),
                endpoint: request.endpoint,
                extension: extension.id,
                secret: id,
                change_request: request.id,
            };
            line::begin(&mut act.tx, beginning, now).await?;
            act.effect("call_control.establish", &json!({ "user": number, "secret": id })).await?;
        }
        Kind::Unbind => {
            let standing = loaded.line_on(request.endpoint).map(|l| l.standing.line);
            let ended = match standing {
                Some(id) => line::end(&mut act.tx, id, request.id, now).await?,
                None => false,
            };
            if !ended {
                return Err(Problem::new(
                    ProblemKind::Conflict,
                    Finding::new(Code::EndpointEmpty, "line key"),
                ));
            }
            act.effect("call_control.withdraw", &json!({ "user": number })).await?;
        }
    }
    let change = format!("CR-{}", request.number);
    let owner =
        plan.items.first().map(|item| item.owner_after.as_str()).filter(|_| request.kind == Kind::Bind);
    uploads::owner_changes(act, &loaded, request.endpoint, owner, &change).await?;
    let mut approvers = vec![];
    for approval in request.workflow.approvals() {
        approvers.extend(user::by_id(&mut act.tx, approval.by).await?.map(|u| u.actor.name));
    }
    let approvers = approvers.join(", ");
    let before = Some(match plan.items.first().and_then(|item| item.revision_before) {
        Some(n) => format!("revision {n}"),
        None => "no revision".to_owned(),
    });
    let after =
        Some(format!("revision {number_after} ({}), {} {number}", prepared.kind.word(), request.kind.word()));
    let as_ = Publication {
        id: RevisionId(services.0.env.id()),
        number: number_after,
        change: &change,
        approver: Some(approvers.as_str()),
        at: now,
    };
    publish::publish(&mut act.tx, &loaded.stored, prepared, as_).await?;
    act.bump(loaded.stored.device.id.0);
    note(act, request, &loaded, "change_request.apply", before, after, &request.reason);
    Ok(())
}
