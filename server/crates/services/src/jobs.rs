//! What runs beside the doors: projection of the ledger, observations, probes, checkpoints, the outbox, sweeping.

use crate::{
    Result, Services, advances, change_requests, checkpoint, doubts, drift, enrolment, exceptions, feeds,
    firmware, freezes, glass, imports, layers, numbers, observations, platform, probes, replacements,
    rollouts, uploads,
};
use domain::time::{DAY, MINUTE};
use std::{io, thread, time::Duration};
use storage::{ledger, session};
use tokio::{runtime, sync::oneshot, task::JoinHandle};

/// One turn of everything that is due at least every second; returns quickly when there is nothing to do.
pub async fn tick(services: &Services) {
    if let Err(problem) = project(services).await {
        tracing::error!(error = %problem, "the ledger index could not be written");
    }
    observations::write(services).await;
    probes::write(services).await;
    if let Err(error) = services.0.store.settle().await {
        tracing::error!(%error, "the database's log could not be settled");
    }
}

/// Projects the ledger until the index has caught up.
pub async fn project(services: &Services) -> Result<()> {
    let (store, node, recent) = (&services.0.store, &services.0.node, services.0.writer.recent());
    while ledger::project(store, node, recent).await? > 0 {}
    Ok(())
}

/// Signs a checkpoint and removes what has expired; every minute.
pub async fn minute(services: &Services) {
    if let Err(problem) = checkpoint::sign(services).await {
        tracing::error!(error = %problem, "the checkpoint could not be signed");
    }
    services.0.edge.sweep().await;
    if let Err(problem) = enrolment::session::sweep(services).await {
        tracing::error!(error = %problem, "expired enrolment tokens could not be marked");
    }
    if let Err(problem) = doubts::settle(services).await {
        tracing::error!(error = %problem, "wrong proofs could not be made cases");
    }
    match change_requests::apply_due(services).await {
        Ok(0) => {}
        Ok(requests) => tracing::info!(requests, "scheduled requests were applied"),
        Err(problem) => tracing::error!(error = %problem, "scheduled requests could not be read"),
    }
    if let Err(problem) = exceptions::sweep(services).await {
        tracing::error!(error = %problem, "cases that open and close by themselves could not be written");
    }
    if let Err(problem) = replacements::sweep(services).await {
        tracing::error!(error = %problem, "replacements could not be looked after");
    }
    if let Err(problem) = advances::look_after(services).await {
        tracing::error!(error = %problem, "replacements that were approved in advance could not be read");
    }
    if let Err(problem) = numbers::lapse(services).await {
        tracing::error!(error = %problem, "ended reservations could not be marked");
    }
    if let Err(problem) = freezes::thaw(services).await {
        tracing::error!(error = %problem, "freezes could not be read");
    }
    if let Err(problem) = advances::run(services).await {
        tracing::error!(error = %problem, "standing requests could not be looked after");
    }
    if let Err(problem) = firmware::publish_moved(services).await {
        tracing::error!(error = %problem, "firmware could not be published");
    }
    match layers::expire(services).await {
        Ok(0) => {}
        Ok(exceptions) => tracing::info!(exceptions, "exceptions to the layers have ended"),
        Err(problem) => tracing::error!(error = %problem, "exceptions to the layers could not be ended"),
    }
    if let Err(problem) = drift::sweep(services).await {
        tracing::error!(error = %problem, "the board of drift could not be written");
    }
    match uploads::sweep(services).await {
        Ok(0) => {}
        Ok(devices) => tracing::info!(devices, "files of former owners were deleted"),
        Err(problem) => tracing::error!(error = %problem, "files of former owners could not be deleted"),
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

/// The jobs, running. They are stopped before the services are.
pub struct Jobs {
    shared: Vec<JoinHandle<()>>,
    /// Tells the thread to end, and says by being closed that it has.
    own: Option<(oneshot::Sender<()>, oneshot::Receiver<()>)>,
}

impl Jobs {
    /// Starts them; to be called in a runtime.
    ///
    /// What writes beside the edge has a thread with a runtime of its own where there is one writer: among the
    /// connections of a storm each of its statements would wait until dozens of them have had their turn, and the
    /// edge would wait for the last of them.
    pub fn start(services: &Services) -> io::Result<Self> {
        let others = tokio::spawn(run(services.clone()));
        if services.0.store.is_shared() {
            return Ok(Self { shared: vec![others, tokio::spawn(beside(services.clone()))], own: None });
        }
        let (stop, stopped) = oneshot::channel::<()>();
        let (running, ended) = oneshot::channel::<()>();
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let services = services.clone();
        thread::Builder::new().name("index".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    () = beside(services) => {}
                }
            });
            drop(running);
        })?;
        Ok(Self { shared: vec![others], own: Some((stop, ended)) })
    }

    /// Ends them; what one of them was writing is not written.
    pub async fn stop(self) {
        self.shared.iter().for_each(JoinHandle::abort);
        if let Some((stop, ended)) = self.own {
            drop(stop);
            ended.await.ok();
        }
    }
}

/// What writes beside the edge, until it is dropped.
async fn beside(services: Services) {
    let mut every_second = tokio::time::interval(Duration::from_secs(1));
    loop {
        every_second.tick().await;
        tick(&services).await;
    }
}

/// The others, until they are dropped.
async fn run(services: Services) {
    // What an act wanted when the server was stopped.
    roll_out(&services).await;
    publish_layers(&services).await;
    if let Err(problem) = imports::resume(&services).await {
        tracing::error!(error = %problem, "an interrupted import could not be finished");
    }
    if let Err(problem) = feeds::resume(&services).await {
        tracing::error!(error = %problem, "an interrupted feed could not be finished");
    }
    let mut every_second = tokio::time::interval(Duration::from_secs(1));
    let mut every_few_seconds = tokio::time::interval(Duration::from_secs(5));
    let mut every_minute = tokio::time::interval(Duration::from_micros(MINUTE.unsigned_abs()));
    loop {
        tokio::select! {
            _ = every_second.tick() => drain(&services).await,
            _ = every_few_seconds.tick() => turn_rollouts(&services).await,
            _ = every_minute.tick() => minute(&services).await,
            () = services.0.outbox_wake.notified() => drain(&services).await,
            () = services.0.firmware.wake.notified() => roll_out(&services).await,
            () = services.0.layers.notified() => publish_layers(&services).await,
            () = services.0.rollouts.notified() => turn_rollouts(&services).await,
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

/// Publishes what applied versions of layers have made due.
async fn publish_layers(services: &Services) {
    match layers::publish(services).await {
        Ok(0) => {}
        Ok(devices) => tracing::info!(devices, "a layer was published"),
        Err(problem) => tracing::error!(error = %problem, "a layer could not be published"),
    }
}

/// Takes rollouts on.
async fn turn_rollouts(services: &Services) {
    match rollouts::run(services).await {
        Ok(0) => {}
        Ok(commands) => tracing::info!(commands, "rollouts went on"),
        Err(problem) => tracing::error!(error = %problem, "a rollout could not go on"),
    }
}

/// Carries out what is open at call control, and gives notices.
pub async fn drain(services: &Services) {
    if let Err(problem) = glass::tell(services).await {
        tracing::error!(error = %problem, "notices could not be given");
    }
    platform::drain(services).await;
}
