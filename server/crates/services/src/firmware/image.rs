//! Images come in, and are withdrawn.

use super::{Incoming, subject};
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    reason,
};
use dialects::Asked;
use domain::{
    Code, Finding,
    authz::{Action, authorise},
    firmware::{Image, Version, model},
    ids::FirmwareId,
    vendor::Vendor,
};
use std::collections::BTreeSet;
use storage::firmware::{self, Stored};

/// Longest file name; what the edge recognises is not longer.
const LONGEST_NAME: usize = 128;
/// Longest notes, in bytes.
const LONGEST_NOTES: usize = 2000;

/// What the form says about an image.
#[derive(Clone, Debug, Default)]
pub struct ImageInput {
    /// Whose phones it is for.
    pub vendor: String,
    /// Models, separated by blanks or commas.
    pub models: String,
    /// Its version.
    pub version: String,
    /// The name under which phones fetch it.
    pub file: String,
    /// Whether phones that have it must never go below it.
    pub no_downgrade: bool,
    /// Anything worth knowing.
    pub notes: String,
}

/// Begins to take an image in. Nothing of it stays unless `add` succeeds.
pub async fn receive(services: &Services, op: &Operation) -> Result<Incoming> {
    authorise(&op.actor, Action::Firmware)?;
    services.0.firmware.folder.begin(&services.0.node, &services.0.env).await
}

/// Adds an image of which all bytes are here.
pub async fn add(services: &Services, op: &Operation, input: &ImageInput, incoming: Incoming) -> Result<()> {
    authorise(&op.actor, Action::Firmware)?;
    let checked = check(input)?;
    let whole = incoming.whole().await?;
    if whole.bytes == 0 {
        return Err(Problem::invalid(Code::FieldMissing, "file"));
    }
    let image =
        Image { id: FirmwareId(services.0.env.id()), hash: whole.hash, bytes: whole.bytes, ..checked };
    let mut act = Act::begin(services, op).await?;
    let present: Vec<_> = firmware::images(&mut act.tx).await?.into_iter().map(|s| s.image).collect();
    let duplicates: Vec<_> =
        present.iter().filter(|i| !i.withdrawn).filter_map(|i| duplicate(i, &image)).collect();
    if !duplicates.is_empty() {
        return Err(Problem::blocked(duplicates));
    }
    let notes = input.notes.trim().to_owned();
    act.note(Note {
        action: "firmware.add",
        subject: subject(&image),
        after: Some(format!("sha256 {}, {} bytes", image.hash, image.bytes)),
        reason: notes.clone(),
        ..Note::default()
    });
    // The bytes first: a row without its file could not be served, a file without its row is never asked for.
    whole.keep().await?;
    let (by, at) = (op.actor.name.clone(), op.now);
    firmware::insert(&mut act.tx, &Stored { image, notes, by, at, withdrawn: None }).await?;
    act.commit().await?;
    services.0.firmware.wake.notify_one();
    Ok(())
}

fn duplicate(present: &Image, new: &Image) -> Option<Finding> {
    let same_model = present.vendor == new.vendor
        && !present.models.is_disjoint(&new.models)
        && present.version.order(&new.version) == Some(std::cmp::Ordering::Equal);
    let field = if present.hash == new.hash || present.file.eq_ignore_ascii_case(&new.file) {
        "file"
    } else if same_model {
        "version"
    } else {
        return None;
    };
    Some(Finding::new(Code::FirmwareDuplicate, field).detail(format!("It is {}.", subject(present))))
}

/// What the form says, or everything that is wrong with it.
fn check(input: &ImageInput) -> Result<Image> {
    let mut findings = Vec::new();
    let mut wrong = |code, field: &str, detail: &str| findings.push(Finding::new(code, field).detail(detail));
    let vendor = Vendor::parse(&input.vendor);
    if vendor.is_none() {
        wrong(Code::VendorUnknown, "vendor", "");
    }
    let known = vendor.unwrap_or(Vendor::Yealink);
    let models: BTreeSet<_> =
        input.models.split([' ', ',', '\n']).filter(|word| !word.is_empty()).map(model).collect();
    if models.is_empty() {
        wrong(Code::FieldMissing, "models", "");
    }
    for unknown in models.iter().filter(|m| vendor.is_some() && known.accounts(m).is_none()) {
        wrong(Code::DeviceModelUnknown, "models", unknown);
    }
    let version = Version::parse(known, &input.version);
    if version.is_none() {
        wrong(Code::FormInvalid, "version", "Write it as the phone shows it, such as 108.86.0.20.");
    }
    let file = input.file.trim();
    if !is_name(file) {
        let detail = "The name has letters, digits, `.`, `-`, `_`, `+` and brackets, one dot at least, and is none \
                      that phones ask their configuration by.";
        wrong(Code::FormInvalid, "file", detail);
    }
    let plain = |c: char| !c.is_control() || c == '\n' || c == '\r';
    if input.notes.len() > LONGEST_NOTES || !input.notes.chars().all(plain) {
        wrong(Code::FieldTooLong, "notes", "");
    }
    match version {
        Some(version) if findings.is_empty() => Ok(Image {
            id: FirmwareId(uuid::Uuid::nil()),
            vendor: known,
            models,
            version,
            file: file.to_owned(),
            hash: domain::artifact::Digest([0; 32]),
            bytes: 0,
            no_downgrade: input.no_downgrade,
            withdrawn: false,
        }),
        _ => Err(Problem::blocked(findings)),
    }
}

/// Whether an image can have this name: one segment of a path that nobody could take for a configuration.
fn is_name(name: &str) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || b".-_+()".contains(&c);
    let configuration =
        matches!(dialects::recognise(name, None), Some(Asked::Common { .. } | Asked::Device { .. }));
    (3..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(plain)
        && name.contains('.')
        && !name.starts_with('.')
        && !configuration
}

/// Withdraws an image: no phone is sent to it any more, and its name answers 404. Its bytes stay in the folder.
pub async fn withdraw(services: &Services, op: &Operation, id: &str, reason: &str) -> Result<()> {
    authorise(&op.actor, Action::Firmware)?;
    let reason = reason::given(reason)?;
    let id: FirmwareId = id.parse().map_err(|_| Problem::not_found("firmware"))?;
    let mut act = Act::begin(services, op).await?;
    let stored = firmware::by_id(&mut act.tx, id).await?.ok_or_else(|| Problem::not_found("firmware"))?;
    if !firmware::withdraw(&mut act.tx, id, op.now, reason).await? {
        return Err(Finding::new(Code::RequestState, "withdraw").detail("It was withdrawn before.").into());
    }
    act.note(Note {
        action: "firmware.withdraw",
        subject: subject(&stored.image),
        reason: reason.to_owned(),
        ..Note::default()
    });
    act.commit().await?;
    services.0.firmware.wake.notify_one();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_image_is_named_like_a_configuration_or_a_path() {
        for good in ["T46U-108.86.0.20.rom", "T46U(T48U)-108.86.0.20.rom", "3111-44500-001.sip.ld"] {
            assert!(is_name(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "rom",
            ".rom",
            "../a.rom",
            "a/b.rom",
            "a b.rom",
            "a\\b.rom",
            "805ec0100001.cfg",
            "805ec0100001-local.cfg",
            "y000000000108.cfg",
            "linphone.xml",
            "a%2f.rom",
            "ä.rom",
        ] {
            assert!(!is_name(bad), "{bad}");
        }
        assert!(!is_name(&format!("{}.rom", "a".repeat(128))));
    }
}
