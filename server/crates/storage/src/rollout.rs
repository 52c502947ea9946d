//! Rollouts: where they are, their phones, what is seen of these, and which versions of layers phones are held at.

use crate::{Error, Tx, args::args, many::many, statements};
use domain::{
    Mac, Timestamp,
    device::DeviceState,
    ids::{ChangeRequestId, DeviceId, LayerChangeId, LayerId, RolloutId, SiteId},
    layer::Level,
    rollout::{Member, Phase, Policy, Seen, Settings, Standing, Status},
};
use uuid::Uuid;

/// All of a rollout; what follows says of which.
macro_rules! rollouts {
    ($after:literal) => {
        concat!(
            "SELECT r.rollout_id, r.number, r.layer_change_id, c.number AS change, c.note, c.approvers, r.layer_id, l.level, l.scope, l.name, r.parent, r.version, r.settings, r.status, r.wave, r.begun_at, r.accepted, r.turn, r.made_by, r.made_at, r.ended_at FROM rollout r JOIN layer_change c ON c.layer_change_id = r.layer_change_id JOIN layer l ON l.layer_id = r.layer_id ",
            $after
        )
    };
}

/// Phones with what is seen of them; what follows says which. What costs a look elsewhere is asked for those alone that
/// are waited for.
macro_rules! watched {
    ($after:literal) => {
        concat!(
            "SELECT m.device_id, d.site_id, m.wave, m.phase, d.state, o.seen_at, o.client, CASE WHEN m.phase_word IN ('released', 'fetched', 'failed') THEN (SELECT max(u.received_at) FROM upload u WHERE u.device_id = m.device_id) END AS uploaded_at, CASE WHEN m.phase_word IN ('released', 'fetched', 'failed') AND EXISTS (SELECT 1 FROM current_revision k JOIN revision_file f ON f.revision_id = k.revision_id WHERE k.device_id = m.device_id AND f.digest = o.digest) THEN o.seen_at END AS fetched_at FROM rollout_device m JOIN device d ON d.device_id = m.device_id LEFT JOIN observation o ON o.device_id = m.device_id WHERE m.rollout_id = $1 AND ",
            $after
        )
    };
}

