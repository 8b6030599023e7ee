//! Tool, secret and agents at the vendor: found by name (the tool by name and hash) before they are
//! created, since there is no idempotency key. A tool that exists is never changed.

use chassis::fault::Violation;
use serde_json::{Value, json};

use super::{Error, Telephony};
use crate::domain::compare::{self, Difference};
use crate::domain::configuration::{self, Canonical};
use crate::domain::site::BENCH;
use crate::domain::vendor_fields::TOOL_NAME;

/// The id of the configuration's tool, which is created where none of its name and hash exists.
pub(super) async fn ensure_tool(
    telephony: &Telephony,
    canonical: &Canonical,
) -> Result<String, Error> {
    let vendor = &telephony.elevenlabs;
    let secret_id = ensure_secret(telephony, canonical.tool_secret_name()).await?;
    let wanted = canonical.tool_body(&secret_id);
    let mark = canonical.tool_mark();
    let mut known: Vec<(String, Value)> = vendor
        .tools_named(TOOL_NAME)
        .await?
        .into_iter()
        .filter(|(_, config)| {
            config["description"]
                .as_str()
                .is_some_and(|d| d.ends_with(&mark))
        })
        .collect();
    // Two of the same hash can stand only after a creation whose answer was lost.
    known.sort_by(|one, other| one.0.cmp(&other.0));
    let (id, standing) = match known.into_iter().next() {
        Some(found) => found,
        None => {
            let id = vendor.create_tool(&wanted).await?;
            let standing = vendor.tool(&id).await?.unwrap_or_default();
            (id, standing)
        }
    };
    let differences = compare::differences(&wanted, &standing);
    if differences.is_empty() {
        Ok(id)
    } else {
        Err(differs("tool", &differences))
    }
}

async fn ensure_secret(telephony: &Telephony, name: &str) -> Result<String, Error> {
    let vendor = &telephony.elevenlabs;
    if let Some(id) = vendor.secret_named(name).await? {
        return Ok(id);
    }
    if name != configuration::secret_name(telephony.tool_secret.expose()) {
        let text = "the tool's secret is neither at the vendor nor the one that is configured here";
        return Err(Error::refused("TOOL_SECRET_UNKNOWN", text));
    }
    Ok(vendor.create_secret(name, &telephony.tool_secret).await?)
}

/// The bench agent, the only one that is created without a seal: it has no number, no tool and no
/// prompt of its own, and each run brings a candidate's whole configuration along.
pub(super) async fn ensure_bench(telephony: &Telephony) -> Result<String, Error> {
    if let Some(id) = agent_named(telephony, BENCH).await? {
        return Ok(id);
    }
    let body = json!({
        "name": BENCH,
        "conversation_config": {
            "agent": { "first_message": "", "language": "en", "prompt": {
                "prompt": "This agent serves tests only. Say so and end the call.",
                "llm": "gpt-4o-mini",
                "tool_ids": [],
            } },
            "conversation": { "max_duration_seconds": 60 },
        },
        "platform_settings": { "call_limits": { "daily_limit": 1 } },
    });
    Ok(telephony.elevenlabs.create_agent(&body).await?)
}

/// The vendor's id of the agent of this name; two of one name are for a person to sort out.
pub(super) async fn agent_named(
    telephony: &Telephony,
    name: &str,
) -> Result<Option<String>, Error> {
    let mut ids = telephony.elevenlabs.agents_named(name).await?;
    if ids.len() > 1 {
        let text = "several agents of this name stand at the vendor; remove all but one";
        return Err(Error::refused("VENDOR_AGENT_AMBIGUOUS", text));
    }
    Ok(ids.pop())
}

/// READ_BACK_DIFFERS with every field that the vendor did not take.
pub(super) fn differs(prefix: &str, differences: &[Difference]) -> Error {
    let fields = differences
        .iter()
        .map(|difference| Violation {
            field: format!("{prefix}.{}", difference.path),
            rule: "stands differently at the vendor than it was written".to_owned(),
        })
        .collect();
    let text = "the vendor did not take every field";
    Error::Refused {
        reason: "READ_BACK_DIFFERS",
        text,
        fields,
    }
}
