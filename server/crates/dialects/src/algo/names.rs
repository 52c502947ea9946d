//! The names that Algo's devices ask for: `algop8301.conf` by model, `algom<MAC>.conf`, on older firmware each with a
//! checksum, `.md5`, beside it.

use crate::asked::{Asked, DeviceFile, leading_mac, plain};
use domain::vendor::Vendor::Algo;

pub(super) fn recognise(name: &str) -> Option<Asked> {
    let vendor = Algo;
    let rest = name.strip_prefix("algo")?;
    if let Some(model) = rest.strip_prefix('p') {
        let (model, extension) = model.split_once('.')?;
        return match extension {
            "conf" if plain(model) => Some(Asked::Common { vendor, file: "" }),
            "md5" | "conf.md5" if plain(model) => Some(Asked::Absent { vendor }),
            _ => None,
        };
    }
    let (mac, rest) = leading_mac(rest.strip_prefix('m').unwrap_or(rest))?;
    let file = match rest {
        ".conf" => DeviceFile::Config,
        ".md5" | ".conf.md5" => DeviceFile::Other,
        _ => return None,
    };
    Some(Asked::Device { vendor, mac, file })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked_of;
    use domain::Mac;

    #[test]
    fn names_that_devices_ask_for() {
        let mac = Mac::parse("0022ee010203").unwrap();
        let own = |file| Some(Asked::Device { vendor: Algo, mac, file });
        for (name, asked) in [
            ("algop8301.conf", Some(Asked::Common { vendor: Algo, file: "" })),
            ("algop8301.md5", Some(Asked::Absent { vendor: Algo })),
            ("algom0022EE010203.conf", own(DeviceFile::Config)),
            ("algom0022ee010203.conf", own(DeviceFile::Config)),
            ("algo0022EE010203.conf", own(DeviceFile::Config)),
            ("algom0022EE010203.md5", own(DeviceFile::Other)),
            ("algom0022EE010203.cfg", None),
            ("0022ee010203.conf", None),
            ("algop.conf", None),
        ] {
            assert_eq!(asked_of(Algo, name), asked, "{name}");
        }
    }
}
