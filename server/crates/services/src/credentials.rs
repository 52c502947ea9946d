//! The credential of an extension at the platform: one, with which every phone registers on which the extension stands.
//! Each line keeps it in a secret of its own, so that no file changes when it is renewed: the platform is told first,
//! and what counts there then becomes the next version of the secret of every line (`domain::shared_line`).

use crate::{
    Problem, Result, Services,
    act::{Act, Note},
    imports, planning,
};
use domain::{
    Code,
    ids::{DeviceId, SecretId},
    plan::Effect,
    replacement::State,
    shared_line::given_to,
};
use std::collections::BTreeMap;
use storage::{
    Tx, change_request,
    line::{self, Holder},
    replacement, secret,
};
use zeroize::Zeroizing;

/// The password of a secret, in its current version.
pub(crate) async fn open(services: &Services, tx: &mut Tx, id: SecretId) -> Result<Zeroizing<String>> {
    let unreadable = || Problem::invalid(Code::SecretUnreadable, "credential");
    let (_, sealed) = secret::current(tx, id).await?.ok_or_else(unreadable)?;
    services.0.keys.vault.open(id, &sealed).map_err(|_| unreadable())
}

/// Makes `password` the next version of a secret, if it is not its current one.
pub(crate) async fn set(act: &mut Act<'_>, services: &Services, id: SecretId, password: &str) -> Result<()> {
    if secret::current(&mut act.tx, id).await?.is_some()
        && open(services, &mut act.tx, id).await?.as_str() == password
    {
        return Ok(());
    }
    let sealed = imports::seal(services, id, password)?;
    Ok(secret::insert(&mut act.tx, id, sealed, act.now).await?)
}

/// What the phones of a number register with, if there are any that are not just being replaced.
pub(crate) async fn of_siblings(
    services: &Services,
    tx: &mut Tx,
    number: &str,
) -> Result<Option<Zeroizing<String>>> {
    let holders = line::of_number(tx, number).await?;
    let replaced = successors(tx, &holders, number).await?;
    let served = given_to(holders, |holder| holder.device, |device| replaced.contains_key(&device));
    match served.first() {
        Some(sibling) => Ok(Some(open(services, tx, sibling.secret).await?)),
        None => Ok(None),
    }
}

/// Of those devices that are just being replaced: the secret with which their successor will have the line.
async fn successors(
    tx: &mut Tx,
    holders: &[Holder],
    number: &str,
) -> Result<BTreeMap<DeviceId, Option<SecretId>>> {
    let mut found = BTreeMap::new();
    for holder in holders {
        let Some(order) = replacement::open_of(tx, holder.device).await?.map(|stored| stored.order) else {
            continue;
        };
        if order.old != holder.device || !matches!(order.state, State::Rotating { .. }) {
            continue;
        }
        let request = match order.request {
            Some(request) => change_request::by_number(tx, request).await?,
            None => None,
        };
        let moving = order.lines.iter().find(|line| line.number == number).map(|line| line.extension);
        let items = request.iter().flat_map(|request| &request.items);
        let mut binds = items.filter(|item| item.wanted.effect == Effect::Bind);
        let item = binds.find(|item| Some(item.wanted.extension) == moving);
        found.insert(holder.device, item.map(|item| planning::secret_id(item.id)));
    }
    Ok(found)
}

/// A line that has another credential than what counts: one that stands, or one that a successor will have.
struct Behind {
    secret: SecretId,
    holder: Option<Holder>,
}

async fn behind(services: &Services, tx: &mut Tx, number: &str, password: &str) -> Result<Vec<Behind>> {
    let mut others = vec![];
    for holder in line::of_number(tx, number).await? {
        if open(services, tx, holder.secret).await?.as_str() != password {
            others.push(holder);
        }
    }
    let replaced = successors(tx, &others, number).await?;
    let mut all = vec![];
    for holder in others {
        match replaced.get(&holder.device) {
            None => all.push(Behind { secret: holder.secret, holder: Some(holder) }),
            Some(Some(secret)) if open(services, tx, *secret).await?.as_str() != password => {
                all.push(Behind { secret: *secret, holder: None });
            }
            Some(_) => {}
        }
    }
    Ok(all)
}

/// The platform lets `number` register with `password` from now on, which is that of a secret: so every phone that has the
/// line gets it, unless something else is to count meanwhile. Done again after a crash, it finds nothing to do.
pub(crate) async fn spread(services: &Services, number: &str, id: SecretId, password: &str) -> Result<()> {
    let mut tx = services.0.store.read().await?;
    let nothing = behind(services, &mut tx, number, password).await?.is_empty();
    drop(tx);
    if nothing {
        return Ok(());
    }
    let mut act = Act::begin_program(services).await?;
    let same = open(services, &mut act.tx, id).await?.as_str() == password;
    if !same || !counts(&mut act.tx, number, id).await? {
        return Ok(());
    }
    spread_in(&mut act, services, number, password).await?;
    act.commit().await
}

/// The same in an act.
pub(crate) async fn spread_in(
    act: &mut Act<'_>,
    services: &Services,
    number: &str,
    password: &str,
) -> Result<()> {
    for one in behind(services, &mut act.tx, number, password).await? {
        set(act, services, one.secret, password).await?;
        let Some(holder) = one.holder else { continue };
        act.bump(holder.device.0);
        act.note(Note {
            action: "line.renew_credential",
            subject: holder.name,
            site: Some(holder.site),
            device: Some(holder.device),
            after: Some(format!("line key {}, extension {number}", holder.index)),
            ..Note::default()
        });
    }
    Ok(())
}

/// Whether the platform is still to be told of a secret: not of one whose phone has lost the line since it was asked, or
/// is just being replaced. That phone knows it, and what comes next says what counts.
pub(crate) async fn counts(tx: &mut Tx, number: &str, id: SecretId) -> Result<bool> {
    let holders = line::of_number(tx, number).await?;
    match holders.into_iter().find(|holder| holder.secret == id) {
        Some(holder) => Ok(successors(tx, &[holder], number).await?.is_empty()),
        None => Ok(!line::has_ended(tx, number, id).await?),
    }
}

/// Whether a number stands on a device that is none of these.
pub(crate) async fn shared_beyond(tx: &mut Tx, number: &str, devices: [DeviceId; 2]) -> Result<bool> {
    Ok(line::of_number(tx, number).await?.iter().any(|holder| !devices.contains(&holder.device)))
}
