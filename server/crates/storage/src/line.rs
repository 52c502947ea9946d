//! Lines: what stands where. The partial unique indexes hold invariant 2.

use crate::{Error, Tx, args::args, person::ExtensionRow, statements};
use domain::{
    Mac, Timestamp,
    account::{AccountState, Extension},
    ids::{ChangeRequestId, DeviceId, EndpointId, ExtensionId, LineId, SecretId, SiteId},
    plan::Item,
};
use uuid::Uuid;

statements! {
    STANDING = "SELECT l.line_id, l.endpoint_id, e.position, l.extension_id, l.exclusive, l.secret_id, l.change_request_id, r.number AS change_number, coalesce(l.approved_by, (SELECT string_agg(u.name, ', ' ORDER BY a.position) FROM approval a JOIN user_account u ON u.user_id = a.user_id WHERE a.change_request_id = r.change_request_id), '') AS approver FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN change_request r ON r.change_request_id = l.change_request_id WHERE e.device_id = $1 AND l.ended_at IS NULL ORDER BY e.position";
    STANDING_WITH = "SELECT l.line_id, l.endpoint_id, e.position, l.exclusive, l.secret_id, l.change_request_id, r.number AS change_number, coalesce(l.approved_by, (SELECT string_agg(u.name, ', ' ORDER BY a.position) FROM approval a JOIN user_account u ON u.user_id = a.user_id WHERE a.change_request_id = r.change_request_id), '') AS approver, x.extension_id, x.site_id, x.number, x.did, x.owner_person_id, x.owner_place_id, x.enabled, x.class_of_service, x.display_name, h.name AS person_name, h.account AS person_account, p.code AS place_code, p.room AS place_room, p.contact AS place_contact FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN change_request r ON r.change_request_id = l.change_request_id JOIN extension x ON x.extension_id = l.extension_id LEFT JOIN person h ON h.person_id = x.owner_person_id LEFT JOIN place p ON p.place_id = x.owner_place_id WHERE e.device_id = $1 AND l.ended_at IS NULL ORDER BY e.position";
    HOLDER = "SELECT e.device_id, e.endpoint_id FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id WHERE l.extension_id = $1 AND l.ended_at IS NULL ORDER BY l.bound_at, l.line_id LIMIT 1";
    LAST_HOLDER = "SELECT d.mac, l.ended_at, r.number FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN device d ON d.device_id = e.device_id JOIN change_request r ON r.change_request_id = l.ended_by WHERE l.extension_id = $1 AND l.ended_at IS NOT NULL ORDER BY l.ended_at DESC LIMIT 1";
    LAST_ON = "SELECT l.extension_id, i.plan FROM line l JOIN change_request_item i ON i.item_id = l.line_id WHERE l.endpoint_id = $1 AND l.ended_at IS NOT NULL AND i.plan IS NOT NULL ORDER BY l.ended_at DESC LIMIT 1";
    OF_EXTENSION = "SELECT d.device_id, d.vendor, d.model, d.mac, e.position, r.number, l.bound_at FROM line l JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN device d ON d.device_id = e.device_id JOIN change_request r ON r.change_request_id = l.change_request_id WHERE l.extension_id = $1 AND l.ended_at IS NULL ORDER BY d.mac, e.position LIMIT 50";
    INSERT = "INSERT INTO line (line_id, endpoint_id, extension_id, exclusive, secret_id, change_request_id, bound_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OF_NUMBER = "SELECT l.line_id, d.device_id, d.site_id, d.vendor, d.model, d.mac, e.position, l.secret_id FROM line l JOIN extension x ON x.extension_id = l.extension_id JOIN endpoint e ON e.endpoint_id = l.endpoint_id JOIN device d ON d.device_id = e.device_id WHERE x.number = $1 AND l.ended_at IS NULL ORDER BY l.bound_at, l.line_id";
    ENDED_WITH = "SELECT count(*) FROM line WHERE secret_id = $1 AND ended_at IS NOT NULL AND extension_id = (SELECT extension_id FROM extension WHERE number = $2)";
    SIGN = "UPDATE line SET approved_by = $2 WHERE line_id = $1";
    END = "UPDATE line SET ended_at = $2, ended_by = $3 WHERE line_id = $1 AND ended_at IS NULL";
}

