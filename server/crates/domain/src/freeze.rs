//! Freezes: times in which nothing is applied, for the whole organisation or for one site (requirement E6).
//!
//! What would end by itself inside a freeze is decided when the freeze is made, never while it lasts.

use crate::{
    Code, Finding, Timestamp,
    authz::Action,
    ids::{FreezeId, SiteId},
    time::DAY,
};
use serde::{Deserialize, Serialize};

/// A freeze lasts at most a quarter of a year: a longer one is a decision that nobody remembers.
pub const LONGEST: i64 = 92 * DAY;

/// What becomes of something that would end inside a freeze.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expiries {
    /// It ends when the freeze does.
    Wait,
    /// It ends on its day.
    Run,
}

impl Expiries {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Wait, Self::Run];

    /// The word in forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Run => "run",
        }
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Wait => "ends when the freeze ends",
            Self::Run => "ends on its day",
        }
    }

    /// Parses the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.word() == text.trim())
    }
}

/// A time in which nothing is applied. One that was lifted is history and is not handed to these functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// Its id.
    pub id: FreezeId,
    /// The site; `None` is the whole organisation.
    pub site: Option<SiteId>,
    /// From this instant on.
    pub from: Timestamp,
    /// The first instant at which it holds no more.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// What becomes of what ends inside it.
    pub expiries: Expiries,
}

impl Freeze {
    /// Whether it holds for a site at an instant.
    pub fn holds(&self, site: SiteId, at: Timestamp) -> bool {
        self.concerns(site) && self.from <= at && at < self.until
    }

    /// Whether it is about a site.
    pub fn concerns(&self, site: SiteId) -> bool {
        self.site.is_none_or(|own| own == site)
    }
}

/// Reads the ends of a freeze as typed, in UTC: everything that is wrong with them, by the field's name.
pub fn ends(from: &str, until: &str, now: Timestamp) -> Result<(Timestamp, Timestamp), Vec<Finding>> {
    let mut findings = Vec::new();
    let mut instant = |field: &str, text: &str| {
        let parsed = Timestamp::parse(text);
        if parsed.is_none() {
            let detail = "Write the time in UTC, as 2026-11-23T04:20.";
            findings.push(Finding::new(Code::FormInvalid, field).detail(detail));
        }
        parsed
    };
    let (Some(from), Some(until)) = (instant("from", from), instant("until", until)) else {
        return Err(findings);
    };
    let wrong = |code, detail: String| Err(vec![Finding::new(code, "until").detail(detail)]);
    if until <= from {
        wrong(Code::DatesOrder, format!("It would hold from {from} until {until}."))
    } else if until <= now {
        wrong(Code::FormInvalid, "It has to end in the future.".to_owned())
    } else if until.0 - from.0 > LONGEST {
        wrong(Code::FormInvalid, format!("It lasts at most {} days.", LONGEST / DAY))
    } else {
        Ok((from, until))
    }
}

/// The freeze in force at a site: of several, the one that ends last.
pub fn frozen(freezes: &[Freeze], site: SiteId, now: Timestamp) -> Option<&Freeze> {
    freezes.iter().filter(|f| f.holds(site, now)).max_by_key(|f| f.until)
}

/// The first instant from `at` on at which no freeze holds for a site; `at` itself when none does.
pub fn thaws(freezes: &[Freeze], site: SiteId, at: Timestamp) -> Timestamp {
    let mut at = at;
    // Each turn leaves at least one freeze behind, so this ends.
    while let Some(freeze) = frozen(freezes, site, at) {
        at = freeze.until;
    }
    at
}

