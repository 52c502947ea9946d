//! The body of an answer. What a thousand phones get is in memory once: a body points into it and holds the secrets.

use bytes::Bytes;
use domain::{
    Code,
    artifact::{Artifact, Piece},
    ids::SecretId,
};
use std::sync::Arc;

/// Bytes that leave, in order.
#[derive(Clone, Default)]
pub struct Body(Vec<Bytes>);

/// The bytes of an artifact, kept for as long as anybody sends them.
struct Shared(Arc<Artifact>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl Body {
    /// An artifact with its secrets.
    pub(super) fn spliced<'a>(
        artifact: &Arc<Artifact>,
        secrets: impl Fn(SecretId) -> Option<&'a str>,
    ) -> Result<Self, Code> {
        let shared = Bytes::from_owner(Shared(Arc::clone(artifact)));
        let pieces = artifact.pieces(secrets)?.into_iter().map(|piece| match piece {
            Piece::Fixed(range) => shared.slice(range),
            Piece::Secret(text) => Bytes::from(text),
        });
        Ok(Self(pieces.filter(|piece| !piece.is_empty()).collect()))
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The parts, none of them empty.
    pub fn into_pieces(self) -> Vec<Bytes> {
        self.0
    }

    /// One copy of all of it.
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.concat()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(if bytes.is_empty() { vec![] } else { vec![bytes.into()] })
    }
}
