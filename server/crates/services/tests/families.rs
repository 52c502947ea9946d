//! What families ask for beside their own file, and what those that cannot prove themselves get.

use crate::{
    halden::{self, EXTENSION, codes, upload},
    phone::{onboarding, shown, text, unproven},
};
use domain::Code::{DeviceModelTftp, ProofByCertificate};
use services::edge::Answer;

/// A phone loses what a file does not name: a common file at the steady address would take its line.
#[tokio::test(flavor = "multi_thread")]
async fn a_poly_is_challenged_for_its_common_names_at_the_steady_address() {
    for halden in halden::open().await {
        for file in ["000000000000.cfg", "000000000000-settings.cfg"] {
            let common = text(onboarding(&halden.services, file).await);
            assert!(common.contains("<?xml"), "{}: {common}", halden.name());
            let answer = unproven(&halden.services, file).await;
            assert!(matches!(answer, Answer::Challenge { .. }), "{}: {file} {answer:?}", halden.name());
            // Whoever answers the challenge is told to ask for its own file.
            let answer = shown(&halden.services, file, "Digest username=\"rf000000000000\"").await;
            assert!(matches!(answer, Answer::NotFound), "{}: {file} {answer:?}", halden.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_phone_is_refused_with_the_reason_and_gets_what_anybody_gets() {
    const MAC: &str = "00:56:2b:04:36:15";
    const FILE: &str = "SEP00562B043615.cnf.xml";
    for halden in halden::open().await {
        let head = "site,serial,mac,vendor,model,place,segment";
        for (model, code) in [("8841", ProofByCertificate), ("7940G", DeviceModelTftp)] {
            let row = format!("{head}\nlon,FCH1,{MAC},cisco_enterprise,{model},lobby,voice\n");
            let refused = halden.import(vec![upload("devices", row)]).await.unwrap_err();
            assert_eq!(codes(&refused), [code], "{}", halden.name());
        }
        let baseline = text(onboarding(&halden.services, FILE).await);
        for secret in [EXTENSION, "authPassword", "phonePassword"] {
            assert!(!baseline.contains(secret), "{}: {baseline}", halden.name());
        }
        let answer = unproven(&halden.services, FILE).await;
        assert!(matches!(answer, Answer::Challenge { .. }), "{}: {answer:?}", halden.name());
    }
}
