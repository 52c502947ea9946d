//! The browser half: compiled to WASM, bound to JavaScript, written to `target/site`. Pages with the layer
//! editor get a bundle that has it beside the other islands; the rest do not pay for it.
//!
//! Debian's wasm-opt breaks the module silently and a current one saves nothing after
//! brotli, so none is used; leaving out the name section is what makes it small.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::bundle::Bundle;
use crate::command::{cargo, command, output, root, run, target};
use crate::site;
use crate::step::step;

/// Everything that the bundle is made of.
const INPUTS: &[&str] = &[
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "app",
    "frontend",
    "server/crates/dialects",
    "server/crates/domain",
    "server/crates/xtask",
    "style",
];

/// The islands of most pages, and those of pages with the layer editor.
const BUNDLES: [(&str, &[&str]); 2] = [("ringfence", &[]), ("editor", &["--features", "editor"])];

/// Builds what the browser gets, unless it is there already.
pub(crate) fn build() -> Result<()> {
    // Taken before the build, so that an edit during the build is seen next time.
    let inputs = digest_of_inputs()?;
    if site::is_made_from(&inputs) {
        println!("==> console for the browser: unchanged");
        return Ok(());
    }
    let mut bundle = Bundle::default();
    for (name, features) in BUNDLES {
        step(&format!("console for the browser: compile {name}"), || compile(features))?;
        // Both come out under one name: this one is bound before the next is compiled.
        step(&format!("console for the browser: bind {name}"), || bind(name, &mut bundle))?;
    }
    bundle.add("style.css", stylesheet()?);
    bundle.add("favicon.svg", fs::read(root().join("style/favicon.svg"))?);
    step("console for the browser: compress", || site::write(&bundle, &inputs))
}

/// Where cargo builds this half: never the server's folder, whose `app` has other features.
pub(crate) fn target_folder() -> PathBuf {
    target().join("front")
}

fn compile(features: &[&str]) -> Result<()> {
    run(cargo(["build", "--package", "frontend", "--profile", "wasm-release"])
        .args(features)
        .args(["--target", "wasm32-unknown-unknown", "--target-dir"])
        .arg(target_folder()))
}

fn bind(name: &str, bundle: &mut Bundle) -> Result<()> {
    let compiled = target_folder().join("wasm32-unknown-unknown/wasm-release/ringfence.wasm");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name(name).typescript(false);
    bindgen.web(true)?.remove_name_section(true).remove_producers_section(true);
    // The page says where the module is: both files have a digest in their address.
    bindgen.omit_default_module_path(true);
    let mut bound = bindgen.generate_output()?;
    bundle.add(format!("{name}.js"), bound.js().into());
    bundle.add(format!("{name}.wasm"), bound.wasm_mut().emit_wasm());
    // JavaScript that our dependencies bring; `NAME.js` imports it by these relative paths.
    for (of, snippets) in bound.snippets() {
        for (number, snippet) in snippets.iter().enumerate() {
            bundle.add(format!("snippets/{of}/inline{number}.js"), snippet.clone().into_bytes());
        }
    }
    for (path, module) in bound.local_modules() {
        bundle.add(format!("snippets/{path}"), module.clone().into_bytes());
    }
    Ok(())
}

/// All of `style/*.css` in the order of their names.
fn stylesheet() -> Result<Vec<u8>> {
    let mut sheet = Vec::new();
    for file in files_below(&root().join("style"))? {
        if file.extension().is_some_and(|extension| extension == "css") {
            sheet.extend(fs::read(file)?);
        }
    }
    Ok(sheet)
}

fn digest_of_inputs() -> Result<String> {
    let mut hasher = Sha256::new();
    hasher.update(output(command("rustc").arg("-vV"))?);
    for input in INPUTS {
        for file in files_below(&root().join(input))? {
            hasher.update(file.as_os_str().as_encoded_bytes());
            hasher.update([0]);
            hasher.update(Sha256::digest(fs::read(&file)?));
        }
    }
    Ok(hex::encode(hasher.finalize()))
}

/// The file itself, or every file below the folder, sorted.
fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries: Vec<_> =
        path.read_dir()?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    let nested: Vec<_> = entries.iter().map(|entry| files_below(entry)).collect::<Result<_>>()?;
    Ok(nested.concat())
}
