//! Migrations are embedded at compile time: a new file must cause a rebuild.
fn main() {
    println!("cargo:rerun-if-changed=../../../migrations");
}
