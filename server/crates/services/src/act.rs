//! The frame of every use case that writes: begin, note, bump, commit. The record of an act is in the same
//! transaction as the act.

use crate::{Operation, Result, Services};
use domain::{
    Timestamp,
    ids::{DeviceId, RequestId, SiteId, UserId},
    ledger::{ActEntry, Entry},
};
use std::collections::BTreeSet;
use storage::{Tx, ledger, outbox};
use uuid::Uuid;

/// A use case that writes.
pub(crate) struct Act<'a> {
    services: &'a Services,
    /// Its transaction.
    pub(crate) tx: Tx,
    actor: Option<(UserId, String)>,
    request: RequestId,
    /// When it happens.
    pub(crate) now: Timestamp,
    entries: Vec<Entry>,
    bumps: BTreeSet<Uuid>,
    /// The last of its effects: they are carried out in the order of their ids.
    last_effect: Option<Uuid>,
}

/// What was done, as the record keeps it.
#[derive(Default)]
pub(crate) struct Note<'a> {
    /// `change_request.approve`.
    pub action: &'a str,
    /// What it was done to: `CR-7`.
    pub subject: String,
    /// The site concerned.
    pub site: Option<SiteId>,
    /// The device concerned.
    pub device: Option<DeviceId>,
    /// Before; never a secret.
    pub before: Option<String>,
    /// After; never a secret.
    pub after: Option<String>,
    /// Why, in the actor's words.
    pub reason: String,
}

impl<'a> Act<'a> {
    /// Begins an act of a person.
    pub(crate) async fn begin(services: &'a Services, op: &Operation) -> Result<Self> {
        let actor = Some((op.actor.id, op.actor.name.clone()));
        Self::open(services, actor, op.request, op.now).await
    }

    /// Begins an act of the program itself.
    pub(crate) async fn begin_program(services: &'a Services) -> Result<Self> {
        Self::open(services, None, RequestId(services.0.env.id()), services.now()).await
    }

    async fn open(
        services: &'a Services,
        actor: Option<(UserId, String)>,
        request: RequestId,
        now: Timestamp,
    ) -> Result<Self> {
        let tx = services.0.store.write().await?;
        Ok(Self {
            services,
            tx,
            actor,
            request,
            now,
            entries: vec![],
            bumps: BTreeSet::new(),
            last_effect: None,
        })
    }

    /// A new id.
    pub(crate) fn id(&self) -> Uuid {
        self.services.0.env.id()
    }

    /// Who does it, as people know them.
    pub(crate) fn by(&self) -> String {
        self.actor.as_ref().map_or_else(|| "ringfence".to_owned(), |(_, name)| name.clone())
    }

    /// Notes what is done.
    pub(crate) fn note(&mut self, note: Note<'_>) {
        self.entries.push(Entry::Act(Box::new(ActEntry {
            at: self.now,
            actor: self.actor.clone(),
            action: note.action.to_owned(),
            subject: note.subject,
            site: note.site,
            device: note.device,
            request: self.request,
            before: note.before,
            after: note.after,
            reason: note.reason,
        })));
    }

    /// Adds entries that are not acts.
    pub(crate) fn extend(&mut self, entries: impl Iterator<Item = Entry>) {
        self.entries.extend(entries);
    }

    /// A fact of this scope, which the fence reads, changes in this act.
    pub(crate) fn bump(&mut self, scope: Uuid) {
        self.bumps.insert(scope);
    }

    /// Something happens outside once this is committed.
    pub(crate) async fn effect(&mut self, kind: &str, payload: &serde_json::Value) -> Result<()> {
        let id = self.services.0.env.id();
        // Ids of one millisecond are in no order of their own.
        let id = self.last_effect.map_or(id, |last| id.max(Uuid::from_u128(last.as_u128() + 1)));
        outbox::insert(&mut self.tx, id, kind, &payload.to_string(), self.now).await?;
        self.last_effect = Some(id);
        Ok(())
    }

    /// Makes it all durable, in one order with every serve.
    pub(crate) async fn commit(mut self) -> Result<()> {
        if !self.bumps.is_empty() {
            self.tx.lock_fence().await?;
            ledger::bump(&mut self.tx, std::mem::take(&mut self.bumps)).await?;
        }
        ledger::append(&mut self.tx, &self.services.0.node, &self.entries).await?;
        self.tx.commit().await?;
        if self.last_effect.is_some() {
            self.services.0.outbox_wake.notify_one();
        }
        Ok(())
    }
}
