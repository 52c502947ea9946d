//! Classes of service of extensions: how far somebody may call is asked for, whether it is further or less far.

use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    change_requests, reason,
};
use domain::{
    authz::{Action, authorise},
    change_request::Route,
    class::ClassOfService,
    number::ExtensionNumber,
};
use std::collections::BTreeSet;
use storage::{Tx, person, site};

/// Asks for another class of service; the number of the draft. `None`: it is the class that it has.
pub async fn set(
    services: &Services,
    op: &Operation,
    extension: &str,
    class: &str,
    why: &str,
) -> Result<Option<i64>> {
    authorise(&op.actor, Action::Numbers)?;
    let why = reason::within(why, 200)?;
    let class = ClassOfService::parse(class)?;
    let mut act = Act::begin(services, op).await?;
    let found = person::extension_by_number(&mut act.tx, extension.trim()).await?;
    let found = found.ok_or_else(|| Problem::not_found("extension"))?;
    if found.class_of_service == class.as_ref() {
        return Ok(None);
    }
    let site = site::by_id(&mut act.tx, found.site).await?.ok_or_else(|| Problem::not_found("site"))?.code;
    let route = Route::Class { extension: found.number, site, class };
    let number = change_requests::reroute(&mut act, services, op, vec![route], why).await?;
    act.commit().await?;
    Ok(Some(number))
}

/// The same class for each of these extensions, for a change request; those that have it already are left out.
pub(crate) async fn giving(tx: &mut Tx, extensions: &BTreeSet<String>, class: &str) -> Result<Vec<Route>> {
    let class = ClassOfService::parse(class)?;
    let mut routes = vec![];
    for number in extensions {
        let found = person::extension_by_number(tx, number).await?;
        let found = found.ok_or_else(|| Problem::not_found("extension"))?;
        if found.class_of_service != class.as_ref() {
            let site = site::by_id(tx, found.site).await?.ok_or_else(|| Problem::not_found("site"))?.code;
            routes.push(Route::Class { extension: found.number, site, class: class.clone() });
        }
    }
    Ok(routes)
}

/// Gives an extension a class of service, in an act.
pub(crate) async fn put(
    act: &mut Act<'_>,
    extension: &ExtensionNumber,
    class: &ClassOfService,
    why: &str,
) -> Result<()> {
    let found = person::extension_by_number(&mut act.tx, extension.as_ref()).await?;
    let found = found.ok_or_else(|| Problem::not_found("extension"))?;
    person::set_class(&mut act.tx, found.id, class).await?;
    let before = ClassOfService::parse(&found.class_of_service).unwrap_or_default();
    act.note(Note {
        action: "class.set",
        subject: format!("extension {extension}"),
        site: Some(found.site),
        before: Some(before.describe()),
        after: Some(class.describe()),
        reason: why.to_owned(),
        ..Note::default()
    });
    Ok(())
}
