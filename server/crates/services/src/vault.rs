//! Sealed secrets: XChaCha20-Poly1305 with a key that is not in the database (invariant 4).

use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead, KeyInit, Payload},
};
use domain::{Code, ids::SecretId};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The form of a sealed secret: this byte, 24 bytes of nonce, ciphertext with tag.
const FORM: u8 = 1;

/// Seals and opens secrets. The id of a secret is bound to its ciphertext, so rows cannot be swapped.
#[derive(Clone)]
pub struct Vault(XChaCha20Poly1305);

impl Vault {
    /// A vault with this key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// Seals `secret`. `nonce` is random and used once.
    pub fn seal(&self, id: SecretId, secret: &str, nonce: [u8; 24]) -> Result<Vec<u8>, Code> {
        self.seal_bytes(id.0, secret.as_bytes(), nonce)
    }

    /// The same for bytes of whatever kind, bound to the id of whatever they are.
    pub fn seal_bytes(&self, id: Uuid, bytes: &[u8], nonce: [u8; 24]) -> Result<Vec<u8>, Code> {
        let payload = Payload { msg: bytes, aad: id.as_bytes() };
        let sealed = self.0.encrypt((&nonce).into(), payload).map_err(|_| Code::SecretUnreadable)?;
        Ok([&[FORM], nonce.as_slice(), &sealed].concat())
    }

    /// Opens what `seal` made for the same id.
    pub fn open(&self, id: SecretId, sealed: &[u8]) -> Result<Zeroizing<String>, Code> {
        let mut bytes = self.open_bytes(id.0, sealed)?;
        String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|_| Code::SecretUnreadable)
    }

    /// Opens what `seal_bytes` made for the same id.
    pub fn open_bytes(&self, id: Uuid, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Code> {
        let (&form, rest) = sealed.split_first().ok_or(Code::SecretUnreadable)?;
        let (nonce, text) = rest.split_first_chunk::<24>().ok_or(Code::SecretUnreadable)?;
        if form != FORM {
            return Err(Code::SecretUnreadable);
        }
        let payload = Payload { msg: text, aad: id.as_bytes() };
        self.0.decrypt(nonce.into(), payload).map(Zeroizing::new).map_err(|_| Code::SecretUnreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_id_open_it() {
        let (a, b) = (SecretId(Uuid::from_u128(1)), SecretId(Uuid::from_u128(2)));
        let vault = Vault::new(&[1; 32]);
        let sealed = vault.seal(a, "swordfish", [7; 24]).unwrap();
        assert!(!sealed.windows(9).any(|w| w == b"swordfish"));
        assert_eq!(vault.open(a, &sealed).unwrap().as_str(), "swordfish");
        assert_eq!(vault.open(b, &sealed).unwrap_err(), Code::SecretUnreadable);
        assert_eq!(Vault::new(&[2; 32]).open(a, &sealed).unwrap_err(), Code::SecretUnreadable);
        for cut in 0..sealed.len() {
            assert_eq!(vault.open(a, &sealed[..cut]).unwrap_err(), Code::SecretUnreadable);
        }
    }
}
