//! Key files: outside the database, mode 0600, made on first run.

use crate::{enrolment::token::TokenKey, env::Env, vault::Vault};
use ed25519_dalek::SigningKey;
use std::{
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};
use zeroize::Zeroizing;

/// The keys of an installation.
#[derive(Clone)]
pub struct Keys {
    /// Seals secrets.
    pub vault: Vault,
    /// Signs checkpoints.
    pub checkpoint: SigningKey,
    /// Finds enrolment codes and signs enrolment addresses; made of the key that seals.
    pub(crate) enrolment: TokenKey,
}

/// A key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read or made.
    #[error("the key file `{0}` cannot be read or made")]
    Io(String, #[source] io::Error),
    /// Others can read it.
    #[error("the key file `{0}` can be read by others; run: chmod 600 {0}")]
    Mode(String),
    /// It does not hold 64 hexadecimal digits.
    #[error("the key file `{0}` does not hold a key of 64 hexadecimal digits; restore it from a backup")]
    Contents(String),
}

impl Keys {
    /// Reads the keys in `folder`, making those that are missing.
    pub fn open(folder: &Path, env: &Env) -> Result<Self, KeyError> {
        std::fs::create_dir_all(folder).map_err(|e| KeyError::Io(folder.display().to_string(), e))?;
        let seal = key(&folder.join("seal.key"), env)?;
        let checkpoint = key(&folder.join("checkpoint.key"), env)?;
        Ok(Self {
            vault: Vault::new(&seal),
            checkpoint: SigningKey::from_bytes(&checkpoint),
            enrolment: TokenKey::of(&seal),
        })
    }
}

fn key(path: &Path, env: &Env) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let name = || path.display().to_string();
    let io = |e| KeyError::Io(path.display().to_string(), e);
    match std::fs::read_to_string(path).map(Zeroizing::new) {
        Ok(text) => {
            let mode = std::fs::metadata(path).map_err(io)?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(KeyError::Mode(name()));
            }
            let mut key = Zeroizing::new([0; 32]);
            hex::decode_to_slice(text.trim(), key.as_mut_slice()).map_err(|_| KeyError::Contents(name()))?;
            Ok(key)
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let key = Zeroizing::new(env.bytes::<32>());
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .map_err(io)?;
            let text = Zeroizing::new(hex::encode(key.as_slice()));
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
            Ok(key)
        }
        Err(e) => Err(io(e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_never_readable_by_others() {
        let folder = tempfile::tempdir().unwrap();
        let env = Env::system();
        let first = Keys::open(folder.path(), &env).unwrap();
        let again = Keys::open(folder.path(), &env).unwrap();
        assert_eq!(first.checkpoint.to_bytes(), again.checkpoint.to_bytes());
        let path = folder.path().join("seal.key");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::open(folder.path(), &env), Err(KeyError::Mode(_))));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(Keys::open(folder.path(), &env), Err(KeyError::Contents(_))));
    }
}
