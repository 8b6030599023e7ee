//! `bord unmatched`: the leads that nobody has or that wait for a person, oldest first, each with its
//! age and why.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::lead::v1 as lead;
use serde_json::json;

use crate::leads;
use crate::peers::{Peers, explain};
use crate::terminal::{self, Table};
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

/// Every state that is not an end.
const OPEN: [lead::LeadState; 7] = [
    lead::LeadState::Incomplete,
    lead::LeadState::Pending,
    lead::LeadState::Assigned,
    lead::LeadState::Notified,
    lead::LeadState::Confirmed,
    lead::LeadState::Releasing,
    lead::LeadState::Unmatched,
];

/// A lead that waits, and why.
struct Waiting {
    lead: lead::Lead,
    why: String,
    /// How many candidates each rule removed (B6).
    removed: BTreeMap<String, usize>,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    let mut found = Vec::new();
    for state in OPEN {
        found.extend(waiting(&mut peers, state).await?);
    }
    found.sort_by_key(|lead| lead.create_time.map(|t| (t.seconds, t.nanos)));
    let beyond = found.len().saturating_sub(args.limit);
    found.truncate(args.limit);
    let mut leads = Vec::new();
    for lead in found {
        leads.push(explained(&mut peers, lead).await?);
    }
    let now = chassis::clock::now();
    if args.json {
        terminal::json(&leads.iter().map(|one| one.as_json(now)).collect());
        return Ok(());
    }
    if leads.is_empty() {
        terminal::line("Every open lead is with somebody, or the machine is at it.");
        return Ok(());
    }
    table(&leads, now).print();
    if beyond > 0 {
        terminal::line(format!("… and {beyond} more; --limit shows them"));
    }
    terminal::line(
        "\n`bord lead LEAD` tells the whole life; `bord assign LEAD PROVIDER --reason TEXT` offers it by hand.",
    );
    Ok(())
}

async fn waiting(peers: &mut Peers, state: lead::LeadState) -> anyhow::Result<Vec<lead::Lead>> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let page = peers
            .leads
            .list_leads(lead::ListLeadsRequest {
                state: state.into(),
                page_size: 200,
                page_token: token,
                ..Default::default()
            })
            .await
            .map_err(|s| explain("the leads cannot be listed", &s))?
            .into_inner();
        let of_nobody =
            |one: &lead::Lead| one.state() == lead::LeadState::Unmatched || one.operator_owned;
        found.extend(page.leads.into_iter().filter(of_nobody));
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(found);
        }
    }
}

async fn explained(peers: &mut Peers, lead: lead::Lead) -> anyhow::Result<Waiting> {
    let story = leads::read(peers, &lead.lead_id).await?;
    let why = story
        .events
        .iter()
        .rev()
        .find(|event| event.from_state != event.to_state)
        .or(story.events.last())
        .map(|event| event.cause.clone())
        .unwrap_or_default();
    let mut removed = BTreeMap::new();
    for candidate in story
        .candidates
        .into_iter()
        .filter(|c| !c.removed_by.is_empty())
    {
        *removed.entry(candidate.removed_by).or_default() += 1;
    }
    Ok(Waiting {
        lead: story.lead,
        why,
        removed,
    })
}

impl Waiting {
    /// "no provider matches (3 CATEGORY, 1 PAUSED)".
    fn why(&self) -> String {
        let rules: Vec<_> = self
            .removed
            .iter()
            .map(|(rule, many)| format!("{many} {rule}"))
            .collect();
        let person = if self.lead.operator_owned {
            "waits for a person: "
        } else {
            ""
        };
        let rules = if rules.is_empty() {
            String::new()
        } else {
            format!(" ({})", rules.join(", "))
        };
        format!("{person}{}{rules}", words::or_dash(&self.why))
    }

    fn as_json(&self, now: DateTime<Utc>) -> serde_json::Value {
        json!({
            "lead_id": self.lead.lead_id, "reference": self.lead.reference,
            "state": words::lead_state(self.lead.state), "site_id": self.lead.site_id,
            "category": self.lead.category, "city": self.lead.city,
            "create_time": words::time(self.lead.create_time.as_ref()),
            "age_seconds": words::since(self.lead.create_time.as_ref(), now).map(|age| age.num_seconds()),
            "due_time": words::time(self.lead.due_time.as_ref()),
            "operator_owned": self.lead.operator_owned, "why": self.why, "removed_by": self.removed,
        })
    }
}

fn table(leads: &[Waiting], now: DateTime<Utc>) -> Table {
    let mut table = Table::new(&[
        "CAME IN", "AGE", "STATE", "SITE", "CATEGORY", "CITY", "NEXT TRY", "WHY", "REF", "LEAD",
    ]);
    for one in leads {
        let lead = &one.lead;
        table.row([
            words::time(lead.create_time.as_ref()),
            words::age(words::since(lead.create_time.as_ref(), now)),
            words::lead_state(lead.state),
            words::or_dash(&lead.site_id),
            words::or_dash(&lead.category),
            words::or_dash(&lead.city),
            words::time(lead.due_time.as_ref()),
            one.why(),
            words::or_dash(&lead.reference),
            lead.lead_id.clone(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// D7, B6.
    #[test]
    fn a_waiting_lead_is_shown_with_its_age_and_the_rules_that_removed_everybody() {
        let now = DateTime::from_timestamp(1_795_253_436, 0).unwrap();
        let one = Waiting {
            lead: lead::Lead {
                lead_id: "0b5f".into(),
                state: lead::LeadState::Unmatched.into(),
                category: "plumbing".into(),
                create_time: Some(prost_types::Timestamp {
                    seconds: 1_795_253_436 - 3_720,
                    nanos: 0,
                }),
                ..Default::default()
            },
            why: "no provider matches".into(),
            removed: BTreeMap::from([("CATEGORY".into(), 3), ("PAUSED".into(), 1)]),
        };
        let lines = table(std::slice::from_ref(&one), now).lines();
        assert!(lines[1].contains("1 h 2 min"), "{}", lines[1]);
        assert!(
            lines[1].contains("no provider matches (3 CATEGORY, 1 PAUSED)"),
            "{}",
            lines[1]
        );
        assert_eq!(one.as_json(now)["age_seconds"], 3_720);
        assert_eq!(one.as_json(now)["removed_by"]["PAUSED"], 1);
        let mut owned = one;
        owned.lead.operator_owned = true;
        assert!(owned.why().starts_with("waits for a person: "));
    }
}
