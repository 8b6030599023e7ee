//! What providers and customers answer, through Twilio's webhooks and the whole product: the tap,
//! the word, the silence, the change of mind.

use std::time::Duration;

use contracts::lead::v1::LeadState;
use contracts::notification::v1::{DeliveryState, RecipientKind};
use contracts::roster::v1::{AssignmentState, ChannelHealth, ChannelKind};
use test_support::{eventually, on_both};

use crate::calls::delivered;
use crate::dispatch::{notified, one_owner, owners};
use crate::people::{self, CUSTOMER, SOON};
use crate::tool;
use crate::world::World;

async fn offered(world: &World, conversation: &str) -> contracts::lead::v1::Lead {
    people::dispatched(world, &tool::leak(conversation)).await;
    let lead = notified(world, conversation).await;
    delivered(world, &lead).await;
    lead
}

on_both! {
    /// R48, R49: one tap is an answer; a second one and a late refusal change nothing.
    async fn a_tap_on_accept_confirms_the_lead_and_tells_what_is_needed_to_go(db: TestDb) {
        let world = World::start(&db).await;
        let lead = offered(&world, "conv_tap").await;
        let (number, _) = people::channel(&world, &lead.provider_id, ChannelKind::Whatsapp).await;
        let offer = people::whatsapp_offer(&world, &number, 0).await;
        let tapped = people::taps(&world, &number, "accept", &offer).await;
        assert_eq!(tapped.status, Some(200), "{tapped:?}");
        let confirmed = people::in_state(&world, &lead.lead_id, LeadState::Confirmed).await;
        assert_eq!(confirmed.attempt, lead.attempt);
        one_owner(&world, &confirmed).await;
        let owner = eventually(SOON, async || {
            owners(&world, &lead.lead_id).await.pop().filter(|a| a.state() == AssignmentState::Confirmed)
        }).await;
        assert_eq!(owner.provider_id, lead.provider_id);
        // R49: name and phone of the customer, by a message of its own.
        eventually(SOON, async || {
            let all = people::deliveries(&world, &lead.lead_id).await;
            all.into_iter().find(|d| d.template == "provider_confirmed" && d.state() == DeliveryState::Delivered)
        }).await;
        eventually(SOON, async || {
            let texts = people::texts_to(&world, &number).into_iter();
            texts.map(|text| text.replace(' ', "")).find(|text| text.contains(CUSTOMER))
        }).await;

        let events = people::events(&world, &lead.lead_id).await.len();
        people::taps(&world, &number, "accept", &offer).await;
        people::taps(&world, &number, "decline", &offer).await;
        eventually(SOON, async || (people::operator_mails(&world).len() >= 4).then_some(())).await;
        let now = people::lead(&world, &lead.lead_id).await;
        assert_eq!((now.state(), now.provider_id), (LeadState::Confirmed, lead.provider_id.clone()));
        let moved = people::events(&world, &lead.lead_id).await.into_iter().skip(events)
            .any(|e| e.from_state != e.to_state);
        assert!(!moved, "a second click moves nothing");
        // Who answered by WhatsApp has a phone that is right (B4).
        eventually(SOON, async || {
            let (_, health) = people::channel(&world, &lead.provider_id, ChannelKind::Whatsapp).await;
            (health == ChannelHealth::Proven).then_some(())
        }).await;
    }

    /// In words, in another language than the provider's, with the code of the SMS.
    async fn a_word_by_sms_confirms_and_an_unclear_one_gets_one_question(db: TestDb) {
        let world = World::start(&db).await;
        let lead = offered(&world, "conv_word").await;
        let (number, _) = people::channel(&world, &lead.provider_id, ChannelKind::Sms).await;
        let before = people::texts_to(&world, &number).len();
        people::writes(&world, &number, "Bonjour, c'est pour quand exactement ?").await;
        eventually(SOON, async || (people::texts_to(&world, &number).len() == before + 1).then_some(())).await;
        assert_eq!(people::lead(&world, &lead.lead_id).await.state(), LeadState::Notified);
        people::writes(&world, &number, "Ja, gerne!").await;
        people::in_state(&world, &lead.lead_id, LeadState::Confirmed).await;
    }

    /// D8: declined is released, told, and the next provider's; the first never hears of it again.
    async fn a_declined_lead_goes_to_the_next_provider_and_the_first_hears_no_more(db: TestDb) {
        let world = World::start(&db).await;
        let lead = offered(&world, "conv_no").await;
        let (number, _) = people::channel(&world, &lead.provider_id, ChannelKind::Sms).await;
        people::writes(&world, &number, "NON").await;
        let next = people::moved_on(&world, &lead).await;
        assert_eq!(next.attempt, lead.attempt + 1);
        one_owner(&world, &next).await;
        delivered(&world, &next).await;
        let late = people::texts_to(&world, &number).len();
        people::writes(&world, &number, "finalement oui").await;
        // A late yes is told so, and moves nothing.
        eventually(SOON, async || (people::texts_to(&world, &number).len() > late).then_some(())).await;
        let now = people::lead(&world, &lead.lead_id).await;
        assert_eq!((now.state(), &now.provider_id), (LeadState::Notified, &next.provider_id));
        one_owner(&world, &now).await;
        // The customer is told of the second one by name.
        let name = people::provider(&world, &next.provider_id).await.name;
        assert!(people::texts_to(&world, CUSTOMER).last().is_some_and(|text| text.contains(&name)));
    }

    /// D8: silence gets one reminder, then the lead goes on and nothing of the offer leaves any more.
    async fn silence_is_reminded_once_and_then_the_lead_goes_on(db: TestDb) {
        let world = World::start(&db).await;
        let lead = offered(&world, "conv_silent").await;
        let waiting = eventually(SOON, async || {
            Some(people::lead(&world, &lead.lead_id).await).filter(|l| l.answer_deadline_time.is_some())
        }).await;
        assert_eq!(waiting.state(), LeadState::Notified, "an emergency in plumbing waits ten minutes");
        world.pass(Duration::from_secs(6 * 60)).await;
        eventually(SOON, async || {
            let all = people::deliveries(&world, &lead.lead_id).await;
            all.into_iter().find(|d| d.template == "provider_reminder" && d.state() == DeliveryState::Delivered)
        }).await;
        world.pass(Duration::from_secs(5 * 60)).await;
        let next = people::moved_on(&world, &lead).await;
        one_owner(&world, &next).await;
        let all = people::deliveries(&world, &lead.lead_id).await;
        let reminders = all.iter().filter(|d| d.template == "provider_reminder" && d.message_key.contains(":1:")).count();
        let channels = all.iter().filter(|d| d.template == "provider_offer" && d.message_key.ends_with(":1")).count();
        assert!(reminders <= channels, "one reminder for each channel at most");
        let released = eventually(SOON, async || {
            let all = people::deliveries(&world, &lead.lead_id).await;
            all.into_iter().find(|d| d.template == "provider_released" && d.state() == DeliveryState::Delivered)
        }).await;
        assert_eq!(released.recipient(), RecipientKind::Provider);
        let causes = people::events(&world, &lead.lead_id).await;
        assert!(causes.iter().any(|e| e.to_state() == LeadState::Releasing), "{:?}", causes.iter().map(|e| &e.kind).collect::<Vec<_>>());
    }

    /// A customer's wish to cancel is asked back once; the provider is told, nothing more leaves.
    async fn a_customer_who_cancels_is_asked_once_and_the_provider_is_told(db: TestDb) {
        let world = World::start(&db).await;
        let lead = offered(&world, "conv_cancel").await;
        let before = people::texts_to(&world, CUSTOMER).len();
        people::writes(&world, CUSTOMER, "Je voudrais annuler ma demande svp").await;
        eventually(SOON, async || (people::texts_to(&world, CUSTOMER).len() == before + 1).then_some(())).await;
        assert_eq!(people::lead(&world, &lead.lead_id).await.state(), LeadState::Notified, "a wish alone cancels nothing");
        people::writes(&world, CUSTOMER, "oui").await;
        people::in_state(&world, &lead.lead_id, LeadState::Cancelled).await;
        eventually(SOON, async || owners(&world, &lead.lead_id).await.is_empty().then_some(())).await;
        eventually(SOON, async || {
            let all = people::deliveries(&world, &lead.lead_id).await;
            all.into_iter().find(|d| d.template == "provider_released" && d.recipient() == RecipientKind::Provider)
        }).await;
    }

    /// STOP shuts the channel for its provider, and an unknown sender reaches the operator only.
    async fn stop_shuts_the_channel_and_a_stranger_reaches_the_operator(db: TestDb) {
        let world = World::start(&db).await;
        let lead = offered(&world, "conv_stop").await;
        let (number, _) = people::channel(&world, &lead.provider_id, ChannelKind::Sms).await;
        people::writes(&world, &number, "STOP").await;
        eventually(SOON, async || {
            let (_, health) = people::channel(&world, &lead.provider_id, ChannelKind::Sms).await;
            (health == ChannelHealth::OptedOut).then_some(())
        }).await;
        let mails = people::operator_mails(&world).len();
        people::writes(&world, "+41767770099", "Bonjour, c'est quoi ce numéro ?").await;
        eventually(SOON, async || (people::operator_mails(&world).len() > mails).then_some(())).await;
        assert_eq!(people::texts_to(&world, "+41767770099").len(), 0, "a stranger is not written to");
    }
}
