//! `bord leads` and `bord lead ID`: what came in, and the life of one lead.
//!
//! What a customer said about a health-related need, and who they are, is shown only with `--full`
//! (D10); so is that of a lead of which lead-service does not say that it is none.

mod life;
mod shape;
mod story;

use contracts::lead::v1 as lead;

use crate::operator::named;
use crate::peers::{Peers, explain};
use crate::terminal::{self, Table};
use crate::words;

pub use shape::{as_json, delivery_json, event_json};
pub use story::{Attempt, Story, read};

#[derive(clap::Args)]
pub struct ListArgs {
    /// Only in this state: pending, assigned, notified, confirmed, won, unmatched, incomplete…
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
    /// The lead: its id, the first characters of it, or its reference (K7-3F9AQ).
    id: String,
    /// The customer's words of a health-related lead as well.
    #[arg(long)]
    full: bool,
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
                page_size: i32::from(args.limit.min(200)),
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
        terminal::json(&found.iter().map(|lead| as_json(lead, false)).collect());
        return Ok(());
    }
    if found.is_empty() {
        terminal::line("No leads yet. `bord call plombiersgeneve.ch` places a call.");
        return Ok(());
    }
    let mut table = Table::new(&[
        "CAME IN", "STATE", "SITE", "CATEGORY", "CITY", "PROVIDER", "REF", "LEAD",
    ]);
    for one in &found {
        table.row([
            words::time(one.create_time.as_ref()),
            words::lead_state(one.state),
            one.site_id.clone(),
            one.category.clone(),
            words::or_dash(&one.city),
            words::or_dash(&one.provider_id),
            words::or_dash(&one.reference),
            one.lead_id.clone(),
        ]);
    }
    table.print();
    Ok(())
}

pub async fn show(args: ShowArgs) -> anyhow::Result<()> {
    let mut peers = Peers::from_process()?;
    let id = named::lead_id(&mut peers, &args.id).await?;
    let story = read(&mut peers, &id).await?;
    if args.json {
        terminal::json(&story.as_json(args.full));
    } else {
        story.lines(args.full).iter().for_each(terminal::line);
    }
    Ok(())
}

/// Whether the customer's words stay out (D10). Unknown counts as health-related.
fn hides(lead: &lead::Lead, full: bool) -> bool {
    !full && lead.health != Some(false)
}

/// "notified → confirmed"; one state alone where the event moved nothing.
#[must_use]
pub fn move_in_words(event: &lead::LeadEvent) -> String {
    let to = words::lead_state(event.to_state);
    if event.from_state == event.to_state || event.from_state() == lead::LeadState::Unspecified {
        return to;
    }
    format!("{} → {to}", words::lead_state(event.from_state))
}
