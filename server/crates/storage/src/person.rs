//! People and extensions.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    account::{AccountState, Day, Extension, Owner, Person},
    class::ClassOfService,
    ids::{ExtensionId, PersonId, PlaceId, SiteId},
    number::{Did, ExtensionNumber},
};
use uuid::Uuid;

statements! {
    PEOPLE = "SELECT person_id, site_id, reference, name, email, account, starts_at, ends_at, source, changed_at FROM person ORDER BY reference";
    PERSON = "SELECT person_id, site_id, reference, name, email, account, starts_at, ends_at, source, changed_at FROM person WHERE person_id = $1";
    INSERT = "INSERT INTO person (person_id, site_id, reference, name, email, account, starts_at, ends_at, source, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    EXTENSIONS = "SELECT extension_id, site_id, number, did, owner_person_id, owner_place_id, enabled, class_of_service, display_name FROM extension ORDER BY number";
    EXTENSION = "SELECT extension_id, site_id, number, did, owner_person_id, owner_place_id, enabled, class_of_service, display_name FROM extension WHERE extension_id = $1";
    BY_NUMBER = "SELECT extension_id, site_id, number, did, owner_person_id, owner_place_id, enabled, class_of_service, display_name FROM extension WHERE number = $1";
    BY_DID = "SELECT extension_id, site_id, number, did, owner_person_id, owner_place_id, enabled, class_of_service, display_name FROM extension WHERE did = $1";
    BY_REFERENCE = "SELECT person_id, site_id, reference, name, email, account, starts_at, ends_at, source, changed_at FROM person WHERE reference = $1";
    SET_CLASS = "UPDATE extension SET class_of_service = $2 WHERE extension_id = $1";
    SET_DID = "UPDATE extension SET did = $2 WHERE extension_id = $1";
    SET_OWNER = "UPDATE extension SET owner_person_id = $2, owner_place_id = $3, enabled = $4, display_name = $5 WHERE extension_id = $1";
    FREE = "SELECT x.number, coalesce(h.name, p.room, '') FROM extension x LEFT JOIN person h ON h.person_id = x.owner_person_id LEFT JOIN place p ON p.place_id = x.owner_place_id WHERE x.site_id = $1 AND NOT EXISTS (SELECT 1 FROM line l WHERE l.extension_id = x.extension_id AND l.ended_at IS NULL AND l.exclusive) ORDER BY x.number LIMIT 200";
    INSERT_EXTENSION = "INSERT INTO extension (extension_id, site_id, number, did, owner_person_id, owner_place_id, enabled, class_of_service, display_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    UPDATE = "UPDATE person SET account = $2, starts_at = $3, ends_at = $4, source = $5, changed_at = $6 WHERE person_id = $1";
    UPDATE_SAID = "UPDATE person SET name = $2, email = $3 WHERE person_id = $1";
    ENDED_WITH_LINES = "SELECT DISTINCT p.reference FROM person p JOIN extension x ON x.owner_person_id = p.person_id JOIN line l ON l.extension_id = x.extension_id AND l.ended_at IS NULL WHERE p.account IN ('suspended', 'left') ORDER BY p.reference";
    ROWS = "SELECT p.reference, p.name, p.account, s.code AS site, p.starts_at, p.ends_at, (SELECT count(*) FROM extension x JOIN line l ON l.extension_id = x.extension_id AND l.ended_at IS NULL WHERE x.owner_person_id = p.person_id) AS lines FROM person p JOIN site s ON s.site_id = p.site_id WHERE p.reference > $1 AND ($2 = '' OR s.code = $2) AND ($3 = '' OR p.account = $3) AND ($4 = '' OR lower(p.reference) LIKE $4 OR lower(p.name) LIKE $4 OR lower(p.email) LIKE $4) ORDER BY p.reference LIMIT 201";
    EXTENSIONS_OF = "SELECT extension_id, site_id, number, did, owner_person_id, owner_place_id, enabled, class_of_service, display_name FROM extension WHERE owner_person_id = $1 ORDER BY number LIMIT 200";
    SET_ACCOUNT = "UPDATE person SET account = $2 WHERE person_id = $1";
}

