//! One file is a whole installation.

use crate::program::{ANY_PORTS, BINARY, Facts, Running};
use std::{fs, io::BufRead as _, os::unix::fs::PermissionsExt as _, process::Command};

#[tokio::test]
async fn the_binary_alone_in_an_empty_folder_serves_the_console_and_the_edge() {
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("ringfence");
    fs::copy(BINARY, &binary).unwrap();
    let mut command = Command::new(&binary);
    // Nothing from here is within its reach.
    command.env_clear().current_dir(folder.path()).args(["demo", "--json", "--data", "data"]).args(ANY_PORTS);
    let mut server = Running::start(command, &folder.path().join("log"));
    let mut line = String::new();
    server.output.read_line(&mut line).unwrap();
    let facts: Facts = serde_json::from_str(&line).unwrap();
    assert!(facts.ca.is_absolute() && facts.ca.starts_with(folder.path()));

    let authority = reqwest::Certificate::from_pem(&fs::read(&facts.ca).unwrap()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([authority]).build().unwrap();
    let page = client.get(format!("{}/sign-in", facts.console)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let text = page.text().await.unwrap();
    assert!(text.contains("<form") && text.contains("name=\"password\""), "{text}");
    let port = facts.edge_https.rsplit_once(':').unwrap().1;
    for host in ["localhost", "127.0.0.1"] {
        let baseline = client.get(format!("https://{host}:{port}/y000000000123.cfg")).send().await.unwrap();
        assert_eq!(baseline.status(), 200, "{host}");
    }
    server.stop();
    let mode = fs::metadata(folder.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "what is in there is nobody else's");
}
