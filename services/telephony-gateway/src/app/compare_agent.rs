//! CompareAgent: what stands at the vendor against what was released, field by field. A default of
//! the vendor's that moved is shown, but is no drift.

use serde_json::{Value, json};

use super::{Error, Telephony};
use crate::domain::compare::{self, Difference};
use crate::domain::configuration::Canonical;
use crate::store::{self, agents};

#[derive(Default)]
pub(crate) struct Comparison {
    pub(crate) drifts: Vec<Difference>,
    pub(crate) moved_defaults: Vec<Difference>,
}

pub(crate) async fn compare_agent(telephony: &Telephony, name: &str) -> Result<Comparison, Error> {
    let (stored, canonical) = released(telephony, name).await?;
    let (Some(id), Some(tool_id)) = (&stored.vendor_agent_id, &stored.tool_id) else {
        return Err(not_released());
    };
    let mut wanted = canonical.agent_body(tool_id);
    wanted["name"] = json!(name);
    let Some(live) = telephony.elevenlabs.agent(id).await? else {
        let gone = Difference {
            path: "agent_id".to_owned(),
            wanted: json!(id).to_string(),
            live: Value::Null.to_string(),
        };
        return Ok(Comparison {
            drifts: vec![gone],
            moved_defaults: Vec::new(),
        });
    };
    let mut drifts = compare::differences(&wanted, &live);
    drifts.extend(tool_drift(telephony, &canonical, tool_id).await?);
    let now = json!({
        "conversation_config": live["conversation_config"],
        "platform_settings": live["platform_settings"],
    });
    let before = stored.live_snapshot.unwrap_or_else(|| now.clone());
    let moved_defaults = compare::moved(&wanted, &before, &now);
    Ok(Comparison {
        drifts,
        moved_defaults,
    })
}

async fn released(telephony: &Telephony, name: &str) -> Result<(agents::Stored, Canonical), Error> {
    let mut tx = telephony.db.read().await?;
    let stored = agents::find(&mut tx, name)
        .await?
        .ok_or(Error::NotFound("UNKNOWN_AGENT"))?;
    let hash = stored.released_hash.clone().ok_or_else(not_released)?;
    let text = store::configurations::find(&mut tx, name, &hash).await?;
    let text = text.ok_or(Error::NotFound("UNKNOWN_CONFIGURATION"))?;
    let canonical = Canonical::stored(&text, &hash).map_err(|_| {
        Error::refused(
            "CONFIGURATION_CHANGED",
            "the stored configuration was changed",
        )
    })?;
    Ok((stored, canonical))
}

fn not_released() -> Error {
    Error::refused("NOT_RELEASED", "the agent was never released")
}

async fn tool_drift(
    telephony: &Telephony,
    canonical: &Canonical,
    tool_id: &str,
) -> Result<Vec<Difference>, Error> {
    let secret = telephony
        .elevenlabs
        .secret_named(canonical.tool_secret_name())
        .await?;
    let wanted = canonical.tool_body(secret.as_deref().unwrap_or_default());
    let live = telephony
        .elevenlabs
        .tool(tool_id)
        .await?
        .unwrap_or_default();
    let found = compare::differences(&wanted, &live).into_iter();
    Ok(found
        .map(|d| Difference {
            path: format!("tool.{}", d.path),
            ..d
        })
        .collect())
}
