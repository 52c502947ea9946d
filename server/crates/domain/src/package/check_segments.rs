//! Voice segments: networks without host bits that overlap no other.

use super::{
    Kind, SegmentRow,
    cells::{At, Row, Standing},
    checker::Checker,
    span::{self, Span},
};
use crate::{Code, site::network};
use ipnet::IpNet;
use std::net::IpAddr;

/// Checks one row.
pub(super) fn check<'a>(checker: &mut Checker<'a>, row: &mut Row<'a>) {
    let (site, _) = checker.site(row);
    let segment = row.required("segment");
    let cidr = row.parsed("cidr", Code::CidrInvalid, network);
    let vlan = row.optional("vlan", Code::VlanInvalid, vlan);
    let ntp = row.cell("ntp");
    let (Some(site), Some(segment)) = (site, segment) else {
        checker.unread.insert(Kind::Segments);
        return;
    };
    if !row.first(&mut checker.seen.segments, (site, segment), "segment", Code::RowDuplicate) {
        return;
    }
    let existing = checker.existing.segments.get(&(site.to_owned(), segment.to_owned()));
    if let (Some(cidr), None) = (cidr, existing) {
        checker.spans.push(span(cidr, site, segment, Some(row.at)));
    }
    let (Some(cidr), Ok(vlan), Some(ntp)) = (cidr, vlan, ntp) else { return };
    let ntp = (!ntp.is_empty()).then(|| ntp.to_owned());
    let new = SegmentRow { site: site.to_owned(), segment: segment.to_owned(), cidr, vlan, ntp };
    match row.compare(existing, &new) {
        Standing::New => checker.package.segments.push(new),
        Standing::Unchanged => checker.package.unchanged += 1,
        Standing::Conflict => {}
    }
}

/// Reports networks that overlap, once all rows are known.
pub(super) fn overlaps(checker: &mut Checker<'_>) {
    let mut spans = std::mem::take(&mut checker.spans);
    spans.extend(checker.existing.segments.values().map(|s| span(s.cidr, &s.site, &s.segment, None)));
    for (span, other) in span::overlaps(&mut spans) {
        if let Some(at) = span.at {
            checker.report(at, "cidr", Code::CidrOverlap, format!("It overlaps {}.", other.label));
        }
    }
}

fn vlan(text: &str) -> Option<u16> {
    text.parse().ok().filter(|vlan| (1..=4094).contains(vlan))
}

fn span<'a>(cidr: IpNet, site: &'a str, segment: &str, at: Option<At<'a>>) -> Span<'a> {
    let value = |address| match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    };
    Span {
        group: (u8::from(cidr.addr().is_ipv6()), 0),
        first: value(cidr.network()),
        last: value(cidr.broadcast()),
        site,
        label: format!("`{cidr}`, segment `{segment}` of site `{site}`"),
        at,
    }
}
