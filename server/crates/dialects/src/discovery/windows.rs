//! Windows Server: PowerShell of the DHCP server module. It can be run again.

use super::{Address, Family, Match, given, unusual};
use std::net::Ipv4Addr;

/// Commands for one scope, named by its network address.
pub fn windows(families: &[&Family], onboarding: &Address, scope: Ipv4Addr) -> String {
    let given = given(families, onboarding);
    let mut lines = vec![format!("$scope = {}", text(&scope.to_string()))];
    for option in unusual(&given) {
        let name = text(&format!("Provisioning address ({option})"));
        lines.push(format!(
            "if (-not (Get-DhcpServerv4OptionDefinition -OptionId {option} -ErrorAction SilentlyContinue)) {{ \
             Add-DhcpServerv4OptionDefinition -OptionId {option} -Name {name} -Type String }}"
        ));
    }
    for g in given {
        let policy = text(&format!("Ringfence {}", g.family.title));
        let condition = match g.family.by {
            Match::Oui(prefixes) => {
                let patterns: Vec<_> = prefixes.iter().map(|prefix| text(&format!("{prefix}*"))).collect();
                format!("-MacAddress EQ,{}", patterns.join(","))
            }
            Match::Class(class) => {
                let class_name = text(class);
                lines.push(format!(
                    "if (-not (Get-DhcpServerv4Class -Type Vendor -Name {class_name} -ErrorAction SilentlyContinue)) \
                     {{ Add-DhcpServerv4Class -Type Vendor -Name {class_name} -Data {class_name} }}"
                ));
                format!("-VendorClass EQ,{}", text(&format!("{class}*")))
            }
        };
        lines.push(format!(
            "if (-not (Get-DhcpServerv4Policy -ScopeId $scope -Name {policy} -ErrorAction SilentlyContinue)) {{ \
             Add-DhcpServerv4Policy -ScopeId $scope -Name {policy} -Condition OR {condition} }}"
        ));
        lines.push(format!(
            "Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName {policy} -OptionId {} -Value {}",
            g.option,
            text(&g.value)
        ));
    }
    lines.into_iter().fold(String::new(), |out, line| out + &line + "\n")
}

/// Between single quotes nothing has a meaning but the quote, and PowerShell takes four others for one.
pub(super) fn text(value: &str) -> String {
    let doubled = value.chars().fold(String::new(), |mut out, c| {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            out.push(c);
        }
        out.push(c);
        out
    });
    format!("'{doubled}'")
}
