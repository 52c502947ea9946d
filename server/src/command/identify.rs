//! `ringfence identify`: what the server makes of a request, for support and for tests. Nothing is looked up.

use super::print_json;
use crate::exit::Failure;
use dialects::{Asked, DeviceFile};
use serde::Serialize;

/// A request as a phone would make it.
#[derive(clap::Args)]
pub(crate) struct Request {
    /// GET, HEAD, PUT or POST.
    #[arg(long, value_name = "METHOD", default_value = "GET", ignore_case = true,
        value_parser = ["GET", "HEAD", "PUT", "POST"])]
    method: String,
    /// Path, such as /805ec0123456.cfg.
    #[arg(long, value_name = "PATH")]
    path: String,
    /// The User-Agent header.
    #[arg(long, value_name = "TEXT", default_value = "")]
    user_agent: String,
    /// Print JSON and nothing else on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Identified {
    method: String,
    vendor: Option<&'static str>,
    model: Option<String>,
    firmware: Option<String>,
    mac: Option<String>,
    serial: Option<String>,
    file: &'static str,
}

pub(crate) fn run(request: &Request) -> Result<(), Failure> {
    let found = identify(request);
    if request.json {
        return print_json(&found);
    }
    let or = |text: Option<&str>| text.unwrap_or("not said").to_owned();
    println!("vendor    {}", or(found.vendor));
    println!("model     {}", or(found.model.as_deref()));
    println!("firmware  {}", or(found.firmware.as_deref()));
    println!("mac       {}", or(found.mac.as_deref()));
    println!("serial    {}", or(found.serial.as_deref()));
    println!("file      {}", found.file);
    Ok(())
}

fn identify(request: &Request) -> Identified {
    let said = dialects::user_agent(request.user_agent.as_bytes());
    let name = request.path.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let asked = dialects::recognise(name, said.vendor);
    let (vendor, mac, file) = match asked {
        None => (None, None, "unknown"),
        Some(Asked::Common { vendor, .. }) => (Some(vendor), None, "common"),
        Some(Asked::Absent { vendor }) => (Some(vendor), None, "absent"),
        Some(Asked::Device { vendor, mac, file }) => (
            Some(vendor),
            Some(mac),
            match file {
                DeviceFile::Config | DeviceFile::More(_) => "configuration",
                DeviceFile::Boot => "boot",
                DeviceFile::Other => "other",
            },
        ),
    };
    let hint = dialects::model_hint(name).map(str::to_owned);
    Identified {
        method: request.method.to_ascii_uppercase(),
        vendor: said.vendor.or(vendor).map(domain::vendor::Vendor::name),
        model: said.model.or(hint),
        firmware: said.firmware,
        mac: mac.or(said.mac).map(|mac| mac.to_string()),
        serial: said.serial,
        file,
    }
}
