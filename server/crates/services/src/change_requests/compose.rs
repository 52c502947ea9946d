//! From what a form asks for to the items of a request: each kind is made of taking lines away and putting them
//! somewhere.

use crate::{
    Problem, Result,
    facts::{self, Loaded},
    view::RequestInput,
};
use domain::{
    Code, Finding, Mac,
    account::Extension,
    change_request::Wanted,
    device::Endpoint,
    ids::ExtensionId,
    plan::{Effect, Kind},
};
use storage::{Tx, device, person};

/// An endpoint as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    mac: Mac,
    index: u8,
}

/// What somebody asks for; every kind with what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Bind { at: At, extension: String },
    Unbind { at: At },
    Move { from: At, to: At },
    Swap { one: At, other: At },
    Replace { old: Mac, new: Mac },
    NumberChange { at: At, extension: String },
}

impl Asked {
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Bind { .. } => Kind::Bind,
            Self::Unbind { .. } => Kind::Unbind,
            Self::Move { .. } => Kind::Move,
            Self::Swap { .. } => Kind::Swap,
            Self::Replace { .. } => Kind::Replace,
            Self::NumberChange { .. } => Kind::NumberChange,
        }
    }
}

/// Reads a form; says everything that is wrong with it.
pub(super) fn read(input: &RequestInput, wrong: &mut impl FnMut(Code, &str)) -> Option<Asked> {
    let kind = Kind::parse(input.kind.trim()).filter(|kind| *kind != Kind::Bulk);
    if kind.is_none() {
        wrong(Code::StateInvalid, "kind");
    }
    let mac = Mac::parse(&input.mac).ok();
    if mac.is_none() {
        wrong(Code::MacInvalid, "mac");
    }
    let to_mac = Mac::parse(&input.to_mac).ok();
    let index = |text: &str| text.trim().parse().ok().filter(|index: &u8| *index > 0);
    let at = mac.zip(index(&input.index)).map(|(mac, index)| At { mac, index });
    let to = to_mac.zip(index(&input.to_index)).map(|(mac, index)| At { mac, index });
    if kind != Some(Kind::Replace) && index(&input.index).is_none() {
        wrong(Code::FieldMissing, "line key");
    }
    let other = matches!(kind, Some(Kind::Move | Kind::Swap | Kind::Replace));
    if other && to_mac.is_none() {
        wrong(Code::MacInvalid, "to_mac");
    }
    if matches!(kind, Some(Kind::Move | Kind::Swap)) && index(&input.to_index).is_none() {
        wrong(Code::FieldMissing, "to_index");
    }
    let same = if kind == Some(Kind::Replace) { mac == to_mac } else { at == to };
    if other && same && to_mac.is_some() {
        wrong(Code::FormInvalid, "to_mac");
    }
    let extension = input.extension.trim().to_owned();
    Some(match kind? {
        Kind::Bind => Asked::Bind { at: at?, extension },
        Kind::Unbind => Asked::Unbind { at: at? },
        Kind::Move => Asked::Move { from: at?, to: to? },
        Kind::Swap => Asked::Swap { one: at?, other: to? },
        Kind::Replace => Asked::Replace { old: mac?, new: to_mac? },
        Kind::NumberChange => Asked::NumberChange { at: at?, extension },
        Kind::Bulk => return None,
    })
}

/// The items of a request, and what they are in words.
pub(super) struct Composed {
    pub(super) items: Vec<Wanted>,
    pub(super) words: String,
}

