//! What a site demands of proofs, and what becomes of lines in doubt.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    reason,
};
use domain::{
    Code, Finding,
    authz::{Action, authorise_at},
    policy::{Policy, Treatment, parse_ranges},
    proof::Strength,
};
use storage::{policy, site};

/// A policy as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct PolicyInput {
    /// Word of the demand.
    pub demand: String,
    /// Word of the treatment in light doubt.
    pub low: String,
    /// Word of the treatment in grave doubt.
    pub high: String,
    /// Networks, separated by blanks, commas or line breaks.
    pub wan: String,
}

fn read(input: &PolicyInput) -> Result<Policy> {
    let mut findings = Vec::new();
    let demand = Strength::parse_demand(&input.demand);
    let (low, high) = (Treatment::parse(&input.low), Treatment::parse(&input.high));
    for (field, unknown) in [("demand", demand.is_none()), ("low", low.is_none()), ("high", high.is_none())] {
        if unknown {
            findings.push(Finding::new(Code::StateInvalid, field));
        }
    }
    let wan = parse_ranges(&input.wan).unwrap_or_else(|wrong| {
        findings.extend(wrong);
        vec![]
    });
    match (demand, low, high) {
        (Some(demand), Some(low), Some(high)) if findings.is_empty() => Ok(Policy { demand, low, high, wan }),
        _ => Err(Problem { kind: crate::Kind::Invalid, findings }),
    }
}

/// Sets a site's policy, with a reason. It holds from the next request on.
pub async fn set(
    services: &Services,
    op: &Operation,
    site: &str,
    input: &PolicyInput,
    reason: &str,
) -> Result<()> {
    authorise_at(&op.actor, Action::SetPolicy, site)?;
    let wanted = read(input)?;
    let reason = reason::given(reason)?;
    let mut act = Act::begin(services, op).await?;
    let site = site::by_code(&mut act.tx, site).await?.ok_or_else(|| Problem::not_found("site"))?;
    let before = policy::of_site(&mut act.tx, site.id).await?;
    policy::set(&mut act.tx, site.id, &wanted).await?;
    act.bump(site.id.0);
    act.note(Note {
        action: "site.set_policy",
        subject: site.code,
        site: Some(site.id),
        before: Some(said(&before)),
        after: Some(said(&wanted)),
        reason: reason.to_owned(),
        ..Note::default()
    });
    act.commit().await
}

/// A policy in one line, for the record.
fn said(policy: &Policy) -> String {
    let wan: Vec<_> = policy.wan.iter().map(ToString::to_string).collect();
    format!(
        "demands {}; light doubt: {}; grave doubt: {}; expected from: {}",
        policy.demand.word(),
        policy.low.word(),
        policy.high.word(),
        if wan.is_empty() { "anywhere".to_owned() } else { wan.join(" ") }
    )
}
