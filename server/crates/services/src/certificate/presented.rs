//! What a connection or a proxy presented, judged once while the roots stay the same.

use super::{Roots, Verdict, judge};
use domain::Timestamp;
use std::sync::{Arc, Mutex};

/// A presented chain, with the verdict on it. Lives as long as its connection.
#[derive(Debug)]
pub struct Presented {
    chain: Vec<Vec<u8>>,
    /// Whether a proxy says so, and nobody here saw the handshake.
    pub proxied: bool,
    judged: Mutex<Option<(i64, Arc<Verdict>)>>,
}

impl Presented {
    /// In our own handshake: the device's certificate first, each in DER.
    pub const fn in_handshake(chain: Vec<Vec<u8>>) -> Self {
        Self { chain, proxied: false, judged: Mutex::new(None) }
    }

    /// In headers of a proxy that is trusted to have seen the handshake.
    pub const fn by_proxy(chain: Vec<Vec<u8>>) -> Self {
        Self { chain, proxied: true, judged: Mutex::new(None) }
    }

    /// SHA-256 of the device's own certificate in hexadecimal digits, whatever it is worth.
    pub fn fingerprint(&self) -> Option<String> {
        self.chain.first().map(|leaf| super::fingerprint(leaf))
    }

    /// The verdict, if it was judged already.
    pub fn judged(&self) -> Option<Arc<Verdict>> {
        self.judged.lock().ok()?.as_ref().map(|(_, verdict)| Arc::clone(verdict))
    }

    /// The verdict: from memory, unless the roots have changed since.
    ///
    /// A connection that outlives its certificate is judged by the time of its first request; phones ask and go.
    pub fn verdict(&self, roots: &Roots, now: Timestamp) -> Arc<Verdict> {
        let kept = self.judged.lock().ok().and_then(|kept| kept.clone());
        match kept {
            Some((generation, verdict)) if generation == roots.generation => verdict,
            _ => {
                let verdict = Arc::new(judge(&self.chain, roots, now));
                if let Ok(mut kept) = self.judged.lock() {
                    *kept = Some((roots.generation, Arc::clone(&verdict)));
                }
                verdict
            }
        }
    }
}
