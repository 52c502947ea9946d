//! `ringfence import-templates`

use super::print_json;
use crate::exit::Failure;
use dialects::templates::{Imported, Template, import};
use domain::{
    layer::{Content, text},
    vendor::Vendor,
};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Files that are read; no vendor has as many.
const MOST: usize = 2_000;
/// Bytes of one file: a template is text.
const LARGEST: u64 = 4 * 1024 * 1024;

pub(crate) fn run(folder: &Path, vendor: &str, json: bool) -> Result<(), Failure> {
    let known = || Vendor::ALL.map(Vendor::name).join(", ");
    let vendor = Vendor::parse(vendor)
        .ok_or_else(|| Failure::usage(format!("the vendor is one of {}, not `{vendor}`", known())))?;
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let templates = files.iter().map(|file| template(folder, file)).collect::<Result<Vec<_>, _>>()?;
    let imported = import(vendor, &templates);
    let (settings, raw) = imported.counts();
    let text = layer(&imported);
    if json {
        return print_json(&json!({
            "files": templates.len(), "settings": settings, "raw": raw, "layer": text,
            "left": imported.left.iter().map(|left| json!({
                "file": left.file, "line": left.line, "key": left.key, "why": left.why, "message": left.why.says(),
            })).collect::<Vec<_>>(),
        }));
    }
    print!("{text}");
    for left in &imported.left {
        eprintln!("{}:{}: {} {}", left.file, left.line, left.key, left.why.says());
    }
    eprintln!(
        "{} files: {settings} settings and {raw} raw keys, {} left. Draft them in the console, on the page of the layer.",
        templates.len(),
        imported.left.len()
    );
    Ok(())
}

/// A layer as the console takes it.
fn layer(imported: &Imported) -> String {
    text::write(&Content { settings: imported.settings.clone(), ..Content::default() })
}

fn template(folder: &Path, file: &Path) -> Result<Template, Failure> {
    let bytes = fs::read(file).map_err(|error| unreadable(file, &error))?;
    Ok(Template { name: file.strip_prefix(folder).unwrap_or(file).display().to_string(), bytes })
}

/// Every file below the folder, links left alone.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let about = entry.metadata().map_err(|error| unreadable(&entry.path(), &error))?;
        if about.is_dir() {
            collect(&entry.path(), files)?;
        } else if about.is_file() && about.len() <= LARGEST {
            files.push(entry.path());
        }
        if files.len() > MOST {
            return Err(Failure::usage(format!("there are more than {MOST} files below it")));
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::environment(format!("`{}` cannot be read: {error}", path.display()))
}
