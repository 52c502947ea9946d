//! What a proven request says beside its proof. Anybody can say anything there: findings, never a decision.

use super::{Request, cache::Known, cache::Network};
use dialects::UserAgent;
use domain::{Code, Finding};

/// What the User-Agent and the source say against the inventory.
pub(super) fn of(
    known: &Known,
    network: Option<&Network>,
    request: &Request<'_>,
    said: &UserAgent,
) -> Vec<Finding> {
    let mut findings = user_agent(known, said);
    if let Some(network) = network {
        let site = known.loaded.site.id;
        let segments = network.segments.iter().filter(|s| s.site == site).map(|s| &s.cidr);
        if !known.loaded.policy.expects(request.client, segments) {
            let detail = format!("It came from {}.", request.client);
            findings.push(Finding::new(Code::SourceUnexpected, known.loaded.name()).detail(detail));
        }
    }
    findings
}

fn user_agent(known: &Known, said: &UserAgent) -> Vec<Finding> {
    let device = &known.loaded.stored.device;
    let vendor = said.vendor.filter(|v| *v != device.vendor).map(|v| format!("vendor {v}"));
    let model = said.model.as_ref().filter(|m| !m.eq_ignore_ascii_case(&device.model));
    let model = model.map(|m| format!("model {m}"));
    let mac = said.mac.filter(|m| *m != device.mac).map(|m| format!("MAC {m}"));
    let said: Vec<_> = [vendor, model, mac].into_iter().flatten().collect();
    if said.is_empty() {
        return vec![];
    }
    let detail = format!("It says {}.", said.join(", "));
    vec![Finding::new(Code::UserAgentDisagrees, known.loaded.name()).detail(detail)]
}
