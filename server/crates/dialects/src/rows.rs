//! A dialect as tables: which keys each setting of the phone writes, and which keys a line has.

use crate::{
    entries::Content,
    job::Job,
    lines::{Line, Registrar},
    reader::Reader,
};
use domain::{
    revision::RevisionKind,
    setting::{
        Path,
        schema::{self, Shape},
    },
};
use std::fmt::Write as _;

/// A vendor's key, and what it says when its setting is gone; empty is the dialect's neutral value.
pub(crate) type Key = (&'static str, &'static str);

/// A setting of the phone as a whole, and the keys that it writes.
pub(crate) struct Row {
    pub(crate) path: &'static str,
    pub(crate) keys: &'static [Key],
    pub(crate) say: Say,
}

pub(crate) const fn row(path: &'static str, keys: &'static [Key], say: Say) -> Row {
    Row { path, keys, say }
}

/// How a value becomes the contents of its keys.
#[derive(Clone, Copy)]
pub(crate) enum Say {
    /// As it is, in every key.
    Same,
    /// A switch that says this, then the value as it is.
    Switched(&'static str),
    /// These words for off and on, in every key.
    Flag(&'static str, &'static str),
    /// Words of the model and what the vendor says for them.
    Words(&'static [(&'static str, &'static str)]),
    /// The credential, or another value for nobody else: in a device's own file alone.
    Own,
    /// Words for off and on: whether DHCP or SIP PnP may name another server, in which nobody proves anything. A
    /// phone with a line follows what was set; one without a line must always be able to find its way here.
    DhcpOverride(&'static str, &'static str),
    /// As it is while the phone has no line, and nothing once it has one.
    Unbound,
    /// As a function of the dialect says; `None` after it has said why not.
    By(fn(&mut Reader<'_>, &'static str) -> Option<Vec<Content>>),
}

impl Row {
    /// The contents of its keys, or `None`: there is nothing to say, or it has been said why not.
    pub(crate) fn contents(&self, job: &Job<'_>, reader: &mut Reader<'_>) -> Option<Vec<Content>> {
        reader.set(self.path)?;
        let every = |content: Content| vec![content; self.keys.len()];
        Some(match self.say {
            Say::Unbound if job.kind == RevisionKind::Bound => every(Content::Empty),
            Say::Same | Say::Unbound => every(self.value(reader)?),
            Say::Switched(on) => vec![on.into(), self.value(reader)?],
            Say::Flag(off, on) => every(if reader.flag(self.path)? { on } else { off }.into()),
            Say::Words(words) => {
                let word = reader.text(self.path)?;
                let theirs = words.iter().find(|(ours, _)| *ours == word).map(|(_, theirs)| *theirs);
                if theirs.is_none() {
                    reader.refuse(self.path, "These phones have no word for it.");
                }
                every(theirs?.into())
            }
            Say::Own => {
                job.device?;
                every(self.value(reader)?)
            }
            Say::DhcpOverride(off, on) => {
                let allowed = reader.flag(self.path)? || job.kind != RevisionKind::Bound;
                every(if allowed { on } else { off }.into())
            }
            Say::By(say) => {
                let own = schema::rule_at(self.path).is_some_and(|rule| rule.shape == Shape::Secret);
                if own {
                    job.device?;
                }
                say(reader, self.path)?
            }
        })
    }

    /// The value as the model's own table says what it is.
    fn value(&self, reader: &mut Reader<'_>) -> Option<Content> {
        Some(match schema::rule_at(self.path).map(|rule| rule.shape) {
            Some(Shape::Number(from, to)) => reader.number(self.path, from..=to)?.to_string().into(),
            Some(Shape::Secret) => Content::Secret(reader.secret(self.path)?),
            Some(Shape::Host) => reader.host(self.path)?.into(),
            _ => reader.text(self.path)?.into(),
        })
    }

    /// The way back to this server is never taken from a phone: it could not be reached again. Nor is its door left
    /// open: without a value the factory's own password would be back.
    pub(crate) fn lasts(&self) -> bool {
        ["phone.admin_password", "provisioning.url", "provisioning.user", "provisioning.password"]
            .contains(&self.path)
    }
}

/// A key of a line.
pub(crate) struct LineRow {
    pub(crate) key: LineKey,
    /// What it says of a line; `Empty` where nothing was chosen.
    pub(crate) say: fn(&Line, &Registrar) -> Content,
    pub(crate) from: From,
    /// Whether each endpoint says it, with a line or without; else it is said once it is chosen, and stays with the
    /// phone's user until then.
    pub(crate) always: bool,
    /// What it says where there is no line; empty is the dialect's neutral value.
    pub(crate) cleared: &'static str,
}

impl LineRow {
    /// It comes from all of its settings that are set, not from the first alone.
    pub(crate) const fn with_all(self) -> Self {
        Self { from: From::All(self.from.patterns()), ..self }
    }
}

/// How the key of an endpoint is spelled.
#[derive(Clone, Copy)]
pub(crate) enum LineKey {
    /// `#` stands for the endpoint's number, from 1.
    At(&'static str),
    /// As a function of the dialect says.
    By(fn(u8) -> String),
}

impl LineKey {
    pub(crate) fn of(self, index: u8) -> String {
        match self {
            Self::At(pattern) => {
                let mut key = String::with_capacity(pattern.len() + 4);
                for (at, part) in pattern.split('#').enumerate() {
                    if at > 0 {
                        // Writing to a string cannot fail.
                        let _ = write!(key, "{index}");
                    }
                    key.push_str(part);
                }
                key
            }
            Self::By(spell) => spell(index),
        }
    }

    /// The endpoint whose key this is, in either case; 1 where all share it.
    pub(crate) fn index_of(self, key: &str) -> Option<u8> {
        match self {
            Self::At(pattern) => match pattern.split_once('#') {
                None => pattern.eq_ignore_ascii_case(key).then_some(1),
                Some((before, after)) => {
                    let from = key.get(..before.len()).filter(|own| own.eq_ignore_ascii_case(before))?.len();
                    let to = key.len().checked_sub(after.len()).filter(|to| *to >= from)?;
                    key.get(to..).filter(|own| own.eq_ignore_ascii_case(after))?;
                    let number = key.get(from..to)?;
                    number.parse::<u8>().ok().filter(|index| *index > 0 && index.to_string() == number)
                }
            },
            Self::By(spell) => (1..=MOST_SPELLED).find(|index| spell(*index).eq_ignore_ascii_case(key)),
        }
    }
}

/// More endpoints than any model has whose keys a function spells.
const MOST_SPELLED: u8 = 64;

/// Which settings a key comes from; `#` stands for the endpoint's number.
#[derive(Clone, Copy)]
pub(crate) enum From {
    /// The first of these that is set.
    First(&'static [&'static str]),
    /// All of these that are set.
    All(&'static [&'static str]),
}

impl From {
    pub(crate) const fn patterns(self) -> &'static [&'static str] {
        match self {
            Self::First(patterns) | Self::All(patterns) => patterns,
        }
    }

