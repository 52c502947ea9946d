//! Firmware: images come in whole or not at all, phones are sent to them step by step, sites have their share.

use crate::{
    halden::{EXTENSION, FIRMWARE_BYTES, Halden, PHONE, codes, open},
    phone::{Phone, text},
};
use domain::{Code, ledger::Entry, time::DAY};
use services::{
    Result,
    edge::firmware::{Image, admit, image},
    firmware::{self, ImageInput, WantInput, view::DeviceFirmware, view::FirmwareView},
    jobs,
};
use tokio::io::AsyncReadExt as _;

/// The firmware that phones of these tests say they have.
const INSTALLED: &str = "124.86.0.40";

/// Another phone of the same model, in Paris.
const SISTER: &str = "80:5e:c0:20:00:04";

fn input(version: &str) -> ImageInput {
    ImageInput {
        vendor: "yealink".to_owned(),
        models: "T31G, sip-t31p".to_owned(),
        version: version.to_owned(),
        file: format!("T31-{version}.rom"),
        ..ImageInput::default()
    }
}

async fn upload(halden: &Halden, input: &ImageInput, bytes: &[u8]) -> Result<()> {
    let op = halden.by("ada").await;
    let mut incoming = firmware::receive(&halden.services, &op).await?;
    for chunk in bytes.chunks(1000) {
        incoming.write(chunk).await?;
    }
    firmware::add(&halden.services, &op, input, incoming).await
}

async fn view(halden: &Halden) -> FirmwareView {
    firmware::list(&halden.services, &halden.by("ada").await, "").await.unwrap()
}

async fn id(halden: &Halden, version: &str) -> String {
    let images = view(halden).await.images;
    images.into_iter().find(|i| i.image.version.to_string() == version).unwrap().image.id.to_string()
}

/// Ada says that phones should have a version, and their files follow.
async fn want(halden: &Halden, version: &str, site: &str, mac: &str) -> Result<usize> {
    let (image, site, mac) = (id(halden, version).await, site.to_owned(), mac.to_owned());
    let input = WantInput { image, site, mac, reason: "A fix that we need.".to_owned() };
    firmware::want(&halden.services, &halden.by("ada").await, &input).await?;
    firmware::publish(&halden.services).await
}

async fn of(halden: &Halden, mac: &str) -> DeviceFirmware {
    services::devices::view(&halden.services, &halden.by("ada").await, mac).await.unwrap().firmware
}

/// What stands behind the phone's firmware key.
fn url(file: &str) -> Option<&str> {
    file.lines().find_map(|line| line.strip_prefix("static.firmware.url = "))
}

fn left_behind(halden: &Halden) -> usize {
    std::fs::read_dir(halden.folder.path().join("firmware")).map_or(0, Iterator::count)
}

fn code<T>(result: Result<T>) -> Vec<Code> {
    result.err().as_ref().map(codes).unwrap_or_default()
}

#[tokio::test]
async fn an_image_comes_in_whole_or_not_at_all() {
    for halden in open().await {
        let too_large = vec![7; usize::try_from(FIRMWARE_BYTES).unwrap() + 1];
        assert_eq!(code(upload(&halden, &input("124.86.0.75"), &too_large).await), [Code::FirmwareTooLarge]);
        assert_eq!(code(upload(&halden, &input("124.86.0.75"), b"").await), [Code::FieldMissing]);
        let bad = ImageInput {
            models: "T99X".into(),
            version: "86".into(),
            file: "../x".into(),
            ..input("124.86.0.75")
        };
        assert_eq!(code(upload(&halden, &bad, b"rom").await), [Code::DeviceModelUnknown, Code::FormInvalid]);
        assert_eq!(left_behind(&halden), 0, "{}", halden.name());

        upload(&halden, &input("124.86.0.75"), b"the image").await.unwrap();
        let Image::Found(mut found) = image(&halden.services, "t31-124.86.0.75.ROM").await else { panic!() };
        let mut bytes = vec![];
        found.file.read_to_end(&mut bytes).await.unwrap();
        assert_eq!((bytes.as_slice(), found.bytes), (&b"the image"[..], 9));
        let listed = &view(&halden).await.images[0];
        assert_eq!((listed.image.hash.to_string(), listed.here), (found.hash, true));

        let other = ImageInput { version: "124.86.0.76".into(), file: "other.rom".into(), ..input("") };
        assert_eq!(
            code(upload(&halden, &other, b"the image").await),
            [Code::FirmwareDuplicate],
            "the same bytes"
        );
        assert_eq!(
            code(upload(&halden, &input("124.86.0.75"), b"another").await),
            [Code::FirmwareDuplicate],
            "the same name"
        );
        let again = ImageInput { file: "other.rom".into(), ..input("124.86.0.75") };
        assert_eq!(
            code(upload(&halden, &again, b"another").await),
            [Code::FirmwareDuplicate],
            "the same version"
        );
        assert_eq!(left_behind(&halden), 1, "{}", halden.name());
    }
}

