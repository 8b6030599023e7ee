//! `bord assign`, `confirm`, `close`, `cancel`, `retry`: one lead moved by hand. The services guard
//! each move as they guard the machine's own; a repeat changes nothing and says so.

use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use serde_json::json;
use tonic::{Code, Status};

use super::hand::{Hand, Who, in_words};
use super::{money, named};
use crate::leads::as_json;
use crate::peers::{Peers, explain};
use crate::{terminal, words};

#[derive(clap::Args)]
pub struct AssignArgs {
    /// The lead: its id, the first characters of it, or its reference.
    lead: String,
    /// The provider's id.
    provider: String,
    #[command(flatten)]
    hand: Hand,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

/// Also of `cancel`.
#[derive(clap::Args)]
pub struct MoveArgs {
    /// The lead: its id, the first characters of it, or its reference.
    lead: String,
    #[command(flatten)]
    hand: Hand,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct CloseArgs {
    /// The lead: its id, the first characters of it, or its reference.
    lead: String,
    /// The work was done and billed: --won 450.00 CHF.
    #[arg(long, num_args = 2, value_names = ["AMOUNT", "CURRENCY"], conflicts_with = "lost",
          required_unless_present = "lost")]
    won: Option<Vec<String>>,
    /// Nothing came of it, and why.
    #[arg(long, value_name = "TEXT", value_parser = in_words)]
    lost: Option<String>,
    #[command(flatten)]
    who: Who,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct RetryArgs {
    /// A lead (its id, the first characters of it, its reference), or a delivery's whole id.
    what: String,
    #[command(flatten)]
    hand: Hand,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

pub async fn assign(args: AssignArgs) -> anyhow::Result<()> {
    let actor = args.hand.who.actor()?;
    let mut peers = Peers::from_process()?;
    let lead_id = named::lead_id(&mut peers, &args.lead).await?;
    let offered = peers
        .leads
        .offer_lead(lead::OfferLeadRequest {
            lead_id,
            provider_id: args.provider.clone(),
            actor,
            cause: args.hand.reason,
        })
        .await
        .map_err(|s| explain(&format!("it cannot be given to {}", args.provider), &s))?
        .into_inner();
    tell("offered", offered.lead, true, args.json)
}

pub async fn confirm(args: MoveArgs) -> anyhow::Result<()> {
    let actor = args.hand.who.actor()?;
    let mut peers = Peers::from_process()?;
    let lead_id = named::lead_id(&mut peers, &args.lead).await?;
    let confirmed = peers
        .leads
        .confirm_lead(lead::ConfirmLeadRequest {
            lead_id,
            attempt: 0,
            actor,
            cause: args.hand.reason,
        })
        .await
        .map_err(|s| explain("it cannot be confirmed", &s))?
        .into_inner();
    tell("confirmed", confirmed.lead, confirmed.changed, args.json)
}

pub async fn close(args: CloseArgs) -> anyhow::Result<()> {
    let actor = args.who.actor()?;
    let result = result(args.won.as_deref(), args.lost)?;
    let mut peers = Peers::from_process()?;
    let lead_id = named::lead_id(&mut peers, &args.lead).await?;
    let closed = peers
        .leads
        .close_lead(lead::CloseLeadRequest {
            lead_id,
            attempt: 0,
            actor,
            result: Some(result),
        })
        .await
        .map_err(|s| explain("it cannot be closed", &s))?
        .into_inner();
    tell("closed", closed.lead, closed.changed, args.json)
}

fn result(won: Option<&[String]>, lost: Option<String>) -> anyhow::Result<lead::Result> {
    use lead::result::Result as Kind;
    let result = match (won, lost) {
        (Some([amount, currency]), None) => Kind::Won(money::won(amount, currency)?),
        (None, Some(reason)) => Kind::Lost(lead::Lost { reason }),
        _ => anyhow::bail!("say what came of it: --won 450.00 CHF, or --lost TEXT"),
    };
    Ok(lead::Result {
        result: Some(result),
    })
}

pub async fn cancel(args: MoveArgs) -> anyhow::Result<()> {
    let actor = args.hand.who.actor()?;
    let mut peers = Peers::from_process()?;
    let lead_id = named::lead_id(&mut peers, &args.lead).await?;
    let cancelled = peers
        .leads
        .cancel_lead(lead::CancelLeadRequest {
            lead_id,
            actor,
            cause: args.hand.reason,
        })
        .await
        .map_err(|s| explain("it cannot be cancelled", &s))?
        .into_inner();
    tell("cancelled", cancelled.lead, cancelled.changed, args.json)
}

pub async fn retry(args: RetryArgs) -> anyhow::Result<()> {
    let actor = args.hand.who.actor()?;
    let mut peers = Peers::from_process()?;
    let id = named::lead_id(&mut peers, &args.what).await?;
    let tried = peers
        .leads
        .retry_lead(lead::RetryLeadRequest {
            lead_id: id.clone(),
            actor: actor.clone(),
            cause: args.hand.reason.clone(),
        })
        .await;
    match tried {
        Ok(retried) => tell("retried", retried.into_inner().lead, true, args.json),
        // The id of no lead may be a delivery's.
        Err(status) if status.code() == Code::NotFound => {
            let request = notification::RetryDeliveryRequest {
                delivery_id: id,
                actor,
                cause: args.hand.reason,
            };
            delivery(peers, request, &status, args.json).await
        }
        Err(status) => Err(explain("it cannot be tried again", &status)),
    }
}

async fn delivery(
    mut peers: Peers,
    request: notification::RetryDeliveryRequest,
    no_lead: &Status,
    json: bool,
) -> anyhow::Result<()> {
    let sent = match peers.notification.retry_delivery(request).await {
        Ok(sent) => sent.into_inner().delivery.unwrap_or_default(),
        Err(status) if status.code() == Code::NotFound => {
            return Err(explain("it is neither a lead nor a delivery", no_lead));
        }
        Err(status) => return Err(explain("the delivery cannot be sent again", &status)),
    };
    if json {
        terminal::json(&crate::leads::delivery_json(&sent));
        return Ok(());
    }
    terminal::line(format!(
        "{} to the {} by {} ({}) is {} again; `bord lead` shows what becomes of it",
        sent.template,
        words::recipient(sent.recipient),
        words::channel(sent.channel),
        sent.masked_address,
        words::delivery_state(sent.state),
    ));
    Ok(())
}

/// One line on how it stands now.
fn tell(did: &str, lead: Option<lead::Lead>, changed: bool, json: bool) -> anyhow::Result<()> {
    let lead = lead.unwrap_or_default();
    if json {
        terminal::json(&json!({"changed": changed, "lead": as_json(&lead, false)}));
    } else {
        terminal::line(told(did, &lead, changed));
    }
    Ok(())
}

fn told(did: &str, lead: &lead::Lead, changed: bool) -> String {
    let with = match lead.provider_id.as_str() {
        "" => String::new(),
        provider => format!(", with {provider}"),
    };
    let again = if changed {
        String::new()
    } else {
        format!("was {did} before, nothing changed: ")
    };
    format!(
        "lead {} {again}{}{with}",
        lead.lead_id,
        words::lead_state(lead.state)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_won_with_an_amount_or_lost_with_a_reason_and_never_both() {
        let won = result(Some(&["450.00".into(), "CHF".into()]), None).unwrap();
        assert!(
            matches!(won.result, Some(lead::result::Result::Won(won)) if won.amount_minor == 45_000)
        );
        let lost = result(None, Some("too dear".into())).unwrap();
        assert!(
            matches!(lost.result, Some(lead::result::Result::Lost(lost)) if lost.reason == "too dear")
        );
        assert!(result(None, None).is_err());
    }

    #[test]
    fn a_repeat_is_told_as_one() {
        let lead = lead::Lead {
            lead_id: "0b5f".into(),
            state: lead::LeadState::Confirmed.into(),
            provider_id: "plomberie".into(),
            ..Default::default()
        };
        assert_eq!(
            told("confirmed", &lead, true),
            "lead 0b5f confirmed, with plomberie"
        );
        assert_eq!(
            told("confirmed", &lead, false),
            "lead 0b5f was confirmed before, nothing changed: confirmed, with plomberie"
        );
    }
}
