//! What Kamailio holds in memory: contacts (`usrloc`), calls (`dialog`), and transactions of its own (`tm`).

use crate::{
    Calls, Fact, Registrar,
    rpc::{self, Answer},
};
use hyper::Uri;
use serde_json::Value;
use std::net::Ipv6Addr;

/// What `ul.lookup` says of a line that is registered nowhere.
const NOWHERE: &str = "AOR not found";
/// What it says of a field that has no value.
const NOT_SET: &str = "[not set]";
/// A dialog in this state is over.
const OVER: i64 = 5;
/// Contacts of one line that are woken at most.
const MOST_CONTACTS: usize = 8;
/// Leaves a parameter out.
const NONE: &str = ".";

/// A contact of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contact {
    /// Where the phone says that it is.
    pub(crate) address: String,
    /// Seconds since 1970.
    pub(crate) renewed: i64,
    /// Where its REGISTER came from, if that is elsewhere.
    received: Option<String>,
    /// Proxies on the way to it (RFC 3327), as a `Route`.
    path: Option<String>,
    /// The address of Kamailio that it registered at.
    socket: Option<String>,
}

impl Contact {
    fn read(value: &Value) -> Option<Self> {
        let contact = &value["Contact"];
        let text = |key: &str| {
            let text = contact[key].as_str()?;
            // What has controls in it was made up to get into a header.
            let plain = !text.is_empty() && text != NOT_SET && !text.contains(char::is_control);
            plain.then(|| text.to_owned())
        };
        Some(Self {
            address: text("Address")?,
            renewed: contact["Last-Modified"].as_i64().unwrap_or(0),
            received: text("Received"),
            path: text("Path"),
            socket: text("Socket"),
        })
    }
}

/// The contacts of an address of record.
pub(crate) async fn contacts(rpc: &Uri, record: &str) -> Fact<Vec<Contact>> {
    match rpc::call(rpc, "ul.lookup", &["location", record]).await {
        Ok(Answer::Done { result }) => {
            let contacts = result["Contacts"].as_array().into_iter().flatten();
            Fact::Known(contacts.filter_map(Contact::read).collect())
        }
        Ok(Answer::Failed { error }) if error.message.starts_with(NOWHERE) => Fact::Known(vec![]),
        Ok(Answer::Failed { error }) => Fact::Unknown(error.message),
        Err(why) => Fact::Unknown(why),
    }
}

/// Who is in a call, as far as `dialog` follows calls; not modelled when it is not loaded.
pub(crate) async fn calls(rpc: &Uri) -> Fact<Calls> {
    match rpc::call(rpc, "dlg.list", &[]).await {
        Ok(Answer::Done { result }) => {
            let dialogs = result.as_array().into_iter().flatten();
            let goes_on = dialogs.filter(|dialog| dialog["state"].as_i64() != Some(OVER));
            Fact::Known(Calls(goes_on.flat_map(users).collect()))
        }
        Ok(Answer::Failed { error }) if error.no_such_method() => Fact::NotModelled,
        Ok(Answer::Failed { error }) => Fact::Unknown(error.message),
        Err(why) => Fact::Unknown(why),
    }
}

/// Whom a dialog is between: by the addresses that were called, and, where these were led elsewhere, by the contacts.
fn users(dialog: &Value) -> impl Iterator<Item = String> {
    let addresses =
        [&dialog["from_uri"], &dialog["to_uri"], &dialog["caller"]["contact"], &dialog["callee"]["contact"]];
    addresses.into_iter().filter_map(|address| Some(user(address.as_str()?)?.to_owned()))
}

/// The user of a SIP address, without a password or parameters.
fn user(address: &str) -> Option<&str> {
    let bare = address.strip_prefix("sips:").or_else(|| address.strip_prefix("sip:"))?;
    let user = bare.split_once('@')?.0;
    user.split([':', ';']).next().filter(|user| !user.is_empty())
}

/// A NOTIFY that nobody subscribed to.
pub(crate) struct Notify<'a> {
    pub(crate) registrar: &'a Registrar,
    pub(crate) user: &'a str,
    pub(crate) event: &'a str,
}

impl Notify<'_> {
    /// Sends it to each contact from the address that the phone registered at, on the way back to it: phones heed
    /// nobody but their registrar, and behind a NAT nothing else reaches them.
    pub(crate) async fn send(&self, rpc: &Uri, contacts: &[Contact]) -> Fact<usize> {
        let contacts = contacts.get(..MOST_CONTACTS).unwrap_or(contacts);
        for contact in contacts {
            let first = contact.path.as_deref().and_then(first);
            let hop = first.or(contact.received.as_deref()).unwrap_or(NONE);
            let socket = contact.socket.as_deref().unwrap_or(NONE);
            let headers = self.headers(contact.path.as_deref());
            let params = ["NOTIFY", &contact.address, hop, socket, &headers];
            match rpc::call(rpc, "tm.t_uac_start", &params).await {
                Ok(Answer::Done { .. }) => {}
                Ok(Answer::Failed { error }) if error.no_such_method() => return Fact::NotModelled,
                Ok(Answer::Failed { error }) => return Fact::Unknown(error.message),
                Err(why) => return Fact::Unknown(why),
            }
        }
        Fact::Known(contacts.len())
    }

    /// Kamailio adds the rest: `Via`, `Call-ID`, `CSeq`, the tag of `From`.
    fn headers(&self, path: Option<&str>) -> String {
        let Registrar { host, port, realm, .. } = self.registrar;
        let host = if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.clone() };
        let route = path.map(|path| format!("Route: {path}\r\n")).unwrap_or_default();
        let (user, event) = (self.user, self.event);
        format!(
            "From: <sip:{realm}>\r\nTo: <sip:{user}@{realm}>\r\nContact: <sip:{host}:{port}>\r\n{route}\
             Event: {event}\r\nSubscription-State: terminated\r\n"
        )
    }
}

/// The first address of a `Path`.
fn first(path: &str) -> Option<&str> {
    Some(path.split_once('<')?.1.split_once('>')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_from_addresses() {
        for (address, expected) in [
            ("sip:2101@ringfence.example", Some("2101")),
            ("sips:2101:secret@192.0.2.7:5061;transport=tls", Some("2101")),
            ("sip:2101;phone-context=x@[2001:db8::1]:5060", Some("2101")),
            ("sip:192.0.2.7", None),
            ("sip:@192.0.2.7", None),
            ("tel:+442079460123", None),
        ] {
            assert_eq!(user(address), expected, "{address}");
        }
    }

    #[test]
    fn a_path_leads_by_its_first_proxy() {
        let path = "<sip:192.0.2.1;lr;received=sip:198.51.100.7:5060>,<sip:192.0.2.2;lr>";
        assert_eq!(first(path), Some("sip:192.0.2.1;lr;received=sip:198.51.100.7:5060"));
        assert_eq!(first("sip:192.0.2.1"), None);
    }
}