/// Why nothing is applied at a site now, until when, and who may lift it.
pub fn against(freezes: &[Freeze], site: SiteId, now: Timestamp) -> Option<Finding> {
    let freeze = frozen(freezes, site, now)?;
    let whole = if freeze.site.is_some() { "the site" } else { "the organisation" };
    let roles: Vec<_> = Action::Freeze.roles().iter().map(|role| role.word()).collect();
    let detail = format!(
        "Until {}, for {whole}: {} May be lifted by: {}.",
        thaws(freezes, site, now),
        sentence(&freeze.reason),
        roles.join(", ")
    );
    Some(Finding::new(Code::FreezeHolds, "freeze").detail(detail))
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// When something that ends at `at` really ends, and, when a freeze has a say in that, which.
///
/// It is moved over every freeze that makes it wait, one after the other; one that lets it end on its day ends that.
pub fn expiry(
    freezes: &[Freeze],
    site: SiteId,
    subject: &str,
    at: Timestamp,
) -> (Timestamp, Option<Finding>) {
    let mut end = at;
    let mut said = None;
    while let Some(freeze) = frozen(freezes, site, end) {
        let detail = match freeze.expiries {
            Expiries::Wait => format!("It would end {at} and ends {} instead.", freeze.until),
            Expiries::Run => format!("It ends {end}, inside the freeze until {}.", freeze.until),
        };
        said = Some(Finding::new(Code::FreezeExpiry, subject).detail(detail));
        match freeze.expiries {
            Expiries::Wait => end = freeze.until,
            Expiries::Run => break,
        }
    }
    (end, said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn site(n: u128) -> SiteId {
        SiteId(Uuid::from_u128(n))
    }

    fn freeze(of: Option<u128>, from: i64, until: i64, expiries: Expiries) -> Freeze {
        Freeze {
            id: FreezeId(Uuid::from_u128(7)),
            site: of.map(site),
            from: Timestamp(from),
            until: Timestamp(until),
            reason: "quarter end".to_owned(),
            expiries,
        }
    }

    #[test]
    fn it_holds_from_its_first_instant_until_the_one_after_its_last() {
        let own = [freeze(Some(1), 10, 20, Expiries::Wait)];
        for (of, at, holds) in [(1, 9, false), (1, 10, true), (1, 19, true), (1, 20, false), (2, 15, false)] {
            assert_eq!(frozen(&own, site(of), Timestamp(at)).is_some(), holds, "site {of} at {at}");
        }
        let everywhere = [freeze(None, 10, 20, Expiries::Wait)];
        assert!(frozen(&everywhere, site(2), Timestamp(15)).is_some());
    }

    #[test]
    fn it_says_until_when_all_of_them_hold_and_who_may_lift_them() {
        let both = [freeze(Some(1), 10, 20, Expiries::Wait), freeze(None, 20, 30, Expiries::Wait)];
        let finding = against(&both, site(1), Timestamp(15)).unwrap();
        assert_eq!(finding.code, Code::FreezeHolds);
        let until = Timestamp(30).to_string();
        assert_eq!(
            finding.detail,
            format!("Until {until}, for the site: quarter end. May be lifted by: administrator, approver.")
        );
        assert_eq!(against(&both, site(1), Timestamp(30)), None);
    }

    #[test]
    fn what_ends_inside_is_decided_by_the_freeze() {
        let wait = freeze(Some(1), 10, 20, Expiries::Wait);
        let run = freeze(None, 20, 30, Expiries::Run);
        let end = |freezes: &[Freeze], at| expiry(freezes, site(1), "reservation", Timestamp(at)).0.0;
        assert_eq!(end(&[], 15), 15);
        assert_eq!(end(std::slice::from_ref(&wait), 15), 20);
        assert_eq!(end(std::slice::from_ref(&run), 25), 25);
        // Moved into the next one, which lets it end there.
        assert_eq!(end(&[wait.clone(), run], 15), 20);
        let more = freeze(None, 20, 30, Expiries::Wait);
        assert_eq!(end(&[wait.clone(), more], 15), 30);
        assert_eq!(expiry(&[wait], site(1), "reservation", Timestamp(20)).1, None);
    }

    #[test]
    fn its_ends_say_everything_that_is_wrong_with_them() {
        let now = Timestamp::parse("2026-11-23T12:00").unwrap();
        let codes = |from: &str, until: &str| -> Vec<(Code, String)> {
            let found = ends(from, until, now).err().unwrap_or_default();
            found.into_iter().map(|f| (f.code, f.subject)).collect()
        };
        let one = |code, field: &str| vec![(code, field.to_owned())];
        assert_eq!(codes("2026-12-20T00:00", "2027-01-02T00:00"), []);
        assert_eq!(codes("2026-11-20T00:00", "2026-11-30T00:00"), [], "it may have begun");
        assert_eq!(codes("soon", "").len(), 2);
        assert_eq!(codes("2026-12-20T00:00", "2026-12-20T00:00"), one(Code::DatesOrder, "until"));
        assert_eq!(codes("2026-11-01T00:00", "2026-11-23T12:00"), one(Code::FormInvalid, "until"));
        assert_eq!(codes("2026-12-01T00:00", "2027-06-01T00:00"), one(Code::FormInvalid, "until"));
    }

    fn any() -> impl Strategy<Value = Freeze> {
        let expiries = prop_oneof![Just(Expiries::Wait), Just(Expiries::Run)];
        (proptest::option::of(0u128..3), 0i64..50, 1i64..20, expiries)
            .prop_map(|(of, from, length, expiries)| freeze(of, from, from + length, expiries))
    }

    proptest! {
        #[test]
        fn nothing_is_frozen_when_it_thaws_and_everything_until_then(
            freezes in proptest::collection::vec(any(), 0..6), of in 0u128..3, at in 0i64..80,
        ) {
            let (of, at) = (site(of), Timestamp(at));
            let thaw = thaws(&freezes, of, at);
            prop_assert!(frozen(&freezes, of, thaw).is_none());
            for instant in at.0..thaw.0 {
                prop_assert!(frozen(&freezes, of, Timestamp(instant)).is_some());
            }
        }

        #[test]
        fn nothing_ends_before_its_day_nor_inside_a_freeze_that_makes_it_wait(
            freezes in proptest::collection::vec(any(), 0..6), of in 0u128..3, at in 0i64..80,
        ) {
            let (end, said) = expiry(&freezes, site(of), "it", Timestamp(at));
            prop_assert!(end >= Timestamp(at));
            if let Some(freeze) = frozen(&freezes, site(of), end) {
                prop_assert_eq!(freeze.expiries, Expiries::Run);
            }
            prop_assert_eq!(said.is_none(), frozen(&freezes, site(of), Timestamp(at)).is_none());
        }
    }
}
