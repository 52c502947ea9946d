//! What is approved in advance: proposed by one person, approved by whoever the rules name, then used until it ends.
//!
//! A kind of change is approved as rules are, because it weakens them. A standing request is approved as all the binds
//! that it may make would be.

mod replacement;
mod standard;
mod standing;

pub(crate) use replacement::{look_after, take_over};
pub use standard::{Carried, StandardInput, carry_out};
pub(crate) use standing::run;

use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    approvals::{self, Adopted, Rules},
    reason, users,
    view::{ApprovalsView, PAGE, Page, cut},
};
use domain::{
    Code, Finding, Severity, Timestamp,
    advance::{Definition, Owners, Standard, Standing},
    approval::{Required, Subject, Touches, required},
    authz::{Action, Resource, authorise, authorise_at, somewhere},
    change_request::{State, Workflow},
    ids::{AdvanceId, UserId},
    number::ExtensionNumber,
    plan,
};
use std::collections::BTreeSet;
pub use storage::advance::Advance;
use storage::{Tx, advance, site, user};

/// A definition as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct AdvanceInput {
    /// `standard` or `standing`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Word of the change, of a standard one.
    pub change: String,
    /// Codes of sites, with blanks or commas between; one, of a standing request.
    pub sites: String,
    /// Models, with commas between.
    pub models: String,
    /// First extension.
    pub first: String,
    /// Last extension.
    pub last: String,
    /// Whose lines.
    pub owners: String,
    /// How many.
    pub count: String,
    /// Until when.
    pub until: String,
    /// At which weight of a finding it stops.
    pub stops_at: String,
    /// Why.
    pub reason: String,
}

fn words(text: &str, blank: bool) -> BTreeSet<String> {
    let parts = text.split(|c: char| c == ',' || (blank && c.is_whitespace())).map(str::trim);
    parts.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn read(input: &AdvanceInput) -> Result<Definition> {
    let mut findings = vec![];
    let mut need = |field: &str, there: bool| {
        if !there {
            findings.push(Finding::new(Code::FieldMissing, field));
        }
    };
    let name = input.name.trim().to_owned();
    let until = Timestamp::parse(&input.until);
    need("until", until.is_some());
    let read = match input.kind.trim() {
        "standard" => {
            let change = plan::Kind::parse(input.change.trim());
            need("change", change.is_some());
            let sites = words(&input.sites, true);
            change
                .zip(until)
                .map(|(change, until)| Definition::Standard(Standard { name, change, sites, until }))
        }
        "standing" => {
            let number = |text: &str| ExtensionNumber::parse(text.trim()).ok();
            let (first, last) = (number(&input.first), number(&input.last));
            let owners = Owners::parse(&input.owners);
            let count: Option<u32> = input.count.trim().parse().ok();
            let weights = [Severity::Warning, Severity::Blocking];
            let stops_at = weights.into_iter().find(|weight| weight.word() == input.stops_at.trim());
            for (field, there) in [
                ("first", first.is_some()),
                ("last", last.is_some()),
                ("owners", owners.is_some()),
                ("count", count.is_some()),
                ("stops_at", stops_at.is_some()),
                ("sites", !input.sites.trim().is_empty()),
            ] {
                need(field, there);
            }
            let numbers = first.zip(last).zip(owners.zip(count)).zip(until.zip(stops_at));
            numbers.map(|(((first, last), (owners, count)), (until, stops_at))| {
                Definition::Standing(Standing {
                    name,
                    site: input.sites.trim().to_owned(),
                    models: words(&input.models.to_lowercase(), false),
                    first,
                    last,
                    owners,
                    count,
                    until,
                    stops_at,
                })
            })
        }
        _ => {
            need("kind", false);
            None
        }
    };
    match read.filter(|_| findings.is_empty()) {
        Some(definition) => Ok(definition),
        None => Err(Problem::blocked(findings)),
    }
}

/// What must be allowed to propose this.
const fn action(definition: &Definition) -> Action {
    match definition {
        Definition::Standard(_) => Action::ProposeRules,
        Definition::Standing(_) => Action::Request,
    }
}

/// Where it must be allowed.
fn place(definition: &Definition) -> Resource<'_> {
    match definition {
        Definition::Standard(_) => Resource::Organisation,
        Definition::Standing(standing) => Resource::Named(&standing.site),
    }
}