#[derive(sqlx::FromRow)]
pub(crate) struct PersonRow {
    person_id: Uuid,
    site_id: Uuid,
    reference: String,
    name: String,
    email: String,
    account: String,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    source: String,
    changed_at: Option<i64>,
}

impl TryFrom<PersonRow> for Person {
    type Error = Error;
    fn try_from(row: PersonRow) -> Result<Self, Error> {
        let account = AccountState::parse(&row.account)
            .ok_or_else(|| Error::row("person", row.person_id, &row.account))?;
        Ok(Self {
            id: PersonId(row.person_id),
            site: SiteId(row.site_id),
            reference: row.reference,
            name: row.name,
            email: row.email,
            account,
            starts: row.starts_at.map(|at| Day::of(Timestamp(at))),
            ends: row.ends_at.map(|at| Day::of(Timestamp(at))),
            source: row.source,
            changed_at: row.changed_at.map(Timestamp),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct ExtensionRow {
    extension_id: Uuid,
    site_id: Uuid,
    number: String,
    did: Option<String>,
    owner_person_id: Option<Uuid>,
    owner_place_id: Option<Uuid>,
    enabled: bool,
    class_of_service: String,
    display_name: String,
}

impl TryFrom<ExtensionRow> for Extension {
    type Error = Error;
    fn try_from(row: ExtensionRow) -> Result<Self, Error> {
        let bad = |e: &dyn std::fmt::Display| Error::row("extension", row.extension_id, e);
        let owner = match (row.owner_person_id, row.owner_place_id) {
            (Some(person), None) => Some(Owner::Person(PersonId(person))),
            (None, Some(place)) => Some(Owner::Place(PlaceId(place))),
            (None, None) => None,
            (Some(_), Some(_)) => return Err(bad(&"two owners")),
        };
        Ok(Self {
            id: ExtensionId(row.extension_id),
            site: SiteId(row.site_id),
            number: ExtensionNumber::parse(&row.number).map_err(|e| bad(&e))?,
            did: row.did.as_deref().map(Did::parse).transpose().map_err(|e| bad(&e))?,
            owner,
            enabled: row.enabled,
            class_of_service: row.class_of_service,
            display_name: row.display_name,
        })
    }
}

/// All people.
pub async fn list(tx: &mut Tx) -> Result<Vec<Person>, Error> {
    tx.all::<PersonRow>(PEOPLE, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The person of this id.
pub async fn by_id(tx: &mut Tx, id: PersonId) -> Result<Option<Person>, Error> {
    tx.one::<PersonRow>(PERSON, args![id.0]).await?.map(TryInto::try_into).transpose()
}

/// Adds a person.
pub async fn insert(tx: &mut Tx, person: &Person) -> Result<(), Error> {
    let p = person;
    let (starts, ends) = (p.starts.map(Day::begins), p.ends.map(Day::begins));
    let args = args![
        p.id.0,
        p.site.0,
        &p.reference,
        &p.name,
        &p.email,
        p.account.word(),
        starts,
        ends,
        &p.source,
        p.changed_at
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Saves a person's account and dates, and who said so.
pub async fn update(tx: &mut Tx, person: &Person) -> Result<(), Error> {
    let p = person;
    let (starts, ends) = (p.starts.map(Day::begins), p.ends.map(Day::begins));
    tx.run(UPDATE, args![p.id.0, p.account.word(), starts, ends, &p.source, p.changed_at]).await?;
    Ok(())
}

/// Saves what the directory calls a person, and how to reach them.
pub async fn update_said(tx: &mut Tx, person: &Person) -> Result<(), Error> {
    tx.run(UPDATE_SAID, args![person.id.0, &person.name, &person.email]).await?;
    Ok(())
}

/// References of everybody whose account has ended and whose lines stand.
pub async fn ended_with_lines(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(tx
        .all::<(String,)>(ENDED_WITH_LINES, vec![])
        .await?
        .into_iter()
        .map(|(reference,)| reference)
        .collect())
}

/// A person in a list, with what people know their site and extensions by.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
pub struct Listed {
    /// The directory's reference.
    pub reference: String,
    /// Name.
    pub name: String,
    /// Word of the account's state.
    pub account: String,
    /// Code of the site.
    pub site: String,
    /// When they start, in microseconds UTC.
    pub starts_at: Option<i64>,
    /// When they end.
    pub ends_at: Option<i64>,
    /// How many line keys carry an extension of theirs.
    pub lines: i64,
}

/// Up to 201 people after a reference: of a site and in a state, unless they are empty; `like` is a pattern in lower
/// case for reference, name or contact, or empty.
pub async fn rows(
    tx: &mut Tx,
    after: &str,
    site: &str,
    account: &str,
    like: &str,
) -> Result<Vec<Listed>, Error> {
    tx.all(ROWS, args![after, site, account, like]).await
}

/// The first 200 extensions of a person.
pub async fn extensions_of(tx: &mut Tx, id: PersonId) -> Result<Vec<Extension>, Error> {
    tx.all::<ExtensionRow>(EXTENSIONS_OF, args![id.0]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Sets the state of a person's account.
pub async fn set_account(tx: &mut Tx, id: PersonId, account: AccountState) -> Result<(), Error> {
    tx.run(SET_ACCOUNT, args![id.0, account.word()]).await?;
    Ok(())
}

/// All extensions.
pub async fn extensions(tx: &mut Tx) -> Result<Vec<Extension>, Error> {
    tx.all::<ExtensionRow>(EXTENSIONS, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The extension of this id.
pub async fn extension(tx: &mut Tx, id: ExtensionId) -> Result<Option<Extension>, Error> {
    tx.one::<ExtensionRow>(EXTENSION, args![id.0]).await?.map(TryInto::try_into).transpose()
}

/// The extension of this number.
pub async fn extension_by_number(tx: &mut Tx, number: &str) -> Result<Option<Extension>, Error> {
    tx.one::<ExtensionRow>(BY_NUMBER, args![number]).await?.map(TryInto::try_into).transpose()
}

/// The extension of this DID.
pub async fn extension_by_did(tx: &mut Tx, did: &str) -> Result<Option<Extension>, Error> {
    tx.one::<ExtensionRow>(BY_DID, args![did]).await?.map(TryInto::try_into).transpose()
}

/// The person with this reference in the directory.
pub async fn by_reference(tx: &mut Tx, reference: &str) -> Result<Option<Person>, Error> {
    tx.one::<PersonRow>(BY_REFERENCE, args![reference]).await?.map(TryInto::try_into).transpose()
}

/// Says which DID leads to an extension.
pub async fn set_did(tx: &mut Tx, id: ExtensionId, did: Option<&Did>) -> Result<(), Error> {
    tx.run(SET_DID, args![id.0, did.map(ToString::to_string)]).await?;
    Ok(())
}

/// Says how far an extension may call.
pub async fn set_class(tx: &mut Tx, id: ExtensionId, class: &ClassOfService) -> Result<(), Error> {
    tx.run(SET_CLASS, args![id.0, class.as_ref()]).await?;
    Ok(())
}

/// Gives an extension an owner, a state and a caller name; or takes them away.
pub async fn set_owner(tx: &mut Tx, extension: &Extension) -> Result<(), Error> {
    let (person, place) = columns(extension.owner);
    let args = args![extension.id.0, person, place, extension.enabled, &extension.display_name];
    tx.run(SET_OWNER, args).await?;
    Ok(())
}

/// The two columns of an owner, of which one is null.
pub(crate) fn columns(owner: Option<Owner>) -> (Option<Uuid>, Option<Uuid>) {
    match owner {
        Some(Owner::Person(id)) => (Some(id.0), None),
        Some(Owner::Place(id)) => (None, Some(id.0)),
        None => (None, None),
    }
}

/// The first 200 extensions of a site that stand nowhere or are shared: number and name of the owner.
pub async fn free_extensions(tx: &mut Tx, site: SiteId) -> Result<Vec<(String, String)>, Error> {
    tx.all(FREE, args![site.0]).await
}

/// Adds an extension.
pub async fn insert_extension(tx: &mut Tx, extension: &Extension) -> Result<(), Error> {
    let x = extension;
    let (person, place) = columns(x.owner);
    let did = x.did.as_ref().map(ToString::to_string);
    let args = args![
        x.id.0,
        x.site.0,
        x.number.as_ref(),
        did,
        person,
        place,
        x.enabled,
        &x.class_of_service,
        &x.display_name
    ];
    tx.run(INSERT_EXTENSION, args).await?;
    Ok(())
}
