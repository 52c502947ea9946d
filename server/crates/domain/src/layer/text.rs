//! A layer as people write it: one setting a line, so that it can be typed in a plain form, compared and kept.
//!
//! `network.vlan = 20`, `lock network.vlan: one voice VLAN everywhere`, `# a comment`.

use super::{Content, Locks};
use crate::{
    Code, Finding,
    setting::{
        Path, Value,
        schema::{nearest, reserved, typed},
    },
};
use std::collections::BTreeMap;

/// Lines that one layer may have; every setting of a sixteen-line phone fits many times.
const MOST: usize = 2_000;
/// How a sealed secret is written: it stays what it is, and nobody reads it.
const SECRET: &str = "(secret)";

/// Writes it. What nobody sets by hand is left out.
pub fn write(content: &Content) -> String {
    let settings =
        content.settings.iter().filter(|(path, _)| reserved(path).is_none()).map(|(path, value)| {
            let value = if matches!(value, Value::Secret(_)) { SECRET.to_owned() } else { value.to_string() };
            format!("{path} = {value}\n")
        });
    let locks = content.locks.iter().map(|(path, reason)| format!("lock {path}: {reason}\n"));
    settings.chain(locks).collect()
}

/// Reads it, with everything that is wrong with its form. `before` is what the layer says now: secrets and what nobody
/// sets by hand are kept from there.
pub fn read(text: &str, before: &Content) -> (Content, Vec<Finding>) {
    let mut findings = Vec::new();
    let kept = before.settings.iter().filter(|(path, _)| reserved(path).is_some());
    let mut settings: BTreeMap<Path, Value> = kept.map(|(p, v)| (p.clone(), v.clone())).collect();
    let mut locks = Locks::new();
    for (index, line) in text.lines().enumerate() {
        let (number, line) = (index + 1, line.trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if number > MOST {
            findings.push(wrong(number, line, &format!("A layer may have {MOST} lines.")));
            break;
        }
        let read = match line.strip_prefix("lock ") {
            Some(rest) => lock(number, rest, &mut locks),
            None => setting(number, line, before, &mut settings),
        };
        findings.extend(read.err());
    }
    (Content { settings, locks, ..before.clone() }, findings)
}

fn wrong(line: usize, subject: &str, detail: &str) -> Finding {
    let subject: String = subject.chars().filter(|c| !c.is_control()).take(80).collect();
    Finding::new(Code::LayerInvalid, format!("line {line}: {subject}")).detail(detail)
}

fn path(line: usize, text: &str) -> Result<Path, Finding> {
    Path::parse(text).map_err(|code| {
        let shown: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
        let near = nearest(text).map(|near| format!("The nearest is `{near}`.")).unwrap_or_default();
        Finding::new(code, format!("line {line}: {shown}")).detail(near)
    })
}

fn lock(line: usize, rest: &str, locks: &mut Locks) -> Result<(), Finding> {
    let (at, reason) = rest.split_once(':').unwrap_or((rest, ""));
    let (at, reason) = (path(line, at.trim())?, reason.trim());
    if reason.is_empty() {
        return Err(wrong(line, at.as_str(), "A lock needs a reason: `lock PATH: REASON`."));
    }
    if locks.contains_key(&at) {
        return Err(wrong(line, at.as_str(), "It is locked twice."));
    }
    locks.insert(at, reason.to_owned());
    Ok(())
}

fn setting(
    line: usize,
    text: &str,
    before: &Content,
    settings: &mut BTreeMap<Path, Value>,
) -> Result<(), Finding> {
    let Some((at, value)) = text.split_once('=') else {
        return Err(wrong(line, text, "Write `PATH = VALUE`, or `lock PATH: REASON`."));
    };
    let (at, value) = (path(line, at.trim())?, value.trim());
    if let Some(why) = reserved(&at) {
        return Err(wrong(line, at.as_str(), &format!("Nobody sets it by hand. {why}")));
    }
    if settings.contains_key(&at) {
        return Err(wrong(line, at.as_str(), "It is set twice."));
    }
    let value = match (value, before.settings.get(&at)) {
        (SECRET, Some(secret @ Value::Secret(_))) => secret.clone(),
        (SECRET, _) => return Err(wrong(line, at.as_str(), "There is no secret to keep.")),
        (value, _) => typed(&at, value),
    };
    settings.insert(at, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SecretId;
    use proptest::prelude::*;

    fn secret() -> Content {
        let mut content = Content::default();
        for path in ["phone.admin_password", "provisioning.password"] {
            content
                .settings
                .insert(Path::parse(path).unwrap(), Value::Secret(SecretId(uuid::Uuid::from_u128(7))));
        }
        content
    }

    #[test]
    fn what_was_written_reads_back_with_its_secrets() {
        let text = "network.lldp = on\nnetwork.vlan = 20\nphone.admin_password = (secret)\nphone.language = en = GB\nraw.yealink.\"a.b\" = x # y\nlock network.vlan: one VLAN: everywhere\n";
        let (content, findings) = read(text, &secret());
        assert_eq!(findings, []);
        assert_eq!(write(&content), text);
        assert_eq!(content.settings[&Path::parse("network.vlan").unwrap()], Value::Number(20));
        assert!(content.settings.contains_key(&Path::parse("provisioning.password").unwrap()), "kept");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, code, subject) in [
            ("network.vlan", Code::LayerInvalid, "line 1: network.vlan"),
            ("# x\n\nNetwork.Vlan = 2", Code::SettingPath, "line 3: Network.Vlan"),
            ("a.b = 1\na.b = 2", Code::LayerInvalid, "line 2: a.b"),
            ("line.1.extension = 2101", Code::LayerInvalid, "line 1: line.1.extension"),
            ("provisioning.password = x", Code::LayerInvalid, "line 1: provisioning.password"),
            ("phone.ntp = (secret)", Code::LayerInvalid, "line 1: phone.ntp"),
            ("lock network.vlan", Code::LayerInvalid, "line 1: network.vlan"),
            ("lock a.b: x\nlock a.b: y", Code::LayerInvalid, "line 2: a.b"),
        ] {
            let (_, findings) = read(text, &Content::default());
            let found: Vec<_> = findings.iter().map(|f| (f.code, f.subject.as_str())).collect();
            assert_eq!(found, [(code, subject)], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_what_was_read_is_stable(text in "([a-z.1 =:#\"\n]|lock |\\PC){0,80}") {
            let (content, _) = read(&text, &secret());
            let (again, findings) = read(&write(&content), &content);
            prop_assert_eq!(findings, []);
            prop_assert_eq!(again, content);
        }
    }
}
