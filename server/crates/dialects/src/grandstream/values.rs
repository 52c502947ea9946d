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

/// A proxy that was named goes before one that a domain of its own would need.
pub(super) fn proxy(to: &Registrar) -> Content {
    match (&to.outbound, &to.domain) {
        (Some(Hop { host, port }), _) => place(to, host, port.unwrap_or(to.port)),
        (None, Some(_)) => place(to, &to.host, to.port),
        (None, None) => Content::Empty,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

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
