//! Shared lines: one extension that stands on several devices at once, because its profile says so. Every other one is
//! exclusive (invariant 2).
//!
//! A platform knows one credential for an extension, so all its phones register with the same one, and whoever loses
//! such a line still knows it. Therefore it is renewed whenever a phone loses the line: at the platform first, where it
//! replaces the old one and no contact is removed, then in the files of those that keep the line. So calls to them ring
//! on until their registration ends, and none of them holds a credential before it counts.

use crate::{fence::ExtensionFacts, ids::DeviceId};

/// Whether an extension may begin to stand `here`, while it stands on `others` and stays there.
pub fn may_stand(shared: bool, here: DeviceId, others: &[DeviceId]) -> ExtensionFacts {
    match (shared, others) {
        (_, []) => ExtensionFacts::Free,
        // Twice on one phone is no sharing: it would register twice as the same.
        (true, others) if !others.contains(&here) => ExtensionFacts::Shared,
        _ => ExtensionFacts::Taken,
    }
}

/// What becomes of an extension's credential at the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// Nobody who knows it has lost the line.
    Kept,
    /// Nobody has the line any more: nobody may register.
    Withdrawn,
    /// Somebody has lost the line and others keep it: they get another one.
    Renewed,
}

/// What becomes of it when so many phones lose the line and so many that had it keep it.
pub const fn credential(lose: usize, keep: usize) -> Credential {
    match (lose, keep) {
        (0, _) => Credential::Kept,
        (_, 0) => Credential::Withdrawn,
        _ => Credential::Renewed,
    }
}

/// Which phones of an extension get a renewed credential: all that have the line, but for those that are just being
/// replaced, because it is renewed so that they can register no more.
pub fn given_to<T>(
    standing: Vec<T>,
    device: impl Fn(&T) -> DeviceId,
    replaced: impl Fn(DeviceId) -> bool,
) -> Vec<T> {
    standing.into_iter().filter(|one| !replaced(device(one))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn device(n: u128) -> DeviceId {
        DeviceId(Uuid::from_u128(n))
    }

    #[test]
    fn an_exclusive_line_stands_once_and_a_shared_one_once_on_each_device() {
        let [here, there, elsewhere] = [1, 2, 3].map(device);
        for (shared, others, expected) in [
            (false, vec![], ExtensionFacts::Free),
            (false, vec![here], ExtensionFacts::Taken),
            (false, vec![there], ExtensionFacts::Taken),
            (true, vec![], ExtensionFacts::Free),
            (true, vec![here], ExtensionFacts::Taken),
            (true, vec![there], ExtensionFacts::Shared),
            (true, vec![there, elsewhere], ExtensionFacts::Shared),
            (true, vec![there, here], ExtensionFacts::Taken),
        ] {
            assert_eq!(may_stand(shared, here, &others), expected, "{shared} {others:?}");
        }
    }

    #[test]
    fn whoever_loses_a_line_can_register_with_it_no_more() {
        for (lose, keep, expected) in [
            (0, 0, Credential::Kept),
            (0, 2, Credential::Kept),
            (1, 0, Credential::Withdrawn),
            (3, 0, Credential::Withdrawn),
            (1, 1, Credential::Renewed),
            (2, 5, Credential::Renewed),
        ] {
            assert_eq!(credential(lose, keep), expected, "{lose} {keep}");
        }
    }

    #[test]
    fn what_is_being_replaced_gets_nothing_new() {
        let all: Vec<_> = (1..=3).map(device).collect();
        let given = given_to(all.clone(), |one| *one, |one| one == device(2));
        assert_eq!(given, [device(1), device(3)]);
        assert_eq!(given_to(all.clone(), |one| *one, |_| false), all);
    }
}
