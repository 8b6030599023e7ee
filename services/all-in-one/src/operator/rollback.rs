//! `bord rollback AGENT`: what was live before is live again, in one step; its seal stands (B5).

use std::time::Duration;

use chassis::client;
use contracts::quality::v1 as quality;
use serde_json::json;

use super::hand::Hand;
use crate::peers::{Peers, explain};
use crate::{terminal, words};

/// The vendor is written to and read back.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(clap::Args)]
pub struct Args {
    /// The agent's name.
    agent: String,
    #[command(flatten)]
    hand: Hand,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

/// # Errors
/// When there is nothing to go back to, or the vendor does not take it.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let actor = args.hand.who.actor()?;
    let mut peers = Peers::from_process()?;
    let request = quality::RollbackPromptRequest {
        agent_name: args.agent.clone(),
        actor,
        cause: args.hand.reason,
    };
    let asked = client::with_timeout(LIMIT, peers.quality.rollback_prompt(request)).await;
    let done = asked.map_err(|s| explain(&format!("{} cannot go back", args.agent), &s))?;
    let live = done.into_inner().revision.unwrap_or_default();
    if args.json {
        terminal::json(&json!({
            "agent_name": live.agent_name, "revision_id": live.revision_id,
            "configuration_hash": live.configuration_hash,
            "state": words::revision_state(live.state), "origin": live.origin,
        }));
    } else {
        terminal::line(told(&live));
    }
    Ok(())
}

fn told(live: &quality::PromptRevision) -> String {
    format!(
        "{} is back at {} ({}, of {}). A candidate that the files declare still stands: `bord agents` shows it.",
        live.agent_name,
        words::short(&live.configuration_hash),
        words::or_dash(&live.origin),
        words::time(live.create_time.as_ref())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_live_after_a_rollback_is_told_by_its_hash_and_origin() {
        let live = quality::PromptRevision {
            agent_name: "bord-geneva-plumbing".into(),
            configuration_hash: "aaaaaaaaaabb".into(),
            origin: "catalog".into(),
            ..Default::default()
        };
        let told = told(&live);
        assert!(
            told.starts_with("bord-geneva-plumbing is back at aaaaaaaa (catalog"),
            "{told}"
        );
    }
}
