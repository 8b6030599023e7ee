//! `bord agents`: each agent with its voice, model and wait (R16, R19), the seal by which its
//! prompt went live, whether the vendor still has exactly that, how often a real call becomes a
//! lead (B13), and where its candidate stands.

use std::time::Duration;

use chassis::client;
use contracts::quality::v1 as quality;
use contracts::telephony::v1 as telephony;
use futures::StreamExt as _;
use serde_json::{Value, json};

use crate::peers::{Peers, explain};
use crate::terminal::{self, Table};
use crate::{gate, release, words};

/// A comparison reads the agent at the vendor.
const LIMIT: Duration = Duration::from_secs(20);
const AT_ONCE: usize = 3;

#[derive(clap::Args)]
pub struct Args {
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

/// An agent with what was learned of it; an error is what could not be.
struct Row {
    agent: telephony::Agent,
    /// Fields that stand differently at the vendor; none before the first release.
    drift: Result<Option<telephony::CompareAgentResponse>, String>,
    revisions: Result<Vec<quality::PromptRevision>, String>,
}

/// # Errors
/// When the agents cannot be listed. What else cannot be asked is shown as unknown.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    let agents = release::agents(&mut peers).await?;
    let rows: Vec<Row> = futures::stream::iter(agents)
        .map(|agent| row(peers.clone(), agent))
        .buffered(AT_ONCE)
        .collect()
        .await;
    if args.json {
        terminal::json(&rows.iter().map(as_json).collect());
        return Ok(());
    }
    if rows.is_empty() {
        terminal::line("There are no agents: `bord catalog apply DIR` declares them.");
        return Ok(());
    }
    lines(&rows).iter().for_each(terminal::line);
    Ok(())
}

async fn row(mut peers: Peers, agent: telephony::Agent) -> Row {
    let name = agent.name.clone();
    let first_line = |error: anyhow::Error| {
        let text = error.to_string();
        text.lines().next().unwrap_or_default().to_owned()
    };
    let revisions = gate::revisions(&mut peers, &name).await;
    let drift = if agent.released_hash.is_empty() {
        Ok(None)
    } else {
        let request = telephony::CompareAgentRequest { name };
        let asked = client::with_timeout(LIMIT, peers.catalog.compare_agent(request)).await;
        asked
            .map(|compared| Some(compared.into_inner()))
            .map_err(|s| first_line(explain("it cannot be compared", &s)))
    };
    Row {
        agent,
        drift,
        revisions: revisions.map_err(first_line),
    }
}

impl Row {
    fn live(&self) -> Option<&quality::PromptRevision> {
        let hash = &self.agent.released_hash;
        let known = self.revisions.as_ref().ok()?;
        known
            .iter()
            .find(|one| one.state() == quality::RevisionState::Live)
            .or_else(|| known.iter().find(|one| one.configuration_hash == *hash))
            .filter(|one| one.configuration_hash == *hash)
    }

    /// "0b5f2a70 by operator:ana, 2026-…Z".
    fn seal(&self) -> String {
        if self.agent.released_hash.is_empty() {
            return "not live".to_owned();
        }
        let hash = words::short(&self.agent.released_hash);
        let Some(seal) = &self.agent.seal else {
            return format!("{hash}, without a seal");
        };
        format!(
            "{hash} by {}, {}",
            words::or_dash(&seal.approved_by),
            words::time(seal.release_time.as_ref())
        )
    }

    fn drift(&self) -> String {
        match &self.drift {
            Err(_) => "unknown".to_owned(),
            Ok(None) => "-".to_owned(),
            Ok(Some(compared)) if compared.drifts.is_empty() => "none".to_owned(),
            Ok(Some(compared)) => format!("{} fields", compared.drifts.len()),
        }
    }

