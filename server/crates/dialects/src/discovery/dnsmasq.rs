//! dnsmasq: tags and options, as lines of its configuration file.

use super::{Address, Family, Match, given};

/// Lines for `/etc/dnsmasq.d/`. They hold for every range of the server: the address is the same in each.
pub fn dnsmasq(families: &[&Family], onboarding: &Address) -> String {
    let mut lines = vec![];
    for g in given(families, onboarding) {
        let tag = format!("ringfence-{}", g.family.name);
        lines.push(format!("# {}", g.family.title));
        match g.family.by {
            Match::Oui(prefixes) => lines.extend(prefixes.iter().map(|prefix| {
                let pairs: Vec<_> = (0..3).filter_map(|i| prefix.get(2 * i..2 * i + 2)).collect();
                format!("dhcp-mac=set:{tag},{}:*:*:*", pairs.join(":").to_ascii_lowercase())
            })),
            Match::Class(class) => lines.push(format!("dhcp-vendorclass=set:{tag},{}", text(class))),
        }
        lines.push(format!("dhcp-option=tag:{tag},{},{}", g.option, text(&g.value)));
    }
    lines.into_iter().fold(String::new(), |out, line| out + &line + "\n")
}

/// Between double quotes nothing has a meaning but the quote and the backslash.
pub(super) fn text(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
