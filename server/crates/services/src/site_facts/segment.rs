//! Voice segments of a site.

use super::{Edited, alone, code, republish, said, text};
use crate::{
    Operation, Problem, Result, Services,
    act::{Act, Note},
    layers,
    openings::site_of,
    reason,
};
use domain::{
    Code, Finding, Timestamp,
    authz::{Action, authorise_at},
    ids::SegmentId,
    layer::{Layer, Level},
    setting::Value,
    site::{Segment, Site, network, overlaps},
};
use storage::{Tx, site};

/// A segment as typed in a form.
#[derive(Clone, Debug, Default)]
pub struct SegmentInput {
    /// Its code within the site.
    pub code: String,
    /// Its network.
    pub cidr: String,
    /// Voice VLAN, or empty.
    pub vlan: String,
    /// Time server, or empty.
    pub ntp: String,
}

fn read_segment(input: &SegmentInput) -> Result<(String, ipnet::IpNet, Option<u16>, Option<String>)> {
    let mut findings = Vec::new();
    let code = code(&mut findings, &input.code);
    let ntp = Some(text(&mut findings, "ntp", &input.ntp, None)).filter(|ntp| !ntp.is_empty());
    let cidr = network(&input.cidr);
    if cidr.is_none() {
        let shown: String = input.cidr.chars().take(50).collect();
        findings.push(Finding::new(Code::CidrInvalid, "cidr").detail(format!("It is `{shown}`.")));
    }
    let vlan = match input.vlan.trim() {
        "" => None,
        typed => {
            let vlan = typed.parse().ok().filter(|vlan| (1..=4094).contains(vlan));
            if vlan.is_none() {
                findings.push(Finding::new(Code::VlanInvalid, "vlan"));
            }
            vlan
        }
    };
    match cidr {
        Some(cidr) if findings.is_empty() => Ok((code, cidr, vlan, ntp)),
        _ => Err(Problem::blocked(findings)),
    }
}

async fn apart(tx: &mut Tx, segment: &Segment) -> Result<()> {
    let sites = site::list(tx).await?;
    let code = |id| sites.iter().find(|s| s.id == id).map_or_else(String::new, |s| s.code.clone());
    let others: Vec<_> =
        site::segments(tx).await?.into_iter().map(|segment| (segment.clone(), code(segment.site))).collect();
    let found = overlaps(segment, &others);
    if found.is_empty() { Ok(()) } else { Err(Problem::blocked(found)) }
}

fn segment_said(segment: &Segment) -> String {
    let vlan = segment.vlan.map_or_else(|| "none".to_owned(), |vlan| vlan.to_string());
    let ntp = segment.ntp.as_deref().unwrap_or("none");
    format!("{}, VLAN {vlan}, time server {ntp}", segment.cidr)
}

/// Adds a voice segment, or changes the one of this code. A changed network voids the gate: evidence from before says
/// nothing about it. VLAN and time server are a change of a layer once phones are there.
pub async fn put_segment(
    services: &Services,
    op: &Operation,
    site: &str,
    input: &SegmentInput,
    why: &str,
) -> Result<Edited> {
    authorise_at(&op.actor, Action::EditSite, site)?;
    let why = reason::within(why, 200)?;
    let (code, cidr, vlan, ntp) = read_segment(input)?;
    let mut act = Act::begin(services, op).await?;
    let site = site_of(&mut act.tx, site).await?;
    let all = site::segments(&mut act.tx).await?;
    let before = all.into_iter().find(|s| s.site == site.id && s.code == code);
    let id = before.as_ref().map_or_else(|| SegmentId(services.0.env.id()), |s| s.id);
    let after = Segment { id, site: site.id, code, cidr, vlan, ntp };
    apart(&mut act.tx, &after).await?;
    let speaks = |s: &Segment| (s.vlan, s.ntp.clone());
    let moves = before.as_ref().map(speaks) != Some(speaks(&after));
    match &before {
        Some(before) if *before == after => {
            let finding = Finding::new(Code::FormInvalid, "cidr").detail("It is so already.");
            return Err(finding.into());
        }
        Some(before) => {
            if moves && site::phones_in_segment(&mut act.tx, before.id).await? > 0 {
                alone(before.cidr == after.cidr, "cidr", "VLAN or time server")?;
                let (scope, settings) = (after.id.to_string(), settings(&after));
                drop(act);
                let asked = layers::draft_of(services, op, Level::Segment, &scope, settings, why).await?;
                return Ok(Edited::Asked(asked));
            }
            let at = newest(&mut act.tx, before.id, op.now).await?;
            site::update_segment(&mut act.tx, &after, at).await?;
        }
        None => site::insert_segment(&mut act.tx, &after).await?,
    }
    if moves {
        let scope = (Level::Segment, after.id.to_string(), format!("{}/{}", site.code, after.code));
        republish(&mut act, services, scope, settings(&after)).await?;
    }
    note(&mut act, &site, before.as_ref(), &after, why);
    act.commit().await?;
    Ok(Edited::Saved)
}

/// What the layer of a segment says because of the segment.
fn settings(segment: &Segment) -> Vec<(&'static str, Option<Value>)> {
    vec![
        ("network.vlan", segment.vlan.map(|vlan| Value::Number(i64::from(vlan)))),
        ("phone.ntp", segment.ntp.clone().map(Value::Text)),
    ]
}

fn note(act: &mut Act<'_>, site: &Site, before: Option<&Segment>, after: &Segment, why: &str) {
    act.note(Note {
        action: "segment.edit",
        subject: format!("{}/{}", site.code, after.code),
        site: Some(site.id),
        before: before.map(segment_said),
        after: Some(segment_said(after)),
        reason: why.to_owned(),
        ..Note::default()
    });
    act.bump(site.id.0);
}

/// A segment's VLAN and time server are what its layer says, whoever changed it; that voids the gate as any other change
/// of the network does.
pub(crate) async fn follow(act: &mut Act<'_>, layer: &Layer, scope: &str) -> Result<()> {
    let Ok(id) = scope.parse() else { return Ok(()) };
    let all = site::segments(&mut act.tx).await?;
    let Some(before) = all.into_iter().find(|segment| segment.id == SegmentId(id)) else { return Ok(()) };
    let Some(site) = site::by_id(&mut act.tx, before.site).await? else { return Ok(()) };
    let vlan = match said(layer, "network.vlan") {
        Some(Value::Number(vlan)) => u16::try_from(*vlan).ok(),
        _ => None,
    };
    let ntp = said(layer, "phone.ntp").and_then(Value::text);
    let after = Segment { vlan, ntp, ..before.clone() };
    if after == before {
        return Ok(());
    }
    let now = act.now;
    let at = newest(&mut act.tx, before.id, now).await?;
    site::update_segment(&mut act.tx, &after, at).await?;
    note(act, &site, Some(&before), &after, &layer.origin.change);
    Ok(())
}

/// When a segment's network changes: not before any evidence about it, even when the clock was set back.
async fn newest(tx: &mut Tx, segment: SegmentId, now: Timestamp) -> Result<Timestamp> {
    let gate = storage::gate::load(tx, segment).await?;
    let evidence = gate.evidence.iter().map(|e| e.at);
    Ok(evidence.chain(gate.sign_off.iter().map(|s| s.at)).fold(now, Timestamp::max))
}
