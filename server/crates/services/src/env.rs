//! Clock, ids and randomness: the only place that has any. Tests hand in a clock that they move.

use domain::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use uuid::Uuid;

/// Where time comes from.
#[derive(Clone, Debug)]
enum Clock {
    System,
    Fixed(Arc<AtomicI64>),
}

/// Clock, ids and randomness.
#[derive(Clone, Debug)]
pub struct Env {
    clock: Clock,
}

impl Env {
    /// The machine's.
    pub const fn system() -> Self {
        Self { clock: Clock::System }
    }

    /// A clock that stands at `at` (microseconds UTC) until somebody moves it.
    pub const fn fixed(at: Arc<AtomicI64>) -> Self {
        Self { clock: Clock::Fixed(at) }
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is handed")]
    pub fn now(&self) -> Timestamp {
        match &self.clock {
            Clock::System => {
                let since =
                    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
            Clock::Fixed(at) => Timestamp(at.load(Ordering::Relaxed)),
        }
    }

    /// A fresh UUIDv7.
    pub fn id(&self) -> Uuid {
        let millis = u64::try_from(self.now().0 / 1_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid()
    }

    /// Random bytes of the operating system.
    ///
    /// # Panics
    /// When the operating system has no randomness: nothing safe can be done without it.
    #[expect(clippy::disallowed_methods, clippy::expect_used, reason = "the one source of randomness")]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        bytes
    }

    /// A password of 24 letters and digits without look-alikes: 24 × log2(54) ≈ 138 bits.
    pub fn password(&self) -> String {
        const LETTERS: &[u8; 54] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ234567";
        let mut out = String::with_capacity(24);
        while out.len() < 24 {
            for byte in self.bytes::<32>() {
                // Bytes of 216 and above would favour the first letters.
                if byte < 216 && out.len() < 24 {
                    out.push(char::from(LETTERS[usize::from(byte) % 54]));
                }
            }
        }
        out
    }
}
