//! 2N intercoms.

use crate::dialect::{Absent, Dialect};

pub(crate) const DIALECT: Dialect = Dialect {
    recognise: |_| None,
    user_agent: |_| None,
    write: crate::unwritten,
    name: |mac| format!("{}.cfg", mac.bare()),
    absent: Absent::Unknown,
    speaks: &[],
    passes: &[],
};
