//! What each site demands.

use crate::{Error, Tx, args::args, statements};
use domain::{
    ids::SiteId,
    policy::{Policy, Treatment},
    proof::Strength,
};
use std::collections::BTreeMap;
use uuid::Uuid;

statements! {
    OF_SITE = "SELECT demand, low, high, wan FROM site_policy WHERE site_id = $1";
    ALL = "SELECT site_id, demand, low, high, wan FROM site_policy";
    SET = "INSERT INTO site_policy (site_id, demand, low, high, wan) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (site_id) DO UPDATE SET demand = excluded.demand, low = excluded.low, high = excluded.high, wan = excluded.wan";
}

/// The policy of a site; the defaults where none was set.
pub async fn of_site(tx: &mut Tx, site: SiteId) -> Result<Policy, Error> {
    let Some((demand, low, high, wan)) =
        tx.one::<(String, String, String, String)>(OF_SITE, args![site.0]).await?
    else {
        return Ok(Policy::default());
    };
    read(site, [&demand, &low, &high, &wan])
}

fn read(site: SiteId, [demand, low, high, wan]: [&str; 4]) -> Result<Policy, Error> {
    let bad = |what: &str| Error::row("site_policy", site, what);
    Ok(Policy {
        demand: Strength::parse_demand(demand).ok_or_else(|| bad("demand"))?,
        low: Treatment::parse(low).ok_or_else(|| bad("low"))?,
        high: Treatment::parse(high).ok_or_else(|| bad("high"))?,
        wan: serde_json::from_str(wan).map_err(|e| Error::row("site_policy", site, e))?,
    })
}

/// The policies of all sites where one was set.
pub async fn all(tx: &mut Tx) -> Result<BTreeMap<SiteId, Policy>, Error> {
    let rows = tx.all::<(Uuid, String, String, String, String)>(ALL, vec![]).await?;
    let policy = |(site, demand, low, high, wan): (Uuid, String, String, String, String)| {
        Ok((SiteId(site), read(SiteId(site), [&demand, &low, &high, &wan])?))
    };
    rows.into_iter().map(policy).collect()
}

/// Sets the policy of a site.
pub async fn set(tx: &mut Tx, site: SiteId, policy: &Policy) -> Result<(), Error> {
    let wan = serde_json::to_string(&policy.wan).map_err(|e| Error::row("site_policy", site, e))?;
    let args = args![site.0, policy.demand.word(), policy.low.word(), policy.high.word(), wan];
    tx.run(SET, args).await?;
    Ok(())
}