statements! {
    BY_NUMBER = rollouts!("WHERE r.number = $1");
    OF_CHANGE = rollouts!("WHERE c.number = $1");
    OPEN = rollouts!("WHERE r.ended_at IS NULL ORDER BY r.number");
    LIST = rollouts!("WHERE r.number < $1 ORDER BY r.number DESC LIMIT 201");
    RUNNING = "SELECT r.number FROM rollout r JOIN layer l ON l.layer_id = r.layer_id WHERE l.level = $1 AND l.scope = $2 AND r.ended_at IS NULL";
    TURN = "SELECT turn FROM rollout WHERE number = $1";
    INSERT = "INSERT INTO rollout (rollout_id, number, layer_change_id, layer_id, parent, version, settings, status_word, status, wave, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11)";
    UPDATE = "UPDATE rollout SET status_word = $3, status = $4, wave = $5, begun_at = $6, accepted = $7, ended_at = $8, turn = turn + 1 WHERE rollout_id = $1 AND turn = $2";
    ADD = "INSERT INTO rollout_device (rollout_id, device_id, wave, position, phase_word, phase, reached) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (rollout_id, device_id) DO NOTHING";
    ADD_MANY = many!("INSERT INTO rollout_device (rollout_id, device_id, wave, position, phase_word, phase, reached) VALUES ", 7 columns, 32 rows, " ON CONFLICT (rollout_id, device_id) DO NOTHING");
    OF_WAVE = watched!("m.wave = $2 ORDER BY m.position");
    OF_WAVE_OR = watched!("(m.wave = $2 OR m.device_id = $3) ORDER BY m.position");
    MOVING = watched!("m.wave = $2 AND m.phase_word IN ('waiting', 'released', 'fetched', 'failed') AND (m.phase_word IN ('fetched', 'failed') OR (m.phase_word = 'released' AND (o.seen_at > m.touched_at OR m.touched_at < $3 OR d.state <> 'active')) OR (m.phase_word = 'waiting' AND ($4 = 1 OR d.state <> 'active'))) ORDER BY m.position");
    REACHED_OF = watched!("m.wave = $2 AND m.reached AND m.phase_word <> 'skipped' ORDER BY m.position LIMIT 5000");
    APPEARED = watched!("m.phase_word = 'deferred' AND m.wave < $2 AND o.seen_at >= $3 ORDER BY m.position LIMIT 1000");
    DEFERRED = watched!("m.phase_word = 'deferred' ORDER BY m.position LIMIT 5000");
    REACHED = watched!("m.reached ORDER BY m.position LIMIT 5000");
    MOVE = "UPDATE rollout_device SET phase_word = $3, phase = $4, reached = $5, touched_at = coalesce($6, touched_at), note = $7 WHERE rollout_id = $1 AND device_id = $2";
    SEEN_SINCE = "SELECT device_id FROM observation WHERE seen_at >= $1";
    RECENT = "SELECT d.site_id, o.client, count(*) FROM rollout_device m JOIN device d ON d.device_id = m.device_id LEFT JOIN observation o ON o.device_id = m.device_id WHERE m.touched_at > $1 GROUP BY d.site_id, o.client";
    TALLY = "SELECT phase_word, count(*) FROM rollout_device WHERE rollout_id = $1 AND wave = $2 GROUP BY phase_word";
    TALLIES = "SELECT wave, phase_word, count(*) FROM rollout_device WHERE rollout_id = $1 GROUP BY wave, phase_word ORDER BY wave, phase_word";
    PHONES = "SELECT d.mac, s.code AS site, m.wave, m.phase, m.note, m.touched_at, o.seen_at FROM rollout_device m JOIN device d ON d.device_id = m.device_id JOIN site s ON s.site_id = d.site_id LEFT JOIN observation o ON o.device_id = m.device_id WHERE m.rollout_id = $1 AND m.phase_word = $2 AND d.mac > $3 ORDER BY d.mac LIMIT 201";
    HELD = "SELECT h.layer_id, l.level, l.scope, h.version FROM layer_hold h JOIN layer l ON l.layer_id = h.layer_id WHERE h.device_id = $1 UNION ALL SELECT r.layer_id, l.level, l.scope, r.parent FROM rollout r JOIN layer l ON l.layer_id = r.layer_id LEFT JOIN rollout_device m ON m.rollout_id = r.rollout_id AND m.device_id = $1 WHERE r.ended_at IS NULL AND ((m.device_id IS NULL AND r.status_word = 'preparing') OR NOT m.reached)";
    HELD_BY_ALL = "SELECT r.layer_id, l.level, l.scope, r.parent FROM rollout r JOIN layer l ON l.layer_id = r.layer_id WHERE r.ended_at IS NULL";
    HOLDS = "SELECT h.device_id, h.layer_id, h.version FROM layer_hold h UNION ALL SELECT m.device_id, r.layer_id, r.parent FROM rollout r JOIN rollout_device m ON m.rollout_id = r.rollout_id WHERE r.ended_at IS NULL AND NOT m.reached UNION ALL SELECT d.device_id, r.layer_id, r.parent FROM rollout r CROSS JOIN device d WHERE r.status_word = 'preparing' AND NOT EXISTS (SELECT 1 FROM rollout_device m WHERE m.rollout_id = r.rollout_id AND m.device_id = d.device_id)";
    HOLDS_OF_REQUEST = "SELECT i.device_id, h.layer_id, h.version FROM change_request_item i JOIN layer_hold h ON h.device_id = i.device_id WHERE i.change_request_id = $1 UNION ALL SELECT i.device_id, r.layer_id, r.parent FROM change_request_item i CROSS JOIN rollout r LEFT JOIN rollout_device m ON m.rollout_id = r.rollout_id AND m.device_id = i.device_id WHERE i.change_request_id = $1 AND r.ended_at IS NULL AND ((m.device_id IS NULL AND r.status_word = 'preparing') OR NOT m.reached)";
    HOLD = "INSERT INTO layer_hold (device_id, layer_id, version, rollout_id) SELECT m.device_id, r.layer_id, r.parent, r.rollout_id FROM rollout r JOIN rollout_device m ON m.rollout_id = r.rollout_id WHERE r.rollout_id = $1 AND m.phase_word = 'skipped' AND NOT m.reached ON CONFLICT (device_id, layer_id) DO NOTHING";
    LET_GO = "DELETE FROM layer_hold WHERE layer_id = $1";
    POLICY = "SELECT policy, reason, made_by, made_at FROM rollout_policy ORDER BY number DESC LIMIT 1";
    SET_POLICY = "INSERT INTO rollout_policy (number, policy, reason, made_by, made_at) VALUES ($1, $2, $3, $4, $5)";
}