#[tokio::test]
async fn what_is_wanted_waits_for_a_freeze_to_end() {
    for halden in open().await {
        upload(&halden, &input("124.86.0.75"), b"the image").await.unwrap();
        halden.freezes("lon", 0, 2, "run").await.unwrap();
        want(&halden, "124.86.0.75", "", "").await.unwrap();
        let files = async || (of(&halden, PHONE).await.file, of(&halden, SISTER).await.file);
        let name = "T31-124.86.0.75.rom".to_owned();
        assert_eq!(files().await, (String::new(), name.clone()), "{}", halden.name());
        halden.later(2 * DAY);
        firmware::publish(&halden.services).await.unwrap();
        assert_eq!(files().await, (name.clone(), name), "{}", halden.name());
    }
}

#[tokio::test]
async fn a_withdrawn_image_is_gone_and_can_come_back() {
    for halden in open().await {
        upload(&halden, &input("124.86.0.75"), b"the image").await.unwrap();
        want(&halden, "124.86.0.75", "", "").await.unwrap();
        let op = halden.by("ada").await;
        let id = id(&halden, "124.86.0.75").await;
        let withdraw = async |why| firmware::withdraw(&halden.services, &op, &id, why).await;
        assert_eq!(code(withdraw(" ").await), [Code::FieldMissing]);
        withdraw("It reboots.").await.unwrap();
        assert_eq!(code(withdraw("Again.").await), [Code::RequestState]);
        assert!(matches!(image(&halden.services, "T31-124.86.0.75.rom").await, Image::NotFound));
        firmware::publish(&halden.services).await.unwrap();
        let device = of(&halden, PHONE).await;
        assert_eq!((device.wanted.as_str(), device.file.as_str()), ("124.86.0.75", ""));
        assert_eq!(device.findings[0].code, Code::FirmwareMissing);
        upload(&halden, &input("124.86.0.75"), b"the image").await.unwrap();
        firmware::publish(&halden.services).await.unwrap();
        assert_eq!(of(&halden, PHONE).await.file, "T31-124.86.0.75.rom");
    }
}

#[tokio::test]
async fn only_an_administrator_manages_firmware() {
    for halden in open().await {
        let op = halden.by("grace").await;
        let refused = firmware::receive(&halden.services, &op).await.err().unwrap();
        assert_eq!(codes(&refused), [Code::Forbidden]);
        let want = firmware::want(&halden.services, &op, &WantInput::default()).await;
        assert_eq!(code(want), [Code::Forbidden]);
        assert_eq!(code(firmware::budget(&halden.services, &op, "lon", "1").await), [Code::Forbidden]);
        firmware::list(&halden.services, &op, "").await.unwrap();
    }
}

