//! Templates of another system, brought into a layer: its text with what they say, for somebody to look at and save as a
//! draft. Nothing is kept here.

use super::{name_of, view::TemplatesView};
use crate::{Operation, Problem, Result, Services};
use dialects::templates::{Template, import};
use domain::{
    Code,
    authz::{Action, authorise},
    layer::{Content, Level, text},
    package::Upload,
    vendor::Vendor,
};
use storage::layer;

/// Reads templates of a vendor into the text of a layer. What the layer says already stays, and is named where the
/// templates say otherwise.
pub async fn templates(
    services: &Services,
    op: &Operation,
    level: &str,
    scope: &str,
    vendor: &str,
    files: Vec<Upload>,
) -> Result<TemplatesView> {
    authorise(&op.actor, Action::Request)?;
    let vendor = Vendor::parse(vendor).ok_or_else(|| Problem::invalid(Code::VendorUnknown, "vendor"))?;
    if files.is_empty() {
        return Err(Problem::invalid(Code::FieldMissing, "files"));
    }
    let level = Level::parse(level).ok_or_else(|| Problem::not_found("layer"))?;
    let mut tx = services.0.store.read().await?;
    name_of(&mut tx, level, scope.trim()).await?;
    let last = layer::last(&mut tx, level, scope.trim()).await?;
    drop(tx);
    let mut content = last.map(|version| Content::of(&version.layer, version.rule)).unwrap_or_default();
    let files: Vec<_> =
        files.into_iter().map(|file| Template { name: file.name, bytes: file.bytes }).collect();
    // A directory of many files takes a second: not on a thread that phones wait for.
    let read = tokio::task::spawn_blocking(move || import(vendor, &files)).await;
    let imported = read.map_err(|_| Problem::invalid(Code::FormInvalid, "files"))?;
    let (settings, raw) = imported.counts();
    let mut kept = vec![];
    for (path, value) in imported.settings {
        match content.settings.get(&path) {
            Some(own) if *own != value => kept.push((path.to_string(), own.to_string(), value.to_string())),
            Some(_) => {}
            None => {
                content.settings.insert(path, value);
            }
        }
    }
    Ok(TemplatesView { text: text::write(&content), settings, raw, kept, left: imported.left })
}
