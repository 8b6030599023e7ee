//! What an offer's page is told, the sums, and the stream of lead events.

use std::time::Duration;

use contracts::lead::v1 as wire;
use test_support::on_both;
use tonic::Code;

use crate::calls::{CALLER, refusal, tool_call};
use crate::fake_roster::SECOND;
use crate::harness::World;
use crate::verbs::{LINK, lost, won};

async fn offer(world: &mut World, lead_id: &str, attempt: i32) -> wire::Offer {
    let request = wire::GetOfferRequest {
        lead_id: lead_id.to_owned(),
        attempt,
    };
    world
        .client
        .get_offer(request)
        .await
        .unwrap()
        .into_inner()
        .offer
        .unwrap()
}

fn names_the_customer(offer: &wire::Offer) -> bool {
    let text = format!("{offer:?}");
    text.contains(CALLER) || text.contains("Rochat")
}

on_both! {
    async fn personal_data_stand_in_an_offer_only_once_it_is_accepted_r49(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let lead = world.is_offered(&id, 1).await;
        let open = offer(&mut world, &id, 1).await;
        assert_eq!(open.state(), wire::OfferState::Open);
        assert!(!names_the_customer(&open), "{open:?}");
        assert_eq!((open.language.as_str(), open.currency.as_str()), ("fr", "CHF"));
        assert_eq!((open.reference, open.provider_name.as_str()), (lead.reference, "Fontaine Plomberie"));
        assert_eq!((open.category_name.as_str(), open.service.as_str()), ("Plomberie", "plombier"));
        assert_eq!(open.urgency, i32::from(wire::Urgency::Emergency));
        world.confirm(&id, 1, LINK).await.unwrap();
        let accepted = offer(&mut world, &id, 1).await;
        assert_eq!(accepted.state(), wire::OfferState::Accepted);
        assert_eq!((accepted.customer_name.as_str(), accepted.customer_phone_e164.as_str()),
            ("Léa Rochat", CALLER));
        world.close(&id, 1, won(45_000)).await.unwrap();
        let booked = offer(&mut world, &id, 1).await;
        assert_eq!((booked.state(), booked.result), (wire::OfferState::Won, Some(won(45_000))));
    }

    async fn an_offer_that_is_over_says_how_and_tells_nothing_more(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        world.decline(&id, 1, LINK).await.unwrap();
        world.is_offered(&id, 2).await;
        let declined = offer(&mut world, &id, 1).await;
        assert_eq!(declined.state(), wire::OfferState::Declined);
        assert!(declined.service.is_empty() && declined.location.is_empty());
        assert_eq!(offer(&mut world, &id, 2).await.state(), wire::OfferState::Open);
        world.cancel(&id).await.unwrap();
        let cancelled = offer(&mut world, &id, 2).await;
        assert_eq!(cancelled.state(), wire::OfferState::Cancelled);
        assert!(!names_the_customer(&cancelled));
        let other = world.dispatch(tool_call(2)).await.lead_id;
        world.is_offered(&other, 1).await;
        world.confirm(&other, 1, LINK).await.unwrap();
        world.close(&other, 1, lost("too far")).await.unwrap();
        assert_eq!(offer(&mut world, &other, 1).await.state(), wire::OfferState::Lost);
    }

    async fn an_unknown_offer_is_refused_by_name(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        for (lead_id, attempt, expected) in [
            (id.clone(), 7, (Code::NotFound, "UNKNOWN_OFFER")),
            (uuid::Uuid::nil().to_string(), 1, (Code::NotFound, "UNKNOWN_OFFER")),
            (id, 0, (Code::InvalidArgument, "INVALID_REQUEST")),
        ] {
            let request = wire::GetOfferRequest { lead_id, attempt };
            let refused = world.client.get_offer(request).await.unwrap_err();
            assert_eq!(refusal(&refused), (expected.0, expected.1.to_owned()));
        }
    }

    async fn lead_events_are_streamed_in_order_and_after_a_position(db: TestDb) {
        let mut world = World::start(db).await;
        let first = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&first, 1).await;
        let mut seen = Vec::new();
        let request = wire::WatchLeadsRequest { lead_id: first.clone(), ..Default::default() };
        let mut stream = world.client.watch_leads(request).await.unwrap().into_inner();
        let next = async |stream: &mut tonic::Streaming<wire::WatchLeadsResponse>| {
            let entry = tokio::time::timeout(Duration::from_secs(15), stream.message()).await;
            entry.unwrap().unwrap().unwrap().entry.unwrap()
        };
        for _ in 0..3 {
            seen.push(next(&mut stream).await);
        }
        let log = world.log(&first).await;
        let told: Vec<_> = seen.iter().filter_map(|entry| entry.event.clone()).collect();
        assert_eq!(told, log[..3], "the log and nothing else");
        assert!(!format!("{seen:?}").contains("Rochat"));
        // Another lead's events are not this one's; a new one of its own comes by itself.
        let second = world.dispatch(tool_call(2)).await.lead_id;
        world.is_offered(&second, 1).await;
        world.confirm(&first, 1, LINK).await.unwrap();
        let entry = next(&mut stream).await;
        assert_eq!((entry.lead_id.as_str(), entry.event.unwrap().kind.as_str()), (first.as_str(), "confirmed"));
        // From a position: what follows it, of all leads.
        let last = seen.last().unwrap();
        let request = wire::WatchLeadsRequest {
            epoch: last.epoch.clone(),
            number: last.number,
            ..Default::default()
        };
        let mut stream = world.client.watch_leads(request).await.unwrap().into_inner();
        let entry = next(&mut stream).await;
        assert_eq!((entry.lead_id, entry.number), (second, last.number + 1));
    }

    async fn leads_are_summed_by_state(db: TestDb) {
        let mut world = World::start(db).await;
        let offered = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&offered, 1).await;
        world.roster.set_capacity(0);
        world.dispatch(tool_call(2)).await;
        let mut unsorted = tool_call(3);
        unsorted.service = "un avocat".to_owned();
        let unsorted = world.dispatch(unsorted).await.lead_id;
        world.tells(&format!("lead:{unsorted}:unmatched")).await;
        let summed = world.client.summarize_leads(wire::SummarizeLeadsRequest {}).await.unwrap();
        let summed = summed.into_inner();
        assert_eq!((summed.by_state["notified"], summed.by_state["unmatched"]), (1, 2));
        assert_eq!((summed.operator_owned, summed.overdue), (1, 0));
        assert!(summed.oldest_unmatched_time.is_some());
    }
}
