//! Reads settings as what they should be. What is not so becomes a finding, and no value.

use crate::{
    entries::Content,
    job::Job,
    template::{Extension, Names, Person, render},
};
use domain::{
    Code, Finding,
    ids::SecretId,
    resolution::Resolution,
    setting::{Path, Value, lack},
};
use std::ops::RangeInclusive;

pub(crate) struct Reader<'a> {
    job: &'a Job<'a>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(job: &'a Job<'a>) -> Self {
        Self { job, findings: vec![] }
    }

    pub(crate) fn resolution(&self) -> &'a Resolution {
        self.job.resolution
    }

    /// `path`, if something is set there: for the origin of a line.
    pub(crate) fn set(&self, path: &str) -> Option<Path> {
        Some(self.job.resolution.settings.get_key_value(path)?.0.clone())
    }

    /// Those of `paths` that are set: the origins of a line that says something.
    pub(crate) fn origins(&self, content: &Content, paths: Vec<Path>) -> Vec<Path> {
        let set = |path: &Path| self.job.resolution.settings.contains_key(path);
        paths.into_iter().filter(|path| *content != Content::Empty && set(path)).collect()
    }

    /// Text with its expressions rendered. `None` when absent, a secret, or impossible.
    pub(crate) fn text(&mut self, path: &str) -> Option<String> {
        let text = self.job.resolution.text(path)?;
        match render(text, || self.names(path)) {
            Ok(text) if text.chars().any(char::is_control) => {
                self.refuse(path, "It holds a control character or a line break.");
                None
            }
            Ok(text) => Some(text),
            Err(error) => {
                self.findings.push(Finding::new(Code::TemplateError, path).detail(error.to_string()));
                None
            }
        }
    }

    /// Text that may stand inside an address: a host name or an IP address.
    pub(crate) fn host(&mut self, path: &str) -> Option<String> {
        let text = self.text(path)?;
        let fits = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b':' | b'[' | b']');
        self.only(path, text, fits, "It is not a host name or an IP address.")
    }

    /// Text that may stand before the `@` of a SIP address.
    pub(crate) fn user(&mut self, path: &str) -> Option<String> {
        let text = self.text(path)?;
        let fits =
            |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'+');
        self.only(path, text, fits, "It cannot be the user of a SIP address.")
    }

    /// A whole number in `range`, also when it was typed as text.
    pub(crate) fn number(&mut self, path: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let number = match self.job.resolution.value(path)? {
            Value::Number(number) => Some(*number),
            Value::Text(_) => self.text(path)?.trim().parse().ok(),
            Value::Flag(_) | Value::Secret(_) => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            self.refuse(path, &format!("Expected a whole number from {} to {}.", range.start(), range.end()));
        }
        number
    }

    /// On or off, also when it was typed as text.
    pub(crate) fn flag(&mut self, path: &str) -> Option<bool> {
        let flag = match self.job.resolution.value(path)? {
            Value::Flag(flag) => Some(*flag),
            Value::Number(number) => [false, true].get(usize::try_from(*number).unwrap_or(2)).copied(),
            Value::Text(_) => match self.text(path)?.trim().to_ascii_lowercase().as_str() {
                "1" | "on" | "yes" | "true" => Some(true),
                "0" | "off" | "no" | "false" => Some(false),
                _ => None,
            },
            Value::Secret(_) => None,
        };
        if flag.is_none() {
            self.refuse(path, "Expected `on` or `off`.");
        }
        flag
    }

    /// The secret named at `path`. A password typed as text is refused: it would stay readable for ever.
    pub(crate) fn secret(&mut self, path: &str) -> Option<SecretId> {
        let value = self.job.resolution.value(path)?;
        if let Value::Secret(secret) = value {
            return Some(*secret);
        }
        self.refuse(path, "It must be a sealed secret, not text.");
        None
    }

    /// Refuses paging groups above the last that a phone listens to.
    pub(crate) fn groups(&mut self, last: u8) {
        for path in self.job.resolution.settings.keys() {
            let rest = path.as_str().strip_prefix("paging.");
            let group = rest.and_then(|rest| rest.split('.').next()?.parse().ok());
            if group.is_some_and(|group: u8| group > last) {
                self.refuse(path.as_str(), &format!("These phones listen to groups 1 to {last}."));
            }
        }
    }

    /// Says that what is set at `path` cannot be written, and why.
    pub(crate) fn refuse(&mut self, path: &str, detail: &str) {
        self.findings.push(self.refusal(path, detail));
    }

    pub(crate) fn refusal(&self, path: &str, detail: &str) -> Finding {
        let set = Path::parse(path).ok().and_then(|path| {
            let level = self.job.resolution.settings.get(&path)?.origin.level;
            Some(lack::finding(&path, level, detail))
        });
        set.unwrap_or_else(|| Finding::new(Code::SettingInexpressible, path).detail(detail))
    }

    fn only(&mut self, path: &str, text: String, fits: fn(u8) -> bool, otherwise: &str) -> Option<String> {
        if !text.is_empty() && text.bytes().all(fits) {
            return Some(text);
        }
        self.refuse(path, otherwise);
        None
    }

    /// What expressions at `path` may name: a line's settings know their extension and owner.
    fn names(&self, path: &str) -> Names<'a> {
        let mut names = Names::of(self.job.device);
        let parsed = Path::parse(path).ok();
        if let Some(index) = parsed.as_ref().and_then(Path::line_index) {
            let of = |name: &str| {
                let other = Path::line(index, name);
                (parsed.as_ref() != Some(&other)).then(|| self.job.resolution.text(other.as_str())).flatten()
            };
            names.extension = of("extension").map(|number| Extension { number });
            names.person = of("owner").map(|name| Person { name });
        }
        names
    }
}
