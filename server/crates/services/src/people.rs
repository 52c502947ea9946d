//! People and their accounts: who works here from when to when, and what becomes of their lines when they do not.
//!
//! An account that is suspended or left makes the owner of a line inactive at once: nothing new is bound. What stands is
//! withdrawn by a change alone (invariant 1), so each line gets its request, submitted in the same breath.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    change_requests, reason,
    view::{PAGE, Page, RequestInput, cut},
};
use domain::{
    Code, Finding,
    account::{AccountState, Day, Extension, Person, dates},
    authz::{Action, authorise},
    site::Site,
};
use serde::{Deserialize, Serialize};
pub use storage::person::Listed;
use storage::{
    Tx,
    line::{self, Appearance},
    person, site,
};

/// Filter of the list; it lives in the address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PersonFilter {
    /// Part of a reference, a name or a contact, or empty.
    #[serde(default)]
    pub q: String,
    /// Site code, or empty.
    #[serde(default)]
    pub site: String,
    /// Word of an account's state, or empty.
    #[serde(default)]
    pub account: String,
    /// Reference after which the page starts.
    #[serde(default)]
    pub after: String,
}

/// An extension of a person, and where it stands.
#[derive(Clone, Debug)]
pub struct Line {
    /// The extension.
    pub extension: Extension,
    /// Where it stands.
    pub appearances: Vec<Appearance>,
}

/// A person's page.
#[derive(Clone, Debug)]
pub struct PersonView {
    /// The person.
    pub person: Person,
    /// Their site.
    pub site: Site,
    /// Their extensions.
    pub lines: Vec<Line>,
}

impl PersonView {
    /// What is the matter: lines that stand although the account has ended, and days that the account contradicts.
    pub fn findings(&self, today: Day) -> Vec<Finding> {
        let p = &self.person;
        let standing = self.lines.iter().flat_map(|l| l.appearances.iter().map(move |a| (l, a)));
        let mut findings: Vec<_> = standing
            .filter(|_| p.account.ended())
            .map(|(line, at)| {
                let detail = format!("Line key {} of {} {} {}.", at.position, at.vendor, at.model, at.mac);
                Finding::new(Code::OwnerSuspendedKept, format!("extension {}", line.extension.number))
                    .detail(detail)
            })
            .collect();
        let works = matches!(p.account, AccountState::Active | AccountState::Expected);
        if works && let Some(ends) = p.ends.filter(|ends| *ends <= today) {
            let detail = format!("The last day was before {ends}, and the account is {}.", p.account.word());
            findings.push(Finding::new(Code::AccountOverdue, p.reference.clone()).detail(detail));
        }
        findings
    }
}

/// A page of people. One query.
pub async fn list(services: &Services, op: &Operation, filter: &PersonFilter) -> Result<Page<Listed>> {
    authorise(&op.actor, Action::Read)?;
    let q = filter.q.trim().to_lowercase().replace(['%', '_', '\\'], "");
    let like = if q.is_empty() { String::new() } else { format!("%{q}%") };
    let mut tx = services.0.store.read().await?;
    let (site, account) = (filter.site.trim(), filter.account.trim());
    let mut rows = person::rows(&mut tx, filter.after.trim(), site, account, &like).await?;
    let next = cut(&mut rows, PAGE, |row| row.reference.clone());
    Ok(Page { rows, next })
}

async fn find(tx: &mut Tx, reference: &str) -> Result<Person> {
    person::by_reference(tx, reference.trim()).await?.ok_or_else(|| Problem::not_found("person"))
}

/// One person's page.
pub async fn view(services: &Services, op: &Operation, reference: &str) -> Result<PersonView> {
    authorise(&op.actor, Action::Read)?;
    load(&mut services.0.store.read().await?, reference).await
}

async fn load(tx: &mut Tx, reference: &str) -> Result<PersonView> {
    let person = find(tx, reference).await?;
    let site = site::by_id(tx, person.site).await?.ok_or_else(|| Problem::not_found("site"))?;
    let mut lines = Vec::new();
    for extension in person::extensions_of(tx, person.id).await? {
        let appearances = line::of_extension(tx, extension.id).await?;
        lines.push(Line { extension, appearances });
    }
    Ok(PersonView { person, site, lines })
}

