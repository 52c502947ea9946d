//! Values that phones and adapters write alike, behind names or numbers of their own.

use crate::{
    entries::Content,
    lines::{Hop, Lookup, Registrar},
    reader::Reader,
    zones::{self, Turn, Zone},
};

/// `https://host/folder/` as a protocol and an address without it; phones put the slash before a file's name.
pub(super) fn address(
    reader: &mut Reader<'_>,
    path: &'static str,
    protocols: [&'static str; 2],
) -> Option<[Content; 2]> {
    let url = reader.text(path)?;
    let (protocol, rest) = match url.split_once("://") {
        Some(("http", rest)) => (protocols[0], rest),
        Some(("https", rest)) => (protocols[1], rest),
        _ => {
            reader.refuse(path, "Expected an address that begins with `https://` or `http://`.");
            return None;
        }
    };
    Some([protocol.into(), rest.trim_end_matches('/').to_owned().into()])
}

/// The folder of an image; the phone adds the image's name by itself.
pub(super) fn firmware(
    reader: &mut Reader<'_>,
    path: &'static str,
    protocols: [&'static str; 2],
) -> Option<[Content; 2]> {
    let [protocol, Content::Text(rest)] = address(reader, path, protocols)? else { return None };
    match rest.rsplit_once('/') {
        Some((folder, name)) if name.ends_with("fw.bin") => Some([protocol, folder.to_owned().into()]),
        _ => {
            reader
                .refuse(path, "These phones ask for an image by its own name only, such as `grp2600fw.bin`.");
            None
        }
    }
}

/// Minutes between fetches; an hour is the least.
pub(super) fn interval(reader: &mut Reader<'_>, path: &'static str) -> Option<Content> {
    let minutes = reader.number(path, 1..=43_200)?;
    if minutes < 60 {
        reader.refuse(path, "These phones fetch once an hour at most.");
        return None;
    }
    Some(minutes.to_string().into())
}

/// A zone as they spell it: `STD-1DST-2,M3.5.0/02:00:00,M10.5.0/03:00:00`.
pub(super) fn zone(reader: &mut Reader<'_>, path: &'static str) -> Option<Content> {
    let name = reader.text(path)?;
    let said = zones::zone(&name).and_then(spell);
    if said.is_none() {
        reader.refuse(path, "These phones cannot be told when its clocks change; set the raw keys.");
    }
    said.map(Content::from)
}

fn spell(zone: Zone) -> Option<String> {
    let standard = format!("STD{}", west(zone.standard));
    let Some(summer) = zone.summer else { return Some(standard) };
    let (start, end) = (turn(summer.start)?, turn(summer.end)?);
    Some(format!("{standard}DST{},{start},{end}", west(zone.standard + summer.save)))
}

/// Hours and minutes west of Greenwich, as POSIX counts.
fn west(east: i32) -> String {
    let (sign, minutes) = if east > 0 { ("-", east) } else { ("+", -east) };
    let part = if minutes % 60 == 0 { String::new() } else { format!(":{:02}", minutes % 60) };
    format!("{sign}{}{part}", minutes / 60)
}

fn turn(turn: Turn) -> Option<String> {
    let Turn { month, week, weekday, minute } = turn;
    (0..=24 * 60)
        .contains(&minute)
        .then(|| format!("M{month}.{week}.{weekday}/{:02}:{:02}:00", minute / 60, minute % 60))
}

/// Where lines register: the SIP domain if there is one, else the registrar.
pub(super) fn server(to: &Registrar) -> Content {
    match &to.domain {
        Some(domain) => domain.clone().into(),
        None => place(to, &to.host, to.port),
    }
}

pub(super) fn backup(to: &Registrar) -> Content {
    to.backup.as_ref().map_or(Content::Empty, |Hop { host, port }| place(to, host, port.unwrap_or(to.port)))
}

pub(super) fn proxy(to: &Registrar) -> Content {
    to.way().map_or(Content::Empty, |(host, port)| place(to, host, port))
}

/// A port would switch the lookup of a name off.
pub(super) fn place(to: &Registrar, host: &str, port: i64) -> Content {
    let host =
        if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
    match to.lookup {
        Some(Lookup::Srv | Lookup::Naptr) => host.into(),
        Some(Lookup::Address) | None => format!("{host}:{port}").into(),
    }
}

/// Registrations are counted in minutes.
pub(super) fn minutes(to: &Registrar) -> Content {
    to.expires.div_euclid(60).clamp(1, 64_800).to_string().into()
}

/// The chosen codec of a place, by the vendor's own words. Places that are left repeat the last one: no other codec is
/// offered then.
pub(super) fn codec(to: &Registrar, words: &[(&str, &'static str)], place: usize) -> Content {
    let chosen: Vec<&'static str> = to
        .codecs
        .iter()
        .filter_map(|codec| words.iter().find(|(ours, _)| ours == codec).map(|(_, theirs)| *theirs))
        .collect();
    chosen.get(place).or(chosen.last()).map_or(Content::Empty, |word| (*word).into())
}

/// The factory's plan: any number, and codes with stars.
pub(super) const ANY_NUMBER: &str = "{ x+ | \\+x+ | *x+ | *xx*x+ }";

/// A digit map (RFC 3435, 2.1.5) as they write one: between braces, and `+` for one or more where the map has a point
/// for none or more. `None` for what they cannot say.
pub(super) fn dial_plan(map: &str) -> Option<String> {
    let map = map.trim();
    let bare = map.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(map);
    let mut plans = vec![];
    for plan in bare.split('|') {
        plans.extend(plan_of(plan.trim())?);
    }
    Some(format!("{{ {} }}", plans.join(" | ")))
}

/// A map's alternative: as it is, or, where its last element may be there any number of times, without and with it.
fn plan_of(text: &str) -> Option<Vec<String>> {
    let mut elements: Vec<String> = vec![];
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        elements.push(match c {
            '0'..='9' | '*' | '#' => c.to_string(),
            'x' | 'X' => "x".to_owned(),
            '+' => "\\+".to_owned(),
            '[' => {
                let (class, after) = rest.as_str().split_once(']')?;
                let fits = !class.is_empty() && class.bytes().all(|c| c.is_ascii_digit() || c == b'-');
                rest = fits.then(|| after.chars())?;
                format!("[{class}]")
            }
            '.' if rest.as_str().is_empty() && !elements.is_empty() => {
                let without = elements[..elements.len() - 1].concat();
                let with = format!("{}+", elements.concat());
                return Some([without, with].into_iter().filter(|plan| !plan.is_empty()).collect());
            }
            _ => return None,
        });
    }
    (!elements.is_empty()).then(|| vec![elements.concat()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digit_maps_are_written_in_their_way() {
        for (map, plan) in [
            ("[2-9]xxx|0x.", Some("{ [2-9]xxx | 0 | 0x+ }")),
            ("(112|9,x.)", None),
            ("(112|x.)", Some("{ 112 | x+ }")),
            ("+44x.|*xx", Some("{ \\+44 | \\+44x+ | *xx }")),
            ("0[1-3].", Some("{ 0 | 0[1-3]+ }")),
            ("xxxT", None),
            ("x.x", None),
            (".", None),
            ("[2-", None),
            ("[a-c]", None),
            ("1||2", None),
            ("1 }", None),
        ] {
            assert_eq!(dial_plan(map).as_deref(), plan, "{map}");
        }
    }

    proptest! {
        #[test]
        fn any_digit_map_is_read_without_panic(map in "[0-9x.|\\[\\]+*#T(){}é-]{0,20}") {
            let _ = dial_plan(&map);
        }
    }

    #[test]
    fn zones_are_spelled_as_posix_counts() {
        for (name, spelled) in [
            ("Europe/London", Some("STD+0DST-1,M3.5.0/01:00:00,M10.5.0/02:00:00")),
            ("America/St_Johns", Some("STD+3:30DST+2:30,M3.2.0/02:00:00,M11.1.0/02:00:00")),
            ("Australia/Sydney", Some("STD-10DST-11,M10.1.0/02:00:00,M4.1.0/03:00:00")),
            ("Asia/Kolkata", Some("STD-5:30")),
            ("America/Phoenix", Some("STD+7")),
            // An hour before midnight of the day before.
            ("America/Nuuk", None),
            ("Mars/Olympus", None),
        ] {
            assert_eq!(zones::zone(name).and_then(spell).as_deref(), spelled, "{name}");
        }
    }
}
