//! ProposePrompt: makes a candidate. Nothing goes live (R62, B5).

use chassis::db;
use chassis::{clock, ids, telemetry};
use serde_json::Value;
use uuid::Uuid;

use super::{Prompts, Refusal, Shown, brakes};
use crate::domain::clause::{Rule, strengthen};
use crate::domain::revision::{Agent, Configuration, Drift, Origin, Revision};
use crate::store::{flags, revisions};

/// What a candidate is to be made of.
#[derive(Debug, Clone)]
pub enum Basis {
    Clauses {
        rules: Vec<Rule>,
        flag_ids: Vec<Uuid>,
    },
    Revision(Uuid),
    AdoptLive,
    Prompt(String),
}

#[derive(Debug, Clone)]
pub struct Proposal {
    pub agent_name: String,
    pub actor: String,
    pub cause: String,
    pub basis: Basis,
}

impl Prompts {
    pub async fn propose(&self, proposal: Proposal) -> Result<Shown, Refusal> {
        let agent = self.agent(&proposal.agent_name).await?;
        if self.candidate_stands(&agent.name).await? {
            return Err(Refusal::CandidateStands);
        }
        let (mut wanted, clauses, flag_ids) = self.wanted(&agent, proposal.basis).await?;
        self.check_length(&wanted).await?;
        wanted.configuration_hash = self.agents.put(&wanted, true).await?;
        let stands = &wanted.configuration_hash;
        if *stands == agent.released_hash
            || agent.released_hash.is_empty() && *stands == agent.configuration_hash
        {
            return Err(Refusal::NothingChanged);
        }
        let mut revision =
            Revision::candidate(ids::random(), &wanted, Origin::Operator, clock::now());
        let (cause, actor) = (proposal.cause.trim(), &proposal.actor);
        revision.cause = match cause {
            "" => format!("proposed by {actor}"),
            cause => format!("{cause} (proposed by {actor})"),
        };
        revision.clauses = clauses;
        revision.traceparent = telemetry::current_traceparent();
        self.points.pass("quality.before_propose").await?;
        self.store(&revision, flag_ids).await?;
        self.points.pass("quality.after_propose").await?;
        if let Err(error) = self.agents.put(&wanted, false).await {
            // The evaluation stores it again before it asks for a run.
            tracing::warn!(%error, "a candidate is not yet stored at telephony");
        }
        self.show(revision).await
    }

    async fn store(&self, revision: &Revision, flag_ids: Vec<Uuid>) -> Result<(), Refusal> {
        let (db, revision) = (self.db.clone(), revision.clone());
        db::unit(async move {
            let mut tx = db.begin().await?;
            let (name, now) = (&revision.agent_name, clock::now());
            revisions::overtake(&mut tx, name, now, brakes::idle_since(now)).await?;
            if !revisions::insert(&mut tx, &revision).await? {
                return Err(Refusal::CandidateStands);
            }
            for id in flag_ids {
                flags::mending(&mut tx, id, revision.id).await?;
            }
            tx.commit().await?;
            Ok(())
        })
        .await
    }

    /// The agent as it is to be, the clauses that were raised, and the flags that it mends.
    async fn wanted(
        &self,
        agent: &Agent,
        basis: Basis,
    ) -> Result<(Agent, Vec<String>, Vec<Uuid>), Refusal> {
        match basis {
            Basis::Clauses { rules, flag_ids } => {
                let mut wanted = self.standing(agent).await?;
                let configuration = &mut wanted.configuration;
                let patch = strengthen(&configuration.prompt, &configuration.language, &rules)
                    .ok_or(Refusal::FullStrength)?;
                configuration.prompt = patch.prompt;
                Ok((wanted, patch.clauses, flag_ids))
            }
            Basis::Prompt(prompt) => {
                let mut wanted = self.standing(agent).await?;
                wanted.configuration.prompt = prompt;
                Ok((wanted, Vec::new(), Vec::new()))
            }
            Basis::Revision(id) => {
                let earlier = self.find(id).await?;
                if earlier.agent_name != agent.name {
                    return Err(Refusal::UnknownRevision);
                }
                let wanted = as_it_was(agent, &earlier).ok_or(Refusal::LiveUnknown)?;
                Ok((wanted, Vec::new(), Vec::new()))
            }
            Basis::AdoptLive => {
                let drifts = self.agents.compare(&agent.name).await?;
                if drifts.is_empty() {
                    return Err(Refusal::NothingChanged);
                }
                let mut wanted = self.standing(agent).await?;
                adopt(&mut wanted.configuration, &drifts)?;
                Ok((wanted, Vec::new(), Vec::new()))
            }
        }
    }

    /// The agent as it was released; before the first release, as it is declared.
    pub(super) async fn standing(&self, agent: &Agent) -> Result<Agent, Refusal> {
        if agent.released_hash.is_empty() || agent.released_hash == agent.configuration_hash {
            return Ok(agent.clone());
        }
        let live = revisions::live(&mut self.db.read().await?, &agent.name).await?;
        let live = live.ok_or(Refusal::LiveUnknown)?;
        as_it_was(agent, &live).ok_or(Refusal::LiveUnknown)
    }
}

fn as_it_was(agent: &Agent, revision: &Revision) -> Option<Agent> {
    Some(Agent {
        configuration: revision.configuration.clone()?,
        site_id: revision.site_id.clone(),
        served_categories: revision.served_categories.clone(),
        configuration_hash: revision.configuration_hash.clone(),
        ..agent.clone()
    })
}

/// Takes over what stands at the vendor, where it is a field that a configuration declares.
fn adopt(into: &mut Configuration, drifts: &[Drift]) -> Result<(), Refusal> {
    let mut foreign = Vec::new();
    for drift in drifts {
        let live: Value = serde_json::from_str(&drift.live).unwrap_or_default();
        if !adopt_one(into, &drift.path, &live) {
            foreign.push(drift.path.as_str());
        }
    }
    if foreign.is_empty() {
        return Ok(());
    }
    Err(Refusal::NotAdoptable(foreign.join(", ")))
}

fn adopt_one(into: &mut Configuration, path: &str, live: &Value) -> bool {
    let Some(path) = path.strip_prefix("conversation_config.") else {
        return false;
    };
    let text = live.as_str().map(str::to_owned);
    // The vendor counts in seconds, whole or broken.
    let milliseconds = || {
        let seconds = std::time::Duration::try_from_secs_f64(live.as_f64()?).ok()?;
        i64::try_from(seconds.as_millis()).ok()
    };
    let place = match path {
        "agent.language" => &mut into.language,
        "agent.first_message" => &mut into.first_message,
        "agent.prompt.prompt" => &mut into.prompt,
        "agent.prompt.llm" => &mut into.llm,
        "turn.turn_eagerness" => &mut into.turn_eagerness,
        "tts.voice_id" => &mut into.voice_id,
        "tts.model_id" => &mut into.tts_model,
        "asr.keywords" => {
            let keywords = serde_json::from_value(live.clone());
            return keywords.map(|keywords| into.keywords = keywords).is_ok();
        }
        _ => {
            let place = match path {
                "turn.turn_timeout" => &mut into.turn_timeout_ms,
                "turn.initial_wait_time" => &mut into.initial_wait_ms,
                "turn.silence_end_call_timeout" => &mut into.silence_end_call_ms,
                "conversation.max_duration_seconds" => &mut into.max_duration_ms,
                _ => return false,
            };
            return milliseconds().map(|ms| *place = Some(ms)).is_some();
        }
    };
    text.map(|text| *place = text).is_some()
}