/// Makes the items of what is asked for, as things stand now.
pub(super) async fn compose(tx: &mut Tx, asked: &Asked) -> Result<Composed> {
    Ok(match asked {
        Asked::Bind { at, extension } => {
            let (loaded, _) = endpoint(tx, *at, ["mac", "line key"]).await?;
            let extension = named(tx, extension).await?;
            let words = format!("bind extension {} on line key {} of {}", extension.number, at.index, at.mac);
            Composed { items: vec![wanted(&loaded, *at, Effect::Bind, extension.id)?], words }
        }
        Asked::Unbind { at } => {
            let (loaded, line) = endpoint(tx, *at, ["mac", "line key"]).await?;
            let line = line.ok_or_else(|| empty("line key"))?;
            let words = format!("unbind extension {} on line key {} of {}", line.number, at.index, at.mac);
            Composed { items: vec![wanted(&loaded, *at, Effect::Unbind, line.id)?], words }
        }
        Asked::Move { from, to } => {
            let (old, line) = endpoint(tx, *from, ["mac", "line key"]).await?;
            let line = line.ok_or_else(|| empty("line key"))?;
            let (new, _) = endpoint(tx, *to, ["to_mac", "to_index"]).await?;
            let items = vec![
                wanted(&old, *from, Effect::Unbind, line.id)?,
                wanted(&new, *to, Effect::Bind, line.id)?,
            ];
            let words = format!(
                "move extension {} from line key {} of {} to line key {} of {}",
                line.number, from.index, from.mac, to.index, to.mac
            );
            Composed { items, words }
        }
        Asked::Swap { one, other } => {
            let (first, line) = endpoint(tx, *one, ["mac", "line key"]).await?;
            let (second, other_line) = endpoint(tx, *other, ["to_mac", "to_index"]).await?;
            let line = line.ok_or_else(|| empty("line key"))?;
            let other_line = other_line.ok_or_else(|| empty("to_index"))?;
            let items = vec![
                wanted(&first, *one, Effect::Unbind, line.id)?,
                wanted(&second, *other, Effect::Unbind, other_line.id)?,
                wanted(&first, *one, Effect::Bind, other_line.id)?,
                wanted(&second, *other, Effect::Bind, line.id)?,
            ];
            let words = format!(
                "swap extension {} on line key {} of {} with {} on line key {} of {}",
                line.number, one.index, one.mac, other_line.number, other.index, other.mac
            );
            Composed { items, words }
        }
        Asked::Replace { old, new } => replace(tx, *old, *new).await?,
        Asked::NumberChange { at, extension } => {
            let (loaded, line) = endpoint(tx, *at, ["mac", "line key"]).await?;
            let line = line.ok_or_else(|| empty("line key"))?;
            let extension = named(tx, extension).await?;
            if extension.id == line.id {
                return Err(Finding::new(Code::FormInvalid, "extension")
                    .detail("It stands there already.")
                    .into());
            }
            let items = vec![
                wanted(&loaded, *at, Effect::Unbind, line.id)?,
                wanted(&loaded, *at, Effect::Bind, extension.id)?,
            ];
            let words = format!(
                "change extension {} to {} on line key {} of {}",
                line.number, extension.number, at.index, at.mac
            );
            Composed { items, words }
        }
    })
}

/// Every line of `old` goes to the line key of the same number of `new`.
async fn replace(tx: &mut Tx, old: Mac, new: Mac) -> Result<Composed> {
    let before = loaded(tx, old, "mac").await?;
    let after = loaded(tx, new, "to_mac").await?;
    if before.lines.is_empty() {
        return Err(Finding::new(Code::EndpointEmpty, "mac").detail("No line stands on it.").into());
    }
    let (mut takes, mut gives, mut findings) = (vec![], vec![], vec![]);
    for line in &before.lines {
        let (index, extension) = (line.standing.index, line.extension.id);
        takes.push(Wanted {
            device: before.stored.device.id,
            endpoint: line.standing.endpoint,
            effect: Effect::Unbind,
            extension,
        });
        match after.endpoints.iter().find(|e| e.index == index) {
            Some(endpoint) => gives.push(item(endpoint, Effect::Bind, extension)),
            None => findings.push(
                Finding::new(Code::FormInvalid, "to_mac").detail(format!("It has no line key {index}.")),
            ),
        }
    }
    if !findings.is_empty() {
        return Err(Problem::blocked(findings));
    }
    let words = format!("replace {old} by {new}: {} lines", takes.len());
    takes.extend(gives);
    Ok(Composed { items: takes, words })
}

fn empty(subject: &str) -> Problem {
    Problem::invalid(Code::EndpointEmpty, subject)
}

async fn loaded(tx: &mut Tx, mac: Mac, field: &str) -> Result<Loaded> {
    let stored =
        device::by_mac(tx, mac).await?.ok_or_else(|| Problem::invalid(Code::DeviceUnknown, field))?;
    facts::load(tx, stored).await
}

/// A device, and what stands on one of its endpoints. `fields` are those of its MAC and of the line key.
async fn endpoint(tx: &mut Tx, at: At, fields: [&str; 2]) -> Result<(Loaded, Option<Extension>)> {
    let [mac_field, index_field] = fields;
    let loaded = loaded(tx, at.mac, mac_field).await?;
    let endpoint = loaded.endpoints.iter().find(|e| e.index == at.index);
    let endpoint = endpoint.ok_or_else(|| Problem::invalid(Code::FormInvalid, index_field))?;
    let line = loaded.line_on(endpoint.id).map(|line| line.extension.clone());
    Ok((loaded, line))
}

async fn named(tx: &mut Tx, number: &str) -> Result<Extension> {
    let extension = person::extension_by_number(tx, number).await?;
    extension.ok_or_else(|| Problem::invalid(Code::ExtensionUnknown, "extension"))
}

fn wanted(loaded: &Loaded, at: At, effect: Effect, extension: ExtensionId) -> Result<Wanted> {
    let endpoint = loaded.endpoints.iter().find(|e| e.index == at.index);
    let endpoint = endpoint.ok_or_else(|| Problem::invalid(Code::FormInvalid, "line key"))?;
    Ok(item(endpoint, effect, extension))
}

const fn item(endpoint: &Endpoint, effect: Effect, extension: ExtensionId) -> Wanted {
    Wanted { device: endpoint.device, endpoint: endpoint.id, effect, extension }
}
