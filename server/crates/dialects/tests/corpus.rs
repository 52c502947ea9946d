//! Replays what the fuzz targets have found worth keeping: each input once, in every run of the tests.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod fuzz {
    pub(crate) mod request;
    pub(crate) mod uploads;
    pub(crate) mod user_agent;
}

fn replay(target: &str, holds: fn(&[u8])) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let inputs: Vec<_> = folder.read_dir().unwrap().map(|input| input.unwrap().path()).collect();
    assert!(!inputs.is_empty());
    for input in inputs {
        holds(&std::fs::read(input).unwrap());
    }
}

#[test]
fn requests() {
    replay("request", fuzz::request::holds);
}

#[test]
fn uploads() {
    replay("uploads", fuzz::uploads::holds);
}

#[test]
fn user_agents() {
    replay("user_agent", fuzz::user_agent::holds);
}
