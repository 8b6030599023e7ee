//! telephony-gateway as the owner of agents: their candidates, what stands at the vendor, the gate's
//! runs, and the one way to production.

use std::time::Duration;

use chassis::client::{self, Channel};
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::catalog_service_client::CatalogServiceClient;
use contracts::telephony::v1::conversation_service_client::ConversationServiceClient;
use tonic::{Code, Status};

use super::Failed;
use super::agents_wire::{agent, to_agent, to_scenario};
use crate::domain::revision::{Account, Agent, Drift, Gate, Model, Run, Webhook};
use crate::domain::scenario::Scenario;

/// For a call that stays at telephony.
const SHORT: Duration = Duration::from_secs(5);
/// For one that reads at the vendor.
const READ: Duration = Duration::from_secs(15);
/// For a release: it writes at the vendor and reads back.
const WRITE: Duration = Duration::from_secs(40);
const PAGE: i32 = 200;

/// A client; clones share the connection.
#[derive(Clone)]
pub(crate) struct Agents {
    catalog: CatalogServiceClient<Channel>,
    runs: ConversationServiceClient<Channel>,
}

async fn asked<T>(
    name: &'static str,
    limit: Duration,
    call: impl Future<Output = Result<tonic::Response<T>, Status>>,
) -> Result<T, Failed> {
    let answer = client::with_timeout(limit, call).await;
    answer
        .map(tonic::Response::into_inner)
        .map_err(|status| Failed::new(name, status))
}

