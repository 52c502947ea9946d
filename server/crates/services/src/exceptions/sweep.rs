//! Cases that open, move on and close by themselves, every minute: what facts say needs no hand.

use super::{Listed, Opening, begin, end, note};
use crate::{Result, Services, act::Act, facts};
use domain::{Mac, account::AccountState, exception::Kind, fence::OwnerFacts, policy::Weight};
use storage::{Tx, change_request, device, exception, line, person};

/// Looks after delayed activations and unknown devices. Reads only, unless something is due.
pub(crate) async fn sweep(services: &Services) -> Result<()> {
    open_delayed(services).await?;
    for kind in [Kind::DelayedActivation, Kind::UnknownDevice] {
        let mut after = 0;
        loop {
            let mut tx = services.0.store.read().await?;
            let cases = exception::open(&mut tx, kind, after).await?;
            let Some(last) = cases.last() else { break };
            after = last.exception.number;
            let mut due = vec![];
            for listed in cases {
                let verdict = verdict(&mut tx, &listed).await?;
                if verdict != Verdict::Stays {
                    due.push(listed.exception.number);
                }
            }
            drop(tx);
            for number in due {
                carry_out(services, number).await?;
            }
        }
    }
    Ok(())
}

async fn open_delayed(services: &Services) -> Result<()> {
    let now = services.now();
    if change_request::delayed(&mut services.0.store.read().await?, now).await?.is_empty() {
        return Ok(());
    }
    let mut act = Act::begin_program(services).await?;
    let mut opened = std::collections::BTreeSet::new();
    for waits in change_request::delayed(&mut act.tx, now).await? {
        // Two requests may wait for one line.
        if !opened.insert(waits.extension.clone()) {
            continue;
        }
        let day = domain::account::Day::of(waits.since);
        let opening = Opening {
            kind: Kind::DelayedActivation,
            subject: waits.extension.clone(),
            weight: Weight::Low,
            device: Some(waits.device),
            site: Some(waits.site),
            detail: format!(
                "CR-{} would give {} to {}, whose first day was {day}; the account is {}.",
                waits.number, waits.extension, waits.owner, waits.account
            ),
        };
        begin(services, &mut act, &opening).await?;
    }
    act.commit().await
}

/// What becomes of a case.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Stays,
    Moves(&'static str),
    Ends(String),
}

async fn verdict(tx: &mut Tx, listed: &Listed) -> Result<Verdict> {
    let case = &listed.exception;
    let verdict = match case.kind {
        Kind::DelayedActivation => delayed(tx, &case.subject).await?,
        Kind::UnknownDevice => match Mac::parse(&case.subject) {
            Ok(mac) => match device::by_mac(tx, mac).await? {
                Some(stored) => Verdict::Ends(format!("{} is in the inventory now.", stored.name())),
                None => Verdict::Stays,
            },
            Err(_) => Verdict::Stays,
        },
        _ => Verdict::Stays,
    };
    Ok(if verdict == Verdict::Moves(case.step().state) { Verdict::Stays } else { verdict })
}

async fn delayed(tx: &mut Tx, number: &str) -> Result<Verdict> {
    let Some(extension) = person::extension_by_number(tx, number).await? else {
        return Ok(Verdict::Ends("The extension is gone.".to_owned()));
    };
    if line::holder(tx, extension.id).await?.is_some() {
        return Ok(Verdict::Ends("The line stands.".to_owned()));
    }
    let requests = change_request::binds_of(tx, extension.id).await?;
    if requests.iter().all(|request| request.state.is_final()) {
        return Ok(Verdict::Ends("No request waits for it any more.".to_owned()));
    }
    let active = match facts::owner(tx, &extension).await?.facts {
        OwnerFacts::Person(state) => state == AccountState::Active,
        OwnerFacts::Place { contact } => contact,
        OwnerFacts::Nobody => false,
    };
    Ok(Verdict::Moves(if active { "active" } else { "waiting" }))
}

/// Decides once more, in the act that writes it.
async fn carry_out(services: &Services, number: i64) -> Result<()> {
    let mut act = Act::begin_program(services).await?;
    let Some(listed) = exception::by_number(&mut act.tx, number).await? else { return Ok(()) };
    if listed.exception.closed.is_some() {
        return Ok(());
    }
    match verdict(&mut act.tx, &listed).await? {
        Verdict::Stays => return Ok(()),
        Verdict::Moves(to) => {
            let from = &listed.exception.state;
            exception::set_state(&mut act.tx, number, from, to).await?;
            note(&mut act, &listed, "exception.advance", Some(from.clone()), Some(to.to_owned()), "");
        }
        Verdict::Ends(why) => end(services, &mut act, &listed, &why).await?,
    }
    act.commit().await
}
