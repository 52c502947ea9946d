//! The folder of the images: one file per image, named by the hash of its bytes.

use crate::{Problem, Result, env::Env};
use domain::{Code, Finding, artifact::Digest};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use tokio::{
    fs::{self, File},
    io::AsyncWriteExt as _,
};

/// How the names of files begin that are not whole yet.
const HALF: &str = ".incoming-";

/// Where images are kept, and how large they may be.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    max_bytes: u64,
}

fn unwritable(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "the firmware folder cannot be written");
    let finding = Finding::new(Code::StorageUnavailable, "firmware folder").detail(error.to_string());
    Problem::new(crate::Kind::Unavailable, finding)
}

impl Folder {
    /// The folder at `path`, which is made when it is needed.
    pub const fn new(path: PathBuf, max_bytes: u64) -> Self {
        Self { path, max_bytes }
    }

    /// Bytes that an image may have.
    pub const fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    fn of(&self, hash: Digest) -> PathBuf {
        self.path.join(hash.to_string())
    }

    /// The bytes of an image; `None` when this node does not have them.
    pub(crate) async fn open(&self, hash: Digest) -> Option<File> {
        File::open(self.of(hash)).await.ok()
    }

    /// Whether this node has the bytes of an image.
    pub(crate) async fn has(&self, hash: Digest) -> bool {
        fs::try_exists(self.of(hash)).await.unwrap_or(false)
    }

    /// Removes what a crash of `node` has left half.
    pub(crate) fn sweep(&self, node: &str) {
        let prefix = format!("{HALF}{node}-");
        for entry in std::fs::read_dir(&self.path).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                std::fs::remove_file(entry.path()).ok();
            }
        }
    }

    /// Begins to take an image in.
    pub(crate) async fn begin(&self, node: &str, env: &Env) -> Result<Incoming> {
        fs::create_dir_all(&self.path).await.map_err(|e| unwritable(&e))?;
        let path = self.path.join(format!("{HALF}{node}-{}", env.id()));
        let file = File::create_new(&path).await.map_err(|e| unwritable(&e))?;
        let half = Half { path, kept: false };
        Ok(Incoming { folder: self.clone(), file, half, hash: Sha256::new(), bytes: 0 })
    }
}

/// A file that is not whole: gone when nobody keeps it.
struct Half {
    path: PathBuf,
    kept: bool,
}

impl Drop for Half {
    fn drop(&mut self) {
        if !self.kept {
            std::fs::remove_file(&self.path).ok();
        }
    }
}

/// An image on its way in. Dropping it leaves nothing behind.
pub struct Incoming {
    folder: Folder,
    file: File,
    half: Half,
    hash: Sha256,
    bytes: u64,
}

impl Incoming {
    /// Takes some more bytes in, as long as the image is not too large.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<()> {
        self.bytes += chunk.len() as u64;
        if self.bytes > self.folder.max_bytes {
            let detail = format!("At most {} bytes are taken.", self.folder.max_bytes);
            return Err(Finding::new(Code::FirmwareTooLarge, "file").detail(detail).into());
        }
        self.hash.update(chunk);
        self.file.write_all(chunk).await.map_err(|e| unwritable(&e))
    }

    /// All bytes are here and on the disk.
    pub(crate) async fn whole(mut self) -> Result<Whole> {
        self.file.flush().await.map_err(|e| unwritable(&e))?;
        self.file.sync_all().await.map_err(|e| unwritable(&e))?;
        let hash = Digest(self.hash.finalize().into());
        Ok(Whole { folder: self.folder, half: self.half, hash, bytes: self.bytes })
    }
}

/// An image on the disk, without its name yet.
pub(crate) struct Whole {
    folder: Folder,
    half: Half,
    pub(crate) hash: Digest,
    pub(crate) bytes: u64,
}

impl Whole {
    /// Gives it its name. It stays when the database forgets it: bytes by hash are never wrong.
    pub(crate) async fn keep(mut self) -> Result<()> {
        fs::rename(&self.half.path, self.folder.of(self.hash)).await.map_err(|e| unwritable(&e))?;
        self.half.kept = true;
        sync_folder(&self.folder.path).await.map_err(|e| unwritable(&e))
    }
}

/// A new name is durable when its folder is.
async fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(path).await?.sync_all().await
}
