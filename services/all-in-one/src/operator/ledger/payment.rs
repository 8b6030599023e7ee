//! `bord payment PROVIDER --amount "EUR 100" --reference TEXT`: books what a provider paid. The reference
//! is the key: the same payment told twice is booked once.

use chassis::clock;
use chrono::NaiveDate;
use contracts::lead::v1 as lead;
use serde_json::json;

use super::period::{day, midnight};
use crate::operator::hand::{Who, in_words};
use crate::operator::money;
use crate::peers::{Peers, explain};
use crate::terminal;

#[derive(clap::Args)]
pub struct Args {
    /// The provider's id.
    provider: String,
    /// How much, such as "EUR 100"; below zero, "EUR -20", for what we gave back.
    #[arg(long, value_name = "AMOUNT", value_parser = money::signed)]
    amount: lead::Amount,
    /// The bank's reference, or one of your own; the same one again books nothing.
    #[arg(long, value_name = "TEXT", value_parser = in_words)]
    reference: String,
    /// The day on which it came, UTC; today when left out.
    #[arg(long, value_name = "DAY", value_parser = day)]
    date: Option<NaiveDate>,
    #[command(flatten)]
    who: Who,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let actor = args.who.actor()?;
    let date = args.date.unwrap_or_else(|| clock::now().date_naive());
    let request = lead::RecordPaymentRequest {
        provider_id: args.provider.clone(),
        amount: Some(args.amount.clone()),
        reference: args.reference.clone(),
        payment_time: Some(midnight(date)),
        actor,
    };
    let booked = Peers::from_process()?.ledger.record_payment(request).await;
    let booked = booked.map_err(|s| explain("the payment cannot be booked", &s))?;
    let changed = booked.into_inner().changed;
    if args.json {
        terminal::json(&json!({"changed": changed}));
        return Ok(());
    }
    let amount = money::told(args.amount.micros, &args.amount.currency);
    let (provider, reference) = (args.provider, args.reference);
    terminal::line(match changed {
        true => format!(
            "{amount} of {provider} is booked on {date}, reference {reference}; `bord statement {provider}` shows it"
        ),
        false => format!("reference {reference} of {provider} was booked before, nothing changed"),
    });
    Ok(())
}
