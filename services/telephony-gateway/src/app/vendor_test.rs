//! The scenarios of a run as tests at the vendor: found by name and hash, all tools mocked by id, every
//! dynamic variable filled. Without the mocks a simulation would call our real tool.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Error, Telephony};
use crate::domain::agent_configuration::VARIABLES;
use crate::domain::canonical_json::{canonical_json, sha256};
use crate::domain::case::Case;
use crate::domain::configuration::Canonical;
use crate::domain::scenarios;
use crate::provider::answer::VendorError;

/// The ids of the tests by scenario. Whether `system__*` values may be set in a test is not
/// documented: they are set first, and left out where the vendor refuses them.
pub(super) async fn ensure_tests(
    telephony: &Telephony,
    canonical: &Canonical,
    cases: &[Case],
    tool_id: &str,
) -> Result<BTreeMap<String, String>, Error> {
    match ensure_all(telephony, canonical, cases, tool_id, true).await {
        Err(error) if error.is_validation() => {
            Ok(ensure_all(telephony, canonical, cases, tool_id, false).await?)
        }
        other => Ok(other?),
    }
}

/// The same without `system__*`, for a vendor that takes them in a test but not in its run.
pub(super) async fn ensure_tests_without_system(
    telephony: &Telephony,
    canonical: &Canonical,
    cases: &[Case],
    tool_id: &str,
) -> Result<BTreeMap<String, String>, Error> {
    Ok(ensure_all(telephony, canonical, cases, tool_id, false).await?)
}

async fn ensure_all(
    telephony: &Telephony,
    canonical: &Canonical,
    cases: &[Case],
    tool_id: &str,
    with_system: bool,
) -> Result<BTreeMap<String, String>, VendorError> {
    let mut ids = BTreeMap::new();
    for case in cases {
        let mut body = test(case, canonical, tool_id, with_system);
        let hash = sha256(&canonical_json(&body));
        let name = format!("bord {} {} {}", case.id, scenarios::VERSION, &hash[..12]);
        let id = match telephony.elevenlabs.test_named(&name).await? {
            Some(id) => id,
            None => {
                body["name"] = json!(name);
                telephony.elevenlabs.create_test(&body).await?
            }
        };
        ids.insert(case.id.clone(), id);
    }
    Ok(ids)
}

fn test(case: &Case, canonical: &Canonical, tool_id: &str, with_system: bool) -> Value {
    let language = canonical.language();
    let mock = json!([{
        "parameter_conditions": [],
        "mock_result": case.mock_result(language),
        "is_error": false,
    }]);
    json!({
        "type": "simulation",
        "name": "",
        "simulation_scenario": case.persona(language),
        "success_conditions": case.success_conditions(),
        // The default of 5 is too short for a lead.
        "simulation_max_turns": 40,
        "tool_mock_config": {
            "mocking_strategy": "all",
            "fallback_strategy": "raise_error",
            "mocked_tool_ids": [tool_id],
        },
        "tool_mock_overrides": { tool_id: mock },
        "dynamic_variables": variables(language, with_system),
    })
}

/// The call_sid starts with "CA-test": the gateway refuses such traffic, should a mock ever fail.
fn variables(language: &str, with_system: bool) -> Map<String, Value> {
    let mut variables: Map<String, Value> = VARIABLES
        .iter()
        .map(|name| ((*name).to_owned(), json!("unknown")))
        .collect();
    variables.insert("call_sid".to_owned(), json!("CA-test"));
    variables.insert("caller_known".to_owned(), json!("false"));
    variables.insert("language".to_owned(), json!(language));
    if with_system {
        for (name, value) in [
            ("system__conversation_id", "conv_test"),
            ("system__agent_id", "agent_test"),
            ("system__caller_id", "unknown"),
            ("system__called_number", "unknown"),
            ("system__time_utc", "2026-11-21T09:30:00+00:00"),
            ("system__timezone", "UTC"),
        ] {
            variables.insert(name.to_owned(), json!(value));
        }
    }
    variables
}
