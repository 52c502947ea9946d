//! What phones send, over the wire: as much as is wanted is read, and nothing is taken without proof.

use crate::{
    phone::{fetch_path, put},
    program::{Demo, Device},
    wire::Wire,
};
use std::process::{Command, Stdio};

const OVERRIDE: &[u8] = b"#!version:1.0.0.1\nforward.always.target = 4711-own-number\n";

fn own(device: &Device, rest: &str) -> String {
    format!("/steady/{}{rest}", device.mac.replace(':', ""))
}

#[tokio::test]
async fn a_phone_sends_a_file_and_has_it_back_and_nobody_else_has() {
    let demo = Demo::start();
    let (phone, other) = (demo.yealinks("bound")[0], demo.yealinks("bound")[1]);
    let mut wire = Wire::https(&demo).await;
    let path = own(phone, "-local.cfg");
    assert_eq!(put(&mut wire, phone, &path, OVERRIDE).await.status(), 201);
    assert_eq!(put(&mut wire, phone, &path, OVERRIDE).await.status(), 204);
    assert_eq!(fetch_path(&mut wire, "GET", phone, &path).await.body, OVERRIDE);
    let head = fetch_path(&mut wire, "HEAD", phone, &path).await;
    assert_eq!(head.header("content-length"), Some(OVERRIDE.len().to_string().as_str()));
    assert_eq!(fetch_path(&mut wire, "GET", other, &path).await.status(), 403);
    assert_eq!(put(&mut wire, other, &path, b"mine").await.status(), 403);
    assert_eq!(fetch_path(&mut wire, "GET", phone, &path).await.body, OVERRIDE);

    // Neither the log nor the data folder has it in the clear.
    let log = std::fs::read(demo.data.log()).unwrap();
    assert!(!log.windows(15).any(|w| w == b"4711-own-number"));
    let data = demo.stop();
    let found =
        Command::new("grep").args(["-rl", "4711-own-number"]).arg(data.path()).stdin(Stdio::null()).output();
    assert_eq!(String::from_utf8(found.unwrap().stdout).unwrap(), "");
}

#[tokio::test]
async fn a_body_is_read_as_far_as_it_is_wanted() {
    let demo = Demo::start();
    let phone = demo.bound();
    let mut wire = Wire::https(&demo).await;
    let path = own(phone, "-boot.log");
    // The answer to an unproven request comes although nobody wants its body.
    let unproven = wire.ask_with("PUT", &path, &[], &vec![b'x'; 60_000]).await;
    assert_eq!(unproven.status(), 401);
    assert_eq!(put(&mut wire, phone, &path, &vec![b'x'; 1024 * 1024]).await.status(), 201);
    // Only what it says is sent: the answer comes before the body.
    let mut wire = Wire::https(&demo).await;
    let offered = wire.ask_with("PUT", &path, &[], b"").await;
    let challenges = crate::phone::challenges(&offered);
    let credential = sip::digest::Credential::new(&phone.digest_user, "ringfence", &phone.digest_password);
    let authorization = sip::digest::respond(&challenges[0], "PUT", &path, &credential, "5ad9c83b", 1);
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Length", "1048577"),
        ("Expect", "100-continue"),
    ];
    assert_eq!(wire.ask("PUT", &path, &headers).await.status(), 413);
    // At the onboarding address and without TLS nothing is taken.
    let mut wire = Wire::https(&demo).await;
    let onboarding = path.replace("/steady", "");
    assert_eq!(wire.ask_with("PUT", &onboarding, &[], b"x").await.status(), 405);
    let mut wire = Wire::http(&demo).await;
    assert_eq!(wire.ask_with("PUT", &path, &[], b"x").await.status(), 405);
}