/// A rollout, without its phones.
#[derive(Clone, Debug)]
pub struct Rollout {
    /// Its id.
    pub id: RolloutId,
    /// 4 of `RO-4`.
    pub number: i64,
    /// The change that it carries out.
    pub change_id: LayerChangeId,
    /// Its number: 7 of `LC-7`. Not stored with it, as what follows until the layer.
    pub change: i64,
    /// What changes and why.
    pub note: String,
    /// Who signed it.
    pub approvers: String,
    /// The layer.
    pub layer: LayerId,
    /// Its level.
    pub level: Level,
    /// What it is of.
    pub scope: String,
    /// What people call it.
    pub name: String,
    /// The version that phones have which are not reached; 0 for none.
    pub parent: u32,
    /// The version that is carried out.
    pub version: u32,
    /// How it runs.
    pub settings: Settings,
    /// How it stands.
    pub status: Status,
    /// The wave, from 0.
    pub wave: u32,
    /// Since when the wave counts its phones.
    pub begun: Option<Timestamp>,
    /// Failures of the wave that somebody accepted.
    pub accepted: u32,
    /// How often it was written.
    pub turn: i64,
    /// Who applied the change.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it was over.
    pub ended: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct RolloutRow {
    rollout_id: Uuid,
    number: i64,
    layer_change_id: Uuid,
    change: i64,
    note: String,
    approvers: String,
    layer_id: Uuid,
    level: String,
    scope: String,
    name: String,
    parent: i64,
    version: i64,
    settings: String,
    status: String,
    wave: i64,
    begun_at: Option<i64>,
    accepted: i64,
    turn: i64,
    made_by: String,
    made_at: i64,
    ended_at: Option<i64>,
}

impl TryFrom<RolloutRow> for Rollout {
    type Error = Error;
    fn try_from(row: RolloutRow) -> Result<Self, Error> {
        let json = |e: serde_json::Error| Error::row("rollout", row.number, e);
        let small = |n: i64| u32::try_from(n).map_err(|e| Error::row("rollout", row.number, e));
        Ok(Self {
            id: RolloutId(row.rollout_id),
            number: row.number,
            change_id: LayerChangeId(row.layer_change_id),
            change: row.change,
            note: row.note,
            approvers: row.approvers,
            layer: LayerId(row.layer_id),
            level: Level::parse(&row.level).ok_or_else(|| Error::row("rollout", row.number, "level"))?,
            scope: row.scope,
            name: row.name,
            parent: small(row.parent)?,
            version: small(row.version)?,
            settings: serde_json::from_str(&row.settings).map_err(json)?,
            status: serde_json::from_str(&row.status).map_err(json)?,
            wave: small(row.wave)?,
            begun: row.begun_at.map(Timestamp),
            accepted: small(row.accepted)?,
            turn: row.turn,
            by: row.made_by,
            at: Timestamp(row.made_at),
            ended: row.ended_at.map(Timestamp),
        })
    }
}

fn to_json(of: impl ToString, value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::row("rollout", of, e))
}

/// The rollout of this number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Rollout>, Error> {
    tx.one::<RolloutRow>(BY_NUMBER, args![number]).await?.map(TryInto::try_into).transpose()
}

/// The rollout that carries out this change, by its number.
pub async fn of_change(tx: &mut Tx, change: i64) -> Result<Option<Rollout>, Error> {
    tx.one::<RolloutRow>(OF_CHANGE, args![change]).await?.map(TryInto::try_into).transpose()
}

/// Those that are not over, the oldest first.
pub async fn open(tx: &mut Tx) -> Result<Vec<Rollout>, Error> {
    tx.all::<RolloutRow>(OPEN, vec![]).await?.into_iter().map(TryInto::try_into).collect()
}

/// Up to 201 with a smaller number than `before`, newest first.
pub async fn list(tx: &mut Tx, before: i64) -> Result<Vec<Rollout>, Error> {
    tx.all::<RolloutRow>(LIST, args![before]).await?.into_iter().map(TryInto::try_into).collect()
}

/// The number of the rollout of this layer that is not over.
pub async fn running(tx: &mut Tx, level: Level, scope: &str) -> Result<Option<i64>, Error> {
    Ok(tx.one::<(i64,)>(RUNNING, args![level.word(), scope]).await?.map(|(number,)| number))
}

