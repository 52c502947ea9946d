//! What is known of each family. One row each; a fact that is not known is not here.

use super::{Family, Form, Known, Match};

/// Every family, in the order of the page.
pub const FAMILIES: [Family; 8] = [
    Family {
        name: "yealink",
        title: "Yealink",
        option: Some(66),
        also: &[43],
        form: Form::Folder,
        by: Match::Oui(&[
            "001565", "249AD8", "3497D7", "44DBD2", "644F56", "805E0C", "805EC0", "B061A9", "C4FC22",
            "EC1DA9", "F01653",
        ]),
        known: Known::Documented,
        wins: "An option that the phone's settings name wins over 66, and 66 over 43. Whether DHCP, PnP or the \
               redirect service is asked first differs by firmware.",
    },
    Family {
        name: "poly",
        title: "Poly (UCS)",
        option: Some(160),
        also: &[66],
        form: Form::Folder,
        by: Match::Oui(&["0004F2", "64167F", "482567"]),
        known: Known::Documented,
        wins: "160 wins over 66. An address stored in the phone counts only where DHCP gives none.",
    },
    Family {
        name: "grandstream",
        title: "Grandstream",
        option: Some(66),
        also: &[43],
        // The server that is known to lead them with 66 gives no slash.
        form: Form::NoSlash,
        by: Match::Oui(&["000B82", "144CFF", "C074AD", "EC74D7"]),
        known: Known::InUse,
        wins: "66 and 43 replace the stored address unless P145 is 0. Option 120 concerns the SIP server, not this.",
    },
    Family {
        name: "snom",
        title: "Snom",
        option: Some(66),
        also: &[67, 43],
        form: Form::Folder,
        // Gigaset's desk phones share the prefix 000413, so the class decides.
        by: Match::Class("snom"),
        known: Known::Documented,
        wins: "66 and 67 inside option 43 win over those beside it. By default the redirect service is asked first, \
               then PnP, then DHCP (`provisioning_order`). Leave 67 empty.",
    },
    Family {
        name: "cisco-mpp",
        title: "Cisco MPP",
        option: Some(66),
        also: &[160, 159, 150, 60, 43, 125],
        form: Form::File("$MA.xml"),
        by: Match::Class("Cisco Systems, Inc. IP Phone CP-"),
        known: Known::Inferred,
        wins: "The first of 66, 160, 159, 150, 60, 43 and 125 that is there wins (`DHCP_Option_To_Use`). Enterprise \
               phones begin their class in the same way and take 66 for a TFTP server: keep them elsewhere.",
    },
    Family {
        name: "fanvil",
        title: "Fanvil",
        option: Some(66),
        also: &[43],
        form: Form::File("$mac.cfg"),
        by: Match::Oui(&["0C383E", "00A859", "00A85A"]),
        known: Known::InUse,
        wins: "The phone reads one option, 66 from the factory; its settings can name 43 or one of 128 to 254. DHCP \
               is asked before PnP.",
    },
    Family {
        name: "gigaset",
        title: "Gigaset",
        option: Some(114),
        also: &[66],
        form: Form::Folder,
        by: Match::Oui(&["002104", "14B370", "589EC6", "7C2F80"]),
        known: Known::Documented,
        wins: "114 wins over 66. Where a domain name (option 15) is given too, the N models append it to 66: set 114.",
    },
    Family {
        name: "linphone",
        title: "Linphone",
        option: None,
        also: &[],
        form: Form::Folder,
        by: Match::Oui(&[]),
        known: Known::Documented,
        wins: "A program reads no DHCP option: give it its steady address as the remote provisioning address.",
    },
];