#[tokio::test]
async fn a_phone_is_sent_step_by_step_and_keeps_its_line() {
    for halden in open().await {
        let services = &halden.services;
        halden.bind(PHONE, "2103").await;
        let phone = Phone::of(&halden, PHONE).await;
        let before = text(phone.fetch(services).await);
        assert_eq!(url(&before), None);
        jobs::tick(services).await;
        for version in ["124.86.0.75", "124.87.0.1"] {
            upload(&halden, &input(version), version.as_bytes()).await.unwrap();
        }
        let op = halden.by("ada").await;
        let rule = [INSTALLED, "124.86.0.75", "124.87.0.0"];
        firmware::step(services, &op, "yealink", rule).await.unwrap();
        assert!(want(&halden, "124.87.0.1", "lon", "").await.unwrap() > 0);

        let file = text(phone.fetch(services).await);
        assert_eq!(url(&file), Some("https://edge.halden.example:8443/firmware/T31-124.86.0.75.rom"));
        let line = |file: &str| {
            file.lines().filter(|l| l.starts_with("account.1.")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(line(&file), line(&before), "the line is as it was");
        let serve = halden.last_serve().await;
        assert!(serve.change.unwrap().starts_with("firmware "), "{}", halden.name());
        assert_eq!(want(&halden, "124.87.0.1", "lon", "").await.unwrap(), 0, "nothing is published twice");

        let of_phone =
            view(&halden).await.mismatches.rows.into_iter().find(|row| row.mac.to_string() == PHONE).unwrap();
        assert_eq!(
            (of_phone.installed.as_deref(), of_phone.wanted.as_str()),
            (Some(INSTALLED), "124.87.0.1")
        );

        // It has done the first step, then the second.
        for (has, next) in [("124.86.0.75", Some("T31-124.87.0.1.rom")), ("124.87.0.1", None)] {
            text(phone.fetch_with(services, &format!("Yealink SIP-T31G {has}")).await);
            jobs::tick(services).await;
            jobs::minute(services).await;
            let file = text(phone.fetch_with(services, &format!("Yealink SIP-T31G {has}")).await);
            let wanted = next.map_or("%NULL%".to_owned(), |name| {
                format!("https://edge.halden.example:8443/firmware/{name}")
            });
            assert_eq!(url(&file), Some(wanted.as_str()), "{}", halden.name());
            assert_eq!(line(&file), line(&before));
        }
        assert!(view(&halden).await.mismatches.rows.iter().all(|row| row.mac.to_string() != PHONE));
    }
}

#[tokio::test]
async fn what_is_wanted_is_said_for_all_for_a_site_and_for_one() {
    for halden in open().await {
        for version in ["124.86.0.75", "124.87.0.1", "124.88.0.1"] {
            upload(&halden, &input(version), version.as_bytes()).await.unwrap();
        }
        let wanted = async |mac| of(&halden, mac).await.wanted;
        want(&halden, "124.86.0.75", "", "").await.unwrap();
        assert_eq!(wanted(PHONE).await, "124.86.0.75");
        want(&halden, "124.87.0.1", "lon", "").await.unwrap();
        want(&halden, "124.88.0.1", "", SISTER).await.unwrap();
        assert_eq!((wanted(PHONE).await, wanted(SISTER).await), ("124.87.0.1".into(), "124.88.0.1".into()));
        let said = view(&halden).await.wanted;
        assert_eq!(said.len(), 4, "two models, a site, a device");
        for one in said.iter().filter(|w| w.level.word() != "model") {
            let op = halden.by("ada").await;
            firmware::forget(&halden.services, &op, one.level.word(), &one.scope, "Tried.").await.unwrap();
        }
        firmware::publish(&halden.services).await.unwrap();
        assert_eq!((wanted(PHONE).await, wanted(SISTER).await), ("124.86.0.75".into(), "124.86.0.75".into()));
        let acts = halden.record().await.into_iter().filter_map(|entry| match entry {
            Entry::Act(act) => Some(act.action),
            _ => None,
        });
        let acts: Vec<_> = acts.collect();
        for action in ["firmware.add", "firmware.want", "firmware.forget", "firmware.publish"] {
            assert!(acts.iter().any(|act| act == action), "{action}");
        }
    }
}

#[tokio::test]
async fn no_way_leads_below_a_mark() {
    for halden in open().await {
        let phone = Phone::of(&halden, PHONE).await;
        text(phone.fetch(&halden.services).await);
        jobs::tick(&halden.services).await;
        let marked = ImageInput { no_downgrade: true, ..input("124.86.0.40") };
        upload(&halden, &marked, b"marked").await.unwrap();
        upload(&halden, &input("124.85.0.1"), b"older").await.unwrap();
        want(&halden, "124.85.0.1", "", "").await.unwrap();
        let device = of(&halden, PHONE).await;
        assert_eq!((device.file.as_str(), device.findings[0].code), ("", Code::FirmwareRefused));
        let unseen = of(&halden, SISTER).await;
        assert_eq!((unseen.file.as_str(), unseen.findings[0].code), ("", Code::FirmwareUnknown));
        assert_eq!(url(&text(phone.fetch(&halden.services).await)), None);
    }
}

#[tokio::test]
async fn a_site_fetches_no_faster_than_its_share() {
    for halden in open().await {
        let services = &halden.services;
        let lon = [127, 0, 0, 9].into();
        let sent = async |client, bytes: usize| {
            let share = admit(services, client, bytes as u64).await?;
            share.sending(&vec![0; bytes][..]).read_to_end(&mut vec![]).await.unwrap();
            Ok::<_, u32>(())
        };
        assert_eq!(sent(lon, 1_000_000).await, Ok(()));
        assert_eq!(sent(lon, 1_000_000).await, Ok(()), "without a budget there is no limit");
        let op = halden.by("ada").await;
        assert_eq!(code(firmware::budget(services, &op, "lon", "0").await), [Code::FormInvalid]);
        firmware::budget(services, &op, "lon", "800").await.unwrap();
        assert_eq!(sent(lon, 1_000_000).await, Ok(()));
        let wait = sent(lon, 1).await.unwrap_err();
        assert!((11..=41).contains(&wait), "{wait}: ten seconds, and jitter");
        assert_eq!(sent([192, 0, 2, 1].into(), 1_000_000).await, Ok(()), "another place");
        halden.later(10_000_000);
        assert_eq!(sent(lon, 1).await, Ok(()));

        upload(&halden, &input("124.86.0.75"), &vec![1; 100_000]).await.unwrap();
        want(&halden, "124.86.0.75", "lon", "").await.unwrap();
        let lon = view(&halden).await.sites.into_iter().find(|site| site.code == "lon").unwrap();
        assert_eq!(lon.bytes, 100_000 * u64::try_from(lon.devices).unwrap());
        assert!(lon.devices > 0);
        let seconds = lon.devices; // 100,000 bytes at 800 kbit/s take one.
        assert_eq!(lon.finish, Some(services.now().plus(seconds * 1_000_000)), "{}", halden.name());
    }
}

#[tokio::test]
async fn a_download_that_breaks_off_is_charged_what_it_carried() {
    for halden in open().await {
        let (services, op) = (&halden.services, halden.by("ada").await);
        let lon = [127, 0, 0, 9].into();
        firmware::budget(services, &op, "lon", "800").await.unwrap();
        let share = admit(services, lon, 1_000_000).await.unwrap();
        let bytes = vec![0; 1_000_000];
        let mut sending = share.sending(&bytes[..]);
        sending.read_exact(&mut vec![0; 100_000]).await.unwrap();
        assert!(admit(services, lon, 1).await.is_err(), "it is on its way");
        drop(sending);
        halden.later(1_000_000 - 1);
        assert!(admit(services, lon, 1).await.is_err(), "its 100,000 bytes take a second");
        halden.later(1);
        let next = admit(services, lon, 1_000_000).await.unwrap();
        drop(next);
        assert!(admit(services, lon, 1).await.is_ok(), "a download that never began costs nothing");
    }
}

#[tokio::test]
async fn a_firmware_that_comes_or_goes_makes_no_approved_plan_stale() {
    for halden in open().await {
        let phone = Phone::of(&halden, PHONE).await;
        text(phone.fetch(&halden.services).await);
        jobs::tick(&halden.services).await;
        let bind = halden.approved_bind(PHONE, 1, EXTENSION).await;
        upload(&halden, &input("124.86.0.75"), b"the image").await.unwrap();
        assert!(want(&halden, "124.86.0.75", "", "").await.unwrap() > 0);
        assert!(!halden.request(bind).await.stale);
        halden.apply(bind).await.unwrap();
        let file = text(phone.fetch(&halden.services).await);
        assert!(url(&file).is_some() && file.contains("account.1.user_name = 2103"), "{file}");

        // The phone has installed it: the way there is taken out of its file.
        let unbind = halden.approved_unbind(PHONE).await;
        text(phone.fetch_with(&halden.services, "Yealink SIP-T31G 124.86.0.75").await);
        jobs::tick(&halden.services).await;
        jobs::minute(&halden.services).await;
        let file = text(phone.fetch_with(&halden.services, "Yealink SIP-T31G 124.86.0.75").await);
        assert_eq!(url(&file), Some("%NULL%"), "{file}");
        assert!(!halden.request(unbind).await.stale);
        halden.apply(unbind).await.unwrap();
        assert_eq!(halden.lines(PHONE).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_setting_that_needs_newer_firmware_is_said() {
    for halden in open().await {
        let op = halden.by("ada").await;
        let minimum = async |release| {
            firmware::minimum(&halden.services, &op, "yealink", "phone.timezone", release).await
        };
        assert_eq!(code(minimum("x").await), [Code::FormInvalid]);
        minimum("87.0").await.unwrap();
        assert_eq!(of(&halden, PHONE).await.findings, [], "nobody knows what it has");
        let phone = Phone::of(&halden, PHONE).await;
        text(phone.fetch(&halden.services).await);
        jobs::tick(&halden.services).await;
        let findings = of(&halden, PHONE).await.findings;
        assert_eq!((findings[0].code, findings[0].subject.as_str()), (Code::FirmwareOld, "phone.timezone"));
        firmware::drop_minimum(&halden.services, &op, "yealink", "phone.timezone").await.unwrap();
        assert_eq!(of(&halden, PHONE).await.findings, []);
    }
}

#[tokio::test]
async fn an_image_whose_bytes_are_elsewhere_is_not_found_and_said() {
    for halden in open().await {
        upload(&halden, &input("124.86.0.75"), b"the image").await.unwrap();
        let folder = halden.folder.path().join("firmware");
        for file in std::fs::read_dir(folder).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        assert!(matches!(image(&halden.services, "T31-124.86.0.75.rom").await, Image::NotFound));
        assert!(!view(&halden).await.images[0].here);
    }
}
