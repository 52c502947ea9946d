//! An exception that is asked for by a change request: what it makes of its phone's files, and its layer.

use super::Rerouted;
use crate::{
    Kind, Result, Services,
    act::{Act, Note},
    devices, layers, planning, publish,
};
use dialects::expression;
use domain::{
    Code, Finding, Mac, Timestamp,
    device::DeviceState,
    ids::LayerId,
    layer::{Layer, Locks, Origin, Release, check::among, exception::Exception, pin},
};
use storage::{
    Tx,
    change_request::Request,
    layer::{self, MadeBy, Said},
};

/// What the phone's files would be with it, and everything that speaks against it.
pub(super) async fn look(
    tx: &mut Tx,
    mut looked: Rerouted,
    change: &str,
    mac: Mac,
    exception: &Exception,
    now: Timestamp,
) -> Result<Rerouted> {
    let subject = |finding: Finding| Finding { subject: format!("{mac}: {}", finding.subject), ..finding };
    let loaded = match devices::loaded(tx, &mac.bare()).await {
        Err(problem) if problem.kind == Kind::NotFound => {
            looked.findings.push(Finding::new(Code::DeviceUnknown, mac.to_string()));
            return Ok(looked);
        }
        loaded => loaded?,
    };
    let stored = &loaded.stored;
    // Whose phone it was, may have become another's: what was asked for was this phone, at this site.
    if stored.device.id != exception.device {
        looked.findings.push(Finding::new(Code::DeviceUnknown, mac.to_string()));
    }
    if loaded.site.code != looked.change.site {
        let detail = format!("It is at {} now.", loaded.site.code);
        looked.findings.push(Finding::new(Code::DeviceUnknown, mac.to_string()).detail(detail));
    }
    if stored.device.state == DeviceState::Retired {
        looked.findings.push(Finding::new(Code::DeviceRetired, mac.to_string()));
    }
    if let Some(standing) = layer::pin(tx, exception.device).await? {
        looked.findings.push(pin::excluded(mac.to_string(), &standing.change));
    }
    looked.findings.extend(exception.check(now).into_iter().map(subject));
    let settings = exception.form.settings();
    let expressions = settings.iter().filter_map(|(path, value)| expression::check(path, value));
    looked.findings.extend(expressions.map(subject));
    let Some(current) = planning::current(tx, &loaded).await? else { return Ok(looked) };
    let draft = made(LayerId(exception.device.0), mac, change, exception);
    let mut stack = publish::stack(tx, &stored.device).await?;
    looked.findings.extend(among(&stack, &draft, None).into_iter().map(subject));
    stack.push(draft);
    let (kind, lines) = (current.revision.kind, current.revision.lines);
    let prepared = publish::prepare_on(tx, stored, kind, lines, stack).await?;
    looked.findings.extend(prepared.findings.iter().cloned().map(subject));
    let handsets = publish::handsets(&loaded.endpoints);
    looked.change.artifacts_after = prepared.digests_at_rest(stored, &handsets);
    looked.change.differences = planning::differences(&current.revision.resolution, &prepared.resolution);
    Ok(looked)
}

fn made(layer: LayerId, mac: Mac, change: &str, exception: &Exception) -> Layer {
    let (level, name) = (exception.form.level(), format!("{mac} {change}"));
    Layer {
        origin: Origin { layer, level, name, version: 1, change: change.to_owned() },
        settings: exception.form.settings(),
        locks: Locks::new(),
    }
}

/// Makes the layer, and publishes the phone's files with it in the same act.
pub(super) async fn begin(
    act: &mut Act<'_>,
    services: &Services,
    request: &Request,
    mac: Mac,
    exception: &Exception,
    approvers: &str,
) -> Result<()> {
    let (now, change) = (act.now, format!("CR-{}", request.number));
    let layer = made(LayerId(act.id()), mac, &change, exception);
    let said = Said { release: Release::FIRST, note: &request.reason, rule: None };
    let scope = format!("{}/{change}", exception.device);
    layer::publish_as(&mut act.tx, &layer, &scope, &said, now).await?;
    let by = MadeBy::Request(request.id);
    layer::except(&mut act.tx, layer.origin.layer, by, exception, &request.reason).await?;
    let stored = devices::stored(&mut act.tx, &mac.bare()).await?;
    act.note(Note {
        action: "layer_exception.begin",
        subject: change.clone(),
        site: Some(stored.device.site),
        device: Some(exception.device),
        after: Some(exception.describe()),
        reason: request.reason.clone(),
        ..Note::default()
    });
    layers::publish_one(services, act, mac, &change, Some(approvers)).await??;
    Ok(())
}