/// What the rules ask of a definition.
fn required_of(rules: &Rules, definition: &Definition) -> Required {
    let touches = match definition {
        Definition::Standard(_) => {
            Touches { subjects: BTreeSet::from([Subject::Rules]), ..Touches::default() }
        }
        Definition::Standing(standing) => Touches {
            subjects: BTreeSet::from([Subject::Change(plan::Kind::Bind)]),
            sites: BTreeSet::from([standing.site.clone()]),
            devices: standing.count,
            ..Touches::default()
        },
    };
    required(&rules.standing, &touches)
}

pub(crate) fn subject(number: i64) -> String {
    format!("AP-{number}")
}

fn note(act: &mut Act<'_>, action: &str, of: &Advance, after: Option<String>, reason: &str) {
    act.note(Note {
        action,
        subject: subject(of.number),
        before: Some(of.definition.words()),
        after,
        reason: reason.to_owned(),
        ..Note::default()
    });
}

/// Proposes something to be approved in advance; returns its number.
pub async fn propose(services: &Services, op: &Operation, input: &AdvanceInput) -> Result<i64> {
    let kind = if input.kind.trim() == "standard" { Action::ProposeRules } else { Action::Request };
    let claim = somewhere(&op.actor, kind)?;
    let why = reason::within(&input.reason, 1000)?;
    let definition = read(input)?;
    claim.at(place(&definition))?;
    let mut findings = definition.check(op.now);
    let mut act = Act::begin(services, op).await?;
    let known: BTreeSet<_> = site::list(&mut act.tx).await?.into_iter().map(|site| site.code).collect();
    let named = match &definition {
        Definition::Standard(standard) => standard.sites.clone(),
        Definition::Standing(standing) => BTreeSet::from([standing.site.clone()]),
    };
    for site in named.difference(&known) {
        let site: String = site.chars().take(50).collect();
        let detail = format!("There is no site `{site}`.");
        findings.push(Finding::new(Code::AdvanceInvalid, "sites").detail(detail));
    }
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let rules = approvals::load(&mut act.tx, op.now).await?;
    let needs = required_of(&rules, &definition);
    let number = user::next_number(&mut act.tx, "advance_approval").await?;
    let digest = definition.digest(number);
    let workflow = Workflow::draft(op.actor.id).submit(digest, op.actor.id, op.now)?;
    let verdict = workflow.verdict(&needs, &rules.delegations, op.now);
    if needs.needs.is_empty() {
        return Err(Problem::blocked(verdict.findings));
    }
    let proposed = Advance {
        id: AdvanceId(services.0.env.id()),
        number,
        definition,
        requester: op.actor.name.clone(),
        reason: why.to_owned(),
        workflow,
        missing: verdict.missing,
        at: op.now,
        used: 0,
        ended: None,
    };
    advance::insert(&mut act.tx, &proposed).await?;
    note(&mut act, "advance.propose", &proposed, Some(format!("digest {digest}")), why);
    act.commit().await?;
    Ok(number)
}

pub(crate) async fn load(tx: &mut Tx, number: i64) -> Result<Advance> {
    advance::by_number(tx, number).await?.ok_or_else(|| Problem::not_found("approval in advance"))
}

async fn save(tx: &mut Tx, advance: &Advance, before: &State) -> Result<()> {
    if advance::update(tx, advance, before).await? {
        Ok(())
    } else {
        let finding = Finding::new(Code::StorageConflict, subject(advance.number));
        Err(Problem::new(Kind::Conflict, finding))
    }
}

/// Approves exactly the definition whose digest the page showed; once that is enough, it holds.
pub async fn approve(
    services: &Services,
    op: &Operation,
    number: i64,
    digest: &str,
    password: &str,
) -> Result<()> {
    somewhere(&op.actor, Action::Approve)?.wherever();
    {
        let mut tx = services.0.store.read().await?;
        let found = load(&mut tx, number).await?;
        let rules = approvals::load(&mut tx, op.now).await?;
        rules.authorise(op, &required_of(&rules, &found.definition))?;
    }
    users::reauthenticate(services, op, password).await?;
    let seen = approvals::seen(digest)?;
    let mut act = Act::begin(services, op).await?;
    let mut found = load(&mut act.tx, number).await?;
    let rules = approvals::load(&mut act.tx, op.now).await?;
    let needs = required_of(&rules, &found.definition);
    let before = found.workflow.state.clone();
    let Adopted { workflow, missing, holds } =
        approvals::adopt(op, &rules, &needs, found.workflow.clone(), seen)?;
    (found.workflow, found.missing) = (workflow, missing);
    save(&mut act.tx, &found, &before).await?;
    let after = if holds { "; it holds".to_owned() } else { approvals::more(&found.missing) };
    note(&mut act, "advance.approve", &found, Some(format!("digest {seen}{after}")), "");
    act.commit().await
}

