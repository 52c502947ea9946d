//! Linphone; the real SIP phone of our lab.

use super::{Known, Model};

const fn linphone(name: &'static str, known: Known) -> Model {
    Model { firmware: "5.1", known, ..Model::desk(name, 1) }
}

pub(super) const MODELS: [Model; 2] =
    [linphone("DAEMON", Known::Verified), linphone("DESKTOP", Known::Documents)];
