//! `bord credit LEAD --reason TEXT`: takes back what a provider was charged for a lead, whole or in part.
//! The request has an id that is told before anything is booked, so that a repeat books nothing twice.

use contracts::lead::v1 as lead;
use serde_json::json;

use super::lead::income;
use crate::operator::hand::Hand;
use crate::operator::{money, named};
use crate::peers::{Peers, explain};
use crate::terminal;

#[derive(clap::Args)]
pub struct Args {
    /// The lead: its id, the first characters of it, or its reference.
    lead: String,
    /// How much, such as "EUR 50"; all that is charged and not yet credited when left out.
    #[arg(long, value_name = "AMOUNT", value_parser = money::paid)]
    amount: Option<lead::Amount>,
    /// The id of an earlier try, which is repeated and not done twice.
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    #[command(flatten)]
    hand: Hand,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let actor = args.hand.who.actor()?;
    let mut peers = Peers::from_process()?;
    let lead_id = named::lead_id(&mut peers, &args.lead).await?;
    let request_id = args.request_id;
    let request_id = request_id.unwrap_or_else(|| chassis::ids::random().to_string());
    terminal::note(format!("request {request_id}"));
    let request = lead::CreditLeadRequest {
        lead_id,
        amount: args.amount,
        reason: args.hand.reason,
        request_id: request_id.clone(),
        actor,
    };
    let credited = peers.ledger.credit_lead(request).await;
    let credited = credited.map_err(|status| {
        let error = explain("it cannot be credited", &status);
        anyhow::anyhow!("{error}\n  To repeat exactly this, add --request-id {request_id}")
    })?;
    let line = credited.into_inner().income.unwrap_or_default();
    if args.json {
        terminal::json(&json!({"request_id": request_id, "income": income(&line)}));
    } else {
        terminal::line(told(&line));
    }
    Ok(())
}

/// "lead 0b5f, plomberie: EUR 50.00 credited of EUR 100.00 charged, EUR 50.00 still due".
fn told(line: &lead::IncomeLine) -> String {
    let amount = |one: &Option<lead::Amount>| match one {
        Some(one) => money::told(one.micros, &one.currency),
        None => "nothing".to_owned(),
    };
    let micros = |one: &Option<lead::Amount>| one.as_ref().map_or(0, |one| one.micros);
    let left = micros(&line.charged).saturating_sub(micros(&line.credited));
    let left = line.charged.as_ref().map(|one| lead::Amount {
        micros: left,
        currency: one.currency.clone(),
    });
    format!(
        "lead {}, {}: {} credited of {} charged, {} still due; `bord statement {}` shows it",
        line.lead_id,
        line.provider_id,
        amount(&line.credited),
        amount(&line.charged),
        amount(&left),
        line.provider_id,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eur_50_of_eur_100_leave_eur_50() {
        let euros = |units: i64| {
            Some(lead::Amount {
                micros: units * 1_000_000,
                currency: "EUR".into(),
            })
        };
        let line = lead::IncomeLine {
            lead_id: "0b5f".into(),
            provider_id: "clinique".into(),
            charged: euros(100),
            credited: euros(50),
            ..Default::default()
        };
        assert_eq!(
            told(&line),
            "lead 0b5f, clinique: EUR 50.00 credited of EUR 100.00 charged, EUR 50.00 still due; \
             `bord statement clinique` shows it"
        );
    }
}
