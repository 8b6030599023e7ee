//! `bord check`: recounts owners from three sources apart from the code that assigns (B1). The only
//! good number of findings is 0; any other is exit code 1.

use std::time::Duration;

use chassis::client;
use contracts::lead::v1 as lead;
use serde_json::json;

use super::named;
use crate::peers::{Peers, explain};
use crate::terminal::{self, Table};

/// All leads of a big year take a while.
const LIMIT: Duration = Duration::from_secs(120);

#[derive(clap::Args)]
pub struct Args {
    /// Only this lead: its id, the first characters of it, or its reference.
    lead: Option<String>,
    /// Only leads that changed within so many hours.
    #[arg(long, value_name = "N", conflicts_with = "lead")]
    hours: Option<u32>,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

/// # Errors
/// When there are findings, or the check cannot be made.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    let lead_id = match &args.lead {
        Some(text) => named::lead_id(&mut peers, text).await?,
        None => String::new(),
    };
    let since = args
        .hours
        .map(|hours| Duration::from_secs(u64::from(hours) * 3_600));
    let found = check(&mut peers, lead_id, since).await?;
    if args.json {
        terminal::json(&as_json(&found));
    } else {
        lines(&found).iter().for_each(terminal::line);
    }
    sound(&found)
}

/// # Errors
/// When lead-service or one of the two that it asks does not answer.
pub async fn check(
    peers: &mut Peers,
    lead_id: String,
    since: Option<Duration>,
) -> anyhow::Result<lead::CheckOwnershipResponse> {
    let since_time = since.map(|ago| {
        let then = chassis::clock::now() - ago;
        prost_types::Timestamp {
            seconds: then.timestamp(),
            nanos: 0,
        }
    });
    let request = lead::CheckOwnershipRequest {
        lead_id,
        since_time,
    };
    let asked = client::with_timeout(LIMIT, peers.leads.check_ownership(request)).await;
    let found = asked.map_err(|s| explain("owners cannot be recounted", &s))?;
    Ok(found.into_inner())
}

/// How many findings there are, listed or not.
#[must_use]
pub fn findings(found: &lead::CheckOwnershipResponse) -> i64 {
    i64::try_from(found.findings.len()).unwrap_or(i64::MAX) + found.findings_omitted
}

/// "12 leads, 11 assignments, 33 messages to providers: 0 findings".
#[must_use]
pub fn summary(found: &lead::CheckOwnershipResponse) -> String {
    format!(
        "{} leads, {} assignments, {} messages to providers: {} findings",
        found.leads,
        found.assignments,
        found.messages,
        findings(found)
    )
}

fn lines(found: &lead::CheckOwnershipResponse) -> Vec<String> {
    let mut out = vec![summary(found)];
    if found.findings.is_empty() {
        return out;
    }
    let mut table = Table::new(&["FINDING", "LEAD", "WHAT THE SOURCES SAY"]);
    for one in &found.findings {
        table.row([&one.kind, &one.lead_id, &one.detail].map(String::clone));
    }
    out.extend(table.lines());
    if found.findings_omitted > 0 {
        out.push(format!("… and {} more", found.findings_omitted));
    }
    out
}

fn sound(found: &lead::CheckOwnershipResponse) -> anyhow::Result<()> {
    anyhow::ensure!(
        findings(found) == 0,
        "the sources do not agree on who has which lead: `bord lead LEAD` shows the life of each; \
         put it right with `bord assign` or `bord cancel`"
    );
    Ok(())
}

fn as_json(found: &lead::CheckOwnershipResponse) -> serde_json::Value {
    let listed: Vec<_> = found
        .findings
        .iter()
        .map(|f| json!({"kind": f.kind, "lead_id": f.lead_id, "detail": f.detail}))
        .collect();
    json!({
        "findings": listed, "findings_omitted": found.findings_omitted, "leads": found.leads,
        "assignments": found.assignments, "messages": found.messages,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_finding_listed_or_not_is_an_error() {
        let mut found = lead::CheckOwnershipResponse {
            leads: 2,
            assignments: 2,
            messages: 6,
            ..Default::default()
        };
        assert_eq!(
            lines(&found),
            ["2 leads, 2 assignments, 6 messages to providers: 0 findings"]
        );
        assert!(sound(&found).is_ok());
        found.findings_omitted = 1;
        assert!(sound(&found).is_err());
        found.findings_omitted = 0;
        found.findings.push(lead::OwnershipFinding {
            kind: "TWO_OWNERS".into(),
            lead_id: "0b5f".into(),
            detail: "a, b".into(),
        });
        assert!(sound(&found).is_err());
        assert_eq!(lines(&found)[2], "TWO_OWNERS  0b5f  a, b");
        assert_eq!(as_json(&found)["findings"][0]["kind"], "TWO_OWNERS");
    }
}
