//! `bord watch`: the leads' events as they happen, one line each, until it is stopped. When the
//! service goes away and comes back, it goes on after the last event that it showed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::lead::v1 as lead;
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::named;
use crate::peers::{Peers, explain};
use crate::{terminal, words};

/// Between two tries to reach a service that went away.
const PAUSE: Duration = Duration::from_secs(2);

#[derive(clap::Args)]
pub struct Args {
    /// Only this lead: its id, the first characters of it, or its reference.
    lead: Option<String>,
    /// From the first event that is kept; only new ones when left out.
    #[arg(long)]
    all: bool,
    /// Ends after so many events.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// JSON, one object on each line.
    #[arg(long)]
    json: bool,
}

/// Where the reader stands.
#[derive(Default)]
struct Seen {
    epoch: String,
    number: i64,
    shown: u64,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    let lead_id = match &args.lead {
        Some(text) => named::lead_id(&mut peers, text).await?,
        None => String::new(),
    };
    // What happened before is passed over by its time: a stream starts at its first entry.
    let since = (!args.all).then(chassis::clock::now);
    let mut seen = Seen::default();
    let mut reached = false;
    terminal::note("Watching; Ctrl-C ends it.");
    loop {
        match follow(&mut peers, &lead_id, since, &args, &mut seen, &mut reached).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(status) if reached && passing(&status) => {
                terminal::note("lead-service went away; waiting for it…");
            }
            Err(status) => return Err(explain("the events cannot be watched", &status)),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn passing(status: &Status) -> bool {
    // A stream that is cut in the middle ends as UNKNOWN or CANCELLED.
    matches!(
        status.code(),
        Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Unknown
            | Code::Cancelled
            | Code::Internal
    )
}

/// True when as many were shown as were asked for; false when the stream ended.
async fn follow(
    peers: &mut Peers,
    lead_id: &str,
    since: Option<DateTime<Utc>>,
    args: &Args,
    seen: &mut Seen,
    reached: &mut bool,
) -> Result<bool, Status> {
    let request = lead::WatchLeadsRequest {
        epoch: seen.epoch.clone(),
        number: seen.number,
        lead_id: lead_id.to_owned(),
    };
    let mut stream = peers.leads.watch_leads(request).await?.into_inner();
    *reached = true;
    while let Some(response) = stream.message().await? {
        let Some(entry) = response.entry else {
            continue;
        };
        seen.epoch.clone_from(&entry.epoch);
        seen.number = entry.number;
        let Some(event) = entry.event.as_ref().filter(|event| is_new(event, since)) else {
            continue;
        };
        if args.json {
            terminal::line(as_json(&entry, event).to_string());
        } else {
            terminal::line(line(&entry.lead_id, event));
        }
        seen.shown += 1;
        if args.limit.is_some_and(|limit| seen.shown >= limit) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_new(event: &lead::LeadEvent, since: Option<DateTime<Utc>>) -> bool {
    let Some(since) = since else {
        return true;
    };
    words::instant(event.event_time.as_ref()).is_none_or(|time| time >= since)
}

/// "2026-…Z  0b5f2a70  confirmed     notified → confirmed  provider:sms  cause".
fn line(lead_id: &str, event: &lead::LeadEvent) -> String {
    let text = format!(
        "{}  {lead_id}  {:<16} {:<24} {:<18} {}",
        words::time(event.event_time.as_ref()),
        event.kind,
        crate::leads::move_in_words(event),
        event.actor,
        event.cause,
    );
    text.trim_end().to_owned()
}

fn as_json(entry: &lead::LeadEntry, event: &lead::LeadEvent) -> Value {
    let mut value = crate::leads::event_json(event);
    value["lead_id"] = json!(entry.lead_id);
    value["epoch"] = json!(entry.epoch);
    value["position"] = json!(entry.number);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seconds: i64) -> lead::LeadEvent {
        lead::LeadEvent {
            event_time: Some(prost_types::Timestamp { seconds, nanos: 0 }),
            kind: "confirmed".into(),
            from_state: lead::LeadState::Notified.into(),
            to_state: lead::LeadState::Confirmed.into(),
            actor: "provider:sms".into(),
            cause: "OUI".into(),
            ..Default::default()
        }
    }

    #[test]
    fn an_event_is_one_line_with_time_move_actor_and_cause() {
        let shown = line("0b5f", &event(1_795_253_436));
        assert_eq!(
            shown,
            "2026-11-21T09:30:36Z  0b5f  confirmed        notified → confirmed     provider:sms       OUI"
        );
        let entry = lead::LeadEntry {
            lead_id: "0b5f".into(),
            number: 7,
            ..Default::default()
        };
        let json = as_json(&entry, &event(1_795_253_436));
        assert_eq!(json["position"], 7);
        assert_eq!(json["to_state"], "confirmed");
    }

    #[test]
    fn only_what_happens_from_now_on_is_new() {
        let now = DateTime::from_timestamp(1_795_253_436, 0);
        assert!(!is_new(&event(1_795_253_435), now));
        assert!(is_new(&event(1_795_253_436), now));
        assert!(is_new(&event(1), None));
    }
}
