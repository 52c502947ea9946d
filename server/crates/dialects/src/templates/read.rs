//! From the bytes of a template to keys and values, as the vendor's files have them. Anybody could have made them, and
//! nothing here panics.

use super::{Left, Why};
use domain::vendor::Vendor;
use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_xml_entity,
    events::{BytesStart, Event},
};

/// Keys of one file that are read; no phone has as many.
const MOST: usize = 20_000;
/// Elements within each other.
const DEEPEST: usize = 32;

/// A key of a template with what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// As the dialect spells it.
    pub(super) key: String,
    pub(super) value: String,
    /// From 1.
    pub(super) line: usize,
}

/// The keys of a file. What stands under a condition, and a file that cannot be read, is left.
pub(super) fn read(vendor: Vendor, file: &str, bytes: &[u8], left: &mut Vec<Left>) -> Vec<Said> {
    let text = String::from_utf8_lossy(bytes);
    let text = unconditional(file, text.trim_start_matches('\u{feff}'), left);
    if text.trim_start().starts_with('<') {
        let (said, whole) = elements(vendor, &text);
        if !whole {
            left.push(Left::new(file, 0, "", Why::Unreadable));
        }
        return said;
    }
    let between = if vendor == Vendor::Mitel { ':' } else { '=' };
    let quoted = vendor == Vendor::Panasonic;
    let one = |(number, line): (usize, &str)| {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';', '[']) {
            return None;
        }
        let (key, value) = line.split_once(between)?;
        let value = value.trim();
        let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).filter(|_| quoted);
        Some(Said { key: key.trim().to_owned(), value: bare.unwrap_or(value).to_owned(), line: number })
    };
    (1..).zip(text.lines()).filter_map(one).take(MOST).collect()
}

/// The text without comments of the template language and without what stands between `{if}` or `{foreach}` and its
/// end: whether that is said, the other system decides. Lines keep their numbers.
fn unconditional(file: &str, text: &str, left: &mut Vec<Left>) -> String {
    let (mut out, mut rest, mut depth, mut line) = (String::new(), text, 0_usize, 1);
    let mut begun = 0;
    while !rest.is_empty() {
        let opens = ["{if ", "{if(", "{foreach ", "{for ", "{section ", "{while "];
        let closes = ["{/if}", "{/foreach}", "{/for}", "{/section}", "{/while}"];
        let starts = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
        let step = if rest.starts_with("{*") {
            rest.find("*}").map_or(rest.len(), |end| end + 2)
        } else if starts(&opens) {
            if depth == 0 {
                begun = line;
            }
            depth += 1;
            rest.find('}').map_or(rest.len(), |end| end + 1)
        } else if starts(&closes) && depth > 0 {
            depth -= 1;
            if depth == 0 {
                left.push(Left::new(file, begun, "", Why::Condition));
            }
            rest.find('}').map_or(rest.len(), |end| end + 1)
        } else {
            let step = rest.chars().next().map_or(1, char::len_utf8);
            if depth == 0 {
                out.push_str(&rest[..step]);
            } else if rest.starts_with('\n') {
                out.push('\n');
            }
            line += usize::from(rest.starts_with('\n'));
            rest = &rest[step..];
            continue;
        };
        let lines = rest[..step].matches('\n').count();
        out.extend(std::iter::repeat_n('\n', lines));
        line += lines;
        rest = &rest[step..];
    }
    if depth > 0 {
        left.push(Left::new(file, begun, "", Why::Condition));
    }
    out
}

/// An element that has been opened: how its key goes on, and its text so far.
struct Open {
    step: String,
    key: Option<String>,
    text: String,
    leaf: bool,
    line: usize,
}

/// Keys of an XML file, and whether all of it could be read.
fn elements(vendor: Vendor, text: &str) -> (Vec<Said>, bool) {
    let mut reader = Reader::from_str(text);
    let (mut open, mut said): (Vec<Open>, Vec<Said>) = (vec![], vec![]);
    while said.len() < MOST {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let line = || text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                if open.len() >= DEEPEST {
                    return (said, false);
                }
                if let Some(outer) = open.last_mut() {
                    outer.leaf = false;
                }
                begin(vendor, &tag, line(), &mut open, &mut said);
            }
            Ok(Event::Empty(tag)) => {
                begin(vendor, &tag, line(), &mut open, &mut said);
                end(vendor, &mut open, &mut said);
            }
            Ok(Event::End(_)) => end(vendor, &mut open, &mut said),
            Ok(Event::Text(text)) => {
                if let Some(own) = open.last_mut() {
                    own.text.push_str(&text);
                }
            }
            Ok(Event::GeneralRef(entity)) => {
                if let (Some(own), Some(text)) = (open.last_mut(), resolve_xml_entity(&entity)) {
                    own.text.push_str(text);
                }
            }
            Ok(Event::Eof) => return (said, open.is_empty()),
            Ok(_) => {}
            Err(_) => return (said, false),
        }
    }
    (said, false)
}

fn begin(vendor: Vendor, tag: &BytesStart<'_>, line: usize, open: &mut Vec<Open>, said: &mut Vec<Said>) {
    let name = String::from(tag.name().as_ref());
    let attributes: Vec<(String, String)> = tag
        .attributes()
        .with_checks(false)
        .flatten()
        .map(|a| {
            let value = a.normalized_value(XmlVersion::Implicit1_0).unwrap_or_default();
            (String::from(a.key.as_ref()), value.into_owned())
        })
        .collect();
    let of = |name: &str| attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
    let (step, key) = match vendor {
        // Whatever the element is called; `x.set` says that `x` is said, `xmlns` who describes it.
        Vendor::Poly => {
            let own = attributes
                .iter()
                .filter(|(key, _)| !key.starts_with("xml") && key.strip_suffix(".set").is_none());
            said.extend(own.map(|(key, value)| Said { key: key.clone(), value: value.clone(), line }));
            (String::new(), None)
        }
        Vendor::Snom => {
            let key = of("idx").map_or_else(|| name.clone(), |index| format!("{name}.{index}"));
            (String::new(), Some(key))
        }
        Vendor::Grandstream => (String::new(), Some(of("name").unwrap_or_else(|| name.clone()))),
        // Elements in elements, as the dialect spells them.
        Vendor::Fanvil => {
            let step = of("index").map_or_else(|| name.clone(), |index| format!("{name}[{index}]"));
            let steps: Vec<_> = open.iter().skip(1).map(|open| open.step.as_str()).collect();
            let key = (!open.is_empty()).then(|| {
                let before = steps.iter().fold(String::new(), |all, step| all + step + "/");
                format!("{before}{step}")
            });
            (step, key)
        }
        _ => (String::new(), Some(name)),
    };
    open.push(Open { step, key, text: String::new(), leaf: true, line });
}

fn end(vendor: Vendor, open: &mut Vec<Open>, said: &mut Vec<Said>) {
    let Some(Open { key: Some(key), text, leaf: true, line, .. }) = open.pop() else { return };
    if vendor != Vendor::Poly {
        said.push(Said { key, value: text.trim().to_owned(), line });
    }
}