/// An account as it was typed.
#[derive(Clone, Debug, Default)]
pub struct PersonInput {
    /// Word of the account's state.
    pub account: String,
    /// First day, or empty.
    pub starts: String,
    /// The day on which they do not work here any more, or empty.
    pub ends: String,
}

impl PersonInput {
    /// What it says, or everything that is wrong with it.
    fn read(&self) -> Result<(AccountState, Option<Day>, Option<Day>)> {
        let mut findings = Vec::new();
        let account = AccountState::parse(&self.account);
        if account.is_none() {
            let allowed = "Allowed: expected, active, suspended, left.";
            findings.push(Finding::new(Code::StateInvalid, "account").detail(allowed));
        }
        let mut day = |field: &str, text: &str| {
            let parsed = Day::parse(text);
            if parsed.is_none() && !text.trim().is_empty() {
                let detail = "Write the day as 2026-11-23, or leave it empty.";
                findings.push(Finding::new(Code::FormInvalid, field).detail(detail));
            }
            parsed
        };
        let (starts, ends) = (day("starts", &self.starts), day("ends", &self.ends));
        findings.extend(dates(starts, ends));
        match account.filter(|_| findings.is_empty()) {
            Some(account) => Ok((account, starts, ends)),
            None => Err(Problem::blocked(findings)),
        }
    }
}

/// Changes an account. When it ends, a request to revoke each line that stands is submitted; their numbers come back.
pub async fn change(
    services: &Services,
    op: &Operation,
    reference: &str,
    input: &PersonInput,
    why: &str,
) -> Result<Vec<i64>> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let (account, starts, ends) = input.read()?;
    let mut act = Act::begin(services, op).await?;
    let before = find(&mut act.tx, reference).await?;
    let source = op.actor.name.clone();
    let after = Person { account, starts, ends, source, changed_at: Some(op.now), ..before.clone() };
    person::update(&mut act.tx, &after).await?;
    act.note(Note {
        action: "person.change",
        subject: format!("{} {}", after.reference, after.name),
        site: Some(after.site),
        before: Some(words(&before)),
        after: Some(words(&after)),
        reason: why.to_owned(),
        ..Note::default()
    });
    // The fence reads whether the owner of a line is active.
    act.bump(after.site.0);
    act.commit().await?;
    if after.account.ended() { revoke_lines(services, op, &after, why).await } else { Ok(Vec::new()) }
}

pub(crate) fn words(person: &Person) -> String {
    let day = |day: Option<Day>| day.map_or_else(|| "open".to_owned(), |day| day.to_string());
    format!("{}, {} to {}", person.account.word(), day(person.starts), day(person.ends))
}

/// A submitted request for each line that stands of somebody whose account has ended.
pub(crate) async fn revoke(
    services: &Services,
    op: &Operation,
    reference: &str,
    why: &str,
) -> Result<Vec<i64>> {
    let who = find(&mut services.0.store.read().await?, reference).await?;
    revoke_lines(services, op, &who, why).await
}

/// A submitted request for each line that stands and has none yet. The actor asks; somebody else approves.
async fn revoke_lines(services: &Services, op: &Operation, who: &Person, why: &str) -> Result<Vec<i64>> {
    let view = load(&mut services.0.store.read().await?, &who.reference).await?;
    let mut asked = Vec::new();
    let mut standing = vec![];
    for line in view.lines {
        standing.extend(line.appearances.into_iter().map(|at| (line.extension.id, at)));
    }
    for (extension, at) in standing {
        let (mac, index) = (at.mac.clone(), at.position.to_string());
        let device = domain::ids::DeviceId(at.device_id);
        let mut tx = services.0.store.read().await?;
        if storage::change_request::asked_to_unbind(&mut tx, device, extension).await? {
            continue;
        }
        drop(tx);
        let reason = format!("The account of {} is {}: {why}", who.name, who.account.word());
        let input = RequestInput { kind: "unbind".to_owned(), mac, index, reason, ..RequestInput::default() };
        let number = change_requests::create(services, op, &input).await?;
        change_requests::submit(services, op, number).await?;
        asked.push(number);
    }
    Ok(asked)
}
