//! Numbers: the plan as a list, one number's page, and what people do with a number. Ranges are in [`ranges`].

mod assign;
mod call;
pub mod ranges;
pub mod view;

pub use assign::assign;
pub(crate) use assign::{Taken, take};

use crate::{
    Operation, Problem, Result, Services,
    act::{Act as Acting, Note},
    freezes, hunt_groups, reason,
    view::{PAGE, Page, cut},
};
use domain::{
    Code, Finding, Timestamp,
    account::Extension,
    authz::{Action, authorise},
    ids::SiteId,
    number::{
        Did, Number, NumberRange, RangeKind, State,
        range::owned,
        state::{Act, Verb, possible, step},
    },
};
use storage::{
    Tx, line,
    number::{self, Record, Which},
    person, profile, site,
};
use view::{NumberFilter, NumberRow, NumberView};

/// A page of the plan: numbers that are not available, and between them the runs of those that are. Two queries.
pub async fn list(services: &Services, op: &Operation, filter: &NumberFilter) -> Result<Page<NumberRow>> {
    authorise(&op.actor, Action::Read)?;
    let (first, mut upto) = match RangeKind::parse(&filter.kind) {
        Some(kind) => Number::keys(kind),
        None => (0, i64::MAX),
    };
    let after = Number::parse(&filter.after).map_or(first - 1, |number| number.key().max(first - 1));
    let (site, state) = (filter.site.trim(), filter.state.trim());
    let mut tx = services.0.store.read().await?;
    let mut entries = Vec::new();
    if state != State::Available.word() {
        let most = i64::try_from(PAGE).unwrap_or(i64::MAX).saturating_add(1);
        let rows = number::rows(&mut tx, Which { after, upto, site, state }, most).await?;
        // What is free beyond the last of these belongs to a later page.
        if let Some(last) = rows.get(PAGE) {
            upto = last.number.key();
        }
        let now = |row: number::Listed| number::Listed { state: row.state.at(op.now), ..row };
        let rows = rows.into_iter().map(now).filter(|row| state.is_empty() || row.state.word() == state);
        entries.extend(rows.map(NumberRow::Number));
    }
    if state.is_empty() || state == State::Available.word() {
        let runs = number::free(&mut tx, Which { after, upto, site, state: "" }).await?;
        entries.extend(runs.into_iter().map(NumberRow::Free));
    }
    entries.sort_by_key(|entry| entry.first().key());
    let next = cut(&mut entries, PAGE, |entry| entry.last().to_string());
    Ok(Page { rows: entries, next })
}

/// A number as it is stored, and what belongs to it.
pub(crate) struct Found {
    pub(crate) number: Number,
    /// The range that it lies in and the code of its site, if one does.
    pub(crate) range: Option<(NumberRange, String)>,
    pub(crate) record: Record,
    pub(crate) extension: Option<Extension>,
}

/// A number that somebody typed; a DID without its country is told so.
pub(crate) fn parse(text: &str) -> Result<Number> {
    Number::parse(text).map_err(|why| {
        Finding::new(Code::NumberInvalid, "number").detail(format!("`{}` is {why}.", text.trim())).into()
    })
}

/// Finds a number of some site's.
pub(crate) async fn find(tx: &mut Tx, text: &str) -> Result<Found> {
    let number = parse(text)?;
    let ranges = site::ranges_with_site(tx).await?;
    let range = domain::number::range::owner(&number, &ranges).cloned();
    let extension = match &number {
        Number::Extension(n) => person::extension_by_number(tx, n.as_ref()).await?,
        Number::Did(n) => person::extension_by_did(tx, n.as_ref()).await?,
    };
    let record = number::record(tx, &number).await?;
    let site = record.as_ref().map(|r| r.site).or(range.as_ref().map(|(r, _)| r.site));
    let site = site.or(extension.as_ref().map(|x| x.site));
    let record = record.or_else(|| {
        let held = extension.as_ref().is_some_and(|x| x.owner.is_some());
        Some(Record {
            number: number.clone(),
            site: site?,
            state: if held { State::Assigned } else { State::Available },
            changed_at: None,
            changed_by: String::new(),
        })
    });
    match record {
        Some(record) => Ok(Found { number, range, record, extension }),
        None => Err(Problem::new(
            crate::Kind::NotFound,
            Finding::new(Code::NumberOutside, number.to_string())
                .detail(format!("`{number}` is in no range of any site.")),
        )),
    }
}