/// Says no to what is proposed.
pub async fn reject(services: &Services, op: &Operation, number: i64, why: &str) -> Result<()> {
    somewhere(&op.actor, Action::Approve)?.wherever();
    let why = reason::within(why, 1000)?;
    {
        let mut tx = services.0.store.read().await?;
        let found = load(&mut tx, number).await?;
        let rules = approvals::load(&mut tx, op.now).await?;
        rules.authorise(op, &required_of(&rules, &found.definition))?;
    }
    close(services, op, number, "advance.reject", why, |w, by| w.reject(by, op.now, why.to_owned())).await
}

/// Takes back what is proposed.
pub async fn withdraw(services: &Services, op: &Operation, number: i64) -> Result<()> {
    somewhere(&op.actor, Action::Request)?.wherever();
    close(services, op, number, "advance.withdraw", "", |w, by| w.withdraw(by, op.now)).await
}

async fn close(
    services: &Services,
    op: &Operation,
    number: i64,
    action: &str,
    reason: &str,
    transition: impl FnOnce(Workflow, UserId) -> std::result::Result<Workflow, Finding>,
) -> Result<()> {
    let mut act = Act::begin(services, op).await?;
    let mut found = load(&mut act.tx, number).await?;
    let before = found.workflow.state.clone();
    found.workflow = transition(found.workflow.clone(), op.actor.id)?;
    found.missing = vec![];
    save(&mut act.tx, &found, &before).await?;
    let after = found.workflow.state.word().to_owned();
    note(&mut act, action, &found, Some(after), reason);
    act.commit().await
}

/// Ends what holds, before its date, with a reason. What was applied by it stands.
pub async fn end(services: &Services, op: &Operation, number: i64, why: &str) -> Result<()> {
    somewhere(&op.actor, Action::Request)?.wherever();
    let mut act = Act::begin(services, op).await?;
    let found = load(&mut act.tx, number).await?;
    authorise_at(&op.actor, action(&found.definition), place(&found.definition))?;
    let why = reason::within(why, 1000)?;
    if !advance::end(&mut act.tx, found.id, why, op.now).await? {
        let detail = "It does not hold.";
        return Err(Finding::new(Code::RequestState, subject(number)).detail(detail).into());
    }
    note(&mut act, "advance.end", &found, Some("ended".to_owned()), why);
    act.commit().await
}

/// A page, newest first; `after` is the number after which it goes on.
pub async fn list(services: &Services, op: &Operation, after: &str) -> Result<Page<Advance>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let mut rows = advance::list(&mut tx, after.parse().unwrap_or(i64::MAX)).await?;
    let next = cut(&mut rows, PAGE, |row| row.number.to_string());
    Ok(Page { rows, next })
}

/// One of them with how its approvals stand.
#[derive(Clone, Debug)]
pub struct AdvanceView {
    /// It.
    pub advance: Advance,
    /// What approvers sign.
    pub digest: String,
    /// How its approvals stand.
    pub approvals: ApprovalsView,
    /// Whether the reader proposed it.
    pub own: bool,
}

/// One of them.
pub async fn view(services: &Services, op: &Operation, number: i64) -> Result<AdvanceView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let found = load(&mut tx, number).await?;
    let rules = approvals::load(&mut tx, op.now).await?;
    let needs = required_of(&rules, &found.definition);
    let approvals = approvals::view_of(&mut tx, op, &rules, &needs, &found.workflow).await?;
    Ok(AdvanceView {
        digest: found.definition.digest(number).to_string(),
        own: found.workflow.requester == op.actor.id,
        approvals,
        advance: found,
    })
}

/// Standard changes that hold now, for whoever may carry one out.
pub async fn standard_changes(services: &Services, op: &Operation) -> Result<Vec<Advance>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let mut holding = advance::holding(&mut tx, "standard").await?;
    holding.retain(|advance| op.now < advance.definition.until());
    Ok(holding)
}

/// Who approved it, in the order in which they signed.
fn approvers(advance: &Advance) -> Vec<UserId> {
    advance.workflow.approvals().iter().map(|approval| approval.by).collect()
}
