//! Files that every phone of a vendor gets, by its source segment. They hold no secret.

use super::{Answer, Body, Request, cache, record};
use crate::{Problem, Result, Services};
use domain::{Code, fence::Serve, ledger::ServeEntry, vendor::Vendor};

/// The baseline by vendor and source segment; `file` is the name of a further one.
pub(super) async fn answer(
    services: &Services,
    request: &Request<'_>,
    vendor: Vendor,
    file: &str,
) -> Result<Answer> {
    // Twice at most: the second time with what changed in between.
    for _ in 0..2 {
        let network = cache::network(services).await?;
        let Some(common) = network.common(vendor, file, request.client) else { return Ok(Answer::NotFound) };
        let artifact = cache::artifact(services, common.digest).await?;
        let body =
            Body::spliced(&artifact, |_| None).map_err(|code| Problem::invalid(code, "common file"))?;
        let entry = ServeEntry {
            site: network.segment(request.client).map(|s| s.site),
            decision: Serve::Baseline,
            digest: Some(common.digest),
            layers: common.layers.clone(),
            bytes: body.len() as u64,
            ..record::blank(services, request)
        };
        if record::commit(services, entry, network.generation.clone()).await? {
            return Ok(Answer::File { content_type: artifact.content_type.clone(), body });
        }
        services.0.edge.forget_network().await;
    }
    Err(Problem::invalid(Code::LedgerRaced, "common file"))
}
