//! What follows the messages: the provider answers by SMS, the lead is confirmed, the provider gets
//! what it needs to go, and the whole life of the lead is printed.

use std::time::Duration;

use anyhow::Context as _;
use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use vendor_twin::{Message, Reply};

use super::aftermath::{SOON, is_delivered};
use super::teller::Teller;
use crate::fault::DemoFault;
use crate::operator::check;
use crate::peers::explain;
use crate::running::Running;
use crate::{leads, terminal, words};

/// The provider sends the word and the code that its SMS shows.
pub(super) async fn answer(
    teller: &mut Teller,
    up: &mut Running,
    lead: &lead::Lead,
    fault: Option<DemoFault>,
) -> anyhow::Result<()> {
    let (offer, code) = offer(up, lead).await?;
    let word = DemoFault::word(fault);
    let from = offer.from.as_deref().context("the offer has a sender")?;
    let reply = Reply::sms(&offer.to, from, &format!("{word} {code}"));
    teller.say(format!(
        "{} sends « {} » to {from}",
        lead.provider_id, reply.body
    ));
    let receipt = up.twin.reply(reply).await;
    anyhow::ensure!(
        receipt.is_ok(),
        "the provider's answer did not arrive: {}",
        receipt.failure.unwrap_or_default()
    );
    Ok(())
}

/// The offer as the provider's telephone shows it, and its two-character code.
async fn offer(up: &mut Running, lead: &lead::Lead) -> anyhow::Result<(Message, String)> {
    let key = format!("lead:{}:{}", lead.lead_id, lead.attempt);
    let found = message(up, &key).await?;
    let sms = found
        .deliveries
        .iter()
        .find(|d| {
            d.recipient() == notification::RecipientKind::Provider
                && d.channel() == notification::ChannelKind::Sms
        })
        .context("the provider has an offer by SMS")?;
    let sent = up.twin.messages();
    let sent = sent.into_iter().find(|m| m.sid == sms.carrier_id);
    let sent = sent.context("the carrier knows the provider's SMS")?;
    let code: String = sms.reference.chars().take(2).collect();
    anyhow::ensure!(
        code.len() == 2 && sent.body.contains(&code),
        "the SMS shows no code to answer with: {}",
        sent.body
    );
    Ok((sent, code))
}

async fn message(up: &mut Running, key: &str) -> anyhow::Result<notification::GetMessageResponse> {
    let asked = notification::GetMessageRequest {
        message_key: key.to_owned(),
    };
    let found = up.peers.notification.get_message(asked).await;
    let found = found.map_err(|s| explain("the messages cannot be read", &s))?;
    Ok(found.into_inner())
}

/// The lead is confirmed by that answer, and by nothing else (R48).
pub(super) async fn confirmed(
    teller: &mut Teller,
    up: &mut Running,
    lead: &lead::Lead,
) -> anyhow::Result<()> {
    let until = tokio::time::Instant::now() + SOON;
    let story = loop {
        let story = leads::read(&mut up.peers, &lead.lead_id).await?;
        if story.lead.state() == lead::LeadState::Confirmed {
            break story;
        }
        // A no gives it to somebody else, who is told in turn.
        let waits =
            story.lead.state() == lead::LeadState::Notified && story.lead.attempt == lead.attempt;
        anyhow::ensure!(
            waits && tokio::time::Instant::now() < until,
            "the lead is {}, not confirmed",
            words::lead_state(story.lead.state)
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let event = story.events.iter().rev().find(|event| {
        event.to_state() == lead::LeadState::Confirmed && event.from_state != event.to_state
    });
    let event = event.context("the event log does not tell who confirmed")?;
    teller.say(format!(
        "confirmed by {} at {}: {}",
        event.actor,
        words::time(event.event_time.as_ref()),
        words::or_dash(&event.cause)
    ));
    anyhow::ensure!(
        event.actor == "provider:sms",
        "confirmed by {}, not by the provider's SMS",
        event.actor
    );
    Ok(())
}

/// The provider gets all that is needed to go to the customer (R49).
pub(super) async fn confirmation(
    teller: &mut Teller,
    up: &mut Running,
    lead: &lead::Lead,
) -> anyhow::Result<()> {
    let key = format!("lead:{}:{}:confirmed", lead.lead_id, lead.attempt);
    let until = tokio::time::Instant::now() + SOON;
    let (found, to_provider) = loop {
        let asked = message(up, &key).await;
        let late = tokio::time::Instant::now() > until;
        if let Ok(found) = asked {
            let to_provider: Vec<_> = found
                .deliveries
                .iter()
                .filter(|d| d.recipient() == notification::RecipientKind::Provider)
                .cloned()
                .collect();
            if late || !to_provider.is_empty() && to_provider.iter().all(has_ended) {
                break (found, to_provider);
            }
        } else if late {
            asked.context("the provider's confirmation was never planned")?;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    for delivery in &to_provider {
        let told = format!(
            "{} to {}: {} {}",
            words::channel(delivery.channel),
            delivery.masked_address,
            words::delivery_state(delivery.state),
            delivery.reason,
        );
        teller.say(told.trim_end());
        let content = found.contents.iter();
        let content =
            content.filter(|c| c.delivery_id == delivery.delivery_id && is_delivered(delivery));
        for line in content.flat_map(|c| c.text.lines()) {
            terminal::line(format!("      │ {line}"));
        }
    }
    // Where a channel cannot carry free text it is not possible, and the others do.
    let broken = to_provider
        .iter()
        .find(|d| !is_delivered(d) && d.state() != notification::DeliveryState::NotPossible);
    if let Some(delivery) = broken {
        anyhow::bail!(
            "the confirmation by {} to the provider is {} {}",
            words::channel(delivery.channel),
            words::delivery_state(delivery.state),
            delivery.reason
        );
    }
    anyhow::ensure!(
        to_provider.iter().any(is_delivered),
        "the provider's confirmation reached nobody"
    );
    Ok(())
}

fn has_ended(delivery: &notification::Delivery) -> bool {
    use notification::DeliveryState as S;
    !matches!(delivery.state(), S::Queued | S::Sending | S::Accepted)
}

/// The last chapter: what `bord lead` shows, and who has it by three sources (B1).
pub(super) async fn life(
    teller: &mut Teller,
    up: &mut Running,
    lead: &lead::Lead,
) -> anyhow::Result<()> {
    let story = leads::read(&mut up.peers, &lead.lead_id).await?;
    for line in story.lines(false) {
        terminal::line(format!("   {line}").trim_end());
    }
    let found = check::check(&mut up.peers, lead.lead_id.clone(), None).await?;
    teller.say(format!("who has it, recounted: {}", check::summary(&found)));
    let first = found.findings.first();
    anyhow::ensure!(
        check::findings(&found) == 0 && found.leads == 1,
        "the three sources do not agree on the owner: {}",
        first.map_or("no lead was looked at", |f| f.detail.as_str())
    );
    Ok(())
}
