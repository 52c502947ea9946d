//! Sites: the overview of readiness, and one site's page.

use crate::{
    Operation, Problem, Result, Services,
    openings::{self, Board, OpeningCard},
    view::{SegmentView, SiteCard, SiteView},
};
use domain::{
    authz::{Action, authorise},
    gate::Gate,
    site::{Segment, Site},
};
use std::collections::BTreeMap;
use storage::{Tx, gate, policy, site, user};

/// Every site with its figures, gates and opening. Queries: ten, and two per segment.
pub async fn list(services: &Services, op: &Operation) -> Result<Vec<SiteCard>> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let segments = site::segments(&mut tx).await?;
    let counts: BTreeMap<_, _> = site::counts(&mut tx).await?.into_iter().collect();
    let board = Board::load(&mut tx).await?;
    let mut cards = Vec::new();
    for found in site::list(&mut tx).await? {
        let gates = gates(&mut tx, &found, &segments).await?;
        let counts = counts.get(&found.id).copied().unwrap_or_default();
        let card = card(op, found, &gates, counts);
        let opening = board.card(card.site.id, card.gates.clone(), op.now);
        cards.push(SiteCard { opening, ..card });
    }
    Ok(cards)
}

async fn gates(tx: &mut Tx, of: &Site, segments: &[Segment]) -> Result<Vec<(Segment, Gate)>> {
    let mut gates = Vec::new();
    for segment in segments.iter().filter(|s| s.site == of.id) {
        gates.push((segment.clone(), gate::load(tx, segment.id).await?));
    }
    Ok(gates)
}

fn card(op: &Operation, site: Site, gates: &[(Segment, Gate)], counts: site::Counts) -> SiteCard {
    SiteCard {
        site,
        devices: counts.devices,
        seen: counts.seen,
        bound: counts.bound,
        gates: gates.iter().map(|(s, g)| (s.code.clone(), g.status(op.now))).collect(),
        waiting: counts.waiting,
        opening: OpeningCard::default(),
    }
}

/// One site's page.
pub async fn view(services: &Services, op: &Operation, code: &str) -> Result<SiteView> {
    authorise(&op.actor, Action::Read)?;
    let mut tx = services.0.store.read().await?;
    let found = site::by_code(&mut tx, code).await?.ok_or_else(|| Problem::not_found("site"))?;
    let segments = site::segments(&mut tx).await?;
    let counts: BTreeMap<_, _> = site::counts(&mut tx).await?.into_iter().collect();
    let counts = counts.get(&found.id).copied().unwrap_or_default();
    let gates = gates(&mut tx, &found, &segments).await?;
    let names: Vec<_> =
        user::list(&mut tx).await?.into_iter().map(|u| (u.actor.id.to_string(), u.actor.name)).collect();
    let segments = gates
        .iter()
        .map(|(segment, gate)| SegmentView {
            segment: segment.clone(),
            gate: gate.clone(),
            status: gate.status(op.now),
            missing: gate.missing(op.now),
            names: names.clone(),
        })
        .collect();
    let policy = policy::of_site(&mut tx, found.id).await?;
    let opening = openings::load(&mut tx, found.clone(), op.now).await?;
    Ok(SiteView { card: card(op, found, &gates, counts), policy, segments, opening })
}