    pub(crate) fn origins(self, index: u8, reader: &Reader<'_>) -> Vec<Path> {
        let index = index.to_string();
        let mut set = self.patterns().iter().filter_map(|pattern| reader.set(&pattern.replace('#', &index)));
        match self {
            Self::First(_) => set.next().into_iter().collect(),
            Self::All(_) => set.collect(),
        }
    }
}

/// A key that each endpoint says.
pub(crate) const fn always(
    key: &'static str,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { key: LineKey::At(key), say, from: From::First(from), always: true, cleared }
}

/// A key that is said once it is chosen.
pub(crate) const fn chosen(
    key: &'static str,
    cleared: &'static str,
    from: &'static [&'static str],
    say: fn(&Line, &Registrar) -> Content,
) -> LineRow {
    LineRow { key: LineKey::At(key), say, from: From::First(from), always: false, cleared }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_is_known_by_its_endpoint_and_by_no_other_number() {
        let at = LineKey::At("account.#.user_name");
        for (key, index) in [
            ("account.1.user_name", Some(1)),
            ("Account.250.USER_NAME", Some(250)),
            ("account.0.user_name", None),
            ("account.01.user_name", None),
            ("account.256.user_name", None),
            ("account..user_name", None),
            ("account.user_name", None),
            ("account.é.user_name", None),
        ] {
            assert_eq!(at.index_of(key), index, "{key}");
        }
        assert_eq!(LineKey::At("user_host.1").index_of("User_Host.1"), Some(1));
    }

    proptest! {
        #[test]
        fn any_key_is_read_without_panic(key in "(account\\.|[0-9]|é|\\.user|\\PC){0,8}") {
            let _ = LineKey::At("account.#.user").index_of(&key);
        }
    }
}
