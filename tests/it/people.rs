//! The people around a lead, as the tests play them: the provider who has it and what it was told,
//! the customer, the operator's mailbox.

use std::time::Duration;

use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::roster::v1 as roster;
use serde_json::Value;
use test_support::eventually;
use vendor_twin::{HookReceipt, Message, Reply};

use crate::tool;
use crate::world::World;

pub(crate) const SOON: Duration = Duration::from_secs(20);
pub(crate) const CUSTOMER: &str = "+41791234567";
/// Our numbers in Switzerland, by the sample catalogue.
pub(crate) const OUR_SMS: &str = "+41798071420";
const OUR_WHATSAPP: &str = "+41798071421";

/// A need that is stored; asked again like the agent does while a loaded machine takes its time.
pub(crate) async fn dispatched(world: &World, body: &Value) {
    eventually(SOON, async || {
        (tool::dispatch(world, body).await["ok"] == true).then_some(())
    })
    .await;
}

pub(crate) async fn lead(world: &World, lead_id: &str) -> lead::Lead {
    let asked = lead::GetLeadRequest {
        lead_id: lead_id.into(),
    };
    let found = world.peers.leads.clone().get_lead(asked).await;
    let found = found.expect("the lead is read").into_inner();
    found.lead.expect("a lead")
}

/// The lead once it is in that state.
pub(crate) async fn in_state(world: &World, lead_id: &str, state: lead::LeadState) -> lead::Lead {
    eventually(SOON, async || {
        Some(lead(world, lead_id).await).filter(|found| found.state() == state)
    })
    .await
}

/// The lead once another provider than `earlier` was told of it.
pub(crate) async fn moved_on(world: &World, earlier: &lead::Lead) -> lead::Lead {
    eventually(SOON, async || {
        Some(lead(world, &earlier.lead_id).await).filter(|now| {
            now.state() == lead::LeadState::Notified && now.provider_id != earlier.provider_id
        })
    })
    .await
}

pub(crate) async fn events(world: &World, lead_id: &str) -> Vec<lead::LeadEvent> {
    let asked = lead::ListLeadEventsRequest {
        lead_id: lead_id.into(),
        page_size: 200,
        ..Default::default()
    };
    let listed = world.peers.leads.clone().list_lead_events(asked).await;
    listed.expect("events").into_inner().events
}

pub(crate) async fn provider(world: &World, provider_id: &str) -> roster::Provider {
    let asked = roster::GetProviderRequest {
        provider_id: provider_id.into(),
    };
    let found = world.peers.roster.clone().get_provider(asked).await;
    found
        .expect("the provider")
        .into_inner()
        .provider
        .expect("the provider")
}

/// Address and health of one channel.
pub(crate) async fn channel(
    world: &World,
    provider_id: &str,
    kind: roster::ChannelKind,
) -> (String, roster::ChannelHealth) {
    let channels = provider(world, provider_id).await.channels;
    let found = channels.into_iter().find(|c| c.kind() == kind);
    let found = found.expect("the channel is declared");
    (found.address.clone(), found.health())
}

/// The offer's message on WhatsApp, once the twin has it.
pub(crate) async fn whatsapp_offer(world: &World, to: &str, since: usize) -> Message {
    eventually(SOON, async || {
        let messages = world.twin.messages().into_iter().skip(since);
        messages
            .rev()
            .find(|m| m.to == format!("whatsapp:{to}") && !m.content_variables.is_null())
    })
    .await
}

/// Texts that went to a number by SMS.
pub(crate) fn texts_to(world: &World, number: &str) -> Vec<String> {
    let messages = world.twin.messages().into_iter();
    messages
        .filter(|m| m.to == number)
        .map(|m| m.body)
        .collect()
}

pub(crate) async fn writes(world: &World, from: &str, body: &str) -> HookReceipt {
    world.twin.reply(Reply::sms(from, OUR_SMS, body)).await
}

/// A tap on a button of the offer, with the payload that its variables make.
pub(crate) async fn taps(world: &World, number: &str, verb: &str, offer: &Message) -> HookReceipt {
    let which = offer.content_variables["9"]
        .as_str()
        .expect("the offer's own variable");
    let payload = format!("{verb}:{which}");
    let tap = Reply::button(number, OUR_WHATSAPP, verb, &payload);
    world.twin.reply(tap).await
}

/// Subjects and texts of the operator's mails.
pub(crate) fn operator_mails(world: &World) -> Vec<(String, String)> {
    let operator = world.setting("OPERATOR_EMAIL");
    let mails = world.twin.mails().into_iter();
    mails
        .filter(|m| m.to.iter().any(|to| to.contains(&operator)))
        .map(|m| (m.subject, m.text))
        .collect()
}

/// The operator's mail about an alarm, once it is there.
pub(crate) async fn alarmed(world: &World, kind: &str) -> (String, String) {
    eventually(SOON, async || {
        operator_mails(world)
            .into_iter()
            .find(|(subject, _)| subject.contains(kind))
    })
    .await
}

pub(crate) async fn deliveries(world: &World, lead_id: &str) -> Vec<notification::Delivery> {
    let asked = notification::ListDeliveriesRequest {
        lead_id: lead_id.into(),
        page_size: 200,
        ..Default::default()
    };
    let listed = world
        .peers
        .notification
        .clone()
        .list_deliveries(asked)
        .await;
    listed
        .expect("deliveries are listed")
        .into_inner()
        .deliveries
}
