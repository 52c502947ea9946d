//! `ringfence import-templates`

use super::{needs_database, print_json};
use crate::{config::Config, exit::Failure, startup};
use dialects::templates::{Left, Template, import};
use domain::{
    authz::Actor,
    layer::{Content, text},
    package::Upload,
    vendor::Vendor,
};
use serde_json::{Value, json};
use services::{
    Operation, Services,
    layers::{self, DraftInput},
    sites, users,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Files that are read; no vendor has as many.
const MOST: usize = 2_000;
/// Bytes of one file: a template is text.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The files of a folder, and whose they are.
pub(crate) struct Templates {
    vendor: Vendor,
    files: Vec<Template>,
}

/// What a draft is of, and whose.
pub(crate) struct Draft {
    /// `site lon`.
    pub(crate) layer: String,
    /// Name of the account.
    pub(crate) by: String,
    /// What changes and why.
    pub(crate) note: String,
}

/// Reads the folder.
pub(crate) fn read(folder: &Path, vendor: &str) -> Result<Templates, Failure> {
    let known = || Vendor::ALL.map(Vendor::name).join(", ");
    let vendor = Vendor::parse(vendor)
        .ok_or_else(|| Failure::usage(format!("the vendor is one of {}, not `{vendor}`", known())))?;
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let files = files.iter().map(|file| template(folder, file)).collect::<Result<Vec<_>, _>>()?;
    Ok(Templates { vendor, files })
}

impl Templates {
    /// Prints what a layer would say.
    pub(crate) fn print(&self, json: bool) -> Result<(), Failure> {
        let imported = import(self.vendor, &self.files);
        let (counts, left) = (imported.counts(), imported.left);
        let text = text::write(&Content { settings: imported.settings, ..Content::default() });
        if json {
            return print_json(&self.json(counts, &left, &text));
        }
        print!("{text}");
        self.say(counts, &left);
        eprintln!("Draft them with --draft, or in the console, on the page of the layer.");
        Ok(())
    }

    /// Makes them a draft, in the name of an account: what the layer says already stays.
    pub(crate) async fn draft(self, config: &Config, draft: &Draft, json: bool) -> Result<(), Failure> {
        needs_database(config)?;
        let services = startup::services(config).await?;
        let op = startup::command_line(&services);
        let all = users::list(&services, &op).await.map_err(Failure::environment)?;
        let Some(account) = all.into_iter().find(|user| user.name == draft.by) else {
            return Err(Failure::wrong(format!("no account is called `{}`", draft.by)));
        };
        // The record says that it was not typed in the console.
        let name = format!("{} (command line)", account.name);
        let op = services.operation(Actor { name, ..account });
        let (level, scope) = layer(&services, &op, &draft.layer).await?;
        let files: Vec<_> = self
            .files
            .iter()
            .map(|file| Upload { name: file.name.clone(), bytes: file.bytes.clone() })
            .collect();
        let view = layers::templates(&services, &op, &level, &scope, self.vendor.name(), files).await;
        let view = view.map_err(Failure::wrong)?;
        let input = DraftInput { text: view.text.clone(), note: draft.note.clone(), ..DraftInput::default() };
        let number = layers::create(&services, &op, &level, &scope, &input).await.map_err(Failure::wrong)?;
        services.stop().await;
        let counts = (view.settings, view.raw);
        if json {
            let mut said = self.json(counts, &view.left, &view.text);
            said["draft"] = json!(format!("LC-{number}"));
            return print_json(&said);
        }
        self.say(counts, &view.left);
        for (path, ours, theirs) in &view.kept {
            eprintln!("{path}: the layer says {ours} and keeps it; the templates say {theirs}.");
        }
        println!("LC-{number} is a draft of {}; {} looks at it and submits it.", draft.layer, draft.by);
        Ok(())
    }

    fn json(&self, (settings, raw): (usize, usize), left: &[Left], text: &str) -> Value {
        json!({
            "files": self.files.len(), "settings": settings, "raw": raw, "layer": text,
            "left": left.iter().map(|left| json!({
                "file": left.file, "line": left.line, "key": left.key, "why": left.why, "message": left.why.says(),
            })).collect::<Vec<_>>(),
        })
    }

    fn say(&self, (settings, raw): (usize, usize), left: &[Left]) {
        for left in left {
            eprintln!("{}:{}: {} {}", left.file, left.line, left.key, left.why.says());
        }
        let (files, left) = (self.files.len(), left.len());
        eprintln!("{files} files: {settings} settings and {raw} raw keys, {left} left.");
    }
}

/// Level and scope of a layer as people write it.
async fn layer(services: &Services, op: &Operation, text: &str) -> Result<(String, String), Failure> {
    let (level, scope) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let scope = scope.trim();
    match level {
        "organisation" if scope.is_empty() => Ok((level.to_owned(), level.to_owned())),
        "vendor" | "model" if !scope.is_empty() => Ok((level.to_owned(), scope.to_owned())),
        "site" => {
            let all = sites::list(services, op).await.map_err(Failure::environment)?;
            let site = all.into_iter().map(|card| card.site).find(|site| site.code == scope);
            let site = site.ok_or_else(|| Failure::wrong(format!("no site has the code `{scope}`")))?;
            Ok((level.to_owned(), site.id.to_string()))
        }
        _ => Err(Failure::usage(format!(
            "a layer is written as `organisation`, `vendor yealink`, `model yealink T46U` or `site lon`, not `{text}`"
        ))),
    }
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
