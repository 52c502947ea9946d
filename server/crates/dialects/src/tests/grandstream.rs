use super::*;

#[test]
fn grandstream_grp2614_baseline() {
    check("grandstream_grp2614_baseline", Grandstream, "GRP2614", Baseline);
}

#[test]
fn grandstream_grp2614_bound() {
    check("grandstream_grp2614_bound", Grandstream, "GRP2614", Bound);
}

#[test]
fn grandstream_grp2614_clear() {
    check("grandstream_grp2614_clear", Grandstream, "GRP2614", Clear);
}

#[test]
fn grandstream_common() {
    check_common("grandstream_common", Grandstream);
}

fn said(findings: Vec<Finding>) -> Vec<String> {
    findings.into_iter().map(|finding| finding.subject).collect()
}

#[test]
fn a_whole_desk() {
    let more = settings(vec![
        ("line.1.shared", Value::Flag(true)),
        ("network.pc_vlan", Value::Number(30)),
        ("paging.1.address", text("239.1.1.1:5001")),
        ("paging.1.label", text("Everybody")),
        ("paging.11.address", text("239.1.1.11:5001")),
        ("phone.pickup_code", text("*8")),
    ]);
    let all = [london(), desk(), more].concat();
    let (files, findings) = files(Grandstream, "GRP2614", Bound, &all, &BTreeSet::new());
    // Forwarding is a matter of codes that the server knows.
    assert_eq!(
        said(findings),
        [
            "expansion.1.keys.2.type",
            "expansion.1.keys.2.value",
            "line.1.forward.always",
            "line.1.forward.no_answer",
            "line.1.forward.no_answer_seconds",
            "phone.tone_region",
            "paging.11.address",
        ]
    );
    snapshot("grandstream_desk", &files);
}

/// What an adapter of the London site has, on both of its ports.
fn ports() -> Vec<(Path, Value)> {
    let more = settings(vec![
        ("fxs.1.caller_id", text("bt")),
        ("fxs.1.t38", Value::Flag(true)),
        ("fxs.2.caller_id", text("etsi-fsk")),
        ("fxs.2.t38", Value::Flag(false)),
        ("line.2.extension", text("2102")),
        ("line.2.password", Value::Secret(secret(2))),
        ("sip.codecs", text("pcma, pcmu")),
        ("sip.srtp", text("optional")),
    ]);
    let site =
        london().into_iter().filter(|(path, _)| !["network.lldp", "line.1.label"].contains(&path.as_str()));
    site.chain(more).collect()
}

#[test]
fn an_adapter_has_a_line_on_each_port() {
    for (kind, name) in [
        (Baseline, "grandstream_ht802_baseline"),
        (Bound, "grandstream_ht802_bound"),
        (Clear, "grandstream_ht802_clear"),
    ] {
        let (files, findings) = files(Grandstream, "HT802", kind, &ports(), &BTreeSet::new());
        assert_eq!(findings, []);
        snapshot(name, &files);
    }
}

/// What belongs to the other kind of device is said, and a third line has no port.
#[test]
fn phones_and_adapters_lack_what_the_other_has() {
    let with = |model: &str, rows: Vec<(&str, Value)>| {
        let mut all: BTreeMap<Path, Value> = ports().into_iter().collect();
        all.extend(settings(rows));
        let all: Vec<_> = all.into_iter().collect();
        said(files(Grandstream, model, Bound, &all, &BTreeSet::new()).1)
    };
    let fxs = ["fxs.1.caller_id", "fxs.1.t38", "fxs.2.caller_id", "fxs.2.t38"];
    assert_eq!(with("GRP2614", vec![]), fxs);
    for (path, value) in [
        ("keys.3.type", text("none")),
        ("network.lldp", Value::Flag(true)),
        ("line.3.extension", text("2103")),
        ("sip.codecs", text("g722, pcma")),
        ("phone.language", text("fr")),
        ("firmware.url", text("https://prov.example.com/firmware/1.0.63.3.bin")),
        ("provisioning.interval_minutes", Value::Number(59)),
        ("raw.grandstream.\"account.1.call.dialplan\"", text("x")),
        ("raw.grandstream.\"P734\"", text("x")),
    ] {
        assert_eq!(with("HT802", vec![(path, value)]), [path]);
    }
}

