//! Findings about agents that no call tells of: an edit at the vendor, a model that went or was
//! replaced, a webhook that is off (B5).

use chassis::clock;

use super::{Prompts, Refusal, short};
use crate::domain::flag::{Finding, Kind, Owner};
use crate::domain::revision::{Drift, Model};
use crate::store::flags;

/// Paths that a finding names.
const MOST_PATHS: usize = 8;

impl Prompts {
    /// Compares what stands at the vendor with what was released. Nothing for an agent that never
    /// was.
    pub async fn check_drift(&self, agent_name: &str) -> Result<Option<Finding>, Refusal> {
        let agent = self.agent(agent_name).await?;
        if agent.released_hash.is_empty() {
            return Ok(None);
        }
        let drifts = self.agents.compare(agent_name).await?;
        Ok(drift(agent_name, &agent.released_hash, &drifts))
    }

    /// Looks at the account at the agents' platform, and switches on what can be.
    pub async fn check_vendor(&self) -> Result<Vec<Finding>, Refusal> {
        let account = self.agents.repair_account().await?;
        for repair in &account.repairs {
            tracing::info!(repair, "mended at the agents' platform");
        }
        let mut found = Vec::new();
        let webhook_off =
            |subject: &str, text: String| Finding::new(Kind::WebhookOff, subject, "", text);
        if account.webhooks.is_empty() {
            let text = "No webhook tells us of conversations that ended; polling finds them later. \
                        Attach the post-call webhook at ElevenLabs.";
            found.push(webhook_off("elevenlabs", text.to_owned()));
        }
        for webhook in account.webhooks.iter().filter(|webhook| webhook.is_off) {
            let text = format!(
                "The post-call webhook is switched off at ElevenLabs (last failure {}); polling \
                 finds conversations meanwhile. Switch it on again.",
                webhook.last_failure_code
            );
            found.push(webhook_off(&webhook.id, text));
        }
        let mut tx = self.db.read().await?;
        for finding in account.models.iter().flat_map(models) {
            // A model stays deprecated: the operator is told once.
            let told = flags::find(&mut tx, finding.id()).await?;
            if told.is_none_or(|flag| flag.state != "resolved") {
                found.push(finding);
            }
        }
        Ok(found)
    }
}

/// The finding that something else stands at the vendor than was sealed. It names paths, never what
/// stands there.
pub(super) fn drift(agent_name: &str, released_hash: &str, drifts: &[Drift]) -> Option<Finding> {
    if drifts.is_empty() {
        return None;
    }
    let mut paths: Vec<&str> = drifts.iter().map(|drift| drift.path.as_str()).collect();
    let more = paths.len().saturating_sub(MOST_PATHS);
    paths.truncate(MOST_PATHS);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let text = format!(
        "What stands at the vendor is not what was sealed as {}: {}{more}. It is put back through \
         the gate; to keep the edit, adopt it by a proposal.",
        short(released_hash),
        paths.join(", ")
    );
    let day = clock::now().format("%Y-%m-%d");
    let slot = format!("{released_hash}:{day}");
    Some(Finding {
        owner: Owner::Machine,
        ..Finding::new(Kind::Drift, agent_name, &slot, text).of_agent(agent_name)
    })
}

fn models(model: &Model) -> Vec<Finding> {
    let mut found = Vec::new();
    let instead = match model.replacement.as_str() {
        "" => String::new(),
        other => format!("; {other} answers in its place"),
    };
    if model.deprecated || !model.listed {
        let text = format!(
            "{} is deprecated or no longer listed at ElevenLabs{instead}. Choose another model \
             through the gate.",
            model.llm
        );
        found.push(Finding::new(
            Kind::ModelDeprecated,
            &model.llm,
            &model.replacement,
            text,
        ));
    }
    if model.fallback_percent > 0 {
        let text = format!(
            "Another model answers {} percent of what {} should{instead} (R22).",
            model.fallback_percent, model.llm
        );
        found.push(Finding::new(
            Kind::ModelSubstituted,
            &model.llm,
            "fallback",
            text,
        ));
    }
    found
}
