//! What each kind of case is: one table, from which pages, help and documentation are made.

use super::Kind;
use crate::authz::{
    Action,
    Role::{self, Administrator, Approver, SiteLead, Support},
};

/// What a kind of case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The word in addresses and the database.
    pub word: &'static str,
    /// What people read.
    pub title: &'static str,
    /// What opens it, in one sentence.
    pub opens: &'static str,
    /// Hours in which it should be closed.
    pub target_hours: i64,
    /// What one must be allowed to do to work on it.
    pub works: Action,
    /// Whether a person closes it by saying what was found; otherwise what ends it closes it.
    pub by_hand: bool,
    /// Whether a person moves it on by writing down what was found; otherwise facts do.
    pub by_writing: bool,
    /// Its way, first to last.
    pub steps: &'static [Step],
}

/// A state of a case: one next step, whose it is, what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The word in the database.
    pub state: &'static str,
    /// The one next step.
    pub next: &'static str,
    /// Who takes it.
    pub who: &'static [Role],
    /// What ends the state.
    pub until: &'static str,
}

impl Step {
    const fn new(state: &'static str, who: &'static [Role], next: &'static str, until: &'static str) -> Self {
        Self { state, next, who, until }
    }

    /// The state as people read it.
    pub fn title(&self) -> String {
        self.state.replace('-', " ")
    }

    /// Whose step it is: `administrator or site lead`.
    pub fn whose(&self) -> String {
        let words: Vec<_> = self.who.iter().map(|role| role.word().replace('-', " ")).collect();
        words.join(" or ")
    }
}

const REPLACEMENT: Definition = Definition {
    word: "replacement",
    title: "Replacement",
    opens: "Somebody names the serial numbers of the old and the new handset.",
    target_hours: 8,
    works: Action::Request,
    by_hand: false,
    by_writing: false,
    steps: &[
        Step::new(
            "requested",
            &[Approver],
            "Approve the change request: it takes every line off the old handset and puts it on the new one.",
            "It is approved.",
        ),
        Step::new(
            "approved",
            &[Administrator],
            "Rotate the credentials: from then on the old handset cannot register.",
            "The platform has been told.",
        ),
        Step::new(
            "rotating",
            &[Administrator, Approver],
            "Wait until the old handset is dead at the platform; without access to it, rotate by hand and say so with evidence; or let an approver answer for it in writing.",
            "Every old credential is dead at the platform, or somebody answers for it.",
        ),
        Step::new(
            "ready",
            &[Administrator],
            "Apply the request: the old handset loses its lines and the new one gets them, in one transaction.",
            "The lines stand on the new handset.",
        ),
        Step::new(
            "taken-over",
            &[Administrator],
            "Wait until the old handset is dead at the platform, or rotate by hand and say so with evidence.",
            "Every old credential is dead at the platform.",
        ),
        Step::new(
            "dead",
            &[Administrator],
            "Connect the old handset until it has fetched the configuration that clears it, or reset it to factory settings and say so.",
            "It has fetched it after the takeover, or somebody says what was done; a lost handset is said to be lost.",
        ),
        Step::new(
            "wiped",
            &[Administrator],
            "Say where the old handset goes: to stock, to the vendor, on loan.",
            "It is said; only what is in stock may be assigned again.",
        ),
    ],
};

const DELAYED_ACTIVATION: Definition = Definition {
    word: "delayed-activation",
    title: "Delayed activation",
    opens: "The first day of an account has come, it is not active, and a submitted request waits for it.",
    target_hours: 24,
    works: Action::Cases,
    by_hand: true,
    by_writing: false,
    steps: &[
        Step::new(
            "waiting",
            &[Administrator, Support],
            "Ask the directory whether the person has begun: the account becomes active there, or its first day moves.",
            "The account is active.",
        ),
        Step::new(
            "active",
            &[Administrator],
            "Apply the request, exactly as it was approved.",
            "The line stands; then the case closes by itself.",
        ),
    ],
};

const UNKNOWN_DEVICE: Definition = Definition {
    word: "unknown-device",
    title: "Unknown device",
    opens: "Somebody reports requests that come from no device of the inventory.",
    target_hours: 24,
    works: Action::Cases,
    by_hand: true,
    by_writing: true,
    steps: &[
        Step::new(
            "reported",
            &[SiteLead, Support],
            "Read serial, MAC and model at the handset, and write down what it is.",
            "It is written down.",
        ),
        Step::new(
            "identified",
            &[Administrator],
            "Import the device, or close the case with the reason why not.",
            "A device with this MAC is in the inventory; then the case closes by itself.",
        ),
    ],
};

const MISMATCH: Definition = Definition {
    word: "mismatch",
    title: "Identity mismatch",
    opens: "A verified proof disagrees with the inventory, or with the file that was asked for.",
    target_hours: 4,
    works: Action::Quarantine,
    by_hand: false,
    by_writing: false,
    steps: &[Step::new(
        "open",
        &[Administrator],
        "Compare serial and MAC on the handset with the inventory; then release the device with a reason.",
        "The device is released from quarantine.",
    )],
};

