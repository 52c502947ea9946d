//! Files read back with real parsers, into keys and values.

use super::Keys;
use quick_xml::{XmlVersion, escape::resolve_xml_entity, events::Event};

/// An element of an XML file that holds no other, or that has attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Names from the root to it.
    pub path: Vec<String>,
    /// Its attributes and those of the elements around it, from the outermost.
    pub attributes: Vec<Vec<(String, String)>>,
    /// Its text.
    pub text: String,
    /// Whether it holds no other element.
    pub leaf: bool,
}

impl Element {
    /// Its name.
    pub fn name(&self) -> &str {
        self.path.last().unwrap()
    }

    /// An attribute of its own.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.last()?.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Every element of an XML file, in the order in which they end. Panics when it is not well formed.
pub fn xml(text: &str) -> Vec<Element> {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut path, mut attributes, mut texts, mut leaves) = (vec![], vec![], vec![], vec![]);
    let mut out = vec![];
    loop {
        match reader.read_event().unwrap() {
            event @ (Event::Start(_) | Event::Empty(_)) => {
                let ends = matches!(event, Event::Empty(_));
                let (Event::Start(tag) | Event::Empty(tag)) = event else { continue };
                let own: Vec<(String, String)> = tag
                    .attributes()
                    .map(|a| a.unwrap())
                    .map(|a| {
                        let value = a.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
                        (a.key.as_ref().to_owned(), value)
                    })
                    .collect();
                if let Some(outer) = leaves.last_mut() {
                    *outer = false;
                }
                path.push(tag.name().as_ref().to_owned());
                attributes.push(own);
                texts.push(String::new());
                leaves.push(true);
                if ends {
                    out.push(end(&mut path, &mut attributes, &mut texts, &mut leaves));
                }
            }
            Event::Text(text) => {
                if let Some(own) = texts.last_mut() {
                    own.push_str(&text);
                }
            }
            Event::GeneralRef(entity) => {
                texts.last_mut().unwrap().push_str(resolve_xml_entity(&entity).unwrap());
            }
            Event::End(_) => out.push(end(&mut path, &mut attributes, &mut texts, &mut leaves)),
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(path.is_empty(), "{path:?}");
    out
}

fn end(
    path: &mut Vec<String>,
    attributes: &mut Vec<Vec<(String, String)>>,
    texts: &mut Vec<String>,
    leaves: &mut Vec<bool>,
) -> Element {
    let element = Element {
        path: path.clone(),
        attributes: attributes.clone(),
        text: texts.pop().unwrap(),
        leaf: leaves.pop().unwrap(),
    };
    path.pop();
    attributes.pop();
    element
}

/// Adds a key that may not be there yet.
pub fn once(keys: &mut Keys, key: String, value: String) {
    assert!(keys.insert(key.clone(), value).is_none(), "{key} is written twice");
}

/// Lines of `key`, then `between`, then the value.
pub fn lines<'a>(lines: impl Iterator<Item = &'a str>, between: &str) -> Keys {
    let mut keys = Keys::new();
    for line in lines {
        let (key, value) =
            line.split_once(between).unwrap_or_else(|| panic!("no line of the format: {line}"));
        once(&mut keys, key.to_owned(), value.to_owned());
    }
    keys
}
