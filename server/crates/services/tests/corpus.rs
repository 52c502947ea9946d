//! Replays what the fuzz target has found worth keeping.

#[path = "fuzz/certificate.rs"]
mod certificate;

#[test]
fn certificates() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/certificate");
    let inputs: Vec<_> = folder.read_dir().unwrap().map(|input| input.unwrap().path()).collect();
    assert!(!inputs.is_empty());
    for input in inputs {
        certificate::holds(&std::fs::read(input).unwrap());
    }
}
