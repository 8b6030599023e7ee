//! `bord leads` and `bord lead ID`: what came in, who has it and why, what was sent.

use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use serde_json::json;

use crate::peers::{Peers, explain};
use crate::terminal::{self, Table};
use crate::words;

#[derive(clap::Args)]
pub struct ListArgs {
    /// Only in this state: pending, assigned, notified, unmatched, incomplete…
    #[arg(long)]
    state: Option<String>,
    /// Only of this site.
    #[arg(long)]
    site: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 20)]
    limit: u16,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct ShowArgs {
    /// The lead's id.
    id: String,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

pub async fn list(args: ListArgs) -> anyhow::Result<()> {
    let state = match &args.state {
        None => lead::LeadState::Unspecified,
        Some(name) => {
            lead::LeadState::from_str_name(&format!("LEAD_STATE_{}", name.to_uppercase()))
                .ok_or_else(|| {
                    anyhow::anyhow!(
                        "--state {name}: no such state; try notified, unmatched, pending"
                    )
                })?
        }
    };
    let mut peers = Peers::from_process()?;
    let (mut found, mut token) = (Vec::new(), String::new());
    while found.len() < usize::from(args.limit) {
        let page = peers
            .leads
            .list_leads(lead::ListLeadsRequest {
                state: state.into(),
                site_id: args.site.clone().unwrap_or_default(),
                page_size: i32::from(args.limit),
                page_token: token,
                ..Default::default()
            })
            .await
            .map_err(|s| explain("the leads cannot be listed", &s))?
            .into_inner();
        found.extend(page.leads);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    found.truncate(usize::from(args.limit));
    if args.json {
        terminal::json(&found.iter().map(as_json).collect());
        return Ok(());
    }
    if found.is_empty() {
        terminal::line("No leads yet. `bord call plombiersgeneve.ch` places a call.");
        return Ok(());
    }
    let mut table = Table::new(&[
        "CAME IN", "STATE", "SITE", "CATEGORY", "CITY", "PROVIDER", "LEAD",
    ]);
    for one in &found {
        table.row([
            words::time(one.create_time.as_ref()),
            words::lead_state(one.state),
            one.site_id.clone(),
            one.category.clone(),
            words::or_dash(&one.city),
            words::or_dash(&one.provider_id),
            one.lead_id.clone(),
        ]);
    }
    table.print();
    Ok(())
}

pub async fn show(args: ShowArgs) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    let story = read(&mut peers, &args.id).await?;
    if args.json {
        terminal::json(&story.as_json());
    } else {
        story.lines().iter().for_each(terminal::line);
    }
    Ok(())
}

/// All that the services know of one lead.
pub struct Story {
    pub lead: lead::Lead,
    pub candidates: Vec<lead::MatchCandidate>,
    pub events: Vec<lead::LeadEvent>,
    pub deliveries: Vec<notification::Delivery>,
}

/// Reads a lead from the services that know of it.
///
/// # Errors
/// When the lead is unknown, or a service does not answer.
pub async fn read(peers: &mut Peers, id: &str) -> anyhow::Result<Story> {
    let found = peers
        .leads
        .get_lead(lead::GetLeadRequest {
            lead_id: id.to_owned(),
        })
        .await
        .map_err(|s| explain("the lead cannot be read", &s))?
        .into_inner();
    let events = peers
        .leads
        .list_lead_events(lead::ListLeadEventsRequest {
            lead_id: id.to_owned(),
            page_size: 200,
            ..Default::default()
        })
        .await
        .map_err(|s| explain("the lead's events cannot be listed", &s))?
        .into_inner()
        .events;
    let deliveries = peers
        .notification
        .list_deliveries(notification::ListDeliveriesRequest {
            lead_id: id.to_owned(),
            page_size: 200,
            ..Default::default()
        })
        .await
        .map_err(|s| explain("the lead's messages cannot be listed", &s))?
        .into_inner()
        .deliveries;
    let lead = found
        .lead
        .ok_or_else(|| anyhow::anyhow!("the lead cannot be read: empty answer"))?;
    Ok(Story {
        lead,
        candidates: found.candidates,
        events,
        deliveries,
    })
}

impl Story {
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let lead = &self.lead;
        let mut out = vec![
            format!("Lead {}", lead.lead_id),
            format!("  state      {}", words::lead_state(lead.state)),
            format!(
                "  came in    {} from {}",
                words::time(lead.create_time.as_ref()),
                lead.site_url
            ),
            format!(
                "  customer   {}, {}, speaks {}",
                words::or_dash(&lead.customer_name),
                words::or_dash(&lead.phone_e164),
                lead.language
            ),
            format!(
                "  need       {} → {}",
                words::or_dash(&lead.service),
                lead.category
            ),
            format!(
                "  place      {} → {}",
                words::or_dash(&lead.location),
                words::or_dash(&lead.city)
            ),
            format!("  provider   {}", words::or_dash(&lead.provider_id)),
        ];
        if !lead.match_reason.is_empty() {
            out.push(format!("  why        {}", lead.match_reason));
        }
        if !self.candidates.is_empty() {
            out.push(String::new());
            let mut table = Table::new(&["  RANK", "CANDIDATE", "EXPLANATION"]);
            for candidate in &self.candidates {
                let rank = match candidate.removed_by.as_str() {
                    "" => candidate.rank.to_string(),
                    rule => format!("out: {rule}"),
                };
                table.row([
                    format!("  {rank}"),
                    candidate.provider_id.clone(),
                    candidate.explanation.clone(),
                ]);
            }
            out.extend(table.lines());
        }
        out.push(String::new());
        let mut table = Table::new(&["  MESSAGE", "TO", "BY", "STATE", "ADDRESS", "REASON"]);
        for delivery in &self.deliveries {
            table.row([
                format!("  {}", delivery.template),
                words::recipient(delivery.recipient),
                words::channel(delivery.channel),
                words::delivery_state(delivery.state),
                delivery.masked_address.clone(),
                words::or_dash(&delivery.reason),
            ]);
        }
        out.extend(table.lines());
        out.push(String::new());
        let mut table = Table::new(&["  WHEN", "EVENT", "BY", "CAUSE"]);
        for event in &self.events {
            table.row([
                format!("  {}", words::time(event.event_time.as_ref())),
                event.kind.clone(),
                event.actor.clone(),
                event.cause.clone(),
            ]);
        }
        out.extend(table.lines());
        out
    }

    fn as_json(&self) -> serde_json::Value {
        let candidates: Vec<_> = self
            .candidates
            .iter()
            .map(|c| json!({"provider_id": c.provider_id, "rank": c.rank, "removed_by": c.removed_by, "explanation": c.explanation}))
            .collect();
        let deliveries: Vec<_> = self
            .deliveries
            .iter()
            .map(|d| {
                json!({
                    "delivery_id": d.delivery_id, "template": d.template,
                    "recipient": words::recipient(d.recipient), "channel": words::channel_id(d.channel),
                    "state": words::delivery_state(d.state), "address": d.masked_address,
                    "carrier_id": d.carrier_id, "attempts": d.attempts, "reason": d.reason,
                })
            })
            .collect();
        let events: Vec<_> = self
            .events
            .iter()
            .map(|e| {
                json!({
                    "number": e.number, "time": words::time(e.event_time.as_ref()), "kind": e.kind,
                    "from_state": words::lead_state(e.from_state), "to_state": words::lead_state(e.to_state),
                    "actor": e.actor, "cause": e.cause, "attributes": e.attributes,
                })
            })
            .collect();
        json!({"lead": as_json(&self.lead), "candidates": candidates, "deliveries": deliveries, "events": events})
    }
}

fn as_json(lead: &lead::Lead) -> serde_json::Value {
    json!({
        "lead_id": lead.lead_id, "state": words::lead_state(lead.state), "need": lead.need,
        "site_id": lead.site_id, "site_url": lead.site_url, "source_country": lead.source_country,
        "customer_name": lead.customer_name, "phone_e164": lead.phone_e164, "language": lead.language,
        "service": lead.service, "category": lead.category, "location": lead.location, "city": lead.city,
        "conversation_id": lead.conversation_id, "call_sid": lead.call_sid, "attempt": lead.attempt,
        "provider_id": lead.provider_id, "match_reason": lead.match_reason,
        "missing_fields": lead.missing_fields,
        "create_time": words::time(lead.create_time.as_ref()),
        "change_time": words::time(lead.change_time.as_ref()),
    })
}
