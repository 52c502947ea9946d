//! Embeds what `cargo xtask` has built for the browser, so that one file is a whole installation.
//!
//! Without it a development build embeds nothing, so that `cargo test` alone works; a
//! release build fails, because it would serve a console that cannot load its own files.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let site = target()?.join("site");
    // A folder that is not there would count as changed at every build.
    fs::create_dir_all(&site)?;
    let site = fs::canonicalize(site)?;
    println!("cargo::rerun-if-changed={}", site.display());
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CARGO_TARGET_DIR");

    // Written last, so its presence says that the files are whole.
    let digest = fs::read_to_string(site.join("digest")).ok();
    if digest.is_none() && env::var("PROFILE")? == "release" {
        println!(
            "cargo::error=there is no console in {}: build with `cargo xtask build` or `cargo xtask run`",
            site.display()
        );
    }
    let table = table(&site, digest.as_deref())?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("assets.rs"), table)?;
    Ok(())
}

/// The workspace's `target`, or where the caller has moved it.
fn target() -> Result<PathBuf, Box<dyn Error>> {
    let workspace = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("..");
    Ok(workspace.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into())))
}

/// The Rust text that `src/assets.rs` includes.
fn table(site: &Path, digest: Option<&str>) -> Result<String, Box<dyn Error>> {
    let mut text =
        format!("const BUNDLE: Bundle = Bundle {{ digest: {:?}, assets: &[\n", digest.unwrap_or("none"));
    let files = if digest.is_some() { files_below(site)? } else { Vec::new() };
    for file in &files {
        let Some(content_type) = content_type(file) else { continue };
        let odd = "a file of the console has an odd name";
        let (plain, name) = (file.to_str().ok_or(odd)?, file.strip_prefix(site)?.to_str().ok_or(odd)?);
        let brotli = format!("{plain}.br");
        writeln!(
            text,
            "Asset {{ name: {name:?}, content_type: {content_type:?}, \
             plain: include_bytes!({plain:?}), brotli: include_bytes!({brotli:?}) }},"
        )?;
    }
    text.push_str("] };\n");
    Ok(text)
}

/// None for the compressed forms and the digest, which are not served under their own names.
fn content_type(path: &Path) -> Option<&'static str> {
    match path.extension()?.to_str()? {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "wasm" => Some("application/wasm"),
        _ => None,
    }
}

/// Every file below the folder, sorted.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
    }
    files.sort();
    Ok(files)
}