/// One number's page.
pub async fn view(services: &Services, op: &Operation, text: &str) -> Result<NumberView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let found = find(&mut tx, text).await?;
    let site = site::by_id(&mut tx, found.record.site).await?.ok_or_else(|| Problem::not_found("site"))?;
    let history = number::history(&mut tx, &found.number).await?;
    let called_back = site::called_back(&mut tx, found.number.as_ref()).await?;
    let facts = call::facts(services, &mut tx, &found, &site.code, op.now).await?;
    let group = hunt_groups::of_number(&mut tx, &found.number).await?;
    let profile = match &found.extension {
        Some(extension) => profile::of(&mut tx, extension.id).await?,
        None => None,
    };
    // Nobody waits for call control with a transaction open.
    drop(tx);
    let facts = call::asked(services, facts, op.now).await;
    Ok(NumberView {
        steps: domain::number::rings::rings(&facts, op.now),
        possible: possible(&found.number, &found.record.state, op.now),
        range: found.range.map(|(range, _)| (range.first, range.last)),
        state: found.record.state.at(op.now),
        changed_at: found.record.changed_at,
        changed_by: found.record.changed_by,
        extension: found.extension,
        group: group.map(|stored| (stored.group.code.to_string(), stored.group.name)),
        profile,
        number: found.number,
        site,
        history,
        called_back,
    })
}

/// Carries out what somebody wants to do with a number; to give it to somebody there is `assign`.
pub async fn carry_out(services: &Services, op: &Operation, text: &str, act: Act, why: &str) -> Result<()> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    if act.verb() == Verb::Assign {
        return Err(Problem::invalid(Code::FieldMissing, "to"));
    }
    let mut acting = Acting::begin(services, op).await?;
    let found = find(&mut acting.tx, text).await?;
    let before = found.record.state.clone().at(op.now);
    let action = action(act.verb());
    let mut findings = stands_against(&mut acting.tx, &found, &before, &act).await?;
    let after = match step(&found.number, before.clone(), act, op.now) {
        Ok(after) => after,
        Err(finding) => {
            findings.insert(0, finding);
            return Err(Problem::blocked(findings));
        }
    };
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let after = freezes::settled(&mut acting.tx, found.record.site, after, op.now).await?;
    if before.held() && !after.held() {
        give_up(&mut acting, &found).await?;
    }
    let record = Record {
        state: after,
        changed_at: Some(op.now),
        changed_by: op.actor.name.clone(),
        ..found.record.clone()
    };
    number::save(&mut acting.tx, &record).await?;
    acting.note(Note {
        action,
        subject: found.number.to_string(),
        site: Some(record.site),
        before: Some(before.describe()),
        after: Some(record.state.describe()),
        reason: why.to_owned(),
        ..Note::default()
    });
    acting.commit().await
}

const fn action(verb: Verb) -> &'static str {
    match verb {
        Verb::Reserve => "number.reserve",
        Verb::Assign => "number.assign",
        Verb::Release => "number.release",
        Verb::PortIn => "number.port_in",
        Verb::PortOut => "number.port_out",
        Verb::Complete => "number.ported",
        Verb::CallOff => "number.call_off",
    }
}

