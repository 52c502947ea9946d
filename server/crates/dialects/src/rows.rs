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
        schema::{self, Rule, Shape},
    },
};

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
    /// As a function of the dialect says; `None` after it has said why not.
    By(fn(&mut Reader<'_>, &'static str) -> Option<Vec<Content>>),
}

impl Row {
    /// The contents of its keys, or `None`: there is nothing to say, or it has been said why not.
    pub(crate) fn contents(&self, job: &Job<'_>, reader: &mut Reader<'_>) -> Option<Vec<Content>> {
        reader.set(self.path)?;
        let every = |content: Content| vec![content; self.keys.len()];
        Some(match self.say {
            Say::Same => every(self.value(reader)?),
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
                let own = rule_of(self.path).is_some_and(|rule| rule.shape == Shape::Secret);
                if own {
                    job.device?;
                }
                say(reader, self.path)?
            }
        })
    }

    /// The value as the model's own table says what it is.
    fn value(&self, reader: &mut Reader<'_>) -> Option<Content> {
        Some(match rule_of(self.path).map(|rule| rule.shape) {
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

/// What the neutral model says of a path.
pub(crate) fn rule_of(path: &str) -> Option<&'static Rule> {
    schema::rule_of(&Path::parse(path).ok()?)
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
            Self::At(pattern) => pattern.replace('#', &index.to_string()),
            Self::By(spell) => spell(index),
        }
    }
}

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
