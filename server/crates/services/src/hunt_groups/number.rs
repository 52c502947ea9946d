//! The numbers of a hunt group: the group's from the moment it has them, cooling when it gives them up.

use crate::{Operation, Problem, Result, freezes};
use domain::{
    Code, Finding,
    number::{
        Number, State,
        range::owned,
        state::{Act, USUAL_COOLING, step},
    },
};
use storage::{
    Tx,
    hunt_group::Stored,
    number::{self, Record},
    person, site,
};

/// Takes the numbers that a group has from now on, and gives up those that it has no more.
pub(super) async fn exchange(
    tx: &mut Tx,
    before: Option<&Stored>,
    after: Option<&Stored>,
    op: &Operation,
) -> Result<()> {
    let numbers = |stored: Option<&Stored>| -> Vec<Number> {
        stored.map(|s| s.group.numbers().collect()).unwrap_or_default()
    };
    let (old, new) = (numbers(before), numbers(after));
    let Some(of) = after.or(before) else { return Ok(()) };
    let mut findings = Vec::new();
    for number in new.iter().filter(|number| !old.contains(number)) {
        match taken(tx, of, number, op).await? {
            Ok(record) => number::save(tx, &record).await?,
            Err(found) => findings.extend(found),
        }
    }
    for number in old.iter().filter(|number| !new.contains(number)) {
        match given_up(tx, of, number, op).await? {
            Ok(record) => {
                let state = freezes::settled(tx, record.site, record.state.clone(), op.now).await?;
                number::save(tx, &Record { state, ..record }).await?;
            }
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() { Ok(()) } else { Err(Problem::blocked(findings)) }
}

const fn field(number: &Number) -> &'static str {
    match number {
        Number::Extension(_) => "number",
        Number::Did(_) => "did",
    }
}

async fn taken(
    tx: &mut Tx,
    of: &Stored,
    number: &Number,
    op: &Operation,
) -> Result<std::result::Result<Record, Vec<Finding>>> {
    let ranges = site::ranges_with_site(tx).await?;
    let own = |finding| Finding { subject: field(number).to_owned(), ..finding };
    let mut findings: Vec<_> = owned(number, of.site, &ranges).map(own).into_iter().collect();
    let extension = match number {
        Number::Extension(n) => person::extension_by_number(tx, n.as_ref()).await?,
        Number::Did(did) => person::extension_by_did(tx, did.as_ref()).await?,
    };
    if let Some(extension) = extension {
        let detail = format!("Extension {} has `{number}`.", extension.number);
        findings.push(Finding::new(Code::NumberDuplicate, field(number)).detail(detail));
        return Ok(Err(findings));
    }
    let before = number::record(tx, number).await?.map_or(State::Available, |record| record.state);
    match step(number, before, Act::Assign, op.now) {
        Ok(state) if findings.is_empty() => Ok(Ok(record(of, number, state, op))),
        Ok(_) => Ok(Err(findings)),
        Err(finding) => {
            findings.push(own(finding));
            Ok(Err(findings))
        }
    }
}

async fn given_up(
    tx: &mut Tx,
    of: &Stored,
    number: &Number,
    op: &Operation,
) -> Result<std::result::Result<Record, Finding>> {
    let called_back = site::called_back(tx, number.as_ref()).await?;
    if let Some((site, place)) = called_back.first() {
        let detail = format!("Emergency services call place `{place}` of site `{site}` back under it.");
        return Ok(Err(Finding::new(Code::NumberInService, field(number)).detail(detail)));
    }
    let before = number::record(tx, number).await?.map_or(State::Assigned, |record| record.state);
    let until = op.now.plus(USUAL_COOLING);
    Ok(step(number, before, Act::Release { until }, op.now).map(|state| record(of, number, state, op)))
}

fn record(of: &Stored, number: &Number, state: State, op: &Operation) -> Record {
    Record {
        number: number.clone(),
        site: of.site,
        state,
        changed_at: Some(op.now),
        changed_by: op.actor.name.clone(),
    }
}
