//! Why a line of a file is there: the artifact kept its path when it was written, the resolution kept where the value
//! came from. Nothing is derived a second time.

use crate::{artifact::Artifact, resolution::Resolution};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One line of a file with its origin.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TracedLine {
    /// The line, secrets as dots.
    pub text: String,
    /// The setting that wrote it.
    pub path: Option<String>,
    /// The layer version and the change that set it.
    pub origin: Option<String>,
    /// What it overrode: layer and value.
    pub overrode: Vec<(String, String)>,
}

/// Joins each line of a file with the setting that wrote it.
pub fn traced(artifact: &Artifact, resolution: &Resolution) -> Vec<TracedLine> {
    let paths: BTreeMap<u32, _> = artifact.origins.iter().rev().map(|o| (o.line, &o.path)).collect();
    (1u32..)
        .zip(artifact.redacted().lines())
        .map(|(number, text)| {
            let path = paths.get(&number).copied();
            let resolved = path.and_then(|p| resolution.settings.get(p));
            let origin = resolved.map(|r| r.origin.to_string());
            let overrode = resolved
                .map(|r| r.overrode.iter().map(|(o, v)| (o.to_string(), v.to_string())).collect())
                .unwrap_or_default();
            TracedLine { text: text.to_owned(), path: path.map(ToString::to_string), origin, overrode }
        })
        .collect()
}
