//! Sites, numbers and agents between wire and domain, and how a Put is meant.

use chassis::fault::Violations;
use chrono::TimeDelta;
use contracts::telephony::v1 as wire;

use super::{duration, length, timestamp};
use crate::app::put_site::Put;
use crate::domain::agent::Agent;
use crate::domain::agent_configuration::Configuration;
use crate::domain::compare::Difference;
use crate::domain::number::Number;
use crate::domain::phone::E164;
use crate::domain::put::{Manner, Outcome, Source};
use crate::domain::site::Site;
use crate::store::{agents, numbers, sites};

pub(crate) fn manner(
    source: i32,
    dry_run: bool,
    overwrite: bool,
    found: &mut Violations,
) -> Manner {
    let source = match wire::Source::try_from(source) {
        Ok(wire::Source::Catalog) => Source::Catalog,
        Ok(wire::Source::Operator) => Source::Operator,
        _ => {
            found.add("source", "is SOURCE_CATALOG or SOURCE_OPERATOR");
            Source::Operator
        }
    };
    Manner {
        source,
        dry_run,
        overwrite,
    }
}

pub(crate) fn put(put: Put) -> (i32, Vec<String>) {
    let outcome = match put.outcome {
        Outcome::Created => wire::PutOutcome::Created,
        Outcome::Updated => wire::PutOutcome::Updated,
        Outcome::Unchanged => wire::PutOutcome::Unchanged,
        Outcome::Conflict => wire::PutOutcome::Conflict,
    };
    (
        outcome.into(),
        put.fields.into_iter().map(str::to_owned).collect(),
    )
}

/// The site, and whether it is to be paused.
pub(crate) fn site(site: wire::Site) -> (Site, bool) {
    let wire::Site {
        site_id,
        url,
        country,
        languages,
        time_zone,
        disclosure,
        paused,
    } = site;
    (
        Site {
            id: site_id,
            url,
            country,
            languages,
            time_zone,
            disclosure,
        },
        paused,
    )
}

pub(crate) fn of_site(stored: sites::Stored) -> wire::Site {
    let Site {
        id,
        url,
        country,
        languages,
        time_zone,
        disclosure,
    } = stored.site;
    let paused = stored.pause.is_some();
    wire::Site {
        site_id: id,
        url,
        country,
        languages,
        time_zone,
        disclosure,
        paused,
    }
}

pub(crate) fn number(number: wire::Number, found: &mut Violations) -> Option<(Number, bool)> {
    let wire::Number {
        number_e164,
        site_id,
        country,
        chain_mobile_e164,
        chain_carrier,
        number_sid: _,
        paused,
        fallback_url,
    } = number;
    let e164 = found.check("number.number_e164", E164::parse(&number_e164));
    let chain_mobile = if chain_mobile_e164.is_empty() {
        None
    } else {
        Some(found.check("number.chain_mobile_e164", E164::parse(&chain_mobile_e164))?)
    };
    Some((
        Number {
            e164: e164?,
            site_id,
            country,
            chain_mobile,
            chain_carrier,
            fallback_url: (!fallback_url.is_empty()).then_some(fallback_url),
        },
        paused,
    ))
}

pub(crate) fn of_number(stored: numbers::Stored) -> wire::Number {
    let Number {
        e164,
        site_id,
        country,
        chain_mobile,
        chain_carrier,
        fallback_url,
    } = stored.number;
    wire::Number {
        number_e164: e164.as_str().to_owned(),
        site_id,
        country,
        chain_mobile_e164: chain_mobile
            .map_or_else(String::new, |mobile| mobile.as_str().to_owned()),
        chain_carrier,
        number_sid: stored.number_sid.unwrap_or_default(),
        paused: stored.pause.is_some(),
        fallback_url: fallback_url.unwrap_or_default(),
    }
}

pub(crate) fn agent(agent: wire::Agent, found: &mut Violations) -> Option<(Agent, bool)> {
    let wire::Agent {
        name,
        site_id,
        configuration,
        served_categories,
        configuration_hash: _,
        released_hash: _,
        vendor_agent_id: _,
        release_time: _,
        paused,
        seal: _,
    } = agent;
    let configuration = found.required("agent.configuration", configuration)?;
    let configuration = self::configuration(configuration);
    Some((
        Agent {
            name,
            site_id,
            configuration,
            served_categories,
        },
        paused,
    ))
}

fn configuration(of: wire::AgentConfiguration) -> Configuration {
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
    } = of;
    Configuration {
        language,
        voice_id,
        voice_name,
        llm,
        prompt,
        first_message,
        initial_wait_ms: millis(initial_wait_time),
        silence_end_call_ms: millis(silence_end_call_timeout),
        max_duration_ms: millis(max_duration),
        dispatch_fidelity,
        tts_model,
        turn_timeout_ms: millis(turn_timeout),
        turn_eagerness,
        keywords,
        data_collection: data_collection.into_iter().collect(),
    }
}

pub(crate) fn of_agent(stored: agents::Stored) -> wire::Agent {
    let Agent {
        name,
        site_id,
        configuration,
        served_categories,
    } = stored.agent;
    let of = configuration;
    let configuration = wire::AgentConfiguration {
        language: of.language,
        voice_id: of.voice_id,
        voice_name: of.voice_name,
        llm: of.llm,
        prompt: of.prompt,
        first_message: of.first_message,
        initial_wait_time: Some(of_millis(of.initial_wait_ms)),
        silence_end_call_timeout: Some(of_millis(of.silence_end_call_ms)),
        max_duration: Some(of_millis(of.max_duration_ms)),
        dispatch_fidelity: of.dispatch_fidelity,
        tts_model: of.tts_model,
        turn_timeout: (of.turn_timeout_ms != 0).then(|| of_millis(of.turn_timeout_ms)),
        turn_eagerness: of.turn_eagerness,
        keywords: of.keywords,
        data_collection: of.data_collection.into_iter().collect(),
    };
    wire::Agent {
        name,
        site_id,
        configuration: Some(configuration),
        served_categories,
        configuration_hash: stored.configuration_hash,
        released_hash: stored.released_hash.unwrap_or_default(),
        vendor_agent_id: stored.vendor_agent_id.unwrap_or_default(),
        release_time: stored.release_time.map(timestamp),
        paused: stored.pause.is_some(),
        seal: stored.seal.map(super::seal::of_seal),
    }
}

pub(crate) fn of_difference(difference: Difference) -> wire::Drift {
    let Difference { path, wanted, live } = difference;
    wire::Drift {
        path,
        released: wanted,
        live,
    }
}

fn millis(duration: Option<prost_types::Duration>) -> i64 {
    let length = duration.and_then(length).unwrap_or_default();
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

fn of_millis(ms: i64) -> prost_types::Duration {
    let delta = TimeDelta::try_milliseconds(ms).unwrap_or_default();
    duration(delta.to_std().unwrap_or_default())
}