/// How often the rollout of this number was written.
pub async fn turn(tx: &mut Tx, number: i64) -> Result<Option<i64>, Error> {
    Ok(tx.one::<(i64,)>(TURN, args![number]).await?.map(|(turn,)| turn))
}

/// Adds one, without phones.
pub async fn insert(tx: &mut Tx, rollout: &Rollout) -> Result<(), Error> {
    let r = rollout;
    let args = args![
        r.id.0,
        r.number,
        r.change_id.0,
        r.layer.0,
        i64::from(r.parent),
        i64::from(r.version),
        to_json(r.number, &r.settings)?,
        r.status.word(),
        to_json(r.number, &r.status)?,
        &r.by,
        r.at
    ];
    tx.run(INSERT, args).await?;
    Ok(())
}

/// Saves where it is, if nobody else has since it was read; whether that was so. It is then one turn on.
pub async fn update(tx: &mut Tx, rollout: &mut Rollout) -> Result<bool, Error> {
    let r = &*rollout;
    let args = args![
        r.id.0,
        r.turn,
        r.status.word(),
        to_json(r.number, &r.status)?,
        i64::from(r.wave),
        r.begun,
        i64::from(r.accepted),
        r.ended
    ];
    let saved = tx.run(UPDATE, args).await? == 1;
    rollout.turn += i64::from(saved);
    Ok(saved)
}

