#![no_main]

#[path = "../../tests/fuzz/request.rs"]
mod request;

libfuzzer_sys::fuzz_target!(|data: &[u8]| request::holds(data));
