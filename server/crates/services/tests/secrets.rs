//! No secret can be read without the key (invariant 4): not in the database, not in what lies beside it.

use crate::{
    halden::{self, EXTENSION, Halden, PHONE},
    phone::{Phone, value},
};
use services::{checkpoint, devices, jobs, view::DeviceFilter};
use std::path::{Path, PathBuf};

const SOFTPHONE: &str = "02:00:00:00:21:01";

#[tokio::test]
async fn no_file_of_a_whole_run_holds_a_plain_secret() {
    for halden in halden::open().await {
        let secrets = a_whole_run(&halden).await;
        let Some(database) = halden.database.sqlite_file() else { continue };
        let mut files = below(database.parent().unwrap());
        files.extend(below(halden.folder.path()));
        assert!(files.iter().any(|file| file.to_string_lossy().ends_with("-wal")), "{files:?}");
        assert!(files.contains(&halden.checkpoint_file()), "{files:?}");
        searched(&files, &secrets);
        halden.services.stop().await;
        searched(&below(database.parent().unwrap()), &secrets);
    }
}

/// Binds, serves and revokes on both dialects; returns every secret that was used.
async fn a_whole_run(halden: &Halden) -> Vec<String> {
    let mut secrets = vec![];
    let op = halden.by("ada").await;
    for row in devices::list(&halden.services, &op, &DeviceFilter::default()).await.unwrap().rows {
        secrets.push(Phone::of(halden, &row.mac.bare()).await.password);
    }
    halden.bind(PHONE, EXTENSION).await;
    halden.bind(SOFTPHONE, "2104").await;
    let desk = Phone::of(halden, PHONE).await.configuration(&halden.services).await;
    secrets.push(value(&desk, "account.1.password").to_owned());
    let soft = Phone::of(halden, SOFTPHONE).await.configuration(&halden.services).await;
    let (_, rest) = soft.split_once("name=\"passwd\"").unwrap();
    secrets.push(rest.split(['>', '<']).nth(1).unwrap().to_owned());
    let unbind = halden.approved_unbind(PHONE).await;
    halden.apply(unbind).await.unwrap();
    Phone::of(halden, PHONE).await.configuration(&halden.services).await;
    jobs::tick(&halden.services).await;
    checkpoint::sign(&halden.services).await.unwrap().unwrap();
    for person in ["ada", "grace", "linus", "both"] {
        secrets.push(halden::password(person));
    }
    assert!(secrets.iter().all(|secret| secret.len() >= 20), "{secrets:?}");
    secrets
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

fn searched(files: &[PathBuf], secrets: &[String]) {
    for file in files {
        let bytes = std::fs::read(file).unwrap();
        for secret in secrets {
            for form in [secret.clone(), hex::encode(secret)] {
                let found = bytes.windows(form.len()).any(|window| window == form.as_bytes());
                assert!(!found, "{} holds a secret", file.display());
            }
        }
    }
}
