#![no_main]

#[path = "../../tests/fuzz/user_agent.rs"]
mod user_agent;

libfuzzer_sys::fuzz_target!(|data: &[u8]| user_agent::holds(data));
