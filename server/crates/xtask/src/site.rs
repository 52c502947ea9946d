//! The folder `target/site`, which the server's build script embeds.
//!
//! Files with the same bytes are left alone, so that the server is not built again for them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::bundle::{Bundle, compress};
use crate::command::target;

/// Written last: a bundle is whole when this file is there.
const DIGEST: &str = "digest";

pub(crate) fn is_made_from(inputs: &str) -> bool {
    folder().join(DIGEST).exists() && fs::read_to_string(stamp()).is_ok_and(|stamp| stamp == inputs)
}

pub(crate) fn write(bundle: &Bundle, inputs: &str) -> Result<()> {
    let folder = folder();
    let digest = bundle.digest();
    let site_digest = folder.join(DIGEST);
    if fs::read_to_string(&site_digest).is_ok_and(|old| old == digest) {
        println!("    same bytes as before");
    } else {
        // Compressing takes seconds; the folder is incomplete only while files are written.
        let compressed: Vec<_> = bundle.files().map(|(_, bytes)| compress(bytes)).collect::<Result<_>>()?;
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        for ((name, bytes), compressed) in bundle.files().zip(compressed) {
            println!("    {name}: {} bytes, {} with brotli", bytes.len(), compressed.len());
            let path = folder.join(name);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            put(&path, bytes)?;
            put(&folder.join(format!("{name}.br")), &compressed)?;
        }
        put(&site_digest, digest.as_bytes())?;
    }
    put(&stamp(), inputs.as_bytes())
}

fn folder() -> PathBuf {
    target().join("site")
}

/// Beside the folder, not in it: it changes more often than the bundle does.
fn stamp() -> PathBuf {
    target().join("front/site-inputs")
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
