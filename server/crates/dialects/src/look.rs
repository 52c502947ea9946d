//! What a draft of a layer makes of one phone, as one types: its settings, its files, what is different from what it
//! has, and everything worth saying. The console's form and the editor in the browser run this one function.

use crate::{DeviceContext, File, device_files, expression};
use domain::{
    Finding, Ipei, Mac,
    artifact::{Artifact, Digest},
    ids::SecretId,
    layer::{
        Content, Layer, Origin, Release,
        check::{Draft, among, check},
        form::{Read, Typed, read},
    },
    plan::Difference,
    resolution::{Resolution, Resolved, differences, resolve},
    revision::RevisionKind,
    setting::{Path, Value},
    traced::{TracedLine, traced},
    vendor::Vendor,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Everything that decides what a draft makes of one phone, but for the draft itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bench {
    /// The phone's vendor.
    pub vendor: Vendor,
    /// Its MAC.
    pub mac: Mac,
    /// Its serial.
    pub serial: String,
    /// Its model.
    pub model: String,
    /// How many accounts the model has.
    pub accounts: u8,
    /// Which handset is which endpoint.
    pub handsets: BTreeMap<u8, Ipei>,
    /// What it is served now: a baseline, or its lines.
    pub kind: RevisionKind,
    /// Every path that it has been served since its factory reset.
    pub served: BTreeSet<Path>,
    /// Its layers as they are now, those of its lines among them.
    pub stack: Vec<Layer>,
    /// What is made of other settings and stands in no layer: where its next firmware is.
    pub made: Vec<(Path, Resolved)>,
    /// The next version of the layer that is drafted.
    pub draft: Origin,
    /// What that layer says now, and what that is called; nothing when it says nothing yet.
    pub before: Option<(Content, Release)>,
}

impl Bench {
    /// The same with numbers in place of its secrets' names: nothing of it leads to a secret.
    #[must_use]
    pub fn without_secrets(mut self) -> Self {
        let mut numbers = Numbers::default();
        for layer in &mut self.stack {
            layer.settings.values_mut().for_each(|value| numbers.hide(value));
        }
        for (_, resolved) in &mut self.made {
            numbers.hide(&mut resolved.value);
            resolved.overrode.iter_mut().for_each(|(_, value)| numbers.hide(value));
        }
        if let Some((content, _)) = &mut self.before {
            content.settings.values_mut().for_each(|value| numbers.hide(value));
        }
        self
    }

    fn files(&self, resolution: &Resolution) -> (Vec<File>, Vec<Finding>) {
        let device = DeviceContext {
            mac: self.mac,
            serial: &self.serial,
            model: &self.model,
            accounts: self.accounts,
            handsets: &self.handsets,
        };
        device_files(self.vendor, &device, self.kind, resolution, &self.served)
    }

    fn written(&self, stack: &[&Layer]) -> Written {
        let (mut resolution, mut findings) = resolve(stack);
        for (path, resolved) in &self.made {
            resolution.settings.insert(path.clone(), resolved.clone());
        }
        let (files, more) = self.files(&resolution);
        findings.extend(more);
        Written { resolution, files, findings }
    }
}

/// One number for each secret, in the order in which they come.
#[derive(Default)]
struct Numbers(Vec<SecretId>);

impl Numbers {
    fn hide(&mut self, value: &mut Value) {
        let Value::Secret(secret) = value else { return };
        let known = self.0.iter().position(|known| known == secret);
        let number = known.unwrap_or_else(|| {
            self.0.push(*secret);
            self.0.len() - 1
        });
        // A name that no secret has: ids are made from the time.
        *secret = SecretId(Uuid::from_u128(number as u128 + 1));
    }
}

struct Written {
    resolution: Resolution,
    files: Vec<File>,
    findings: Vec<Finding>,
}

/// A bench with what the phone has now, which no keystroke changes.
pub struct Desk {
    bench: Bench,
    now: Written,
    digests: Vec<(String, Digest)>,
}

/// What a draft makes of the phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Settings that change.
    pub differences: Vec<Difference>,
    /// Whether its files stay as they are all the same.
    pub same_bytes: bool,
    /// Its files afterwards.
    pub files: Vec<Looked>,
    /// Every setting afterwards, in path order.
    pub settings: Vec<Setting>,
    /// Everything worth saying that is not so now.
    pub findings: Vec<Finding>,
}

/// A file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Its name.
    pub name: String,
    /// Its lines, secrets as dots.
    pub lines: Vec<TracedLine>,
    /// The places of lines, from 0, that are not in the file that the phone has now.
    pub fresh: Vec<usize>,
    /// Lines that the file has now and will not have.
    pub gone: Vec<String>,
}

/// A setting after resolution.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Setting {
    /// Its path.
    pub path: String,
    /// Its value; a secret is dots.
    pub value: String,
    /// The layer version that sets it.
    pub origin: String,
    /// Whether that is the draft.
    pub own: bool,
    /// What it overrides: layer and value, nearest first.
    pub overrode: Vec<(String, String)>,
    /// Whether the draft is among what it overrides: what is typed has no effect on this phone.
    pub overruled: bool,
    /// The layer that locks it.
    pub locked_by: Option<String>,
}

