//! Agents and scenarios as they travel to and from telephony. Every field of a configuration is
//! named, so that a new one stops the build here instead of being lost on the way.

use chrono::{DateTime, Utc};
use contracts::telephony::v1 as wire;
use prost_types::Duration;

use crate::domain::revision::{Agent, Configuration};
use crate::domain::scenario::Scenario;

pub(super) fn agent(told: wire::Agent) -> Option<Agent> {
    let wire::Agent {
        name,
        site_id,
        configuration,
        served_categories,
        configuration_hash,
        released_hash,
        vendor_agent_id: _,
        release_time,
        paused,
        seal,
    } = told;
    Some(Agent {
        name,
        site_id,
        configuration: from_configuration(configuration?),
        served_categories,
        configuration_hash,
        released_hash,
        release_time: release_time.and_then(time),
        approved_by: seal.map(|seal| seal.approved_by).unwrap_or_default(),
        paused,
    })
}

pub(super) fn to_agent(agent: &Agent) -> wire::Agent {
    wire::Agent {
        name: agent.name.clone(),
        site_id: agent.site_id.clone(),
        configuration: Some(to_configuration(agent.configuration.clone())),
        served_categories: agent.served_categories.clone(),
        paused: agent.paused,
        ..wire::Agent::default()
    }
}

fn from_configuration(told: wire::AgentConfiguration) -> Configuration {
    let wire::AgentConfiguration {
        language,
        voice_id,
        voice_name,
        llm,
        prompt,
        first_message,
        initial_wait_time,
        silence_end_call_timeout,
        max_duration,
        dispatch_fidelity,
        tts_model,
        turn_timeout,
        turn_eagerness,
        keywords,
        data_collection,
    } = told;
    Configuration {
        language,
        voice_id,
        voice_name,
        llm,
        prompt,
        first_message,
        initial_wait_ms: initial_wait_time.map(milliseconds),
        silence_end_call_ms: silence_end_call_timeout.map(milliseconds),
        max_duration_ms: max_duration.map(milliseconds),
        dispatch_fidelity,
        tts_model,
        turn_timeout_ms: turn_timeout.map(milliseconds),
        turn_eagerness,
        keywords,
        data_collection: data_collection.into_iter().collect(),
    }
}

fn to_configuration(known: Configuration) -> wire::AgentConfiguration {
    let Configuration {
        language,
        voice_id,
        voice_name,
        llm,
        prompt,
        first_message,
        initial_wait_ms,
        silence_end_call_ms,
        max_duration_ms,
        dispatch_fidelity,
        tts_model,
        turn_timeout_ms,
        turn_eagerness,
        keywords,
        data_collection,
    } = known;
    wire::AgentConfiguration {
        language,
        voice_id,
        voice_name,
        llm,
        prompt,
        first_message,
        initial_wait_time: initial_wait_ms.map(duration),
        silence_end_call_timeout: silence_end_call_ms.map(duration),
        max_duration: max_duration_ms.map(duration),
        dispatch_fidelity,
        tts_model,
        turn_timeout: turn_timeout_ms.map(duration),
        turn_eagerness,
        keywords,
        data_collection: data_collection.into_iter().collect(),
    }
}

pub(super) fn to_scenario(scenario: &Scenario) -> wire::OwnScenario {
    wire::OwnScenario {
        scenario_id: scenario.id.clone(),
        need: scenario.need.clone(),
        manner: scenario.manner.clone(),
        // The agent's own.
        language: String::new(),
        dispatch_expected: true,
        forbidden: scenario.forbidden.clone(),
        service_words: Vec::new(),
    }
}

fn time(time: prost_types::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).ok()?)
}

fn milliseconds(length: Duration) -> i64 {
    length
        .seconds
        .saturating_mul(1_000)
        .saturating_add(i64::from(length.nanos) / 1_000_000)
}

fn duration(ms: i64) -> Duration {
    let nanos = i32::try_from(ms.rem_euclid(1_000) * 1_000_000).unwrap_or(0);
    Duration {
        seconds: ms.div_euclid(1_000),
        nanos,
    }
}
