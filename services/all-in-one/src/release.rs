//! `bord release AGENT`: the way of a prompt to production. The three scenarios run for the
//! candidate; when all repeats pass, telephony puts exactly that configuration live (R63).

use std::time::Duration;

use contracts::telephony::v1 as telephony;

use crate::peers::{Peers, explain};
use crate::terminal;

#[derive(clap::Args)]
pub struct Args {
    /// The agent's name; leave it out with --all.
    #[arg(required_unless_present = "all")]
    agent: Option<String>,
    /// Every agent whose candidate is not live.
    #[arg(long)]
    all: bool,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    let agents = match args.agent {
        Some(name) => vec![agent(&mut peers, &name).await?],
        None => waiting(&mut peers).await?,
    };
    if agents.is_empty() {
        terminal::line("Every agent's candidate is live.");
    }
    for one in agents {
        let passed = through_the_gate(&mut peers, &one).await?;
        terminal::line(format!("{}  {passed}, live", one.name));
    }
    Ok(())
}

async fn agent(peers: &mut Peers, name: &str) -> anyhow::Result<telephony::Agent> {
    let found = peers
        .catalog
        .get_agent(telephony::GetAgentRequest {
            name: name.to_owned(),
        })
        .await
        .map_err(|s| explain(&format!("{name} cannot be read"), &s))?;
    found
        .into_inner()
        .agent
        .ok_or_else(|| anyhow::anyhow!("{name} cannot be read: empty answer"))
}

/// Agents whose candidate is not what is live, by name.
pub async fn waiting(peers: &mut Peers) -> anyhow::Result<Vec<telephony::Agent>> {
    let found = peers
        .catalog
        .list_agents(telephony::ListAgentsRequest {
            page_size: 200,
            ..Default::default()
        })
        .await
        .map_err(|s| explain("the agents cannot be listed", &s))?;
    let agents = found.into_inner().agents.into_iter();
    Ok(agents
        .filter(|a| !a.paused && a.configuration_hash != a.released_hash)
        .collect())
}

/// Runs the scenarios for the agent's candidate and releases it; answers what passed.
///
/// # Errors
/// When a scenario fails (with its reasons), or the vendor does not take the configuration.
pub async fn through_the_gate(
    peers: &mut Peers,
    agent: &telephony::Agent,
) -> anyhow::Result<String> {
    let name = &agent.name;
    let hash = &agent.configuration_hash;
    let started = peers
        .conversations
        .start_scenario_run(telephony::StartScenarioRunRequest {
            agent_name: name.clone(),
            configuration_hash: hash.clone(),
            repeats: 0,
        })
        .await
        .map_err(|s| explain(&format!("{name}: the scenarios cannot start"), &s))?;
    let run = finished(peers, started.into_inner().run_id).await?;
    if run.state() != telephony::ScenarioRunState::Passed {
        let mut text =
            format!("{name}: the candidate did not pass the gate and stays out of production");
        for result in run
            .results
            .iter()
            .filter(|r| r.failed > 0 || run.state() == telephony::ScenarioRunState::Invalid)
        {
            text.push_str(&format!(
                "\n  {}: {} passed, {} failed",
                result.scenario, result.passed, result.failed
            ));
            for reason in &result.reasons {
                text.push_str(&format!("\n    {reason}"));
            }
        }
        anyhow::bail!(text);
    }
    peers
        .catalog
        .release_agent_prompt(telephony::ReleaseAgentPromptRequest {
            name: name.clone(),
            configuration_hash: hash.clone(),
        })
        .await
        .map_err(|s| explain(&format!("{name}: the release was refused"), &s))?;
    let passed = run
        .results
        .iter()
        .map(|r| format!("{} {}/{}", r.scenario, r.passed, r.passed + r.failed));
    Ok(passed.collect::<Vec<_>>().join(", "))
}

/// Waits for the run's end; telephony polls the vendor, which takes seconds to minutes.
async fn finished(peers: &mut Peers, run_id: String) -> anyhow::Result<telephony::ScenarioRun> {
    let mut pause = Duration::from_millis(50);
    loop {
        let run = peers
            .conversations
            .get_scenario_run(telephony::GetScenarioRunRequest {
                run_id: run_id.clone(),
            })
            .await
            .map_err(|s| explain("the scenario run cannot be read", &s))?
            .into_inner()
            .run
            .unwrap_or_default();
        if run.state() != telephony::ScenarioRunState::Running {
            return Ok(run);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}
