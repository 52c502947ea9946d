//! What resolving and writing cost here, in microseconds for each device.

use dialects_bench::{families, files, resolutions};
use std::time::Instant;

const ROUNDS: u32 = 2_000;
/// The best of these: whatever else the machine does only adds.
const TIMES: u32 = 5;

fn main() {
    println!("{:<28} {:>12} {:>12} {:>8}", "family and model", "resolve µs", "write µs", "bytes");
    for (at, family) in families().lines().enumerate() {
        let bytes = files(at, 1);
        println!(
            "{family:<28} {:>12.1} {:>12.1} {bytes:>8}",
            each(|rounds| resolutions(at, rounds)),
            each(|rounds| files(at, rounds))
        );
    }
}

fn each(work: impl Fn(u32) -> usize) -> f64 {
    let once = || {
        let begun = Instant::now();
        std::hint::black_box(work(ROUNDS));
        begun.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS)
    };
    (0..TIMES).map(|_| once()).fold(f64::INFINITY, f64::min)
}
