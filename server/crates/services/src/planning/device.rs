//! What becomes of the devices of a request: the next revision of each, of which a plan keeps the digests. Its files are
//! made again when it is applied, so that the plan of a whole fleet holds no file.

use super::basis::{DeviceBasis, Own, Stacks};
use crate::{
    facts::Loaded,
    parallel,
    publish::{self, Prepared},
};
use domain::{
    Finding,
    artifact::Digest,
    plan::Difference,
    resolution::{Resolution, differences},
    revision::{LineFacts, RevisionKind},
};

/// Devices that are computed on one processor.
const FEW: usize = 64;

/// What becomes of one device.
pub(crate) struct DevicePlan {
    pub(crate) loaded: Loaded,
    pub(crate) number_before: Option<u32>,
    pub(crate) number_after: u32,
    /// Whether its settings were compared one by one with what it has.
    pub(super) compared: bool,
    /// What its stack, its settings and its files say.
    pub(super) findings: Vec<Finding>,
    own: Own,
    kind: RevisionKind,
    lines: Vec<LineFacts>,
}

/// What is said of a device's next revision.
pub(super) struct Computed {
    pub(super) digests: Vec<(String, Digest)>,
    /// Of a device that is compared.
    pub(super) differences: Option<Vec<Difference>>,
    findings: Vec<Finding>,
}

/// A device and the lines that it will have.
pub(super) type Work = (DeviceBasis, Vec<LineFacts>);

const fn kind(lines: &[LineFacts]) -> RevisionKind {
    if lines.is_empty() { RevisionKind::Clear } else { RevisionKind::Bound }
}

/// Computes every device, each by itself, so that they share the processors.
pub(super) fn compute(stacks: &Stacks, work: &[Work]) -> Vec<Computed> {
    parallel::map(work, FEW, |(device, lines)| {
        let DeviceBasis { loaded, own, current, number_before, .. } = device;
        let prepared = stacks.prepare(loaded, own, kind(lines), lines.clone());
        let digests = prepared.digests_at_rest(&loaded.stored, &publish::handsets(&loaded.endpoints));
        let differences = match (current, number_before) {
            (Some(current), _) => Some(differences(&current.resolution, &prepared.resolution)),
            (None, None) => Some(differences(&Resolution::default(), &prepared.resolution)),
            (None, Some(_)) => None,
        };
        Computed { digests, differences, findings: prepared.findings }
    })
}

impl DevicePlan {
    pub(super) fn new((device, lines): Work, computed: &mut Computed) -> Self {
        Self {
            loaded: device.loaded,
            number_before: device.number_before,
            number_after: device.last_number + 1,
            compared: computed.differences.is_some(),
            findings: std::mem::take(&mut computed.findings),
            own: device.own,
            kind: kind(&lines),
            lines,
        }
    }

    /// Its next revision, with its files.
    pub(super) fn prepare(&self, stacks: &Stacks) -> Prepared {
        stacks.prepare(&self.loaded, &self.own, self.kind, self.lines.clone())
    }
}
