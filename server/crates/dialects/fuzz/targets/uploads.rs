#![no_main]

#[path = "../../tests/fuzz/uploads.rs"]
mod uploads;

libfuzzer_sys::fuzz_target!(|data: &[u8]| uploads::holds(data));