/// A name is looked up only where no port is said.
#[test]
fn a_lookup_leaves_the_port_out() {
    let all = [london(), settings(vec![("sip.lookup", text("srv"))])].concat();
    for (model, server, mode) in
        [("GRP2614", "account.1.sip.server.1.address", "account.1.network.dnsMode"), ("HT802", "P47", "P103")]
    {
        let (files, _) = files(Grandstream, model, Bound, &all, &BTreeSet::new());
        let keys = keys(Grandstream, &files);
        assert_eq!(keys[server], "sip.example.com");
        assert!(["SRV", "1"].contains(&keys[mode].as_str()));
    }
}

#[test]
fn what_was_served_is_reset_but_never_the_way_back() {
    let served: BTreeSet<Path> =
        [london(), desk(), ports()].concat().into_iter().map(|(path, _)| path).collect();
    for (model, name) in [("GXP2130", "grandstream_gxp2130_reset"), ("HT801", "grandstream_ht801_reset")] {
        let (files, _) = files(Grandstream, model, Clear, &[], &served);
        snapshot(name, &files);
    }
}

#[test]
fn a_larger_adapter_has_one_profile_for_all_ports() {
    let all: Vec<_> = ports().into_iter().filter(|(path, _)| !path.as_str().starts_with("fxs.")).collect();
    let (files, findings) = files(Grandstream, "HT814", Bound, &all, &BTreeSet::new());
    assert_eq!(findings, []);
    snapshot("grandstream_ht814_bound", &files);
}

/// Two lines, and a key of each kind that counts in its own way.
fn numbered() -> Vec<(Path, Value)> {
    let more = settings(vec![
        ("keys.3.type", text("speed-dial")),
        ("keys.3.value", text("2102")),
        ("keys.8.type", text("blf")),
        ("keys.8.value", text("2103")),
        ("keys.8.line", Value::Number(2)),
        ("keys.9.type", text("blf")),
        ("keys.9.value", text("2104")),
        ("keys.9.label", text("Lift")),
        ("line.1.shared", Value::Flag(true)),
        ("line.2.extension", text("2102")),
        ("line.2.password", Value::Secret(secret(2))),
        ("paging.10.address", text("239.1.1.10:5001")),
        ("phone.dial_plan", text("[2-9]xxx|0x.")),
        ("phone.pickup_code", text("*8")),
        ("sip.backup.host", text("backup.example.com")),
        ("sip.codecs", text("opus, g722")),
    ]);
    [london(), more].concat()
}

#[test]
fn a_phone_whose_settings_have_numbers() {
    let keys =
        "keys.3.type keys.3.value keys.8.line keys.8.type keys.8.value keys.9.label keys.9.type keys.9.value";
    let keyless = format!("{keys} line.1.shared");
    for (model, unsaid) in
        [("GXP1630", "keys.8.type keys.9.type sip.codecs"), ("GXP1782", ""), ("GRP2602", &keyless)]
    {
        let (files, findings) = files(Grandstream, model, Bound, &numbered(), &BTreeSet::new());
        assert_eq!(said(findings).join(" "), unsaid, "{model}");
        snapshot(&format!("grandstream_{}_bound", model.to_ascii_lowercase()), &files);
    }
}

#[test]
fn what_was_served_by_number_is_reset() {
    let served: BTreeSet<Path> = numbered().into_iter().map(|(path, _)| path).collect();
    let (files, _) = files(Grandstream, "GXP1782", Clear, &[], &served);
    snapshot("grandstream_gxp1782_reset", &files);
}

#[test]
fn the_first_module_has_keys() {
    let module = settings(vec![
        ("expansion.1.keys.2.type", text("blf")),
        ("expansion.1.keys.2.value", text("2102")),
        ("expansion.1.keys.2.label", text("Sales")),
        ("expansion.1.keys.3.type", text("line")),
        ("expansion.1.keys.41.type", text("blf")),
        ("expansion.2.keys.1.type", text("blf")),
    ]);
    let all = [london(), module].concat();
    let (files, findings) = files(Grandstream, "GRP2624", Bound, &all, &BTreeSet::new());
    assert_eq!(
        said(findings),
        ["expansion.1.keys.3.type", "expansion.1.keys.41.type", "expansion.2.keys.1.type"]
    );
    let keys = keys(Grandstream, &files);
    for (key, value) in
        [("keyMode", "BLF"), ("account", "Account1"), ("value", "2102"), ("description", "Sales")]
    {
        assert_eq!(keys[&format!("pks.ext.2.{key}")], value);
    }
}