    /// "12/14 85 %" of the real calls that the live revision answered.
    fn dispatched(&self) -> String {
        if self.revisions.is_err() {
            return "unknown".to_owned();
        }
        match self.live() {
            Some(live) if live.real_calls > 0 => format!(
                "{}/{} {} %",
                live.dispatched_calls,
                live.real_calls,
                live.dispatched_calls * 100 / live.real_calls
            ),
            _ => "no real call".to_owned(),
        }
    }

    /// Where the candidate stands, if it is not what is live.
    fn candidate(&self) -> String {
        let hash = &self.agent.configuration_hash;
        if *hash == self.agent.released_hash {
            return "live".to_owned();
        }
        let known = match &self.revisions {
            Err(_) => return format!("{} unknown", words::short(hash)),
            Ok(known) => known,
        };
        let state = known
            .iter()
            .find(|one| one.configuration_hash == *hash)
            .map_or_else(
                || "candidate".to_owned(),
                |one| words::revision_state(one.state),
            );
        format!("{} {state}", words::short(hash))
    }
}

fn lines(rows: &[Row]) -> Vec<String> {
    let mut table = Table::new(&[
        "AGENT",
        "SITE",
        "VOICE",
        "MODEL",
        "WAIT",
        "SEAL",
        "DRIFT",
        "DISPATCHED",
        "CANDIDATE",
    ]);
    let mut notes = Vec::new();
    for row in rows {
        let set = row.agent.configuration.clone().unwrap_or_default();
        let name = &row.agent.name;
        table.row([
            if row.agent.paused {
                format!("{name} (paused)")
            } else {
                name.clone()
            },
            row.agent.site_id.clone(),
            words::or_dash(&set.voice_name),
            words::or_dash(&set.llm),
            wait(&set),
            row.seal(),
            row.drift(),
            row.dispatched(),
            row.candidate(),
        ]);
        match &row.drift {
            Err(why) => notes.push(format!("{name}: {why}")),
            Ok(Some(compared)) if !compared.drifts.is_empty() => {
                let fields: Vec<_> = compared.drifts.iter().map(|d| d.path.as_str()).collect();
                notes.push(format!(
                    "{name} differs at the vendor: {}",
                    fields.join(", ")
                ));
            }
            Ok(_) => {}
        }
        if let Err(why) = &row.revisions {
            notes.push(format!("{name}: {why}"));
        }
    }
    let mut out = table.lines();
    if !notes.is_empty() {
        out.push(String::new());
        out.extend(notes);
    }
    out
}

fn wait(set: &telephony::AgentConfiguration) -> String {
    set.initial_wait_time
        .map_or_else(|| "-".to_owned(), |wait| format!("{} s", wait.seconds))
}

fn as_json(row: &Row) -> Value {
    let agent = &row.agent;
    let set = agent.configuration.clone().unwrap_or_default();
    let seal = agent.seal.as_ref().map(|seal| {
        json!({
            "configuration_hash": seal.configuration_hash, "run_id": seal.run_id,
            "scenarios_version": seal.scenarios_version, "approved_by": seal.approved_by,
            "release_time": words::time(seal.release_time.as_ref()),
        })
    });
    let drift = row
        .drift
        .as_ref()
        .ok()
        .and_then(Option::as_ref)
        .map(|compared| {
            let fields = compared.drifts.iter();
            fields.map(|drift| drift.path.clone()).collect::<Vec<_>>()
        });
    let live = row.live();
    json!({
        "name": agent.name, "site_id": agent.site_id, "paused": agent.paused,
        "voice": set.voice_name, "llm": set.llm, "language": set.language,
        "initial_wait_seconds": set.initial_wait_time.map(|wait| wait.seconds),
        "configuration_hash": agent.configuration_hash, "released_hash": agent.released_hash,
        "seal": seal, "drift": drift,
        "real_calls": live.map(|one| one.real_calls),
        "dispatched_calls": live.map(|one| one.dispatched_calls),
        "candidate": row.candidate(),
    })
}

#[cfg(test)]
mod tests;