const ENROLMENT: Definition = Definition {
    word: "enrolment",
    title: "Enrolment token used twice",
    opens: "Two phones use one enrolment token, one uses it for another phone's file, or it has ended.",
    target_hours: 4,
    works: Action::Quarantine,
    by_hand: true,
    by_writing: false,
    steps: &[Step::new(
        "open",
        &[Administrator],
        "Find out which handset is the right one; reopen its enrolment with a new code, then close the case.",
        "Somebody says what was found.",
    )],
};

const PROOF: Definition = Definition {
    word: "proof",
    title: "Wrong proof",
    opens: "Somebody shows a wrong proof for a device, and the device does not prove itself for five minutes.",
    target_hours: 24,
    works: Action::Quarantine,
    by_hand: true,
    by_writing: false,
    steps: &[Step::new(
        "open",
        &[Administrator],
        "Look at the handset: if it is the device, reopen its enrolment or add its vendor's root; then close the case.",
        "Somebody says what was found.",
    )],
};

const MISROUTING: Definition = Definition {
    word: "misrouting",
    title: "Misrouting report",
    opens: "Somebody reports that calls ring at the wrong phone; the traces of that moment are attached.",
    target_hours: 4,
    works: Action::Cases,
    by_hand: true,
    by_writing: true,
    steps: &[
        Step::new(
            "reported",
            &[Support, Administrator],
            "Compare the attached traces with where the call should have rung, and write down the cause.",
            "The cause is written down.",
        ),
        Step::new(
            "explained",
            &[Administrator],
            "Request the change that mends it, or have it mended at the platform; write down which.",
            "It is written down.",
        ),
        Step::new(
            "mending",
            &[Support, Administrator],
            "Once it is applied, call the number with whoever reported it; then close the case with what rang.",
            "Somebody says that the right phone rang.",
        ),
    ],
};

const LAYER_EFFECT: Definition = Definition {
    word: "layer-effect",
    title: "Wrong effect of a layer",
    opens: "Somebody reports a setting on a phone that no one wanted; the trace of that moment is attached.",
    target_hours: 24,
    works: Action::Cases,
    by_hand: true,
    by_writing: true,
    steps: &[
        Step::new(
            "reported",
            &[Support, Administrator],
            "Find the setting in the attached trace, and write down its path and the layer that set it.",
            "They are written down.",
        ),
        Step::new(
            "traced",
            &[Administrator],
            "Change the layer, or make an exception layer for the phones that need something else; write down which.",
            "It is written down.",
        ),
        Step::new(
            "mending",
            &[Support, Administrator],
            "Once the phone has fetched it, look at the phone; then close the case.",
            "Somebody says that the phone does what was wanted.",
        ),
    ],
};

const LOSS: Definition = Definition {
    word: "loss",
    title: "Lost handset",
    opens: "Somebody reports a handset lost or stolen: its credentials and lines are taken away at once, and it is retired.",
    target_hours: 24,
    works: Action::Cases,
    by_hand: true,
    by_writing: true,
    steps: &[
        Step::new(
            "reported",
            &[Administrator, Support],
            "Look whether call control has withdrawn every line; without access to it, disable them there by hand; write down what was seen.",
            "It is written down.",
        ),
        Step::new(
            "silent",
            &[Administrator],
            "Request a bind of the person's number on another handset: it is still theirs; write down which request, or that none is needed.",
            "It is written down.",
        ),
        Step::new(
            "served",
            &[Administrator],
            "Say that the handset was found and reset, which returns it to stock; or close the case: it stays retired.",
            "It is back in stock, or somebody closes the case.",
        ),
    ],
};

const LOAN: Definition = Definition {
    word: "loan",
    title: "Loan overdue",
    opens: "The day on which a handset that was lent out was due back has passed.",
    target_hours: 72,
    works: Action::Request,
    by_hand: false,
    by_writing: false,
    steps: &[Step::new(
        "overdue",
        &[Administrator],
        "Ask for the handset back; then say on the page of its replacement that it is in stock, lent for longer, or lost.",
        "It is said there.",
    )],
};

impl Kind {
    /// What it is.
    pub const fn definition(self) -> &'static Definition {
        match self {
            Self::Replacement => &REPLACEMENT,
            Self::DelayedActivation => &DELAYED_ACTIVATION,
            Self::UnknownDevice => &UNKNOWN_DEVICE,
            Self::Mismatch => &MISMATCH,
            Self::Enrolment => &ENROLMENT,
            Self::Proof => &PROOF,
            Self::Misrouting => &MISROUTING,
            Self::LayerEffect => &LAYER_EFFECT,
            Self::Loss => &LOSS,
            Self::Loan => &LOAN,
        }
    }
}
