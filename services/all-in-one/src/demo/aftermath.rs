//! What a call leaves behind: the lead with its one owner, five messages with their receipts, and the
//! closed call with its conversation.

use std::time::Duration;

use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::telephony::v1 as telephony;
use vendor_twin::CallOutcome;

use super::teller::Teller;
use crate::leads;
use crate::peers::explain;
use crate::running::Running;
use crate::{terminal, words};

/// How long the story waits for what follows a call.
pub(super) const SOON: Duration = Duration::from_secs(20);

/// The lead once it is notified, with its one owner.
pub(super) async fn owned(
    teller: &mut Teller,
    up: &mut Running,
    id: &str,
) -> anyhow::Result<lead::Lead> {
    let until = tokio::time::Instant::now() + SOON;
    let story = loop {
        let story = leads::read(&mut up.peers, id).await?;
        if story.lead.state() == lead::LeadState::Notified {
            break story;
        }
        if tokio::time::Instant::now() > until || story.lead.state() == lead::LeadState::Unmatched {
            story
                .lines(false)
                .iter()
                .for_each(|line| terminal::line(format!("   {line}")));
            anyhow::bail!(
                "the lead is {}, not given to a provider",
                words::lead_state(story.lead.state)
            );
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let lead = story.lead;
    teller.say(format!("lead {}", lead.lead_id));
    teller.say(format!(
        "{} ({}), {}: {} in {}",
        lead.customer_name, lead.phone_e164, lead.language, lead.category, lead.city
    ));
    teller.say(format!("from {} in {}", lead.site_url, lead.source_country));
    teller.say(format!(
        "given to {}: {}",
        lead.provider_id, lead.match_reason
    ));
    for candidate in &story.candidates {
        let verdict = if candidate.removed_by.is_empty() {
            format!("{}.", candidate.rank)
        } else {
            format!("out ({})", candidate.removed_by)
        };
        teller.say(format!(
            "  {verdict:<16} {:<24} {}",
            candidate.provider_id, candidate.explanation
        ));
    }
    Ok(lead)
}

pub(super) async fn messages(
    teller: &mut Teller,
    up: &mut Running,
    lead: &lead::Lead,
) -> anyhow::Result<()> {
    let key = format!("lead:{}:{}", lead.lead_id, lead.attempt);
    let until = tokio::time::Instant::now() + SOON;
    let found = loop {
        let found = up
            .peers
            .notification
            .get_message(notification::GetMessageRequest {
                message_key: key.clone(),
            })
            .await
            .map_err(|s| explain("the messages cannot be read", &s))?
            .into_inner();
        if found.deliveries.iter().all(is_delivered)
            || found.deliveries.iter().any(failed)
            || tokio::time::Instant::now() > until
        {
            break found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    for delivery in &found.deliveries {
        let content = found
            .contents
            .iter()
            .find(|c| c.delivery_id == delivery.delivery_id);
        let told = format!(
            "{} by {} to {}: {} {}",
            words::recipient(delivery.recipient),
            words::channel(delivery.channel),
            delivery.masked_address,
            words::delivery_state(delivery.state),
            delivery.reason,
        );
        teller.say(told.trim_end());
        if let Some(content) = content {
            if !content.subject.is_empty() {
                terminal::line(format!("      │ {}", content.subject));
            }
            for line in content.text.lines() {
                terminal::line(format!("      │ {line}"));
            }
        }
    }
    anyhow::ensure!(
        found.deliveries.len() == 5,
        "{} messages were planned, not five",
        found.deliveries.len()
    );
    // What failed is the news; what is merely late comes after it.
    let mut undelivered: Vec<_> = found
        .deliveries
        .iter()
        .filter(|d| !is_delivered(d))
        .collect();
    undelivered.sort_by_key(|d| !failed(d));
    if let Some(delivery) = undelivered.first() {
        anyhow::bail!(
            "the {} to the {} is {} {}",
            words::channel(delivery.channel),
            words::recipient(delivery.recipient),
            words::delivery_state(delivery.state),
            delivery.reason
        );
    }
    // The summary of the call is no message of the lead; it comes when it comes.
    let mails = up.twin.mails().into_iter();
    let mails = mails.filter(|mail| !mail.subject.starts_with("Call to"));
    let carried = up.twin.messages().len() + mails.count();
    anyhow::ensure!(
        carried == 5,
        "the carriers took {carried} messages, not five"
    );
    teller.say("the carriers took exactly five, and five receipts came back");
    Ok(())
}

pub(super) fn is_delivered(delivery: &notification::Delivery) -> bool {
    delivery.state() == notification::DeliveryState::Delivered
}

/// Ended, and not with the receiver.
fn failed(delivery: &notification::Delivery) -> bool {
    use notification::DeliveryState as S;
    !matches!(
        delivery.state(),
        S::Queued | S::Sending | S::Accepted | S::Delivered
    )
}

pub(super) async fn after(
    teller: &mut Teller,
    up: &mut Running,
    outcome: &CallOutcome,
) -> anyhow::Result<()> {
    let conversation = outcome.conversation_id.clone().unwrap_or_default();
    let until = tokio::time::Instant::now() + SOON;
    loop {
        let call = up.call(&outcome.call_sid).await?;
        let stored = up
            .peers
            .conversations
            .get_conversation(telephony::GetConversationRequest {
                conversation_id: conversation.clone(),
            })
            .await
            .map(|found| found.into_inner().conversation.unwrap_or_default());
        if let (telephony::CallState::Completed, Ok(stored)) = (call.state(), &stored) {
            let seconds = call.duration.map_or(0, |d| d.seconds);
            teller.say(format!(
                "the call ended after {seconds} s and is closed ({})",
                outcome.status
            ));
            teller.say(format!(
                "its conversation is stored with {} turns",
                stored.turns.len()
            ));
            return Ok(());
        }
        if tokio::time::Instant::now() > until {
            anyhow::bail!(
                "after the call: the call is {}, its conversation is {}",
                words::call_state(call.state),
                if stored.is_ok() {
                    "stored"
                } else {
                    "not stored"
                }
            );
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
