#![no_main]

#[path = "../../tests/fuzz/certificate.rs"]
mod certificate;

libfuzzer_sys::fuzz_target!(|data: &[u8]| certificate::holds(data));
