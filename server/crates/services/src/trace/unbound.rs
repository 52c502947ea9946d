//! An extension that stands on no phone: what it is, and why no phone has it.

use crate::{
    Result, change_requests, facts,
    view::{UnboundView, WasBound},
};
use domain::{account::Extension, fence::OwnerFacts, number::Did};
use storage::{Tx, change_request, line, person, site};

/// The extension of this number or DID, if it stands nowhere.
pub(super) async fn find(tx: &mut Tx, q: &str) -> Result<Option<UnboundView>> {
    let by_number = person::extension_by_number(tx, q).await?;
    let found = match (by_number, Did::parse(q)) {
        (Some(extension), _) => Some(extension),
        (None, Ok(did)) => person::extension_by_did(tx, did.as_ref()).await?,
        (None, Err(_)) => None,
    };
    let Some(extension) = found else { return Ok(None) };
    if line::holder(tx, extension.id).await?.is_some() {
        return Ok(None);
    }
    view(tx, extension).await.map(Some)
}

async fn view(tx: &mut Tx, extension: Extension) -> Result<UnboundView> {
    let owner = facts::owner(tx, &extension).await?;
    let site = site::by_id(tx, extension.site).await?.map(|site| site.code).unwrap_or_default();
    let requests: Vec<_> = change_request::binds_of(tx, extension.id)
        .await?
        .into_iter()
        .filter(|request| !request.state.is_final())
        .map(change_requests::row)
        .collect();
    let last = line::last_holder(tx, extension.id).await?;
    let held = last.map(|(mac, until, change)| WasBound { mac, until, change: format!("CR-{change}") });
    let mut why = Vec::new();
    if !extension.enabled {
        why.push("It is disabled.".to_owned());
    }
    if !matches!(
        owner.facts,
        OwnerFacts::Person(domain::account::AccountState::Active) | OwnerFacts::Place { contact: true }
    ) {
        why.push(format!("Its owner: {}.", facts::owner_word(owner.facts)));
    }
    match &held {
        Some(held) => why.push(format!("{} took it off {}.", held.change, held.mac)),
        None => why.push("It has never stood on a phone.".to_owned()),
    }
    if requests.is_empty() {
        why.push("No open request asks for it.".to_owned());
    }
    Ok(UnboundView {
        number: extension.number.to_string(),
        did: extension.did.map(|did| did.to_string()),
        site,
        enabled: extension.enabled,
        class_of_service: extension.class_of_service,
        owner: owner.name,
        account: facts::owner_word(owner.facts).to_owned(),
        requests,
        held,
        why,
    })
}
