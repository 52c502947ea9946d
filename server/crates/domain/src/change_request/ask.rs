//! What somebody asks for, as they name it: by MAC, line key and number. Forms and files are read by the same rules.

use crate::{Code, Mac, plan::Kind};
use serde::Serialize;

/// An endpoint as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct At {
    /// The device.
    pub mac: Mac,
    /// Line key, from 1.
    pub index: u8,
}

/// What was typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Word of a kind.
    pub kind: &'a str,
    /// MAC of the device.
    pub mac: &'a str,
    /// Its line key.
    pub index: &'a str,
    /// Number of an extension.
    pub extension: &'a str,
    /// MAC of the other device.
    pub to_mac: &'a str,
    /// Line key of the other device.
    pub to_index: &'a str,
}

/// What is asked for; every kind with what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Put an extension there.
    Bind {
        /// Where.
        at: At,
        /// Its number.
        extension: String,
    },
    /// Take away what stands there.
    Unbind {
        /// Where.
        at: At,
    },
    /// Take what stands there to another endpoint.
    Move {
        /// From where.
        from: At,
        /// To where.
        to: At,
    },
    /// Exchange what stands at two endpoints.
    Swap {
        /// One of them.
        one: At,
        /// The other.
        other: At,
    },
    /// Take every line of a device to the same line keys of another.
    Replace {
        /// From which device.
        old: Mac,
        /// To which device.
        new: Mac,
    },
    /// Put another extension in place of what stands there.
    NumberChange {
        /// Where.
        at: At,
        /// Number of the extension that comes.
        extension: String,
    },
}

impl Ask {
    /// The kind of a request for this alone.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Bind { .. } => Kind::Bind,
            Self::Unbind { .. } => Kind::Unbind,
            Self::Move { .. } => Kind::Move,
            Self::Swap { .. } => Kind::Swap,
            Self::Replace { .. } => Kind::Replace,
            Self::NumberChange { .. } => Kind::NumberChange,
        }
    }

    /// The MACs that it names.
    pub fn macs(&self) -> Vec<Mac> {
        match self {
            Self::Bind { at, .. } | Self::Unbind { at } | Self::NumberChange { at, .. } => vec![at.mac],
            Self::Move { from, to } => vec![from.mac, to.mac],
            Self::Swap { one, other } => vec![one.mac, other.mac],
            Self::Replace { old, new } => vec![*old, *new],
        }
    }

    /// The number that it names.
    pub fn extension(&self) -> Option<&str> {
        match self {
            Self::Bind { extension, .. } | Self::NumberChange { extension, .. } => Some(extension),
            Self::Unbind { .. } | Self::Move { .. } | Self::Swap { .. } | Self::Replace { .. } => None,
        }
    }

    /// Reads what was typed; says everything that is wrong with it, by field.
    pub fn read(typed: &Asked<'_>, wrong: &mut impl FnMut(Code, &'static str)) -> Option<Self> {
        let line = |kind: &Kind| !kind.no_line() && *kind != Kind::Bulk;
        let kind = Kind::parse(typed.kind.trim()).filter(line);
        let (mac, to_mac) = (Mac::parse(typed.mac).ok(), Mac::parse(typed.to_mac).ok());
        let index = |text: &str| text.trim().parse().ok().filter(|index: &u8| *index > 0);
        let (index, to_index) = (index(typed.index), index(typed.to_index));
        let whole = kind == Some(Kind::Replace);
        let two = matches!(kind, Some(Kind::Move | Kind::Swap));
        let mut missing = |when: bool, code, field| {
            if when {
                wrong(code, field);
            }
        };
        missing(kind.is_none(), Code::StateInvalid, "kind");
        missing(mac.is_none(), Code::MacInvalid, "mac");
        missing(!whole && index.is_none(), Code::FieldMissing, "line key");
        missing((whole || two) && to_mac.is_none(), Code::MacInvalid, "to_mac");
        missing(two && to_index.is_none(), Code::FieldMissing, "to_index");
        let at = mac.zip(index).map(|(mac, index)| At { mac, index });
        let to = to_mac.zip(to_index).map(|(mac, index)| At { mac, index });
        let same = if whole { mac.is_some() && mac == to_mac } else { two && at.is_some() && at == to };
        missing(same, Code::FormInvalid, "to_mac");
        let extension = typed.extension.trim().to_owned();
        let ask = match kind? {
            Kind::Bind => Self::Bind { at: at?, extension },
            Kind::Unbind => Self::Unbind { at: at? },
            Kind::Move => Self::Move { from: at?, to: to? },
            Kind::Swap => Self::Swap { one: at?, other: to? },
            Kind::Replace => Self::Replace { old: mac?, new: to_mac? },
            Kind::NumberChange => Self::NumberChange { at: at?, extension },
            Kind::ProfileChange
            | Kind::GroupChange
            | Kind::ClassChange
            | Kind::ScheduleChange
            | Kind::Exception
            | Kind::Relocation
            | Kind::Bulk => return None,
        };
        Some(ask).filter(|_| !same)
    }
}
