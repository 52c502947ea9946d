//! A return of many phones by one request: each to a revision of its own, all for one reason. The plan groups them by
//! what changes, so that hundreds of phones that go back alike are one thing to read.

use super::exception::{Exception, Form};
use crate::{Code, Finding, Mac, Timestamp, ids::DeviceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Phones that are returned together at most: the plan resolves each by itself.
pub const MOST: usize = 1_000;

/// Which phones, to what, who answers for it, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returns {
    /// Each phone with the number of its revision; 0 for one that had none then.
    pub phones: BTreeMap<Mac, u32>,
    /// To when, as people say it: `before LC-7`.
    pub point: String,
    /// Who answers for it, by name.
    pub owner: String,
    /// When the phones are let go again.
    pub expires: Timestamp,
}

impl Returns {
    /// Everything that keeps it from being asked for.
    pub fn check(&self, now: Timestamp) -> Vec<Finding> {
        // What holds for the return of one phone holds for each of them.
        let each = Exception {
            device: DeviceId(Uuid::nil()),
            form: Form::Return { revision: 1 },
            owner: self.owner.clone(),
            expires: Some(self.expires),
        };
        let mut findings = each.check(now);
        let many = self.phones.len();
        if many == 0 {
            let detail = "An empty list returns nothing.";
            findings.push(Finding::new(Code::FieldMissing, "phones").detail(detail));
        } else if many > MOST {
            let detail = format!("They are {many}, and at most {MOST} go in one request: narrow it.");
            findings.push(Finding::new(Code::FormInvalid, "phones").detail(detail));
        } else if self.phones.values().all(|revision| *revision == 0) {
            let detail = "None of these phones had anything then.";
            findings.push(Finding::new(Code::FormInvalid, "point").detail(detail));
        }
        findings
    }

    /// In one line, for people and for the record.
    pub fn says(&self) -> String {
        format!("{} phones go back to what they had {}", self.phones.len(), self.point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_000_000_000_000);

    fn returns(revisions: &[u32]) -> Returns {
        let mac = |n: usize| Mac::parse(&format!("805ec0{n:06x}")).unwrap();
        Returns {
            phones: revisions.iter().enumerate().map(|(n, revision)| (mac(n), *revision)).collect(),
            point: "before LC-7".to_owned(),
            owner: "Ada".to_owned(),
            expires: NOW.plus(1),
        }
    }

    #[test]
    fn what_keeps_a_return_of_many_from_being_asked_for() {
        let good = || returns(&[3, 0]);
        for (case, asked, subjects) in [
            ("one of them had something", good(), vec![]),
            ("nobody", returns(&[]), vec!["phones"]),
            ("too many", returns(&[1; MOST + 1]), vec!["phones"]),
            ("as many as may", returns(&[1; MOST]), vec![]),
            ("nothing to go back to", returns(&[0, 0]), vec!["point"]),
            ("nobody answers", Returns { owner: " ".to_owned(), ..good() }, vec!["owner"]),
            ("it has passed", Returns { expires: NOW, ..good() }, vec!["expires"]),
        ] {
            let found: Vec<_> = asked.check(NOW).into_iter().map(|finding| finding.subject).collect();
            assert_eq!(found, subjects, "{case}");
        }
    }

    #[test]
    fn it_reads_back() {
        let text = serde_json::to_string(&returns(&[3, 0])).unwrap();
        assert_eq!(serde_json::from_str::<Returns>(&text).unwrap(), returns(&[3, 0]));
    }
}
