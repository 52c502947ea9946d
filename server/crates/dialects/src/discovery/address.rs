//! An address that may go into DHCP options, SIP bodies and other people's files.

/// An HTTP or HTTPS address of printable ASCII without anything that any of those formats would have to quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    text: String,
    /// Where the host begins, and where the path.
    host: usize,
    path: usize,
}

impl Address {
    /// The most that one DHCP option holds is 255 octets; a file name with the phone's macro may be added.
    pub const LONGEST: usize = 220;

    /// Parses an address; `None` when it is not `http://host[:port][/path]` or `https://…`, or too long.
    pub fn parse(text: &str) -> Option<Self> {
        let host = ["http://", "https://"].into_iter().find(|scheme| text.starts_with(scheme))?.len();
        let rest = text.get(host..)?;
        let path = host + rest.find('/').unwrap_or(rest.len());
        let address = Self { text: text.to_owned(), host, path };
        let fits = |c: u8| c.is_ascii_alphanumeric() || b"-._~/:@=%+".contains(&c);
        let path_fits = address.path().bytes().all(fits);
        (text.len() <= Self::LONGEST && authority(address.authority()) && path_fits).then_some(address)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is HTTPS.
    pub fn secure(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// Host, and port if there is one.
    pub fn authority(&self) -> &str {
        self.text.get(self.host..self.path).unwrap_or_default()
    }

    /// The path; may be empty, else begins with a slash.
    pub fn path(&self) -> &str {
        self.text.get(self.path..).unwrap_or_default()
    }

    /// The address with a slash at its end.
    pub fn folder(&self) -> String {
        if self.text.ends_with('/') { self.text.clone() } else { format!("{}/", self.text) }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`; never a user.
fn authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host.parse::<std::net::Ipv6Addr>().is_ok(), None),
        Some((host, port)) => {
            (host.parse::<std::net::Ipv6Addr>().is_ok(), Some(port.strip_prefix(':').unwrap_or("")))
        }
        None => {
            let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
            (name(host), port)
        }
    };
    host && port.is_none_or(|port| {
        port.bytes().all(|c| c.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|n| n > 0)
    })
}

/// A host name or an IPv4 address.
fn name(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
    };
    host.strip_suffix('.').unwrap_or(host).split('.').all(label)
}
