//! `ringfence explain`: the trace page on the command line.

use super::{needs_database, print_json};
use crate::{config::Config, exit::Failure, startup};
use domain::Timestamp;
use services::{
    trace,
    view::{Found, TraceView, UnboundView},
};

pub(crate) async fn run(config: &Config, what: &str, at: Option<&str>, json: bool) -> Result<(), Failure> {
    let until = match at {
        Some(text) => Some(Timestamp::parse(text).ok_or_else(|| {
            Failure::usage(format!("`{text}` is not a time; write it as 2026-11-23T04:20:00Z"))
        })?),
        None => None,
    };
    needs_database(config)?;
    let services = startup::services(config).await?;
    let op = startup::command_line(&services);
    let found = trace::find(&services, &op, what).await.map_err(Failure::environment)?;
    let mac = match found {
        Found::Device(mac) => mac,
        Found::Several(rows) => {
            let names: Vec<_> = rows.iter().take(10).map(|r| r.mac.to_string()).collect();
            return Err(Failure::wrong(format!("`{what}` fits several devices: {}", names.join(", "))));
        }
        Found::Unbound(view) if json => return print_json(&view),
        Found::Unbound(view) => {
            print_unbound(&view);
            return Ok(());
        }
        Found::Nothing(_) => return Err(Failure::wrong(format!("no device fits `{what}`"))),
    };
    let until = until.unwrap_or(op.now);
    let view = trace::at(&services, &op, &mac.bare(), until).await.map_err(Failure::environment)?;
    if json {
        return print_json(&view);
    }
    print(&view);
    Ok(())
}

fn print_unbound(view: &UnboundView) {
    println!("Extension {} of site {}: no phone has it", view.number, view.site);
    for why in &view.why {
        println!("  {why}");
    }
    let owner = if view.owner.is_empty() { "nobody" } else { &view.owner };
    println!("Owner {owner} ({}), class of service {}", view.account, view.class_of_service);
    for request in &view.requests {
        let on = request.mac.map(|mac| mac.to_string()).unwrap_or_default();
        println!("CR-{} ({}) asks for it on {on}", request.number, request.state.word());
    }
}

fn print(view: &TraceView) {
    let row = &view.device.row;
    println!(
        "{} {} {}  serial {}  site {}  place {}",
        row.vendor, row.model, row.mac, row.serial, row.site, row.place
    );
    println!("Now: {}", view.device.decision.serve.word());
    for finding in view.device.decision.all_findings() {
        println!("  {} {} [{}]", finding.code.severity().word(), finding, finding.code);
    }
    if let Some((number, kind, change)) = &view.revision {
        println!("Revision {number} ({kind}), published by {change}");
    }
    for file in &view.files {
        println!("{} {}", file.name, file.digest);
        for line in &file.lines {
            match &line.origin {
                Some(origin) => println!("  {:<60} # {origin}", line.text),
                None => println!("  {}", line.text),
            }
        }
    }
    println!("Served and refused, newest first:");
    for serve in view.serves.iter().take(20) {
        println!(
            "  {} {} {} {} {} approved by {} digest {}",
            serve.at,
            serve.status,
            serve.decision.word(),
            serve.file,
            serve.change.as_deref().unwrap_or("-"),
            serve.approver.as_deref().unwrap_or("-"),
            serve.digest.map(|d| d.to_string()).unwrap_or_default()
        );
    }
}
