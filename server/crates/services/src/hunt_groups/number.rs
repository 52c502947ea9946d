//! The numbers of a hunt group: the group's from the moment it has them, cooling when it gives them up.

use crate::{Problem, Result, freezes};
use domain::{
    Code, Finding, Timestamp,
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

/// What becomes of the numbers of a group: those that it has from now on, and those that it has no more. Everything that
/// is wrong with that is said, and nothing is saved.
async fn steps(
    tx: &mut Tx,
    before: Option<&Stored>,
    after: Option<&Stored>,
    now: Timestamp,
) -> Result<(Vec<(Number, State)>, Vec<Finding>)> {
    let numbers = |stored: Option<&Stored>| -> Vec<Number> {
        stored.map(|s| s.group.numbers().collect()).unwrap_or_default()
    };
    let (old, new) = (numbers(before), numbers(after));
    let (mut steps, mut findings) = (vec![], vec![]);
    let Some(of) = after.or(before) else { return Ok((steps, findings)) };
    if after.is_some() {
        for number in new.iter().filter(|number| !old.contains(number)) {
            match taken(tx, of, number, now).await? {
                Ok(state) => steps.push((number.clone(), state)),
                Err(found) => findings.extend(found),
            }
        }
    }
    for number in old.iter().filter(|number| !new.contains(number)) {
        match given_up(tx, number, now).await? {
            Ok(state) => {
                let state = freezes::settled(tx, of.site, state, now).await?;
                steps.push((number.clone(), state));
            }
            Err(finding) => findings.push(finding),
        }
    }
    Ok((steps, findings))
}

/// What is wrong with the numbers that a group would have.
pub(super) async fn wrong(
    tx: &mut Tx,
    before: Option<&Stored>,
    after: Option<&Stored>,
    now: Timestamp,
) -> Result<Vec<Finding>> {
    Ok(steps(tx, before, after, now).await?.1)
}

/// Takes the numbers that a group has from now on, and gives up those that it has no more: `by` says so.
pub(super) async fn exchange(
    tx: &mut Tx,
    before: Option<&Stored>,
    after: Option<&Stored>,
    by: &str,
    now: Timestamp,
) -> Result<()> {
    let Some(site) = after.or(before).map(|stored| stored.site) else { return Ok(()) };
    let (steps, findings) = steps(tx, before, after, now).await?;
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    for (number, state) in steps {
        let record = Record { number, site, state, changed_at: Some(now), changed_by: by.to_owned() };
        number::save(tx, &record).await?;
    }
    Ok(())
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
    now: Timestamp,
) -> Result<std::result::Result<State, Vec<Finding>>> {
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
    match step(number, before, Act::Assign, now) {
        Ok(state) if findings.is_empty() => Ok(Ok(state)),
        Ok(_) => Ok(Err(findings)),
        Err(finding) => {
            findings.push(own(finding));
            Ok(Err(findings))
        }
    }
}

async fn given_up(
    tx: &mut Tx,
    number: &Number,
    now: Timestamp,
) -> Result<std::result::Result<State, Finding>> {
    let called_back = site::called_back(tx, number.as_ref()).await?;
    if let Some((site, place)) = called_back.first() {
        let detail = format!("Emergency services call place `{place}` of site `{site}` back under it.");
        return Ok(Err(Finding::new(Code::NumberInService, field(number)).detail(detail)));
    }
    let before = number::record(tx, number).await?.map_or(State::Assigned, |record| record.state);
    let until = now.plus(USUAL_COOLING);
    Ok(step(number, before, Act::Release { until }, now))
}
