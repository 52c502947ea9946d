//! `ringfence dialects`: which models may be bound, what each family can express, and how we know.

use super::print_json;
use crate::exit::Failure;

pub(crate) fn run(json: bool) -> Result<(), Failure> {
    if json {
        return print_json(&dialects::support().collect::<Vec<_>>());
    }
    for family in dialects::support() {
        println!("{} ({})", family.title, family.vendor);
        println!("  a key that a file does not name: {}", family.absent.says());
        println!("  trusts: {}", family.trusts);
        for model in family.models {
            let fetch = model.fetch.refused().map(|why| format!("; {why}")).unwrap_or_default();
            let firmware = if model.firmware.is_empty() { "-" } else { model.firmware };
            println!(
                "  {:<14} {:<14} firmware {:<10} {}{fetch}",
                model.name,
                model.endpoints(),
                firmware,
                model.known.says()
            );
            if !model.lacks.is_empty() {
                println!("  {:<14} without {}", "", model.lacks.join(" "));
            }
        }
        println!("  writes {}", family.settings.join(" "));
        println!("  cannot write {}", family.cannot.join(" "));
    }
    Ok(())
}
