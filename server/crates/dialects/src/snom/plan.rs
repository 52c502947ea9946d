//! A digit map as Snom's list of regular expressions, with a blank between them: `|^([2-9][0-9])$|sip:\1@\d|d` (Snom,
//! Dial Plan – Regular Expressions). The first that fits is taken; with `d` the number is dialled as soon as it does.

/// What may stand at one place of a number.
struct Place {
    /// A bit for each of 0 to 9, `*` and `+`.
    any_of: u16,
    /// As the phone reads it.
    written: String,
    /// Any number of times, and not at all.
    repeated: bool,
}

/// One alternative of a map.
struct Plan {
    places: Vec<Place>,
    /// More could follow, so it waits.
    waits: bool,
}

/// The expressions, or `None` for a map that says more than digits, x, classes, points and a timer at the end.
pub(super) fn dial_plan(map: &str) -> Option<String> {
    let map = map.trim();
    let bare = map.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(map);
    let plans: Vec<Plan> = bare.split('|').map(|plan| read(plan.trim())).collect::<Option<_>>()?;
    let one = |plan: &Plan| {
        let at_once = !plan.waits && !plans.iter().any(|other| other.goes_on_after(plan));
        let place = |place: &Place| format!("{}{}", place.written, if place.repeated { "*" } else { "" });
        let number: String = plan.places.iter().map(place).collect();
        format!(r"|^({number})$|sip:\1@\d|{}", if at_once { "d" } else { "" })
    };
    Some(plans.iter().map(one).collect::<Vec<_>>().join(" "))
}

impl Plan {
    /// Whether a number of this plan can begin with a whole number of the other.
    fn goes_on_after(&self, other: &Self) -> bool {
        let end = self.places.len();
        let mut at = self.past_repeated(vec![0]);
        for place in &other.places {
            let fits = |own: &&usize| self.places.get(**own).is_some_and(|p| p.any_of & place.any_of != 0);
            let next = |own: &usize| if self.places[*own].repeated { *own } else { own + 1 };
            at = self.past_repeated(at.iter().filter(fits).map(next).collect());
        }
        at.iter().any(|own| *own < end)
    }

    /// These positions, and those behind what may be left out.
    fn past_repeated(&self, mut at: Vec<usize>) -> Vec<usize> {
        let mut seen = 0;
        while let Some(&own) = at.get(seen) {
            if self.places.get(own).is_some_and(|place| place.repeated) && !at.contains(&(own + 1)) {
                at.push(own + 1);
            }
            seen += 1;
        }
        at
    }
}

fn read(text: &str) -> Option<Plan> {
    let (text, timer) = match text.strip_suffix(['T', 't']) {
        Some(text) => (text, true),
        None => (text, false),
    };
    let mut places: Vec<Place> = vec![];
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let (any_of, written) = match c {
            '0'..='9' => (bit(c)?, c.to_string()),
            '*' => (1 << 10, "[*]".to_owned()),
            '+' => (1 << 11, "[+]".to_owned()),
            'x' | 'X' => (0x3ff, "[0-9]".to_owned()),
            '[' => {
                let (class, after) = rest.as_str().split_once(']')?;
                rest = after.chars();
                (class_of(class)?, format!("[{class}]"))
            }
            '.' => {
                let last = places.last_mut().filter(|last| !last.repeated)?;
                last.repeated = true;
                continue;
            }
            _ => return None,
        };
        places.push(Place { any_of, written, repeated: false });
    }
    let waits = timer || places.iter().any(|place| place.repeated);
    (!places.is_empty()).then_some(Plan { places, waits })
}

fn bit(digit: char) -> Option<u16> {
    digit.to_digit(10).map(|digit| 1 << digit)
}

/// Digits and ranges of digits.
fn class_of(class: &str) -> Option<u16> {
    let (mut any_of, mut rest) = (0, class.chars());
    while let Some(from) = rest.next() {
        let to = match rest.as_str().strip_prefix('-') {
            Some(after) => {
                rest = after.chars();
                rest.next()?
            }
            None => from,
        };
        let (from, to) = (from.to_digit(10)?, to.to_digit(10)?);
        (from <= to).then_some(())?;
        (from..=to).for_each(|digit| any_of |= 1 << digit);
    }
    (any_of != 0).then_some(any_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_dialled_at_once_only_where_no_longer_one_begins_so() {
        for (map, plan) in [
            ("[2-9]xxx|0x.", Some(r"|^([2-9][0-9][0-9][0-9])$|sip:\1@\d|d |^(0[0-9]*)$|sip:\1@\d|")),
            ("(112 | *xx)", Some(r"|^(112)$|sip:\1@\d|d |^([*][0-9][0-9])$|sip:\1@\d|d")),
            // 911 could become 9115: the phone waits as with a digit map.
            ("911|9xxx", Some(r"|^(911)$|sip:\1@\d| |^(9[0-9][0-9][0-9])$|sip:\1@\d|d")),
            (
                "911|8xxx|9[02-9].1",
                Some(r"|^(911)$|sip:\1@\d|d |^(8[0-9][0-9][0-9])$|sip:\1@\d|d |^(9[02-9]*1)$|sip:\1@\d|"),
            ),
            ("11|1x.", Some(r"|^(11)$|sip:\1@\d| |^(1[0-9]*)$|sip:\1@\d|")),
            ("+x.T", Some(r"|^([+][0-9]*)$|sip:\1@\d|")),
            ("12T", Some(r"|^(12)$|sip:\1@\d|")),
            ("", None),
            ("1||2", None),
            (".", None),
            ("1..", None),
            ("1T2", None),
            ("#31#", None),
            ("<9:0>x", None),
            ("[9-2]", None),
            ("[2-]", None),
            ("[]", None),
            ("[1", None),
            ("1 2", None),
        ] {
            assert_eq!(dial_plan(map).as_deref(), plan, "{map}");
        }
    }

    proptest! {
        #[test]
        fn any_map_is_read_without_panic(map in "([0-9x.|*+T\\[\\]-]|\\PC){0,12}") {
            let _ = dial_plan(&map);
        }

        /// A number that the map has is never cut short: no shorter one of it is dialled by itself.
        #[test]
        fn no_number_is_cut_short(map in "[01x]{1,3}(\\.)?(\\|[01x]{1,3}(\\.)?){0,3}", number in "[01]{2,5}") {
            let plans: Vec<_> = map.split('|').map(|plan| read(plan).unwrap()).collect();
            let fits = |plan: &Plan, digits: &str| {
                let mut at = plan.past_repeated(vec![0]);
                for digit in digits.chars() {
                    let here = |own: &&usize| plan.places.get(**own).is_some_and(|p| p.any_of & bit(digit).unwrap() != 0);
                    let next = |own: &usize| if plan.places[*own].repeated { *own } else { own + 1 };
                    at = plan.past_repeated(at.iter().filter(here).map(next).collect());
                }
                at.contains(&plan.places.len())
            };
            let written = dial_plan(&map).unwrap();
            if plans.iter().any(|plan| fits(plan, &number)) {
                for (plan, one) in plans.iter().zip(written.split(' ')) {
                    let shorter = (1..number.len()).any(|length| fits(plan, &number[..length]));
                    prop_assert!(!(shorter && one.ends_with('d')), "{} {}", one, number);
                }
            }
        }
    }
}
