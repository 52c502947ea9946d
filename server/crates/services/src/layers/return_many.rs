//! A return of many phones by one request: asked for with a list or a filter of the inventory, planned phone by phone,
//! approved once, and carried out some at a time.

use super::{
    fleet::{Fleet, Real},
    named, new_draft, note,
    reach::{Reach, Target, reach},
    returns::{Way, against, to_one},
};
use crate::{Operation, Problem, Result, Services, act::Act, devices, view::DeviceFilter};
use domain::{
    Code, Finding, Mac, Timestamp,
    authz::{Action, authorise},
    device::DeviceState,
    group::Groups,
    ids::LayerId,
    layer::{
        Content, Layer, Level, Locks, Origin, pin,
        plan::Excluded,
        returning::{MOST, Returns},
    },
};
use std::collections::{BTreeSet, HashMap};
use storage::{
    Tx, device, layer,
    layer_change::{self, Change},
    revision,
};

/// A return of many phones as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct ReturnManyInput {
    /// Phones that a filter of the inventory finds; an empty one finds none.
    pub filter: DeviceFilter,
    /// MACs, with blanks, commas or line ends between.
    pub macs: String,
    /// The change before which they had what they shall have: `LC-7`.
    pub change: String,
    /// Or the moment at which they had it, UTC.
    pub at: String,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// When the phones are let go again, UTC.
    pub expires: String,
    /// A ticket elsewhere.
    pub external_ref: String,
}

/// The settings to which phones go back.
enum Point {
    /// Those that each had before this change reached it.
    Before(String),
    /// Those that each had at this moment.
    At(Timestamp),
}

impl Point {
    fn read(input: &ReturnManyInput) -> std::result::Result<Self, Finding> {
        let wrong = |field: &str, detail: &str| Err(Finding::new(Code::FormInvalid, field).detail(detail));
        match (input.change.trim(), input.at.trim()) {
            ("", "") => wrong("change", "Name a change, or a moment."),
            (change, "") => {
                let number = change.strip_prefix("LC-").unwrap_or(change).parse::<i64>();
                number.map_or_else(
                    |_| wrong("change", "Such as LC-7."),
                    |number| Ok(Self::Before(named(number))),
                )
            }
            ("", at) => Timestamp::parse(at)
                .map_or_else(|| wrong("at", "Such as 2026-11-20 18:00."), |at| Ok(Self::At(at))),
            _ => wrong("at", "Either a change or a moment."),
        }
    }

    fn says(&self) -> String {
        match self {
            Self::Before(change) => format!("before {change}"),
            Self::At(at) => format!("at {at}"),
        }
    }
}

/// Asks for it: a draft, to be looked at and submitted. Returns its number. One statement for each phone.
pub async fn ask_many(services: &Services, op: &Operation, input: &ReturnManyInput) -> Result<i64> {
    authorise(&op.actor, Action::Request)?;
    let mut findings = Vec::new();
    let point = Point::read(input).map_err(|wrong| findings.push(wrong)).ok();
    let expires = Timestamp::parse(input.expires.trim());
    if expires.is_none() {
        findings.push(Finding::new(Code::FieldMissing, "expires").detail("It is temporary."));
    }
    let reason = input.reason.trim();
    if reason.is_empty() {
        findings.push(Finding::new(Code::FieldMissing, "reason"));
    }
    let mut act = Act::begin(services, op).await?;
    let macs = phones(&mut act.tx, input, &mut findings).await?;
    let (Some(point), Some(expires), true) = (point, expires, findings.is_empty()) else {
        return Err(Problem::blocked(findings));
    };
    let mut returns =
        Returns { phones: [].into(), point: point.says(), owner: input.owner.trim().to_owned(), expires };
    for mac in macs {
        let Some(stored) = device::by_mac(&mut act.tx, mac).await? else {
            findings.push(Finding::new(Code::DeviceUnknown, mac.to_string()));
            continue;
        };
        let had = match &point {
            Point::Before(change) => revision::before(&mut act.tx, stored.device.id, change).await?,
            Point::At(at) => revision::at(&mut act.tx, stored.device.id, *at).await?,
        };
        returns.phones.insert(mac, had.unwrap_or(0));
    }
    findings.extend(returns.check(op.now));
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let draft = new_draft(services, op, &mut act.tx, Level::Pin).await?;
    let number = draft.number;
    let external_ref = input.external_ref.trim();
    let says = returns.says();
    let change = Change {
        scope: format!("many/{number}"),
        name: format!("{} phones", returns.phones.len()),
        content: Content { returns: Some(returns), ..Content::default() },
        note: reason.to_owned(),
        external_ref: (!external_ref.is_empty()).then(|| external_ref.to_owned()),
        ..draft
    };
    layer_change::insert(&mut act.tx, &change).await?;
    note(&mut act, &change, "return.ask", None, Some(says));
    act.commit().await?;
    Ok(number)
}

