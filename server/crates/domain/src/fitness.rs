//! Whether an endpoint can have a line at all, whatever the line: whether its model can prove who it is, and whether
//! its base knows which handset it is.

use crate::{
    Code, Finding,
    device::{Device, Endpoint, EndpointKind},
    policy::Policy,
    vendor::Handsets,
};

/// What speaks against a line on an endpoint of this device, at a site of this policy.
pub fn findings(device: &Device, endpoint: &Endpoint, policy: &Policy) -> Vec<Finding> {
    let subject = format!("{} {}", endpoint.kind.title(), endpoint.index);
    let fetch = device.vendor.model(&device.model).and_then(|model| model.fetch.refusal());
    let model = fetch.map(|code| {
        Finding::new(code, "model").detail(format!("It is `{} {}`.", device.vendor, device.model))
    });
    let open = device.vendor.handsets().filter(|handsets| *handsets != Handsets::ByIpei);
    let unknown = endpoint.kind == EndpointKind::DectHandset && endpoint.ipei.is_none();
    let handset = open.filter(|_| unknown).map(|handsets| {
        let code = if policy.names_handsets() { Code::IpeiDemanded } else { Code::IpeiMissing };
        Finding::new(code, subject).detail(handsets.says())
    });
    model.into_iter().chain(handset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Ipei, Mac,
        device::{DeviceState, Serial},
        ids::{DeviceId, EndpointId, SiteId},
        proof::Strength,
        vendor::Vendor,
    };
    use uuid::Uuid;

    fn said(vendor: Vendor, model: &str, ipei: &str, demand: Strength) -> Vec<Code> {
        let id = DeviceId(Uuid::nil());
        let known = vendor.model(model).unwrap();
        let device = Device {
            id,
            site: SiteId(Uuid::nil()),
            serial: Serial::parse("FCH1").unwrap(),
            mac: Mac::parse("00562b043615").unwrap(),
            vendor,
            model: model.to_owned(),
            place: None,
            segment: None,
            state: DeviceState::Active,
        };
        let ipei = Ipei::parse(ipei).ok();
        let endpoint =
            Endpoint { id: EndpointId(Uuid::nil()), device: id, kind: known.endpoint, index: 3, ipei };
        let policy = Policy { demand, ..Policy::default() };
        let findings = findings(&device, &endpoint, &policy);
        findings.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_model_that_proves_nothing_and_a_handset_that_nobody_knows_are_said() {
        use Code::{DeviceModelTftp, IpeiDemanded, IpeiMissing, ProofByCertificate};
        use Strength::{Certificate, Credential, ProxiedCertificate};
        use Vendor::{CiscoEnterprise, CiscoMpp, Gigaset, Snom, Yealink};
        const IPEI: &str = "00077 0123456";
        for (vendor, model, ipei, demand, expected) in [
            (CiscoMpp, "8841", "", Credential, &[][..]),
            (CiscoEnterprise, "8841", "", Credential, &[ProofByCertificate]),
            // No policy of a site makes a phone prove more than it can.
            (CiscoEnterprise, "7821", "", Certificate, &[ProofByCertificate]),
            (CiscoEnterprise, "7940G", "", Credential, &[DeviceModelTftp]),
            (Snom, "M400", "", Credential, &[IpeiMissing]),
            (Snom, "M400", "", ProxiedCertificate, &[IpeiDemanded]),
            (Snom, "M400", IPEI, Certificate, &[]),
            (Snom, "D785", "", Certificate, &[]),
            (Yealink, "W60B", "", Credential, &[IpeiMissing]),
            (Yealink, "W60B", "", Certificate, &[IpeiDemanded]),
            // Somebody has compared the handset with its number.
            (Yealink, "W60B", IPEI, Certificate, &[]),
            // Its dialect writes no line without the IPEI, and says so.
            (Gigaset, "N670 IP PRO", "", Certificate, &[]),
        ] {
            assert_eq!(said(vendor, model, ipei, demand), expected, "{vendor} {model} `{ipei}` {demand:?}");
        }
    }
}