/// Adds phones that wait, in the order of their release; `from` is the position of the first.
pub async fn add(tx: &mut Tx, id: RolloutId, phones: &[(DeviceId, u32)], from: i64) -> Result<(), Error> {
    let phase = to_json(id, &Phase::Waiting)?;
    let row = |(at, (device, wave)): (i64, &(DeviceId, u32))| {
        args![id.0, device.0, i64::from(*wave), at, Phase::Waiting.word(), &phase, false]
    };
    let (many, rest) = phones.as_chunks::<32>();
    let mut position = from..;
    for chunk in many {
        tx.run(ADD_MANY, (&mut position).zip(chunk).flat_map(row).collect()).await?;
    }
    for one in position.zip(rest) {
        tx.run(ADD, row(one)).await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct WatchedRow {
    device_id: Uuid,
    site_id: Uuid,
    wave: i64,
    phase: String,
    state: String,
    seen_at: Option<i64>,
    client: Option<String>,
    uploaded_at: Option<i64>,
    fetched_at: Option<i64>,
}

/// A phone of a rollout, and what is seen of it.
pub type Watched = (Member, Seen);

fn watched(rows: Vec<WatchedRow>) -> Result<Vec<Watched>, Error> {
    let one = |row: WatchedRow| {
        let json = |e: serde_json::Error| Error::row("rollout_device", row.device_id, e);
        let member = Member {
            device: DeviceId(row.device_id),
            site: SiteId(row.site_id),
            wave: u32::try_from(row.wave).unwrap_or(u32::MAX),
            phase: serde_json::from_str(&row.phase).map_err(json)?,
        };
        let standing = match DeviceState::parse(&row.state, None) {
            Some(DeviceState::Retired) => Standing::Gone,
            Some(DeviceState::Active) => Standing::Active,
            _ => Standing::Held,
        };
        let seen = Seen {
            standing,
            last: row.seen_at.map(Timestamp),
            fetched: row.fetched_at.map(Timestamp),
            uploaded: row.uploaded_at.map(Timestamp),
            source: row.client,
            ..Seen::default()
        };
        Ok((member, seen))
    };
    rows.into_iter().map(one).collect()
}

/// The phones of a wave.
pub async fn of_wave(tx: &mut Tx, id: RolloutId, wave: u32) -> Result<Vec<Watched>, Error> {
    watched(tx.all(OF_WAVE, args![id.0, i64::from(wave)]).await?)
}

/// The same, and one phone of any wave.
pub async fn of_wave_or(tx: &mut Tx, id: RolloutId, wave: u32, or: DeviceId) -> Result<Vec<Watched>, Error> {
    watched(tx.all(OF_WAVE_OR, args![id.0, i64::from(wave), or.0]).await?)
}

/// The phones of a wave that has begun of which something may have to be said now: those that have fetched or failed,
/// and of those that were released whoever was seen since, was released before `late`, or is not in use any more. Those
/// that wait with `waiting`, without it only those that are not in use.
pub async fn moving(
    tx: &mut Tx,
    id: RolloutId,
    wave: u32,
    late: Timestamp,
    waiting: bool,
) -> Result<Vec<Watched>, Error> {
    watched(tx.all(MOVING, args![id.0, i64::from(wave), late, i64::from(waiting)]).await?)
}

/// Phones of a wave that have the new version and were not taken out, at most 5,000.
pub async fn reached_of(tx: &mut Tx, id: RolloutId, wave: u32) -> Result<Vec<Watched>, Error> {
    watched(tx.all(REACHED_OF, args![id.0, i64::from(wave)]).await?)
}

/// Phones that were deferred from waves before this one and have been served since, at most 1,000.
pub async fn appeared(
    tx: &mut Tx,
    id: RolloutId,
    wave: u32,
    since: Timestamp,
) -> Result<Vec<Watched>, Error> {
    watched(tx.all(APPEARED, args![id.0, i64::from(wave), since]).await?)
}

/// Phones that were deferred, at most 5,000.
pub async fn deferred(tx: &mut Tx, id: RolloutId) -> Result<Vec<Watched>, Error> {
    watched(tx.all(DEFERRED, args![id.0]).await?)
}

/// Phones that have the new version, at most 5,000.
pub async fn reached(tx: &mut Tx, id: RolloutId) -> Result<Vec<Watched>, Error> {
    watched(tx.all(REACHED, args![id.0]).await?)
}

/// Says where a phone is; `touched` is when its files are published by that.
pub async fn set_phase(
    tx: &mut Tx,
    id: RolloutId,
    device: DeviceId,
    phase: Phase,
    touched: Option<Timestamp>,
    note: &str,
) -> Result<(), Error> {
    let json = to_json(id, &phase)?;
    tx.run(MOVE, args![id.0, device.0, phase.word(), json, phase.reached(), touched, note]).await?;
    Ok(())
}

/// Devices that were served since, after they had proven themselves.
pub async fn seen_since(tx: &mut Tx, since: Timestamp) -> Result<Vec<DeviceId>, Error> {
    let rows = tx.all::<(Uuid,)>(SEEN_SINCE, args![since]).await?;
    Ok(rows.into_iter().map(|(id,)| DeviceId(id)).collect())
}

/// How many phones were published since, by site and by where they were last seen from; of all rollouts.
pub async fn recent(tx: &mut Tx, since: Timestamp) -> Result<Vec<(SiteId, Option<String>, u32)>, Error> {
    let rows = tx.all::<(Uuid, Option<String>, i64)>(RECENT, args![since]).await?;
    let row = |(site, client, many)| (SiteId(site), client, u32::try_from(many).unwrap_or(u32::MAX));
    Ok(rows.into_iter().map(row).collect())
}

/// How many phones of a wave are in the phase of which word.
pub async fn tally(tx: &mut Tx, id: RolloutId, wave: u32) -> Result<Vec<(String, u32)>, Error> {
    let rows = tx.all::<(String, i64)>(TALLY, args![id.0, i64::from(wave)]).await?;
    Ok(rows.into_iter().map(|(word, many)| (word, u32::try_from(many).unwrap_or(u32::MAX))).collect())
}

/// How many phones of each wave are where: wave, word of the phase, how many.
pub async fn tallies(tx: &mut Tx, id: RolloutId) -> Result<Vec<(u32, String, u32)>, Error> {
    let rows = tx.all::<(i64, String, i64)>(TALLIES, args![id.0]).await?;
    let small = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(rows.into_iter().map(|(wave, word, many)| (small(wave), word, small(many))).collect())
}

/// A phone as pages list it.
#[derive(Clone, Debug)]
pub struct Phone {
    /// The phone.
    pub mac: Mac,
    /// Code of its site.
    pub site: String,
    /// Its wave, from 0.
    pub wave: u32,
    /// Where it is.
    pub phase: Phase,
    /// Why it was skipped, or could not be written.
    pub note: String,
    /// When its files were last published by this.
    pub touched: Option<Timestamp>,
    /// When it was last served.
    pub seen: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct PhoneRow {
    mac: String,
    site: String,
    wave: i64,
    phase: String,
    note: String,
    touched_at: Option<i64>,
    seen_at: Option<i64>,
}

/// Up to 201 phones in the phase of this word, after `after`, by MAC.
pub async fn phones(tx: &mut Tx, id: RolloutId, word: &str, after: &str) -> Result<Vec<Phone>, Error> {
    let rows = tx.all::<PhoneRow>(PHONES, args![id.0, word, after]).await?;
    let one = |row: PhoneRow| {
        let bad = |what: &str| Error::row("rollout_device", &row.mac, what);
        Ok(Phone {
            mac: Mac::parse(&row.mac).map_err(|_| bad("mac"))?,
            site: row.site,
            wave: u32::try_from(row.wave).unwrap_or(u32::MAX),
            phase: serde_json::from_str(&row.phase).map_err(|_| bad("phase"))?,
            note: row.note,
            touched: row.touched_at.map(Timestamp),
            seen: row.seen_at.map(Timestamp),
        })
    };
    rows.into_iter().map(one).collect()
}

/// A layer at an earlier version than the newest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// The layer.
    pub layer: LayerId,
    /// Its level.
    pub level: Level,
    /// What it is of.
    pub scope: String,
    /// The version; 0 for none.
    pub version: u32,
}

fn held(rows: Vec<(Uuid, String, String, i64)>) -> Result<Vec<Held>, Error> {
    let one = |(layer, level, scope, version): (Uuid, String, String, i64)| {
        let level = Level::parse(&level).ok_or_else(|| Error::row("layer", layer, "level"))?;
        Ok(Held { layer: LayerId(layer), level, scope, version: u32::try_from(version).unwrap_or(0) })
    };
    let mut all: Vec<Held> = rows.into_iter().map(one).collect::<Result<_, Error>>()?;
    // Held twice: the earlier version holds.
    all.sort_unstable();
    all.dedup_by_key(|held| held.layer);
    Ok(all)
}

/// Layers that a device has at an earlier version: rollouts have not reached it, or somebody took it out of one.
pub async fn held_by(tx: &mut Tx, device: DeviceId) -> Result<Vec<Held>, Error> {
    held(tx.all(HELD, args![device.0]).await?)
}

/// Layers of which a rollout is not over.
pub async fn held_by_all(tx: &mut Tx) -> Result<Vec<Held>, Error> {
    held(tx.all(HELD_BY_ALL, vec![]).await?)
}

/// A device that has a layer at an earlier version, with the version.
pub type Hold = (DeviceId, LayerId, u32);

/// Every device that has a layer at an earlier version.
pub async fn holds(tx: &mut Tx) -> Result<Vec<Hold>, Error> {
    Ok(every(tx.all(HOLDS, vec![]).await?))
}

/// The same of the devices of a change request.
pub async fn holds_of_request(tx: &mut Tx, id: ChangeRequestId) -> Result<Vec<Hold>, Error> {
    Ok(every(tx.all(HOLDS_OF_REQUEST, args![id.0]).await?))
}

fn every(rows: Vec<(Uuid, Uuid, i64)>) -> Vec<Hold> {
    let one =
        |(device, layer, version)| (DeviceId(device), LayerId(layer), u32::try_from(version).unwrap_or(0));
    rows.into_iter().map(one).collect()
}

/// Phones that were taken out keep the version that they have.
pub async fn hold(tx: &mut Tx, id: RolloutId) -> Result<u64, Error> {
    tx.run(HOLD, args![id.0]).await
}

/// Another version of the layer stands: nobody is held any more.
pub async fn let_go(tx: &mut Tx, layer: LayerId) -> Result<u64, Error> {
    tx.run(LET_GO, args![layer.0]).await
}

/// How rollouts run from now on, and who said so, why and when; `None` before anybody did.
pub async fn policy(tx: &mut Tx) -> Result<Option<(Policy, String, String, Timestamp)>, Error> {
    let row = tx.one::<(String, String, String, i64)>(POLICY, vec![]).await?;
    row.map(|(policy, reason, by, at)| {
        let policy = serde_json::from_str(&policy).map_err(|e| Error::row("rollout_policy", at, e))?;
        Ok((policy, reason, by, Timestamp(at)))
    })
    .transpose()
}

/// Says how rollouts run from now on.
pub async fn set_policy(
    tx: &mut Tx,
    number: i64,
    policy: &Policy,
    (reason, by, at): (&str, &str, Timestamp),
) -> Result<(), Error> {
    tx.run(SET_POLICY, args![number, to_json(number, policy)?, reason, by, at]).await?;
    Ok(())
}