impl Desk {
    /// Resolves and writes what the phone has now.
    pub fn new(bench: Bench) -> Self {
        let stack: Vec<_> = bench.stack.iter().collect();
        let now = bench.written(&stack);
        let digests = digests(&now.files);
        Self { bench, now, digests }
    }

    /// The same from a bench as JSON; nothing when it is not one.
    pub fn read(bench: &str) -> Option<Self> {
        serde_json::from_str(bench).ok().map(Self::new)
    }

    /// What is typed makes of the phone. Whether it says what it is for, is not asked yet.
    pub fn look(&self, typed: &Typed) -> Look {
        let (bench, now) = (&self.bench, &self.now);
        let parent = bench.before.as_ref().map(|(content, release)| (content, *release));
        let Read { content, release, mut findings } = read(bench.draft.level, typed, parent);
        // What it is for is said last, and is no matter of the phone.
        let draft = Draft { content: &content, parent, release, note: "draft" };
        findings.extend(check(bench.draft.level, &draft));
        findings.extend(content.settings.iter().filter_map(|(path, value)| expression::check(path, value)));
        let Content { settings, locks, .. } = content;
        let draft = Layer { origin: bench.draft.clone(), settings, locks };
        let others: Vec<_> =
            bench.stack.iter().filter(|layer| layer.origin.layer != draft.origin.layer).collect();
        findings.extend(among(&others, &draft, parent.map(|(content, _)| content)));
        let stack: Vec<_> = others.into_iter().chain([&draft]).collect();
        let then = bench.written(&stack);
        findings.extend(then.findings.iter().filter(|finding| !now.findings.contains(finding)).cloned());
        findings.sort();
        findings.dedup();
        Look {
            differences: differences(&now.resolution, &then.resolution),
            same_bytes: self.digests == digests(&then.files),
            files: then.files.iter().map(|file| self.looked(file, &then.resolution)).collect(),
            settings: then.resolution.settings.iter().map(|(p, r)| setting(p, r, &draft.origin)).collect(),
            findings,
        }
    }

    fn looked(&self, file: &File, resolution: &Resolution) -> Looked {
        let lines = traced(&file.artifact, resolution);
        let before = self.now.files.iter().find(|before| before.name == file.name);
        let before = before.map(|before| text(&before.artifact)).unwrap_or_default();
        let (fresh, gone) = compare(&before, &lines);
        Looked { name: file.name.clone(), lines, fresh, gone }
    }
}

fn digests(files: &[File]) -> Vec<(String, Digest)> {
    files.iter().map(|file| (file.name.clone(), file.artifact.digest())).collect()
}

fn text(artifact: &Artifact) -> Vec<String> {
    artifact.redacted().lines().map(str::to_owned).collect()
}

/// Places of lines that are new, and lines that are gone. A dialect writes its keys in an order of its own, so that a
/// line that is somewhere else is the same line.
fn compare(before: &[String], lines: &[TracedLine]) -> (Vec<usize>, Vec<String>) {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for line in before {
        *left.entry(line).or_default() += 1;
    }
    let mut take = |line: &str| match left.get_mut(line) {
        Some(many) if *many > 0 => {
            *many -= 1;
            true
        }
        _ => false,
    };
    let fresh = (0..lines.len()).filter(|at| !take(&lines[*at].text)).collect();
    let mut gone = vec![];
    for line in before {
        if let Some(many) = left.get_mut(line.as_str())
            && *many > 0
        {
            *many -= 1;
            gone.push(line.clone());
        }
    }
    (fresh, gone)
}

