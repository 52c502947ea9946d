//! Tokens as phones show them. Their key is made of the key file: whoever has only the database can neither find a
//! code in it nor sign an address.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    enrolment::{Misread, TypedCode},
    ids::EnrolmentId,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Bytes of the signature in an address: nobody guesses 128 bits.
const SIGNATURE: usize = 16;

// No purpose is the beginning of another.
const KEY: &[u8] = b"ringfence enrolment key 1\0";
const CODE: &[u8] = b"code\0";
const ADDRESS: &[u8] = b"address\0";

/// What a phone showed.
pub(crate) enum Presented {
    /// A code whose check digit is right.
    Code(TypedCode),
    /// An address that we signed.
    Address(EnrolmentId),
}

/// Finds codes and signs addresses.
#[derive(Clone)]
pub(crate) struct TokenKey(Zeroizing<[u8; 32]>);

impl TokenKey {
    /// The key that belongs to a key file.
    pub(crate) fn of(seal: &[u8; 32]) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(&keyed(seal, KEY).finalize().into_bytes());
        Self(key)
    }

    /// What a code is found by.
    pub(crate) fn lookup(&self, code: &TypedCode) -> Vec<u8> {
        keyed(&self.0, CODE).chain_update(code.digits()).finalize().into_bytes().to_vec()
    }

    /// The token of an address: its enrolment, signed.
    pub(crate) fn sign(&self, id: EnrolmentId) -> String {
        let signature = keyed(&self.0, ADDRESS).chain_update(id.0.as_bytes()).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode([id.0.as_bytes().as_slice(), &signature[..SIGNATURE]].concat())
    }

    /// What a phone showed, if it is a token of ours by its form. Whether it is in force, its row says.
    pub(crate) fn read(&self, text: &str) -> Result<Presented, Misread> {
        match TypedCode::parse(text) {
            Ok(code) => Ok(Presented::Code(code)),
            Err(Misread::Typo) => Err(Misread::Typo),
            Err(Misread::NotACode) => self.signed(text).map(Presented::Address).ok_or(Misread::NotACode),
        }
    }

    /// Compared in constant time, so that nobody finds a signature byte by byte.
    fn signed(&self, text: &str) -> Option<EnrolmentId> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (id, signature) = bytes.split_first_chunk::<16>()?;
        if signature.len() != SIGNATURE {
            return None;
        }
        keyed(&self.0, ADDRESS).chain_update(id).verify_truncated_left(signature).ok()?;
        Some(EnrolmentId(Uuid::from_bytes(*id)))
    }
}

/// A MAC that has taken the purpose in.
fn keyed(key: &[u8; 32], purpose: &'static [u8]) -> Hmac<Sha256> {
    // HMAC pads a short key with zeros to the block size. Doing it here makes the constructor infallible.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    Hmac::new((&*block).into()).chain_update(purpose)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_ours_only_with_our_key_and_whole() {
        let (ours, theirs) = (TokenKey::of(&[1; 32]), TokenKey::of(&[2; 32]));
        let id = EnrolmentId(Uuid::from_u128(7));
        let token = ours.sign(id);
        assert!(matches!(ours.read(&token), Ok(Presented::Address(found)) if found == id));
        assert!(theirs.read(&token).is_err());
        for at in 0..token.len() {
            assert!(ours.read(&token[..at]).is_err(), "cut at {at}");
            let mut wrong = token.clone().into_bytes();
            wrong[at] = if wrong[at] == b'A' { b'B' } else { b'A' };
            let wrong = String::from_utf8(wrong).unwrap();
            assert!(ours.read(&wrong).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn a_code_is_found_with_our_key_alone_and_a_typo_is_none() {
        let (ours, theirs) = (TokenKey::of(&[1; 32]), TokenKey::of(&[2; 32]));
        let code = TypedCode::from_random(482_913_057);
        assert_ne!(ours.lookup(&code), theirs.lookup(&code));
        assert!(matches!(ours.read(&code.grouped()), Ok(Presented::Code(read)) if read == code));
        let mut typo = code.digits().to_owned().into_bytes();
        typo.swap(0, 1);
        assert!(matches!(ours.read(&String::from_utf8(typo).unwrap()), Err(Misread::Typo)));
    }
}
