//! Files of families that cannot say all that London and its desk say: what they leave out is said.

use super::*;

/// Settings without those whose paths begin with one of `starts`.
pub(super) fn without(settings: Vec<(Path, Value)>, starts: &[&str]) -> Vec<(Path, Value)> {
    let left = |path: &Path| !starts.iter().any(|start| path.as_str().starts_with(start));
    settings.into_iter().filter(|(path, _)| left(path)).collect()
}

/// Writes a device's files as a reviewer reads them, and expects a finding about exactly these settings.
pub(super) fn check_but(
    name: &str,
    (vendor, model): (Vendor, &str),
    kind: RevisionKind,
    all: &[(Path, Value)],
    unsaid: &[&str],
) {
    let (files, findings) = files(vendor, model, kind, all, &served(&["phone.ntp", "provisioning.url"]));
    let mut subjects: Vec<_> = findings.iter().map(|finding| finding.subject.as_str()).collect();
    subjects.sort_unstable();
    let mut unsaid = unsaid.to_vec();
    unsaid.sort_unstable();
    assert_eq!(subjects, unsaid);
    snapshot(name, &files);
}

/// What anybody gets, and a finding about exactly these settings.
pub(super) fn check_common_but(name: &str, vendor: Vendor, unsaid: &[&str]) {
    let (files, findings) = common_files(vendor, &resolution(london()));
    let mut subjects: Vec<_> = findings.iter().map(|finding| finding.subject.as_str()).collect();
    subjects.sort_unstable();
    // What anybody gets has no credential to begin with.
    let unsaid: Vec<_> = unsaid.iter().filter(|path| **path != "provisioning.password").collect();
    assert_eq!(subjects.iter().collect::<Vec<_>>(), unsaid);
    assert!(files.iter().all(|file| file.artifact.slots.is_empty()));
    snapshot(name, &files);
}
