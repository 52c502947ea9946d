//! How rollouts run: which waves, how fast, when, and what stops them. Written and read as text, a wave a line.

use super::Window;
use crate::{
    Code, Finding, Mac,
    time::{DAY, HOUR, MINUTE},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// Waves that a rollout has at most.
const MOST_WAVES: usize = 20;

/// Which phones belong to a wave: of those that no wave before it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// These.
    Named(BTreeSet<Mac>),
    /// One of each network segment, those that were seen lately first. The program puts it before all others when the
    /// change can cut phones off.
    Segments,
    /// Those of the site of this code.
    Site(String),
    /// So many that with the waves before it this share of all is reached, in per cent.
    Share(u8),
    /// All.
    All,
}

/// What happens when too many phones of a wave fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// It pauses: nothing more is touched until somebody decides.
    Pause,
    /// The wave's phones get back what they had; then it pauses.
    Return,
}

impl Then {
    /// The word in text and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Return => "return",
        }
    }
}

/// One wave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// Who.
    pub rule: Rule,
    /// Per cent of its counted phones that may fail; one more stops it.
    pub failures: u8,
    /// What then happens.
    pub then: Then,
}

/// Phones that may be released in any minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Of all.
    pub fleet: u32,
    /// Of one site.
    pub site: u32,
    /// Behind one source address.
    pub source: u32,
}

/// How one rollout runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Its waves, in order; the last one is of all that are left.
    pub waves: Vec<Wave>,
    /// How fast.
    pub pace: Pace,
    /// Microseconds over which the phones of a wave are spread from its beginning on.
    pub jitter: i64,
    /// When, on the clocks of each site.
    pub window: Window,
    /// Microseconds: a phone seen this long ago or less is counted.
    pub seen_within: i64,
    /// Microseconds that a counted phone has, from its release until it shows that it took the change over.
    pub within: i64,
    /// Microseconds that a wave waits for phones which it may not touch (window, freeze, call); then they are deferred.
    pub wait: i64,
}

/// What holds for changes of layers until somebody says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// A change of at most so many phones is published at once, unless it can cut them off.
    pub at_once: u32,
    /// How the others run.
    pub settings: Settings,
}

impl Default for Policy {
    /// Phones fetch once a day by themselves and not every one can be woken, so each has a day and two hours.
    fn default() -> Self {
        let wave = |rule| Wave { rule, failures: 2, then: Then::Pause };
        Self {
            at_once: 20,
            settings: Settings {
                waves: vec![wave(Rule::Share(5)), wave(Rule::Share(25)), wave(Rule::All)],
                pace: Pace { fleet: 600, site: 60, source: 60 },
                jitter: 10 * MINUTE,
                window: Window::default(),
                seen_within: 2 * DAY,
                within: 26 * HOUR,
                wait: 7 * DAY,
            },
        }
    }
}

impl Policy {
    /// All of it in words, as the record has it before and after.
    pub fn describe(&self) -> String {
        let waves: Vec<_> = self.settings.waves.iter().map(ToString::to_string).collect();
        let (at_once, waves) = (self.at_once, waves.join(", then "));
        format!("Up to {at_once} phones at once; others in waves: {waves}. {}", self.settings.says())
    }

    /// Whether a change of so many phones is carried out in waves.
    pub const fn in_waves(&self, devices: u32, strands: bool) -> bool {
        devices > self.at_once || (strands && devices > 1)
    }

    /// How it would run: what can cut phones off begins with one of each segment, of which none may stay away.
    #[must_use]
    pub fn for_change(&self, strands: bool) -> Settings {
        let mut settings = self.settings.clone();
        if strands {
            settings.waves.insert(0, Wave { rule: Rule::Segments, failures: 0, then: Then::Pause });
        }
        settings
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(macs) => {
                f.write_str("devices")?;
                macs.iter().try_for_each(|mac| write!(f, " {mac}"))
            }
            Self::Segments => f.write_str("one of each segment"),
            Self::Site(code) => write!(f, "site {code}"),
            Self::Share(share) => write!(f, "{share} %"),
            Self::All => f.write_str("all"),
        }
    }
}

/// `site lon; failures 2 %; return`.
impl fmt::Display for Wave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; failures {} %; {}", self.rule, self.failures, self.then.word())
    }
}

impl Wave {
    /// Reads one line; without a threshold it pauses at more than 2 % of failures.
    pub fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split(';').map(str::trim);
        let rule = rule(parts.next()?)?;
        let mut wave = Self { rule, failures: 2, then: Then::Pause };
        for part in parts {
            match part {
                "pause" => wave.then = Then::Pause,
                "return" => wave.then = Then::Return,
                text => wave.failures = percent(text.strip_prefix("failures")?)?,
            }
        }
        Some(wave)
    }
}

fn percent(text: &str) -> Option<u8> {
    let number = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    (number <= 100).then_some(number)
}

fn rule(text: &str) -> Option<Rule> {
    let mut words = text.split_whitespace();
    match (words.next()?, words.clone().next()) {
        ("all", None) => Some(Rule::All),
        ("site", Some(code)) if words.clone().count() == 1 => Some(Rule::Site(code.to_owned())),
        ("devices", Some(_)) => words.map(|mac| Mac::parse(mac).ok()).collect::<Option<_>>().map(Rule::Named),
        _ => percent(text).filter(|share| *share > 0).map(Rule::Share),
    }
}

/// Waves as they are written, a line each.
pub fn write(waves: &[Wave]) -> String {
    waves.iter().fold(String::new(), |text, wave| text + &wave.to_string() + "\n")
}

