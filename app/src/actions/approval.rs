//! What is done with approval rules and delegations.

use super::finish;
use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::approval::{APPROVE, DELEGATE, PROPOSE, REJECT, page, propose_page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::authz::Action;
use services::{
    Problem,
    approvals::{self, DelegationInput, RuleInput},
};

const HERE: &str = "/approvals";
/// Rules that one form may hold; more than are allowed, so that it is said.
const MOST: usize = 30;

fn rule(fields: &Fields, n: usize) -> RuleInput {
    let name = |field: &str| format!("{n}.{field}");
    let text = |field: &str| fields.text(&name(field)).to_owned();
    let set = |field: &str| fields.text(&name(field)) == "yes";
    let needs = Action::Approve.roles().iter().map(|role| (*role, text(role.word())));
    RuleInput {
        name: text("name"),
        subjects: fields.all(&name("subjects")).map(str::to_owned).collect(),
        sites: text("sites"),
        devices: text("devices"),
        number_change: set("number-change"),
        class_raised: set("class-raised"),
        classes: text("classes"),
        needs: needs.collect(),
        valid_days: text("days"),
        hours: text("hours"),
        to: text("to"),
        ticket: set("ticket"),
    }
}

pub(crate) async fn propose(signed: Signed, fields: Fields) -> Answer {
    let count = fields.text("count").parse().unwrap_or(0).min(MOST);
    let rules: Vec<_> = (0..count).map(|n| rule(&fields, n)).filter(|rule| !rule.name.is_empty()).collect();
    let reason = fields.text("reason").to_owned();
    let act = approvals::propose(signed.services(), &signed.op, &rules, &reason);
    match once(signed.services(), &fields, act).await {
        Ok(_) => signed.done(HERE, "Proposed. Somebody else has to approve them.").await,
        Err(Stop::Repeated) => signed.repeated(HERE).await,
        Err(Stop::Refused(problem)) => {
            propose_page(&signed, &Attempt::refused(PROPOSE, fields, problem)).await
        }
    }
}

async fn act(
    signed: &Signed,
    form: &str,
    fields: Fields,
    done: &str,
    act: impl Future<Output = Result<(), Problem>>,
) -> Answer {
    let act = async { Box::pin(act).await.map(|()| done) };
    finish(signed, HERE, form, &fields, act, async |again| page(signed, &again).await).await
}

fn version(text: &str) -> Result<u32, Problem> {
    text.parse().map_err(|_| Problem::not_found("approval rules"))
}

pub(crate) async fn approve(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let version = version(&text)?;
    let (digest, password) = (fields.text("digest").to_owned(), fields.raw("password").to_owned());
    let verb = approvals::approve(signed.services(), &signed.op, version, &digest, &password);
    act(&signed, APPROVE, fields, "Approved. What is enough holds at once.", verb).await
}

pub(crate) async fn reject(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let version = version(&text)?;
    let reason = fields.text("reason").to_owned();
    let verb = approvals::reject(signed.services(), &signed.op, version, &reason);
    act(&signed, REJECT, fields, "Rejected.", verb).await
}

pub(crate) async fn withdraw(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let version = version(&text)?;
    let verb = approvals::withdraw(signed.services(), &signed.op, version);
    act(&signed, "withdraw-rules", fields, "Withdrawn.", verb).await
}

pub(crate) async fn delegate(signed: Signed, fields: Fields) -> Answer {
    let text = |name| fields.text(name).to_owned();
    let input = DelegationInput {
        to: text("to"),
        since: text("since"),
        until: text("until"),
        reason: text("reason"),
    };
    let verb = approvals::delegate(signed.services(), &signed.op, &input);
    act(&signed, DELEGATE, fields, "Lent. They can approve in your place.", verb).await
}

pub(crate) async fn end_delegation(signed: Signed, Path(text): Path<String>, fields: Fields) -> Answer {
    let id = text.parse().map_err(|_| Problem::not_found("delegation"))?;
    let verb = approvals::end_delegation(signed.services(), &signed.op, id);
    act(&signed, "end-delegation", fields, "Ended.", verb).await
}