/// A line that stands on an endpoint of a device.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The line.
    pub line: LineId,
    /// Where.
    pub endpoint: EndpointId,
    /// Line key, from 1.
    pub index: u8,
    /// What.
    pub extension: ExtensionId,
    /// Whether other devices may have it too.
    pub shared: bool,
    /// Its SIP credential.
    pub secret: SecretId,
    /// Which request bound it.
    pub change_request: ChangeRequestId,
    /// That request's number.
    pub number: i64,
    /// Who approved it, all of them.
    pub approver: String,
}

/// A line that stands, as a statement gives it: `change_number` because an extension beside it has a `number` of its own.
#[derive(sqlx::FromRow)]
pub(crate) struct StandingRow {
    line_id: Uuid,
    endpoint_id: Uuid,
    position: i64,
    extension_id: Uuid,
    exclusive: bool,
    secret_id: Uuid,
    change_request_id: Uuid,
    change_number: i64,
    approver: String,
}

impl From<StandingRow> for Standing {
    fn from(row: StandingRow) -> Self {
        Self {
            line: LineId(row.line_id),
            endpoint: EndpointId(row.endpoint_id),
            index: u8::try_from(row.position).unwrap_or(u8::MAX),
            extension: ExtensionId(row.extension_id),
            shared: !row.exclusive,
            secret: SecretId(row.secret_id),
            change_request: ChangeRequestId(row.change_request_id),
            number: row.change_number,
            approver: row.approver,
        }
    }
}

/// What stands on a device, by line key.
pub async fn standing(tx: &mut Tx, device: DeviceId) -> Result<Vec<Standing>, Error> {
    let rows = tx.all::<StandingRow>(STANDING, args![device.0]).await?;
    Ok(rows.into_iter().map(Standing::from).collect())
}

/// Who answers for the extension of a line, as far as the fence and the pages need.
#[derive(Clone, Debug)]
pub enum Owner {
    /// Somebody.
    Person {
        /// Name.
        name: String,
        /// State of the account.
        account: AccountState,
    },
    /// A place.
    Place {
        /// Its code.
        code: String,
        /// Its room.
        room: String,
        /// Its contact.
        contact: String,
    },
}

#[derive(sqlx::FromRow)]
struct OwnedRow {
    #[sqlx(flatten)]
    standing: StandingRow,
    #[sqlx(flatten)]
    extension: ExtensionRow,
    person_name: Option<String>,
    person_account: Option<String>,
    place_code: Option<String>,
    place_room: Option<String>,
    place_contact: Option<String>,
}

impl TryFrom<OwnedRow> for (Standing, Extension, Option<Owner>) {
    type Error = Error;
    fn try_from(row: OwnedRow) -> Result<Self, Error> {
        let extension = Extension::try_from(row.extension)?;
        let person = row.person_name.zip(row.person_account);
        let place = row.place_code.zip(row.place_room).zip(row.place_contact);
        let owner = match (person, place) {
            (Some((name, account)), _) => {
                let wrong = || Error::row("person", &name, &account);
                let account = AccountState::parse(&account).ok_or_else(wrong)?;
                Some(Owner::Person { name, account })
            }
            (None, Some(((code, room), contact))) => Some(Owner::Place { code, room, contact }),
            (None, None) => None,
        };
        Ok((row.standing.into(), extension, owner))
    }
}