impl Agents {
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        let channel = client::channel(url)?;
        Ok(Self {
            catalog: CatalogServiceClient::new(channel.clone()),
            runs: ConversationServiceClient::new(channel),
        })
    }

    pub(crate) async fn list(&self) -> Result<Vec<Agent>, Failed> {
        let mut found = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = wire::ListAgentsRequest {
                page_size: PAGE,
                page_token,
            };
            let mut catalog = self.catalog.clone();
            let page = asked("ListAgents", SHORT, catalog.list_agents(request)).await?;
            found.extend(page.agents.into_iter().filter_map(agent));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(found);
            }
        }
    }

    pub(crate) async fn find(&self, name: &str) -> Result<Option<Agent>, Failed> {
        let request = wire::GetAgentRequest {
            name: name.to_owned(),
        };
        let mut catalog = self.catalog.clone();
        let answer = client::with_timeout(SHORT, catalog.get_agent(request)).await;
        match answer {
            Ok(answer) => Ok(answer.into_inner().agent.and_then(agent)),
            Err(status) if status.code() == Code::NotFound => Ok(None),
            Err(status) => Err(Failed::new("GetAgent", status)),
        }
    }

    /// Stores a candidate, or with `dry_run` only checks it; its hash either way.
    pub(crate) async fn put(&self, agent: &Agent, dry_run: bool) -> Result<String, Failed> {
        let request = wire::PutAgentRequest {
            agent: Some(to_agent(agent)),
            source: wire::Source::Operator.into(),
            dry_run,
            overwrite: true,
        };
        let mut catalog = self.catalog.clone();
        let call = Box::pin(catalog.put_agent(request));
        let answer = asked("PutAgent", SHORT, call).await?;
        Ok(answer.configuration_hash)
    }

    /// What stands at the vendor otherwise than released.
    pub(crate) async fn compare(&self, name: &str) -> Result<Vec<Drift>, Failed> {
        let request = wire::CompareAgentRequest {
            name: name.to_owned(),
        };
        let mut catalog = self.catalog.clone();
        let answer = asked("CompareAgent", READ, catalog.compare_agent(request)).await?;
        let drift = |drift: wire::Drift| Drift {
            path: drift.path,
            live: drift.live,
        };
        Ok(answer.drifts.into_iter().map(drift).collect())
    }

    /// Puts a hash live; false when exactly this stood there.
    pub(crate) async fn release(&self, name: &str, hash: &str, by: &str) -> Result<bool, Failed> {
        let request = wire::ReleaseAgentPromptRequest {
            name: name.to_owned(),
            configuration_hash: hash.to_owned(),
            approved_by: by.to_owned(),
        };
        let mut catalog = self.catalog.clone();
        let call = catalog.release_agent_prompt(request);
        Ok(asked("ReleaseAgentPrompt", WRITE, call).await?.changed)
    }

    /// Starts the gate, or finds the run that is under way for the hash.
    pub(crate) async fn start_run(
        &self,
        name: &str,
        hash: &str,
        own: &[Scenario],
    ) -> Result<String, Failed> {
        let request = wire::StartScenarioRunRequest {
            agent_name: name.to_owned(),
            configuration_hash: hash.to_owned(),
            repeats: 0,
            own_scenarios: own.iter().map(to_scenario).collect(),
        };
        let mut runs = self.runs.clone();
        let call = runs.start_scenario_run(request);
        Ok(asked("StartScenarioRun", SHORT, call).await?.run_id)
    }

    /// How a run stands; nothing when telephony does not know it.
    pub(crate) async fn run(&self, run_id: &str) -> Result<Option<Run>, Failed> {
        let request = wire::GetScenarioRunRequest {
            run_id: run_id.to_owned(),
        };
        let mut runs = self.runs.clone();
        match client::with_timeout(SHORT, runs.get_scenario_run(request)).await {
            Ok(answer) => Ok(answer.into_inner().run.as_ref().map(run)),
            Err(status) if status.code() == Code::NotFound => Ok(None),
            Err(status) => Err(Failed::new("GetScenarioRun", status)),
        }
    }

    /// The account at the agents' platform, mended where that is possible.
    pub(crate) async fn repair_account(&self) -> Result<Account, Failed> {
        let request = wire::CheckVendorAccountRequest { repair: true };
        let mut catalog = self.catalog.clone();
        let call = catalog.check_vendor_account(request);
        let found = asked("CheckVendorAccount", READ, call).await?;
        let webhook = |webhook: wire::VendorWebhook| Webhook {
            id: webhook.webhook_id,
            is_off: webhook.disabled || webhook.auto_disabled,
            last_failure_code: webhook.last_failure_code,
        };
        let model = |model: wire::VendorModel| Model {
            llm: model.llm,
            listed: model.listed,
            deprecated: model.deprecated,
            replacement: model.replacement,
            fallback_percent: model.fallback_percent,
        };
        Ok(Account {
            webhooks: found.webhooks.into_iter().map(webhook).collect(),
            models: found.models.into_iter().map(model).collect(),
            repairs: found.repairs,
        })
    }
}

fn run(told: &wire::ScenarioRun) -> Run {
    let state = told.state();
    let sentences = |wanted: fn(&wire::ScenarioResult) -> bool| {
        let results = told.results.iter().filter(|result| wanted(result));
        results.flat_map(reasons).collect::<Vec<_>>()
    };
    let gate = match state {
        wire::ScenarioRunState::Passed => Gate::Passed,
        wire::ScenarioRunState::Failed => Gate::Failed(sentences(|result| result.failed > 0)),
        wire::ScenarioRunState::Invalid => Gate::Invalid(sentences(|result| result.invalid > 0)),
        wire::ScenarioRunState::Running | wire::ScenarioRunState::Unspecified => Gate::Running,
    };
    Run {
        gate,
        credits: told.credits_used,
    }
}

/// At most three sentences of one scenario, each with its name.
fn reasons(result: &wire::ScenarioResult) -> Vec<String> {
    let mut found: Vec<String> = result
        .reasons
        .iter()
        .take(3)
        .map(|reason| format!("{}: {reason}", result.scenario))
        .collect();
    if found.is_empty() {
        let (failed, invalid) = (result.failed, result.invalid);
        found.push(format!(
            "{}: {failed} repeats failed, {invalid} were invalid",
            result.scenario
        ));
    }
    found
}
