//! What runs beside the doors: projection of the ledger, observations, probes, checkpoints, the outbox, sweeping.

use crate::{Result, Services, checkpoint, enrolment, firmware, imports, numbers, observations, probes};
use connectors::{CallControl, Contacts};
use domain::{
    Code,
    ids::SecretId,
    time::{DAY, MINUTE},
};
use serde::Deserialize;
use std::time::Duration;
use storage::{Tx, ledger, outbox, secret, session};

/// One turn of everything that is due at least every second; returns quickly when there is nothing to do.
pub async fn tick(services: &Services) {
    if let Err(problem) = project(services).await {
        tracing::error!(error = %problem, "the ledger index could not be written");
    }
    observations::write(services).await;
    probes::write(services).await;
}

/// Projects the ledger until the index has caught up.
pub async fn project(services: &Services) -> Result<()> {
    while ledger::project(&services.0.store, &services.0.node).await? > 0 {}
    Ok(())
}

/// Signs a checkpoint and removes what has expired; every minute.
pub async fn minute(services: &Services) {
    if let Err(problem) = checkpoint::sign(services).await {
        tracing::error!(error = %problem, "the checkpoint could not be signed");
    }
    if let Err(problem) = enrolment::session::sweep(services).await {
        tracing::error!(error = %problem, "expired enrolment tokens could not be marked");
    }
    if let Err(problem) = numbers::lapse(services).await {
        tracing::error!(error = %problem, "ended reservations could not be marked");
    }
    if let Err(problem) = firmware::publish_moved(services).await {
        tracing::error!(error = %problem, "firmware could not be published");
    }
    let swept: Result<()> = async {
        let now = services.now();
        let mut tx = services.0.store.write().await?;
        session::sweep(&mut tx, now, now.plus(-DAY)).await?;
        Ok(tx.commit().await?)
    }
    .await;
    if let Err(problem) = swept {
        tracing::error!(error = %problem, "expired sessions could not be removed");
    }
}

/// Runs the jobs until the task is dropped.
pub async fn run(services: Services) {
    // What an act wanted when the server was stopped.
    roll_out(&services).await;
    if let Err(problem) = imports::resume(&services).await {
        tracing::error!(error = %problem, "an interrupted import could not be finished");
    }
    let mut every_second = tokio::time::interval(Duration::from_secs(1));
    let mut every_minute = tokio::time::interval(Duration::from_micros(MINUTE.unsigned_abs()));
    loop {
        tokio::select! {
            _ = every_second.tick() => { tick(&services).await; drain(&services).await; }
            _ = every_minute.tick() => minute(&services).await,
            () = services.0.outbox_wake.notified() => drain(&services).await,
            () = services.0.firmware.wake.notified() => roll_out(&services).await,
        }
    }
}

/// Publishes what acts about firmware have made due.
async fn roll_out(services: &Services) {
    match firmware::publish(services).await {
        Ok(0) => {}
        Ok(devices) => tracing::info!(devices, "firmware was published"),
        Err(problem) => tracing::error!(error = %problem, "firmware could not be published"),
    }
}

#[derive(Deserialize)]
struct Establish {
    user: String,
    secret: SecretId,
}

#[derive(Deserialize)]
struct Withdraw {
    user: String,
}

/// Carries out open work in order. A failure stops the turn, so that order is kept; it is tried again.
pub async fn drain(services: &Services) {
    let Some(platform) = services.0.call_control.clone() else { return };
    let work = async {
        let mut tx = services.0.store.read().await?;
        Ok::<_, crate::Problem>(outbox::open(&mut tx).await?)
    };
    let work = match work.await {
        Ok(work) => work,
        Err(problem) => return tracing::error!(error = %problem, "the outbox cannot be read"),
    };
    for item in work {
        let done = match item.kind.as_str() {
            "call_control.establish" => establish(services, &*platform, &item.payload).await,
            "call_control.withdraw" => withdraw(&*platform, &item.payload).await,
            other => Err(format!("unknown kind of work: {other}")),
        };
        let failed = done.is_err();
        if let Err(error) = &done {
            tracing::warn!(kind = item.kind, %error, attempts = item.attempts + 1, "call control did not take it");
        }
        let noted: Result<()> = async {
            let now = services.now();
            let mut tx = services.0.store.write().await?;
            match done {
                Ok(()) => outbox::done(&mut tx, item.outbox_id, now).await?,
                Err(error) => outbox::failed(&mut tx, item.outbox_id, &error).await?,
            }
            Ok(tx.commit().await?)
        }
        .await;
        if failed || noted.is_err() {
            return;
        }
    }
}

async fn establish(
    services: &Services,
    platform: &dyn CallControl,
    payload: &str,
) -> std::result::Result<(), String> {
    let work: Establish = serde_json::from_str(payload).map_err(|e| e.to_string())?;
    let read = async {
        let mut tx: Tx = services.0.store.read().await?;
        Ok::<_, crate::Problem>(secret::current(&mut tx, work.secret).await?)
    };
    let sealed = read.await.map_err(|e| e.to_string())?.ok_or(Code::SecretUnreadable.text())?.1;
    let password = services.0.keys.vault.open(work.secret, &sealed).map_err(|c| c.text().to_owned())?;
    platform.establish(&work.user, &password).await.map_err(|e| e.to_string())
}

async fn withdraw(platform: &dyn CallControl, payload: &str) -> std::result::Result<(), String> {
    let work: Withdraw = serde_json::from_str(payload).map_err(|e| e.to_string())?;
    match platform.withdraw(&work.user).await.map_err(|e| e.to_string())? {
        Contacts::Removed => {}
        // It can neither register nor call any more, but a phone that is registered may ring until that expires.
        Contacts::Left(why) => tracing::warn!(user = work.user, why, "contacts of a withdrawn line are left"),
    }
    Ok(())
}