/// What stands on a device, by line key, with the extension and who answers for it; one query.
pub async fn standing_with(
    tx: &mut Tx,
    device: DeviceId,
) -> Result<Vec<(Standing, Extension, Option<Owner>)>, Error> {
    tx.all::<OwnedRow>(STANDING_WITH, args![device.0]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The device and the endpoint on which an extension stands; of a shared one, where it has stood longest.
pub async fn holder(tx: &mut Tx, extension: ExtensionId) -> Result<Option<(DeviceId, EndpointId)>, Error> {
    let held = tx.one::<(Uuid, Uuid)>(HOLDER, args![extension.0]).await?;
    Ok(held.map(|(device, endpoint)| (DeviceId(device), EndpointId(endpoint))))
}

/// Where an extension stood last, until when, and the number of the request that took it away.
pub async fn last_holder(
    tx: &mut Tx,
    extension: ExtensionId,
) -> Result<Option<(Mac, Timestamp, i64)>, Error> {
    let Some((mac, at, change)) = tx.one::<(String, i64, i64)>(LAST_HOLDER, args![extension.0]).await? else {
        return Ok(None);
    };
    let mac = Mac::parse(&mac).map_err(|_| Error::row("line", extension, "mac"))?;
    Ok(Some((mac, Timestamp(at), change)))
}

/// The extension that stood on an endpoint last and who answered for it, by id; `None` when none ever did.
pub async fn last_on(tx: &mut Tx, endpoint: EndpointId) -> Result<Option<(ExtensionId, String)>, Error> {
    let Some((extension, plan)) = tx.one::<(Uuid, String)>(LAST_ON, args![endpoint.0]).await? else {
        return Ok(None);
    };
    let item: Item =
        serde_json::from_str(&plan).map_err(|e| Error::row("change_request_item", extension, e))?;
    Ok(Some((ExtensionId(extension), item.owner_after)))
}

/// A line that begins to stand.
#[derive(Clone, Copy, Debug)]
pub struct Beginning {
    /// The line.
    pub line: LineId,
    /// Where.
    pub endpoint: EndpointId,
    /// What.
    pub extension: ExtensionId,
    /// Whether its extension's profile says that other devices may have it too; the database compares.
    pub shared: bool,
    /// Its SIP credential.
    pub secret: SecretId,
    /// Which request binds it.
    pub change_request: ChangeRequestId,
}

/// Begins a line. Of one that is exclusive the database refuses a second one.
pub async fn begin(tx: &mut Tx, line: Beginning, now: Timestamp) -> Result<(), Error> {
    let l = line;
    let args = args![l.line.0, l.endpoint.0, l.extension.0, !l.shared, l.secret.0, l.change_request.0, now];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Notes who approved a line.
pub async fn sign(tx: &mut Tx, line: LineId, approvers: &str) -> Result<(), Error> {
    tx.run(SIGN, args![line.0, approvers]).await?;
    Ok(())
}

/// Ends a line; whether it stood.
pub async fn end(tx: &mut Tx, line: LineId, by: ChangeRequestId, now: Timestamp) -> Result<bool, Error> {
    Ok(tx.run(END, args![line.0, now, by.0]).await? == 1)
}

/// Where an extension stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Appearance {
    /// The device.
    pub device_id: Uuid,
    /// Its vendor.
    pub vendor: String,
    /// Its model.
    pub model: String,
    /// Its MAC, bare.
    pub mac: String,
    /// The line key, from 1.
    pub position: i64,
    /// The change request that put it there: 7 of `CR-7`.
    pub number: i64,
    /// When, in microseconds UTC.
    pub bound_at: i64,
}

/// The first 50 line keys on which an extension stands.
pub async fn of_extension(tx: &mut Tx, extension: ExtensionId) -> Result<Vec<Appearance>, Error> {
    tx.all(OF_EXTENSION, args![extension.0]).await
}

/// A line that stands somewhere, and its credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The line.
    pub line: LineId,
    /// The device.
    pub device: DeviceId,
    /// Its site.
    pub site: SiteId,
    /// The device's MAC.
    pub mac: Mac,
    /// As people read it: `yealink T46U 80:5e:c0:12:34:56`.
    pub name: String,
    /// Line key, from 1.
    pub index: u8,
    /// The line's SIP credential.
    pub secret: SecretId,
}

/// Every line of the extension with this number that stands, in the order in which they began.
pub async fn of_number(tx: &mut Tx, number: &str) -> Result<Vec<Holder>, Error> {
    type Row = (Uuid, Uuid, Uuid, String, String, String, i64, Uuid);
    let rows = tx.all::<Row>(OF_NUMBER, args![number]).await?;
    let holder = |(line, device, site, vendor, model, mac, index, secret): Row| {
        let mac = Mac::parse(&mac).map_err(|_| Error::row("line", line, "mac"))?;
        Ok(Holder {
            line: LineId(line),
            device: DeviceId(device),
            site: SiteId(site),
            mac,
            name: format!("{vendor} {model} {mac}"),
            index: u8::try_from(index).unwrap_or(u8::MAX),
            secret: SecretId(secret),
        })
    };
    rows.into_iter().map(holder).collect()
}

/// Whether a secret is that of a line of this number which has ended.
pub async fn has_ended(tx: &mut Tx, number: &str, secret: SecretId) -> Result<bool, Error> {
    let (ended,) = tx.one::<(i64,)>(ENDED_WITH, args![secret.0, number]).await?.unwrap_or_default();
    Ok(ended > 0)
}
