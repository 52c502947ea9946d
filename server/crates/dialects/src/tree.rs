//! Prints entries as nested XML: a key such as `sip/line[1]/RegisterAddr` is an element in its groups, `[1]` an
//! attribute `index`, `[button=1,lineIndex=1]` those attributes. Each leaf is a line of its own.

use crate::{entries::Entry, writer::Writer};

/// An element with what is in it, in the order in which keys first named it.
struct Group {
    name: String,
    leaves: Vec<(String, Entry)>,
    groups: Vec<Self>,
}

impl Group {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), leaves: vec![], groups: vec![] }
    }

    fn group(&mut self, name: &str) -> &mut Self {
        let at = self.groups.iter().position(|group| group.name == name).unwrap_or_else(|| {
            self.groups.push(Self::new(name));
            self.groups.len() - 1
        });
        &mut self.groups[at]
    }

    fn put(&mut self, key: &str, entry: Entry) {
        match key.split_once('/') {
            Some((first, rest)) => self.group(first).put(rest, entry),
            None => self.leaves.push((key.to_owned(), entry)),
        }
    }

    fn print(&self, writer: &mut Writer, depth: usize) {
        let indent = "  ".repeat(depth);
        let (open, name) = tag(&self.name);
        writer.fixed(&format!("{indent}<{open}>"));
        for (leaf, entry) in &self.leaves {
            let (open, name) = tag(leaf);
            writer.entry(&format!("{indent}  <{open}>"), entry, "", &format!("</{name}>"));
        }
        self.groups.iter().for_each(|group| group.print(writer, depth + 1));
        writer.fixed(&format!("{indent}</{name}>"));
    }
}

/// What stands in the opening tag, and the element's name.
fn tag(step: &str) -> (String, &str) {
    match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
        Some((name, attributes)) if attributes.contains('=') => {
            let attributes = attributes.split(',').filter_map(|attribute| attribute.split_once('='));
            let own: Vec<_> = attributes.map(|(key, value)| format!(r#" {key}="{value}""#)).collect();
            (format!("{name}{}", own.concat()), name)
        }
        Some((name, index)) => (format!(r#"{name} index="{index}""#), name),
        None => (step.to_owned(), step),
    }
}

/// Prints everything inside `root`.
pub(crate) fn print(writer: &mut Writer, root: &str, entries: Vec<Entry>) {
    let mut tree = Group::new(root);
    for entry in entries {
        if writer.writes(&entry) {
            let key = entry.key.clone();
            tree.put(&key, entry);
        } else {
            // It says why, and no group stays empty for its sake.
            writer.entry("", &entry, "", "");
        }
    }
    writer.fixed(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    tree.print(writer, 0);
}

/// Whether `text` is a name that an element may have: a letter first, then letters, digits, `_`, `-` and `.`.
pub(crate) fn name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entries::Content;
    use domain::artifact::Escaper;

    #[test]
    fn keys_of_one_group_stand_in_one_element() {
        let entry = |key: &str, text: &str| Entry {
            key: key.to_owned(),
            content: if text.is_empty() { Content::Empty } else { text.into() },
            paths: vec![],
        };
        let mut writer = Writer::new(Escaper::Xml);
        let entries = vec![
            entry("sip/line[1]/User", "a<b"),
            entry("Version", "1"),
            entry("sip/line[button=2,at=0]/User", ""),
            entry("ap/Url", "x"),
            entry("sip/Port", "5060"),
            entry("mcast/addr[2]/Name", "\u{ffff}"),
            entry("sip/line[1]/Host", "h"),
        ];
        print(&mut writer, "root", entries);
        let (artifact, findings) = writer.finish("test/0", "text/xml");
        assert_eq!(findings.len(), 1);
        assert_eq!(
            String::from_utf8(artifact.bytes).unwrap(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root>\n  <Version>1</Version>\n  <sip>\n    \
             <Port>5060</Port>\n    <line index=\"1\">\n      <User>a&lt;b</User>\n      <Host>h</Host>\n    \
             </line>\n    <line button=\"2\" at=\"0\">\n      <User></User>\n    </line>\n  </sip>\n  <ap>\n    \
             <Url>x</Url>\n  </ap>\n</root>\n"
        );
    }
}
