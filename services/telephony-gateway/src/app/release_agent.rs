//! ReleaseAgentPrompt: the only writer of agents at the vendor. It refuses whatever its own records
//! do not seal: passing runs of the three mandatory scenarios, in their present version, for exactly
//! this hash, whoever asks and the first release included (R63), and no own scenario that failed when
//! it was last tried with it (D14). What was live before keeps its seal, so that one step rolls back.

use std::sync::Arc;

use chassis::clock;
use chassis::db::{self, StoreError};
use serde_json::{Value, json};
use uuid::Uuid;

use super::errand::{Errand, alone};
use super::vendor_agent::{self, differs};
use super::{Error, Telephony};
use crate::domain::compare;
use crate::domain::configuration::Canonical;
use crate::domain::{scenarios, seal};
use crate::store::{self, agents, releases};

pub(crate) struct Release {
    pub(crate) agent: agents::Stored,
    pub(crate) changed: bool,
}

pub(crate) async fn release_agent(
    telephony: &Arc<Telephony>,
    name: String,
    hash: String,
    approved_by: String,
) -> Result<Release, Error> {
    let this = Arc::clone(telephony);
    // A release that nobody waits for any more is still read back and noted.
    let work = telephony.beyond_request(async move {
        let sealed = sealed(&this, &name, &hash, approved_by).await?;
        let releasing = Box::pin(release(&this, &sealed));
        alone(&this, Errand::Agents, releasing).await
    });
    work.await.unwrap_or(Err(Error::Stopped))
}

/// A configuration that may go live, and by what.
struct Sealed {
    agent: agents::Stored,
    canonical: Canonical,
    run_id: Uuid,
    approved_by: String,
}

/// The agent and the configuration under the hash, if a seal lets it go live.
async fn sealed(
    telephony: &Telephony,
    name: &str,
    hash: &str,
    approved_by: String,
) -> Result<Sealed, Error> {
    let mut tx = telephony.db.read().await?;
    let agent = agents::find(&mut tx, name)
        .await?
        .ok_or(Error::NotFound("UNKNOWN_AGENT"))?;
    let text = store::configurations::find(&mut tx, name, hash).await?;
    let text = text.ok_or(Error::NotFound("UNKNOWN_CONFIGURATION"))?;
    let missing = |text: &'static str| {
        metrics::counter!("telephony_releases_refused_total").increment(1);
        Error::refused("SEAL_MISSING", text)
    };
    let run = store::runs::sealing(&mut tx, name, hash, scenarios::VERSION).await?;
    let run_id = run.ok_or_else(|| {
        missing("no passing run of the three mandatory scenarios is on record for this hash")
    })?;
    let verdicts = store::runs::verdicts(&mut tx, name, hash).await?;
    if seal::failing_own(&verdicts).is_some() && !releases::was_live(&mut tx, name, hash).await? {
        return Err(missing(
            "one of the agent's own scenarios failed when it was last tried with this hash",
        ));
    }
    // What was sealed is what is written; a row that was changed by hand is neither.
    let canonical = Canonical::stored(&text, hash)
        .map_err(|_| missing("the stored configuration is not the one that was sealed"))?;
    Ok(Sealed {
        agent,
        canonical,
        run_id,
        approved_by,
    })
}

async fn release(telephony: &Telephony, sealed: &Sealed) -> Result<Release, Error> {
    let Sealed {
        agent: stored,
        canonical,
        ..
    } = sealed;
    let name = &stored.agent.name;
    let vendor = &telephony.elevenlabs;
    let tool_id = vendor_agent::ensure_tool(telephony, canonical).await?;
    let mut wanted = canonical.agent_body(&tool_id);
    wanted["name"] = json!(name);
    let mut known = match &stored.vendor_agent_id {
        // It may have been removed by hand; the name then tells whether another stands for it.
        Some(id) => vendor.agent(id).await?.map(|live| (id.clone(), live)),
        None => None,
    };
    if known.is_none()
        && let Some(id) = vendor_agent::agent_named(telephony, name).await?
    {
        known = vendor.agent(&id).await?.map(|live| (id, live));
    }
    let (id, changed) = match known {
        Some((id, live)) if compare::differences(&wanted, &live).is_empty() => (id, false),
        Some((id, _)) => {
            let mut body = wanted.clone();
            body["version_description"] = json!(format!("bord {}", canonical.hash));
            vendor.update_agent(&id, &body).await?;
            (id, true)
        }
        None => (vendor.create_agent(&wanted).await?, true),
    };
    let live = vendor.agent(&id).await?.unwrap_or_default();
    let differences = compare::differences(&wanted, &live);
    if !differences.is_empty() {
        metrics::counter!("telephony_read_back_differs_total").increment(1);
        return Err(differs("agent", &differences));
    }
    let was = stored.released_hash.as_deref();
    note(telephony, sealed, &id, &tool_id, &live).await?;
    telephony.refresh_directory().await;
    metrics::counter!("telephony_releases_total").increment(1);
    let agent = super::read::agent(telephony, name).await?;
    Ok(Release {
        agent,
        changed: changed || was != Some(canonical.hash.as_str()),
    })
}

async fn note(
    telephony: &Telephony,
    sealed: &Sealed,
    id: &str,
    tool_id: &str,
    live: &Value,
) -> Result<(), StoreError> {
    let db = telephony.db.clone();
    let (name, id, tool_id) = (
        sealed.agent.agent.name.clone(),
        id.to_owned(),
        tool_id.to_owned(),
    );
    let (hash, snapshot) = (sealed.canonical.hash.clone(), snapshot(live));
    let (run_id, approved_by) = (sealed.run_id, sealed.approved_by.clone());
    let version = live["version_id"].as_str().map(str::to_owned);
    db::unit(async move {
        let mut tx = db.begin().await?;
        let released = agents::Released {
            name: &name,
            vendor_agent_id: &id,
            tool_id: &tool_id,
            hash: &hash,
            version_id: version.as_deref(),
            snapshot: &snapshot,
            time: clock::now(),
        };
        // Before the agent's row says that it is live.
        releases::add(&mut tx, &released, run_id, scenarios::VERSION, &approved_by).await?;
        agents::released(&mut tx, &released).await?;
        tx.commit().await
    })
    .await
}

/// What later comparisons take vendor defaults from.
fn snapshot(live: &Value) -> Value {
    json!({
        "conversation_config": live["conversation_config"],
        "platform_settings": live["platform_settings"],
    })
}