/// The phones that are meant; what is no MAC is named.
async fn phones(tx: &mut Tx, input: &ReturnManyInput, findings: &mut Vec<Finding>) -> Result<BTreeSet<Mac>> {
    let mut macs = BTreeSet::new();
    let words = input.macs.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    for word in words.filter(|word| !word.is_empty()) {
        match Mac::parse(word) {
            Ok(mac) => _ = macs.insert(mac),
            Err(_) => {
                findings.push(Finding::new(Code::MacInvalid, word.chars().take(40).collect::<String>()));
            }
        }
    }
    if input.filter.is_empty() {
        return Ok(macs);
    }
    let mut place = DeviceFilter { after: String::new(), ..input.filter.clone() };
    loop {
        let page = devices::rows(tx, &place).await?;
        macs.extend(page.rows.iter().map(|row| row.mac));
        match page.next.filter(|_| macs.len() <= MOST) {
            Some(next) => place.after = next,
            None => return Ok(macs),
        }
    }
}

/// What it does to each phone, put together by what is the same. Some ten statements for each phone, and for each that
/// reads its own facts ten more.
pub(super) async fn planned(tx: &mut Tx, change: &Change, returns: &Returns) -> Result<Reach> {
    let mut fleet = Fleet::load(tx, Level::Organisation, "organisation").await?;
    fleet.members.retain(|member| returns.phones.contains_key(&member.device.mac));
    let (mut excluded, mut wanted, mut real) = (vec![], HashMap::new(), HashMap::new());
    for (mac, revision) in &returns.phones {
        match target(tx, change, (*mac, *revision), &fleet.groups).await? {
            Err(finding) => excluded.push(Excluded { mac: *mac, finding }),
            Ok(target) => {
                if let (true, Some(id)) = (target.reads_facts(), target.device()) {
                    real.insert(id, Real::load(tx, id).await?);
                }
                wanted.insert(*mac, target);
            }
        }
    }
    // Each phone is resolved by itself: not on a thread that phones wait for.
    let computed = tokio::task::spawn_blocking(move || {
        let mut all = Reach::default();
        for member in std::mem::take(&mut fleet.members) {
            let Some(target) = wanted.remove(&member.device.mac) else { continue };
            fleet.members = vec![member];
            all.merge(reach(&fleet, &target, &real));
        }
        all
    });
    let mut reached = computed.await.map_err(|_| Problem::invalid(Code::LayerInvalid, "plan"))?;
    let left_out = u32::try_from(excluded.len()).unwrap_or(u32::MAX);
    reached.counts.in_scope = reached.counts.in_scope.saturating_add(left_out);
    reached.excluded.extend(excluded);
    reached.finish();
    Ok(reached)
}

/// What one phone would be held to, or why it is left out.
async fn target(
    tx: &mut Tx,
    change: &Change,
    (mac, number): (Mac, u32),
    groups: &Groups,
) -> Result<std::result::Result<Target, Finding>> {
    let Some(stored) = device::by_mac(tx, mac).await? else {
        return Ok(Err(Finding::new(Code::DeviceUnknown, mac.to_string())));
    };
    let id = stored.device.id;
    if stored.device.state == DeviceState::Retired {
        return Ok(Err(Finding::new(Code::DeviceRetired, mac.to_string())));
    }
    if let Some(standing) = layer::pin(tx, id).await? {
        return Ok(Err(pin::excluded(mac.to_string(), &standing.change)));
    }
    let Some(earlier) = revision::by_number(tx, id, number).await? else {
        let detail = "It had nothing then that it could go back to.";
        return Ok(Err(Finding::new(Code::FormInvalid, mac.to_string()).detail(detail)));
    };
    let settings = pin::settings(&earlier.revision.resolution);
    if let Some(finding) = against(tx, id, &settings).await?.into_iter().next() {
        return Ok(Err(finding));
    }
    let origin = Origin {
        layer: LayerId(change.id.0),
        level: Level::Pin,
        name: format!("{mac} {}", named(change.number)),
        version: 1,
        change: named(change.number),
    };
    Ok(Ok(Target {
        scope: id.to_string(),
        before: None,
        after: Layer { origin, settings, locks: Locks::new() },
        groups: groups.clone(),
        labels: None,
    }))
}

/// Returns one phone of it; whether its file is another now, or why it is not returned.
pub(super) async fn carry_out(
    services: &Services,
    act: &mut Act<'_>,
    change: &Change,
    returns: &Returns,
    mac: Mac,
) -> Result<std::result::Result<bool, Finding>> {
    let (Some(stored), Some(revision)) = (device::by_mac(&mut act.tx, mac).await?, returns.phones.get(&mac))
    else {
        return Ok(Err(Finding::new(Code::DeviceUnknown, mac.to_string())));
    };
    let way = Way {
        change: change.id,
        number: change.number,
        by: named(change.number),
        approver: Some(&change.approvers),
        owner: &returns.owner,
        reason: &change.note,
        expires: returns.expires,
    };
    to_one(services, act, stored.device.id, *revision, &way).await
}
