//! Agents as rows: the candidate as declared, and what the release alone writes of the vendor's
//! side.

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{json, shape, word};
use crate::domain::agent::Agent;
use crate::domain::put::{Pause, Source};
use crate::domain::seal::Seal;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) agent: Agent,
    pub(crate) configuration_hash: String,
    pub(crate) source: Source,
    pub(crate) pause: Pause,
    pub(crate) vendor_agent_id: Option<String>,
    pub(crate) tool_id: Option<String>,
    pub(crate) released_hash: Option<String>,
    pub(crate) release_time: Option<DateTime<Utc>>,
    pub(crate) live_snapshot: Option<Value>,
    /// What the live configuration went live by; read only.
    pub(crate) seal: Option<Seal>,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    site_id: String,
    configuration: Value,
    served_categories: Value,
    configuration_hash: String,
    source: String,
    paused_by: Option<String>,
    vendor_agent_id: Option<String>,
    tool_id: Option<String>,
    released_hash: Option<String>,
    release_time: Option<DateTime<Utc>>,
    live_snapshot: Option<Value>,
    seal_hash: Option<String>,
    seal_run_id: Option<Uuid>,
    seal_version: Option<String>,
    seal_approved_by: Option<String>,
    seal_time: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Stored {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let name = row.name;
        let configuration = shape("agent", "configuration", &name, row.configuration)?;
        let served = shape("agent", "served_categories", &name, row.served_categories)?;
        let seal = row
            .seal_hash
            .zip(row.seal_time)
            .map(|(hash, release_time)| Seal {
                hash,
                run_id: row.seal_run_id,
                scenarios_version: row.seal_version.unwrap_or_default(),
                approved_by: row.seal_approved_by.unwrap_or_default(),
                release_time,
            });
        Ok(Self {
            configuration_hash: row.configuration_hash,
            source: word("agent", "source", &name, Source::from_name(&row.source))?,
            pause: super::sites::pause("agent", &name, row.paused_by)?,
            vendor_agent_id: row.vendor_agent_id,
            tool_id: row.tool_id,
            released_hash: row.released_hash,
            release_time: row.release_time,
            live_snapshot: row.live_snapshot,
            seal,
            agent: Agent {
                name,
                site_id: row.site_id,
                configuration,
                served_categories: served,
            },
        })
    }
}

/// An agent with the release that is live, which is its newest.
macro_rules! selected {
    () => {
        "SELECT agent.name, agent.site_id, agent.configuration, agent.served_categories,
                agent.configuration_hash, agent.source, agent.paused_by, agent.vendor_agent_id,
                agent.tool_id, agent.released_hash, agent.release_time, agent.live_snapshot,
                live.hash AS seal_hash, live.run_id AS seal_run_id,
                live.scenarios_version AS seal_version, live.approved_by AS seal_approved_by,
                live.release_time AS seal_time
           FROM agent LEFT JOIN agent_release live ON live.agent_name = agent.name
                AND live.number = (SELECT MAX(number) FROM agent_release
                                    WHERE agent_name = agent.name)"
    };
}

pub(crate) async fn find(tx: &mut Tx, name: &str) -> Result<Option<Stored>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        concat!(selected!(), " WHERE agent.name = $1"))
        .bind(name).fetch_optional(c).await?);
    row.map(Stored::try_from).transpose()
}

/// Agents by name, after the one named.
pub(crate) async fn page(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        concat!(selected!(), " WHERE agent.name > $1 ORDER BY agent.name LIMIT $2"))
        .bind(after).bind(limit).fetch_all(c).await?);
    rows.into_iter().map(Stored::try_from).collect()
}

/// Stores the candidate; the vendor's side is left as it stands.
pub(crate) async fn put(tx: &mut Tx, stored: &Stored) -> Result<(), StoreError> {
    let agent = &stored.agent;
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO agent (name, site_id, configuration, served_categories, voice_id,
                            configuration_hash, source, paused_by, change_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (name) DO UPDATE SET
             site_id = excluded.site_id, configuration = excluded.configuration,
             served_categories = excluded.served_categories, voice_id = excluded.voice_id,
             configuration_hash = excluded.configuration_hash, source = excluded.source,
             paused_by = excluded.paused_by, change_time = excluded.change_time")
        .bind(&agent.name).bind(&agent.site_id).bind(json(&agent.configuration))
        .bind(json(&agent.served_categories)).bind(&agent.configuration.voice_id)
        .bind(&stored.configuration_hash).bind(stored.source.name())
        .bind(stored.pause.map(Source::name)).bind(clock::now())
        .execute(c).await?.rows_affected());
    debug_assert_eq!(done, 1);
    Ok(())
}

/// Whether an agent of a site in another country speaks with this voice (R21).
pub(crate) async fn voice_is_foreign(
    tx: &mut Tx,
    voice_id: &str,
    name: &str,
    country: &str,
) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM agent JOIN site ON site.site_id = agent.site_id
                         WHERE agent.voice_id = $1 AND agent.name <> $2 AND site.country <> $3
                           AND agent.paused_by IS NULL)")
        .bind(voice_id).bind(name).bind(country).fetch_one(c).await?))
}

/// What a release wrote at the vendor and read back.
pub(crate) struct Released<'a> {
    pub(crate) name: &'a str,
    pub(crate) vendor_agent_id: &'a str,
    pub(crate) tool_id: &'a str,
    pub(crate) hash: &'a str,
    pub(crate) version_id: Option<&'a str>,
    pub(crate) snapshot: &'a Value,
    pub(crate) time: DateTime<Utc>,
}

/// Notes a release. The time stays when the hash was live before.
pub(crate) async fn released(tx: &mut Tx, released: &Released<'_>) -> Result<(), StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE agent SET vendor_agent_id = $2, tool_id = $3, vendor_version_id = $5,
                live_snapshot = $6,
                release_time = CASE WHEN released_hash = $4 THEN release_time ELSE $7 END,
                released_hash = $4
          WHERE name = $1")
        .bind(released.name).bind(released.vendor_agent_id).bind(released.tool_id)
        .bind(released.hash).bind(released.version_id).bind(released.snapshot.clone())
        .bind(released.time)
        .execute(c).await?.rows_affected());
    debug_assert_eq!(done, 1);
    Ok(())
}