/// What stands against an act beside the number's own state.
async fn stands_against(tx: &mut Tx, found: &Found, before: &State, act: &Act) -> Result<Vec<Finding>> {
    let in_service =
        |detail: String| Finding::new(Code::NumberInService, found.number.to_string()).detail(detail);
    let mut findings = Vec::new();
    if let Some(stored) = hunt_groups::of_number(tx, &found.number).await?
        && matches!(act, Act::Release { .. })
    {
        findings.push(in_service(format!("Hunt group {} has it.", stored.group.code)));
    }
    let goes = matches!(act, Act::Release { .. }) && before.held() || matches!(act, Act::PortOut { .. });
    if goes {
        for (site, place) in site::called_back(tx, found.number.as_ref()).await? {
            findings.push(in_service(format!(
                "Emergency services call place `{place}` of site `{site}` back under it."
            )));
        }
    }
    if matches!(act, Act::Release { .. })
        && before.held()
        && let Some(extension) = &found.extension
    {
        for stands in line::of_extension(tx, extension.id).await? {
            let phone = format!("{} {} {}", stands.vendor, stands.model, stands.mac);
            findings.push(in_service(format!(
                "Extension {} stands on line key {} of {phone}.",
                extension.number, stands.position
            )));
        }
    }
    if let Act::PortIn { temporary: Some(did), .. } = act {
        findings.extend(temporary(tx, found.record.site, did).await?);
    }
    Ok(findings)
}

/// What is wrong with a temporary number: it has to be this site's, and usable.
async fn temporary(tx: &mut Tx, site: SiteId, did: &Did) -> Result<Option<Finding>> {
    let number = Number::Did(did.clone());
    let ranges = site::ranges_with_site(tx).await?;
    if let Some(finding) = owned(&number, site, &ranges) {
        return Ok(Some(finding));
    }
    let state = number::record(tx, &number).await?.map_or(State::Available, |record| record.state);
    let usable = matches!(state, State::Available | State::Reserved { .. } | State::Assigned);
    Ok((!usable).then(|| {
        Finding::new(Code::NumberState, number.to_string())
            .detail(format!("It is {}; it cannot stand in for another.", state.describe()))
    }))
}

/// Nobody holds the number any more: an extension has no owner and is disabled, a DID leads nowhere.
async fn give_up(acting: &mut Acting<'_>, found: &Found) -> Result<()> {
    let now = acting.now;
    number::let_go(&mut acting.tx, &found.number, now).await?;
    let Some(extension) = &found.extension else { return Ok(()) };
    match &found.number {
        Number::Did(_) => person::set_did(&mut acting.tx, extension.id, None).await?,
        Number::Extension(_) => {
            let vacant =
                Extension { owner: None, enabled: false, display_name: String::new(), ..extension.clone() };
            person::set_owner(&mut acting.tx, &vacant).await?;
        }
    }
    acting.bump(extension.site.0);
    Ok(())
}

/// Frees the numbers whose reservation or cooling has ended: the program's own act. They were available already for
/// everybody who asked; from here on the record says so. The calendar is asked once more: what ended inside a freeze
/// that makes it wait, of which nothing was known then, goes on.
pub(crate) async fn lapse(services: &Services) -> Result<()> {
    let due = number::lapsed(&mut services.0.store.read().await?, services.now()).await?;
    if due.is_empty() {
        return Ok(());
    }
    let mut act = Acting::begin_program(services).await?;
    let now = act.now;
    for record in number::lapsed(&mut act.tx, now).await? {
        let state = freezes::settled(&mut act.tx, record.site, record.state.clone(), now).await?;
        if state.ends().is_some_and(|end| end > now) {
            let before = record.state.describe();
            let why = "It ended inside a freeze.";
            freezes::prolonged(&mut act, &Record { state, ..record }, before, why).await?;
        } else {
            note_lapse(&mut act, record, now).await?;
        }
    }
    act.commit().await
}

async fn note_lapse(act: &mut Acting<'_>, record: Record, now: Timestamp) -> Result<()> {
    let after = Record { state: record.state.clone().at(now), ..record.clone() };
    number::save(&mut act.tx, &after).await?;
    act.note(Note {
        action: "number.lapse",
        subject: record.number.to_string(),
        site: Some(record.site),
        before: Some(record.state.describe()),
        after: Some(after.state.describe()),
        ..Note::default()
    });
    Ok(())
}
