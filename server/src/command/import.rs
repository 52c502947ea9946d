//! `ringfence import`

use super::print_json;
use crate::{config::Config, exit::Failure, startup};
use domain::package::Upload;
use serde_json::json;
use services::imports;
use std::path::PathBuf;

pub(crate) async fn run(
    config: &Config,
    files: &[PathBuf],
    dry_run: bool,
    json: bool,
) -> Result<(), Failure> {
    let mut uploads = Vec::new();
    for path in files {
        let bytes = std::fs::read(path).map_err(|e| {
            Failure::environment(format!("the file `{}` cannot be read: {e}", path.display()))
        })?;
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        uploads.push(Upload { name, bytes });
    }
    let services = startup::services(config).await?;
    let op = startup::command_line(&services);
    let (package, findings) = imports::check(&services, &op, &uploads).await.map_err(Failure::environment)?;
    let created = package.created();
    let good = findings.is_empty();
    if good && !dry_run && created > 0 {
        let id = imports::stage(&services, &op, uploads).await.map_err(Failure::environment)?;
        imports::commit(&services, &op, &id).await.map_err(Failure::wrong)?;
    }
    services.stop().await;
    if json {
        print_json(&json!({
            "ok": good,
            "created": if good && !dry_run { created } else { 0 },
            "would_create": created,
            "unchanged": package.unchanged,
            "findings": findings.iter().map(|f| json!({
                "file": f.file, "row": f.row, "column": f.column,
                "code": f.finding.code, "message": f.finding.code.says(),
                "detail": f.finding.detail, "next_step": f.finding.code.next_step(),
            })).collect::<Vec<_>>(),
        }))?;
    } else {
        for finding in &findings {
            println!("{finding} [{}]", finding.finding.code);
        }
        let unchanged = package.unchanged;
        let said = match (good, dry_run) {
            (true, true) => format!("{created} records would be created, {unchanged} are there already."),
            (true, false) => format!("{created} records created, {unchanged} were there already."),
            (false, _) => "Nothing was imported.".to_owned(),
        };
        println!("{said}");
    }
    if good {
        Ok(())
    } else {
        Err(Failure::wrong(format!("{} rows are wrong; nothing was imported", findings.len())))
    }
}
