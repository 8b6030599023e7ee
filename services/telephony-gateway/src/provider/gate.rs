//! ElevenLabs' test runner, on which candidates are tried: tests, runs with a whole configuration
//! as override, and what the runs report.

use reqwest::Method;
use serde_json::{Value, json};

use super::answer::VendorError;
use super::conversation;
use super::elevenlabs::{ElevenLabs, id_in, list, segment};
use crate::domain::verdict::{Judge, Repeat};

/// A run of tests as the vendor reports it.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    pub(crate) runs: Vec<TestRun>,
}

impl Invocation {
    /// What its runs cost, where the vendor says so of any.
    pub(crate) fn credits_used(&self) -> Option<i64> {
        let known = self.runs.iter().filter_map(|run| run.credits_used);
        known.reduce(i64::saturating_add)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct TestRun {
    pub(crate) test_id: String,
    pub(crate) is_pending: bool,
    pub(crate) credits_used: Option<i64>,
    pub(crate) repeat: Repeat,
}

impl ElevenLabs {
    /// The id of the test with exactly this name.
    pub(crate) async fn test_named(&self, name: &str) -> Result<Option<String>, VendorError> {
        let tests = self
            .search(
                "elevenlabs.tests.list",
                "/v1/convai/agent-testing",
                "tests",
                name,
            )
            .await?;
        let found = tests.iter().find(|test| test["name"] == name);
        Ok(found
            .and_then(|test| test["id"].as_str())
            .map(str::to_owned))
    }

    pub(crate) async fn create_test(&self, body: &Value) -> Result<String, VendorError> {
        const OPERATION: &str = "elevenlabs.tests.create";
        let path = "/v1/convai/agent-testing/create";
        let created = self.write(OPERATION, Method::POST, path, body).await?;
        id_in(OPERATION, &created, "id")
    }

    /// Starts a run on `agent_id` with `configuration` in place of the agent's own.
    pub(crate) async fn run_tests(
        &self,
        agent_id: &str,
        name: &str,
        tests: &[String],
        repeats: i64,
        configuration: &Value,
    ) -> Result<String, VendorError> {
        const OPERATION: &str = "elevenlabs.run_tests";
        let tests: Vec<Value> = tests.iter().map(|id| json!({ "test_id": id })).collect();
        let body = json!({
            "name": name,
            "tests": tests,
            "repeat_count": repeats,
            "agent_config_override": configuration,
        });
        let path = format!("/v1/convai/agents/{}/run-tests", segment(agent_id));
        let started = self.write(OPERATION, Method::POST, &path, &body).await?;
        id_in(OPERATION, &started, "id")
    }

    /// A run of this name, started by somebody who did not live to note its id.
    pub(crate) async fn invocation_named(
        &self,
        agent_id: &str,
        name: &str,
    ) -> Result<Option<String>, VendorError> {
        let query = [("agent_id", agent_id), ("page_size", "100")];
        let path = "/v1/convai/test-invocations";
        let body = self
            .get("elevenlabs.test_invocations.list", path, &query)
            .await?;
        let rows = list(&body, "results").chain(list(&body, "test_invocations"));
        let found = rows
            .into_iter()
            .find(|row| row["name"] == name || row["title"] == name);
        Ok(found.and_then(|row| row["id"].as_str()).map(str::to_owned))
    }

    pub(crate) async fn invocation(&self, id: &str) -> Result<Option<Invocation>, VendorError> {
        const OPERATION: &str = "elevenlabs.test_invocations.fetch";
        let path = format!("/v1/convai/test-invocations/{}", segment(id));
        match self.get(OPERATION, &path, &[]).await {
            Ok(body) => Ok(Some(Invocation {
                runs: list(&body, "test_runs").map(run).collect(),
            })),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn run(run: &Value) -> TestRun {
    let status = run["status"].as_str().unwrap_or_default();
    let result = run["condition_result"]["result"]
        .as_str()
        .unwrap_or_default();
    let judge = match (status, result) {
        // Both must say so: a status of "passed" beside a failed condition is no pass.
        ("passed", "success" | "") => Judge::Passed,
        ("failed", "unknown") | ("passed", _) | ("cancelled", _) => Judge::NoVerdict,
        ("failed", _) => Judge::Failed,
        _ => Judge::NoVerdict,
    };
    let responses = &run["agent_responses"];
    TestRun {
        test_id: run["test_id"].as_str().unwrap_or_default().to_owned(),
        is_pending: status == "pending" || status == "running",
        credits_used: conversation::whole(&run["credits_used"]),
        repeat: Repeat {
            judge,
            turns: responses.is_array().then(|| conversation::turns(responses)),
        },
    }
}
