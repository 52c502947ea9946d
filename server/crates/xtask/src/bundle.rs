//! The files that the browser gets, and one digest over all of them.

use std::collections::BTreeMap;

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use sha2::{Digest as _, Sha256};

#[derive(Default)]
pub(crate) struct Bundle {
    files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    pub(crate) fn add(&mut self, name: impl Into<String>, bytes: Vec<u8>) {
        self.files.insert(name.into(), bytes);
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// One for all, because it stands in every address: files of different builds never mix.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for (name, bytes) in &self.files {
            hasher.update(Sha256::digest(name));
            hasher.update(Sha256::digest(bytes));
        }
        let mut digest = hex::encode(hasher.finalize());
        digest.truncate(16);
        digest
    }
}

/// As small as brotli gets it.
pub(crate) fn compress(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let params = BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut bytes, &mut compressed, &params)?;
    Ok(compressed)
}

#[cfg(test)]
mod tests {
    use super::{Bundle, compress};

    #[test]
    fn the_digest_tells_names_and_contents_apart() {
        let digest = |name: &str, bytes: &[u8]| {
            let mut bundle = Bundle::default();
            bundle.add(name, bytes.to_vec());
            bundle.digest()
        };
        assert_eq!(digest("a", b"1"), digest("a", b"1"));
        assert_ne!(digest("a", b"1"), digest("b", b"1"));
        assert_ne!(digest("a", b"1"), digest("a", b"2"));
        assert_eq!(digest("a", b"1").len(), 16);
    }

    #[test]
    fn what_is_compressed_reads_back() {
        let page = b"a page, a page, a page, a page".repeat(40);
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut compress(&page).unwrap().as_slice(), &mut back).unwrap();
        assert_eq!(back, page);
    }
}
