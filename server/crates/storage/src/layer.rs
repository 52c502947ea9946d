//! Layers and their immutable versions.

use crate::{Error, Tx, args::args, statements};
use domain::{
    Timestamp,
    ids::LayerId,
    layer::{Layer, Level, Origin},
};
use uuid::Uuid;

statements! {
    CURRENT = "SELECT l.layer_id, l.level, l.name, v.version, v.settings, v.locks, v.change FROM layer l JOIN layer_version v ON v.layer_id = l.layer_id WHERE l.level = $1 AND l.scope = $2 ORDER BY v.version DESC LIMIT 1";
    SETTING = "SELECT l.scope, l.layer_id, l.level, l.name, v.version, v.settings, v.locks, v.change FROM layer l JOIN layer_version v ON v.layer_id = l.layer_id WHERE v.version = (SELECT max(w.version) FROM layer_version w WHERE w.layer_id = l.layer_id) AND v.settings LIKE $1 ORDER BY l.level, l.name LIMIT 200";
    INSERT = "INSERT INTO layer (layer_id, level, scope, name) VALUES ($1, $2, $3, $4)";
    PUBLISH = "INSERT INTO layer_version (layer_id, version, settings, locks, change, published_at) VALUES ($1, $2, $3, $4, $5, $6)";
}

#[derive(sqlx::FromRow)]
pub(crate) struct LayerRow {
    layer_id: Uuid,
    level: String,
    name: String,
    version: i64,
    settings: String,
    locks: String,
    change: String,
}

impl TryFrom<LayerRow> for Layer {
    type Error = Error;
    fn try_from(row: LayerRow) -> Result<Self, Error> {
        let bad = |e: &dyn std::fmt::Display| Error::row("layer_version", row.layer_id, e);
        let origin = Origin {
            layer: LayerId(row.layer_id),
            level: Level::parse(&row.level).ok_or_else(|| bad(&row.level))?,
            name: row.name.clone(),
            version: u32::try_from(row.version).map_err(|e| bad(&e))?,
            change: row.change.clone(),
        };
        Ok(Self {
            origin,
            settings: serde_json::from_str(&row.settings).map_err(|e| bad(&e))?,
            locks: serde_json::from_str(&row.locks).map_err(|e| bad(&e))?,
        })
    }
}

/// The newest version of the layer of `level` and `scope`.
pub async fn current(tx: &mut Tx, level: Level, scope: &str) -> Result<Option<Layer>, Error> {
    tx.one::<LayerRow>(CURRENT, args![level.word(), scope]).await?.map(TryInto::try_into).transpose()
}

/// The newest versions that set `path`, each with its scope; at most 200. Reads every layer, so it is for pages alone.
pub async fn setting(tx: &mut Tx, path: &str) -> Result<Vec<(String, Layer)>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        scope: String,
        #[sqlx(flatten)]
        layer: LayerRow,
    }
    let rows = tx.all::<Row>(SETTING, args![format!("%\"{path}\"%")]).await?;
    rows.into_iter().map(|row| Ok((row.scope, row.layer.try_into()?))).collect()
}

/// Publishes a version; adds the layer when the version is the first.
pub async fn publish(tx: &mut Tx, layer: &Layer, scope: &str, now: Timestamp) -> Result<(), Error> {
    let o = &layer.origin;
    let json = |e| Error::row("layer_version", o.layer, e);
    let settings = serde_json::to_string(&layer.settings).map_err(json)?;
    let locks = serde_json::to_string(&layer.locks).map_err(json)?;
    if o.version == 1 {
        tx.run(INSERT, args![o.layer.0, o.level.word(), scope, &o.name]).await?;
    }
    tx.run(PUBLISH, args![o.layer.0, i64::from(o.version), settings, locks, &o.change, now]).await?;
    Ok(())
}
