//! `ringfence dialects`: which models may be bound, what each family can express, and how we know.

use super::print_json;
use crate::exit::Failure;
use domain::vendor::{Model, Vendor};
use serde::Serialize;

#[derive(Serialize)]
struct Family {
    vendor: &'static str,
    models: &'static [Model],
    settings: &'static [&'static str],
}

pub(crate) fn run(json: bool) -> Result<(), Failure> {
    let families: Vec<_> = Vendor::ALL
        .into_iter()
        .map(|vendor| Family {
            vendor: vendor.name(),
            models: vendor.models(),
            settings: dialects::speaks(vendor),
        })
        .collect();
    if json {
        return print_json(&families);
    }
    for family in families {
        println!("{}", family.vendor);
        for model in family.models {
            println!(
                "  {:<10} {:>3} lines  firmware {:<6} {}",
                model.name,
                model.accounts,
                model.firmware,
                model.known.says()
            );
        }
        println!("  writes {}", family.settings.join(" "));
    }
    Ok(())
}
