//! Writing a feed: people in turns of fifty, then a request for each line of those whose account has ended.

use super::{Looked, find, note, now, save, words};
use crate::{
    Kind, Operation, Problem, Result, Services,
    act::{Act, Note},
    people,
};
use domain::{
    Code, Finding,
    account::Person,
    authz::{Action, authorise},
    feed::State,
    ids::PersonId,
    package::PersonRow,
};
use std::collections::BTreeMap;
use storage::{Tx, feed, person, site, user};

/// One transaction writes so many people: phones are served in between.
const TURN: usize = 50;

/// Applies a feed: everything that it says and that is not so yet. Returns the numbers of the requests that it made.
pub async fn apply(services: &Services, op: &Operation, number: i64) -> Result<Vec<i64>> {
    authorise(&op.actor, Action::Numbers)?;
    let (feed, Looked { changes, findings, .. }, limit) = now(services, number).await?;
    if !findings.is_empty() && !feed.state.over() {
        return Err(Problem::blocked(findings.into_iter().map(|f| f.finding).take(50).collect()));
    }
    let ending = changes.ending();
    let state = feed.state.clone().looked_at(&changes, limit);
    let mut act = Act::begin(services, op).await?;
    if state == State::Held && feed.state != State::Held {
        // Others were changed since it was looked at: from here on it waits, which is in the record.
        save(&mut act.tx, &feed, &state, ending, None).await?;
        note(&mut act, "feed.hold", number, Some(feed.state.word().to_owned()), Some(words(&changes)), "");
        act.commit().await?;
        let finding = limit.beyond(ending, changes.standing);
        return Err(Problem::blocked(finding.into_iter().collect()));
    }
    let begun = state.begin(op.actor.id, &services.0.node)?;
    save(&mut act.tx, &feed, &begun, ending, None).await?;
    note(&mut act, "feed.apply", number, Some(feed.state.word().to_owned()), Some(words(&changes)), "");
    act.commit().await?;
    write(services, op, number).await
}

/// Goes on with feeds that this node was writing when it was stopped, as whoever applied them.
pub async fn resume(services: &Services) -> Result<()> {
    let open = feed::interrupted(&mut services.0.store.read().await?).await?;
    for number in open {
        let mut tx = services.0.store.read().await?;
        let State::Applying { by, node } = find(&mut tx, number).await?.state else { continue };
        let found = user::by_id(&mut tx, by).await?.filter(|_| node == services.0.node);
        drop(tx);
        let Some(found) = found else { continue };
        write(services, &services.operation(found.actor), number).await?;
    }
    Ok(())
}

async fn write(services: &Services, op: &Operation, number: i64) -> Result<Vec<i64>> {
    let (_, Looked { changes, named, .. }, _) = now(services, number).await?;
    let source = format!("feed {number}");
    let rows: Vec<PersonRow> = changes
        .changed
        .iter()
        .map(|change| change.after.clone())
        .chain(changes.hired.iter().cloned())
        .collect();
    for turn in rows.chunks(TURN) {
        let mut act = Act::begin(services, op).await?;
        let sites = sites(&mut act.tx).await?;
        for row in turn {
            one(services, &mut act, op, row, &sites, &source).await?;
        }
        act.commit().await?;
    }
    let mut asked = Vec::new();
    let ended = person::ended_with_lines(&mut services.0.store.read().await?).await?;
    for reference in ended.iter().filter(|reference| named.contains(*reference)) {
        asked.extend(
            people::revoke(services, op, reference, &format!("said by the directory in {source}")).await?,
        );
    }
    let mut act = Act::begin(services, op).await?;
    let feed = find(&mut act.tx, number).await?;
    let did = format!("{}; {} lines to revoke", words(&changes), asked.len());
    let after = feed.state.clone().finish(&op.actor.name, op.now, did.clone())?;
    save(&mut act.tx, &feed, &after, changes.ending(), None).await?;
    note(&mut act, "feed.applied", number, None, Some(did), "");
    act.commit().await?;
    Ok(asked)
}

type Sites = BTreeMap<String, domain::ids::SiteId>;

async fn sites(tx: &mut Tx) -> Result<Sites> {
    Ok(site::list(tx).await?.into_iter().map(|site| (site.code, site.id)).collect())
}

/// One person as the directory says, with a record of it.
async fn one(
    services: &Services,
    act: &mut Act<'_>,
    op: &Operation,
    row: &PersonRow,
    sites: &Sites,
    source: &str,
) -> Result<()> {
    let before = person::by_reference(&mut act.tx, &row.person).await?;
    let site = match (&before, sites.get(&row.site)) {
        (Some(person), _) => person.site,
        (None, Some(site)) => *site,
        (None, None) => return Err(Problem::new(Kind::Conflict, Finding::new(Code::SiteUnknown, "site"))),
    };
    let after = Person {
        id: before.as_ref().map_or_else(|| PersonId(services.0.env.id()), |person| person.id),
        site,
        reference: row.person.clone(),
        name: row.name.clone(),
        email: row.email.clone(),
        account: row.account,
        starts: row.starts,
        ends: row.ends,
        source: source.to_owned(),
        changed_at: Some(op.now),
    };
    let action = if before.is_some() {
        person::update(&mut act.tx, &after).await?;
        person::update_said(&mut act.tx, &after).await?;
        "person.change"
    } else {
        person::insert(&mut act.tx, &after).await?;
        "person.hire"
    };
    act.note(Note {
        action,
        subject: format!("{} {}", after.reference, after.name),
        site: Some(site),
        before: before.as_ref().map(said),
        after: Some(said(&after)),
        reason: source.to_owned(),
        ..Note::default()
    });
    // The fence reads whether the owner of a line is active.
    act.bump(site.0);
    Ok(())
}

fn said(person: &Person) -> String {
    format!("{}, {}, {}", person.name, person.email, people::words(person))
}