fn setting(path: &Path, resolved: &Resolved, draft: &Origin) -> Setting {
    Setting {
        path: path.to_string(),
        value: resolved.value.to_string(),
        origin: resolved.origin.to_string(),
        own: resolved.origin == *draft,
        overrode: resolved.overrode.iter().map(|(o, v)| (o.to_string(), v.to_string())).collect(),
        overruled: resolved.overrode.iter().any(|(origin, _)| origin == draft),
        locked_by: resolved.locked_by.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        Code,
        ids::LayerId,
        layer::{Level, Locks},
    };
    use proptest::prelude::*;

    fn layer(level: Level, name: &str, settings: &[(&str, Value)], locks: &[&str]) -> Layer {
        let path = |text: &str| Path::parse(text).unwrap();
        Layer {
            origin: Origin {
                layer: LayerId(Uuid::from_u128(level as u128 + 1)),
                level,
                name: name.to_owned(),
                version: 1,
                change: "import 1".to_owned(),
            },
            settings: settings.iter().map(|(p, v)| (path(p), v.clone())).collect(),
            locks: locks.iter().map(|p| (path(p), "so agreed".to_owned())).collect::<Locks>(),
        }
    }

    fn said(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn secret(number: u128) -> Value {
        Value::Secret(SecretId(Uuid::from_u128(number)))
    }

    fn bench() -> Bench {
        let site = layer(Level::Site, "lon", &[("phone.ntp", said("ntp.example"))], &[]);
        let before = Some((Content::of(&site, None), Release::FIRST));
        Bench {
            vendor: Vendor::Yealink,
            mac: Mac::parse("805ec0123456").unwrap(),
            serial: "S-1".to_owned(),
            model: "T46U".to_owned(),
            accounts: 16,
            handsets: BTreeMap::new(),
            kind: RevisionKind::Baseline,
            served: BTreeSet::new(),
            draft: Origin { version: 2, change: "draft".to_owned(), ..site.origin.clone() },
            before,
            made: vec![],
            stack: vec![
                layer(
                    Level::Organisation,
                    "organisation",
                    &[("phone.language", said("en-GB")), ("phone.admin_password", secret(77_000_001))],
                    &["network.vlan"],
                ),
                site,
                layer(Level::Device, "80:5e:c0:12:34:56", &[("phone.timezone", said("Europe/Paris"))], &[]),
            ],
        }
    }

    fn typed(text: &str) -> Typed {
        Typed { text: text.to_owned(), ..Typed::default() }
    }

    #[test]
    fn what_is_typed_stands_in_settings_files_and_differences_alike() {
        let look =
            Desk::new(bench()).look(&typed("phone.ntp = other.example\nphone.timezone = Europe/London\n"));
        assert_eq!(look.differences.len(), 1, "{:?}", look.differences);
        assert_eq!(look.differences[0].after.as_deref(), Some("other.example"));
        let of = |path: &str| look.settings.iter().find(|s| s.path == path).unwrap();
        assert!(of("phone.ntp").own && !of("phone.ntp").overruled);
        assert_eq!(of("phone.ntp").origin, "site lon v2 (draft)");
        assert!(of("phone.timezone").overruled, "the device's own layer says otherwise");
        let file = &look.files[0];
        let fresh: Vec<_> = file.fresh.iter().map(|at| file.lines[*at].text.as_str()).collect();
        assert_eq!(fresh, ["local_time.ntp_server1 = other.example"]);
        assert_eq!(file.gone, ["local_time.ntp_server1 = ntp.example"]);
        assert_eq!(file.lines[file.fresh[0]].origin.as_deref(), Some("site lon v2 (draft)"));
        assert!(!look.same_bytes);
        assert_eq!(look.findings, []);
    }

    #[test]
    fn what_is_wrong_is_said_and_what_was_so_before_is_not() {
        let desk = Desk::new(bench());
        for (text, code) in [
            ("phone.ntp = ntp.example", Code::LayerInvalid),
            ("phone.npt = ntp.example", Code::SettingUnknown),
            ("network.vlan = 20", Code::LockForbids),
            ("phone.ntp = {{ nobody }}", Code::TemplateError),
            ("phone.ntp", Code::LayerInvalid),
        ] {
            let codes: Vec<_> = desk.look(&typed(text)).findings.into_iter().map(|f| f.code).collect();
            assert!(codes.contains(&code), "{text}: {codes:?}");
        }
        assert!(desk.look(&typed("")).findings.iter().all(|finding| finding.subject != "note"));
    }

    #[test]
    fn a_bench_without_secrets_says_the_same_and_names_none() {
        let plain = bench();
        let bare = plain.clone().without_secrets();
        let json = serde_json::to_string(&bare).unwrap();
        let Value::Secret(id) = secret(77_000_001) else { unreachable!() };
        assert!(serde_json::to_string(&plain).unwrap().contains(&id.to_string()));
        assert!(!json.contains(&id.to_string()));
        assert!(Desk::read("{}").is_none());
        let text = typed("phone.language = fr\nphone.ntp = {{ device.model }}.example");
        let (plain, bare) = (Desk::new(plain).look(&text), Desk::read(&json).unwrap().look(&text));
        assert_eq!(plain, bare);
        assert!(bare.settings.iter().any(|s| s.path == "phone.admin_password" && s.value.starts_with('•')));
    }

    #[test]
    fn a_line_that_moved_is_no_change_and_one_that_came_twice_is_counted() {
        let line =
            |text: &str| TracedLine { text: text.to_owned(), path: None, origin: None, overrode: vec![] };
        let before = ["a", "b", "b", "c"].map(str::to_owned);
        let (fresh, gone) = compare(&before, &[line("c"), line("b"), line("a"), line("d"), line("a")]);
        assert_eq!((fresh, gone), (vec![3, 4], vec!["b".to_owned()]));
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at_without_panic(text in "([a-z.1 =:#\"{}%\n]|phone\\.|lock |network\\.vlan = |\\PC){0,60}") {
            let look = Desk::new(bench()).look(&typed(&text));
            let shown = format!("{look:?}");
            prop_assert!(!shown.contains("77000001"));
            for file in &look.files {
                prop_assert!(file.fresh.iter().all(|at| *at < file.lines.len()));
            }
        }
    }
}