/// Reads waves; everything that is wrong with them, by line.
pub fn read(text: &str) -> Result<Vec<Wave>, Vec<Finding>> {
    let (mut waves, mut wrong) = (vec![], vec![]);
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match Wave::parse(line) {
            Some(wave) => waves.push(wave),
            None => wrong.push(Finding::new(Code::RolloutInvalid, "waves").detail(format!(
                "Line {}: write `devices MAC …`, `site CODE`, `5 %` or `all`, and after it, if you like, \
                 `; failures 2 %; pause` or `; return`.",
                at + 1
            ))),
        }
    }
    wrong.extend(order(&waves).map(|said| Finding::new(Code::RolloutInvalid, "waves").detail(said)));
    if wrong.is_empty() { Ok(waves) } else { Err(wrong) }
}

/// What is wrong with the order of waves.
fn order(waves: &[Wave]) -> Option<String> {
    let shares: Vec<u8> = waves
        .iter()
        .filter_map(|wave| match wave.rule {
            Rule::Share(share) => Some(share),
            _ => None,
        })
        .collect();
    if waves.len() > MOST_WAVES {
        Some(format!("A rollout has at most {MOST_WAVES} waves."))
    } else if waves.last().is_none_or(|wave| wave.rule != Rule::All) {
        Some("The last wave has to be `all`.".to_owned())
    } else if waves.iter().filter(|wave| wave.rule == Rule::All).count() > 1 {
        Some("Only the last wave can be `all`.".to_owned())
    } else if shares.windows(2).any(|pair| pair[0] >= pair[1]) {
        Some("Each share counts the waves before it, so each has to be larger than the last.".to_owned())
    } else {
        None
    }
}

impl Settings {
    /// Everything beside the waves, in a sentence.
    pub fn says(&self) -> String {
        let Pace { fleet, site, source } = self.pace;
        format!(
            "Phones seen within {} hours are counted; each has {} hours to show that it took the change over. At most \
             {fleet} a minute in all, {site} of a site and {source} behind an address; spread over {} minutes; hours: {}; \
             a wave waits {} hours for phones that it may not touch.",
            self.seen_within / HOUR,
            self.within / HOUR,
            self.jitter / MINUTE,
            self.window,
            self.wait / HOUR,
        )
    }

    /// Numbers out of their bounds, by field.
    pub fn check(&self) -> Vec<Finding> {
        let bounds: [(&str, i64, i64, i64); 7] = [
            ("fleet", i64::from(self.pace.fleet), 1, 100_000),
            ("site", i64::from(self.pace.site), 1, 100_000),
            ("source", i64::from(self.pace.source), 1, 100_000),
            ("jitter", self.jitter, 0, DAY),
            ("seen_within", self.seen_within, HOUR, 60 * DAY),
            ("within", self.within, 5 * MINUTE, 14 * DAY),
            ("wait", self.wait, HOUR, 60 * DAY),
        ];
        let outside = |(field, value, from, to): (&str, i64, i64, i64)| {
            let finding = || Finding::new(Code::RolloutInvalid, field).detail("It is out of its bounds.");
            (!(from..=to).contains(&value)).then(finding)
        };
        let mut wrong: Vec<_> = bounds.into_iter().filter_map(outside).collect();
        if self.window.never() {
            wrong.push(Finding::new(Code::RolloutInvalid, "window").detail("It never opens."));
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_read_as_they_are_written() {
        let text = "devices 80:5e:c0:00:00:01 80:5e:c0:00:00:02; failures 0 %; return\n\
                    site lon; failures 2 %; pause\n5 %; failures 10 %; return\nall; failures 2 %; pause\n";
        let waves = read(text).unwrap();
        assert_eq!(waves.len(), 4);
        assert_eq!(write(&waves), text);
        assert_eq!(read("\n 5%\n all \n").unwrap(), read("5 %; failures 2 %; pause\nall").unwrap());
        let policy = Policy::default();
        assert_eq!(read(&write(&policy.settings.waves)).unwrap(), policy.settings.waves);
        assert_eq!(policy.settings.check(), []);
    }

    #[test]
    fn what_is_wrong_with_waves_is_said() {
        for (text, wrong) in [
            ("", 1),
            ("5 %", 1),
            ("all\nall", 1),
            ("all\n5 %", 1),
            ("25 %\n5 %\nall", 1),
            ("0 %\nall", 1),
            ("101 %\nall", 1),
            ("devices\nall", 1),
            ("devices here\nall", 1),
            ("site\nsite a b\nall", 2),
            ("5 %; twice\nall", 1),
            ("5 %; failures many\nall", 1),
        ] {
            assert_eq!(read(text).unwrap_err().len(), wrong, "{text:?}");
        }
        let mut settings = Policy::default().settings;
        settings.pace.fleet = 0;
        settings.within = 0;
        let fields: Vec<_> = settings.check().into_iter().map(|finding| finding.subject).collect();
        assert_eq!(fields, ["fleet", "within"]);
    }

    #[test]
    fn what_is_small_goes_at_once_unless_it_can_strand() {
        let policy = Policy::default();
        for (devices, strands, waves) in
            [(0, false, false), (20, false, false), (21, false, true), (1, true, false), (2, true, true)]
        {
            assert_eq!(policy.in_waves(devices, strands), waves, "{devices} {strands}");
        }
        assert_eq!(policy.for_change(true).waves[0].rule, Rule::Segments);
        assert_eq!(policy.for_change(true).waves[0].failures, 0);
        assert_eq!(policy.for_change(false), policy.settings);
    }
}
