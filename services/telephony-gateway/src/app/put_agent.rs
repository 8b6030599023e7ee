//! PutAgent: stores an agent's configuration as candidate. Nothing is written at the vendor: only
//! a release does that, and only for a sealed hash (R63).

use chassis::db;
use chassis::fault::Violations;

use super::put_site::Put;
use super::{Error, Telephony};
use crate::domain::agent::Agent;
use crate::domain::configuration::Canonical;
use crate::domain::put::{self, Manner, Outcome};
use crate::store::agents::{self, Stored};
use crate::store::{configurations, sites};

/// What the Put did, and the hash that runs and releases take.
pub(crate) struct PutAgent {
    pub(crate) put: Put,
    pub(crate) hash: String,
}

pub(crate) async fn put_agent(
    telephony: &Telephony,
    agent: Agent,
    paused: bool,
    manner: Manner,
) -> Result<PutAgent, Error> {
    let mut found = Violations::new();
    agent.check(&mut found);
    let keys = [&agent.name, &agent.site_id, &agent.configuration.voice_id];
    if keys.iter().any(|key| key.contains(char::is_control)) {
        // The database below would not even look for these.
        std::mem::take(&mut found).finish()?;
    }
    let canonical = Canonical::of(&agent, &telephony.environment());
    let db = telephony.db.clone();
    let done = db::unit(async move {
        let mut tx = db.begin().await?;
        let site = sites::find(&mut tx, &agent.site_id).await?;
        if let Some(stored) = &site {
            let (site, voice) = (&stored.site, &agent.configuration.voice_id);
            agent.check_at(site, &mut found);
            if agents::voice_is_foreign(&mut tx, voice, &agent.name, &site.country).await? {
                let rule = "is a voice of this market's own; one of another country has it (R21)";
                found.add("agent.configuration.voice_id", rule);
            }
        }
        found.finish()?;
        if site.is_none() && !manner.dry_run {
            return Err(Error::refused(
                "UNKNOWN_SITE",
                "the agent's site is not known",
            ));
        }
        let before = agents::find(&mut tx, &agent.name).await?;
        let mut fields = before
            .as_ref()
            .map_or_else(Vec::new, |stored| stored.agent.changed(&agent));
        let moved = before
            .as_ref()
            .is_some_and(|b| b.configuration_hash != canonical.hash);
        if fields.is_empty() && moved {
            // The same declaration elsewhere: another URL or secret makes another tool.
            fields.push("tool");
        }
        let standing = before.as_ref().and_then(|stored| stored.pause);
        let pause = put::pause(standing, paused, manner.source);
        let pause_changes = before.is_some() && pause != standing;
        let source = before.as_ref().map(|stored| stored.source);
        let outcome = put::outcome(source, &fields, pause_changes, manner);
        if matches!(outcome, Outcome::Created | Outcome::Updated) && !manner.dry_run {
            let kept = source
                .filter(|_| fields.is_empty())
                .unwrap_or(manner.source);
            configurations::keep(&mut tx, &agent.name, &canonical).await?;
            agents::put(
                &mut tx,
                &Stored {
                    agent,
                    configuration_hash: canonical.hash.clone(),
                    source: kept,
                    pause,
                    vendor_agent_id: None,
                    tool_id: None,
                    released_hash: None,
                    release_time: None,
                    live_snapshot: None,
                    seal: None,
                },
            )
            .await?;
            tx.commit().await?;
        }
        let hash = match (outcome, before) {
            (Outcome::Conflict, Some(before)) => before.configuration_hash,
            _ => canonical.hash,
        };
        Ok(PutAgent {
            put: Put::of(outcome, fields, pause_changes),
            hash,
        })
    })
    .await?;
    telephony.refresh_directory().await;
    Ok(done)
}
