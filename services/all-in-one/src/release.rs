//! `bord release AGENT`: the way of a prompt to production, through quality-service. The scenarios
//! run for the candidate's revision; when all repeats pass, exactly that configuration goes live and
//! is read back (R63). Nothing else here writes an agent.

use contracts::telephony::v1 as telephony;
use futures::StreamExt as _;

use crate::gate;
use crate::operator::hand::Who;
use crate::peers::{Peers, explain};
use crate::terminal;

/// Gates that are open side by side.
const AT_ONCE: usize = 3;

#[derive(clap::Args)]
pub struct Args {
    /// The agents' names; leave them out with --all.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    agents: Vec<String>,
    /// Every agent whose candidate is not live.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    who: Who,
}

/// # Errors
/// When a candidate stays out of production, after all are tried.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let actor = args.who.actor()?;
    let mut peers = Peers::from_process()?;
    let mut chosen = Vec::new();
    for name in &args.agents {
        chosen.push(agent(&mut peers, name).await?);
    }
    if args.all {
        chosen = waiting(&mut peers).await?;
    }
    if chosen.is_empty() {
        terminal::line("Every agent's candidate is live.");
    }
    let mut refused = Vec::new();
    let mut gates = side_by_side(&peers, chosen, &actor);
    while let Some((agent, passed)) = gates.next().await {
        match passed {
            Ok(passed) => terminal::line(format!("{}  {passed}, live", agent.name)),
            Err(error) => refused.push(error.to_string()),
        }
    }
    anyhow::ensure!(refused.is_empty(), "{}", refused.join("\n"));
    Ok(())
}

/// Sends candidates through the gate, some side by side, in the order in which they end.
pub fn side_by_side<'a>(
    peers: &'a Peers,
    agents: Vec<telephony::Agent>,
    actor: &'a str,
) -> impl futures::Stream<Item = (telephony::Agent, anyhow::Result<String>)> + Unpin + 'a {
    let run = move |agent: telephony::Agent| {
        let mut peers = peers.clone();
        Box::pin(async move {
            let passed = gate::pass(&mut peers, &agent, actor).await;
            (agent, passed)
        })
    };
    futures::stream::iter(agents)
        .map(run)
        .buffer_unordered(AT_ONCE)
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

/// Every agent, by name.
///
/// # Errors
/// When telephony does not answer.
pub async fn agents(peers: &mut Peers) -> anyhow::Result<Vec<telephony::Agent>> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let page = peers
            .catalog
            .list_agents(telephony::ListAgentsRequest {
                page_size: 200,
                page_token: token,
            })
            .await
            .map_err(|s| explain("the agents cannot be listed", &s))?
            .into_inner();
        found.extend(page.agents);
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(found);
        }
    }
}

/// Agents whose candidate is not what is live, by name. One that was taken back stays out until
/// its files change.
///
/// # Errors
/// When telephony or quality-service does not answer.
pub async fn waiting(peers: &mut Peers) -> anyhow::Result<Vec<telephony::Agent>> {
    let mut waiting = agents(peers).await?;
    waiting.retain(|a| !a.paused && a.configuration_hash != a.released_hash);
    let mut chosen = Vec::with_capacity(waiting.len());
    for agent in waiting {
        let known = gate::revisions(peers, &agent.name).await?;
        match gate::candidate(known, &agent.configuration_hash) {
            Some(taken_back) if gate::is_taken_back(&taken_back) => {
                terminal::note(gate::out_again(&agent.name, &taken_back));
            }
            _ => chosen.push(agent),
        }
    }
    Ok(chosen)
}
