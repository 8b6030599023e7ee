//! `bord recover --since T`: after a loss of data. Roster gets back the assignments that it lost, so
//! that nobody who was told loses a lead to another; then everything since is looked at again, and
//! what a call carried and nobody has becomes a lead, once (B3).

use std::time::Duration;

use chassis::client;
use chrono::{DateTime, Utc};
use contracts::lead::v1 as lead;
use contracts::quality::v1 as quality;
use serde_json::json;

use super::hand::Who;
use super::{moment, scan};
use crate::peers::{Peers, explain};
use crate::terminal;

/// Each open lead is looked for at roster.
const LIMIT: Duration = Duration::from_secs(300);

#[derive(clap::Args)]
pub struct Args {
    /// From when data may be lost: 2026-11-21T08:30:00Z, or so long ago: 10m, 24h, 3d. Rather too
    /// early than too late: what is there already does not change.
    #[arg(long, value_name = "T", value_parser = moment::past)]
    since: DateTime<Utc>,
    #[command(flatten)]
    who: Who,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

/// # Errors
/// When a part could not be done; a repeat goes on with what is left.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let actor = args.who.actor()?;
    let mut peers = Peers::from_process()?;
    let restored = restore(&mut peers, &actor, args.since).await?;
    terminal::note("Roster has what it lost; now everything since is looked at again…");
    let (begun, _) = scan::start(&mut peers, &actor, Some(args.since)).await?;
    let done = scan::finished(&mut peers, begun).await?;
    if args.json {
        terminal::json(&json!({
            "checked": restored.checked, "restored": restored.restored,
            "refused_lead_ids": restored.refused_lead_ids, "scan": scan::as_json(&done),
        }));
    } else {
        lines(&restored, &done).iter().for_each(terminal::line);
    }
    scan::good(&done)
}

/// Before the scan: a recovered lead asks roster who has it.
async fn restore(
    peers: &mut Peers,
    actor: &str,
    since: DateTime<Utc>,
) -> anyhow::Result<lead::RestoreAssignmentsResponse> {
    let request = lead::RestoreAssignmentsRequest {
        since_time: Some(moment::stamp(since)),
        actor: actor.to_owned(),
    };
    let asked = client::with_timeout(LIMIT, peers.leads.restore_assignments(request)).await;
    let done = asked.map_err(|s| explain("assignments cannot be restored", &s))?;
    Ok(done.into_inner())
}

fn lines(restored: &lead::RestoreAssignmentsResponse, done: &quality::Scan) -> Vec<String> {
    let mut lines = vec![format!(
        "{} open leads with a provider were looked for at roster; {} assignments are back.",
        restored.checked, restored.restored
    )];
    if !restored.refused_lead_ids.is_empty() {
        lines.push(format!(
            "{} were refused by roster and wait for a person (`bord unmatched`):",
            restored.refused_lead_ids.len()
        ));
        let refused = restored.refused_lead_ids.iter();
        lines.extend(refused.map(|id| format!("  bord lead {id}")));
    }
    lines.push(format!(
        "{} leads were recovered from calls; {} flags tell what needs a person.",
        done.recovered, done.flags_raised
    ));
    lines.push(String::new());
    lines.extend(scan::shown(done));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// B3: what went back, what came back, and what is a person's now.
    #[test]
    fn a_recovery_tells_what_is_back_and_what_a_person_has_to_do() {
        let restored = lead::RestoreAssignmentsResponse {
            checked: 7,
            restored: 2,
            refused_lead_ids: vec!["0b5f".into()],
        };
        let done = quality::Scan {
            recovered: 3,
            flags_raised: 1,
            state: quality::ScanState::Good.into(),
            ..Default::default()
        };
        let told = lines(&restored, &done).join("\n");
        for part in [
            "7 open leads",
            "2 assignments are back",
            "bord lead 0b5f",
            "`bord unmatched`",
            "3 leads were recovered",
            "`bord flags`",
        ] {
            assert!(told.contains(part), "{part} is missing in:\n{told}");
        }
        let all_well = lead::RestoreAssignmentsResponse::default();
        assert!(!lines(&all_well, &done).join("\n").contains("refused"));
    }
}
