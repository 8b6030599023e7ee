//! The operator's hand (D7): offering a lead to a named provider, and giving one back to the
//! machine. The same rules as the machine's own path; only the order is overridden.

use std::time::Duration;

use chassis::crash::Action;
use contracts::lead::v1 as wire;
use test_support::on_both;
use tonic::Code;

use crate::calls::{refusal, tool_call};
use crate::fake_roster::{PROVIDER, SECOND};
use crate::harness::World;
use crate::verbs::{LINK, OPERATOR};

on_both! {
    async fn an_offer_by_hand_takes_it_back_first_and_overrides_only_the_order(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let lead = world.offer(&id, SECOND).await.unwrap();
        assert_eq!((lead.provider_id.as_str(), lead.attempt), (SECOND, 2));
        assert_eq!(world.notification.told(&format!("lead:{id}:1:released")).len(), 1);
        assert_eq!(world.roster.holder(&id).unwrap().provider, SECOND);
        let log = world.log(&id).await;
        let by_hand = log.iter().find(|event| event.kind == "offered_by_hand").unwrap();
        assert_eq!((by_hand.actor.as_str(), by_hand.cause.as_str()), (OPERATOR, "knows the house"));
        let again = world.offer(&id, SECOND).await.unwrap();
        assert_eq!((again.attempt, again.provider_id.as_str()), (2, SECOND), "a repeat");
        // Back to the first, who was left out only by the machine.
        let back = world.offer(&id, PROVIDER).await.unwrap();
        assert_eq!((back.attempt, back.provider_id.as_str()), (3, PROVIDER));
        // And away from it after it confirmed.
        world.confirm(&id, 3, LINK).await.unwrap();
        assert_eq!(world.offer(&id, SECOND).await.unwrap().provider_id, SECOND);
    }

    async fn an_unmatched_lead_is_offered_and_stays_unmatched_where_the_roster_refuses(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        world.roster.set_capacity(0);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let status = world.offer(&id, SECOND).await.unwrap_err();
        assert_eq!(refusal(&status), (Code::FailedPrecondition, "PROVIDER_UNAVAILABLE".to_owned()));
        assert_eq!(chassis::fault::metadata(&status, "rule").as_deref(), Some("CAPACITY"));
        let lead = world.lead(&id).await;
        assert_eq!((lead.state(), lead.provider_id.as_str()), (wire::LeadState::Unmatched, ""));
        assert!(lead.due_time.is_some(), "tried again by itself");
        world.roster.set_capacity(1);
        assert_eq!(world.offer(&id, SECOND).await.unwrap().provider_id, SECOND);
    }

    async fn nobody_is_released_for_an_offer_that_cannot_be_made(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        world.roster.pause(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let status = world.offer(&id, SECOND).await.unwrap_err();
        assert_eq!(refusal(&status), (Code::FailedPrecondition, "PROVIDER_UNAVAILABLE".to_owned()));
        let status = world.offer(&id, "nobody").await.unwrap_err();
        assert_eq!(refusal(&status), (Code::NotFound, "UNKNOWN_PROVIDER".to_owned()));
        let lead = world.lead(&id).await;
        assert_eq!((lead.state(), lead.provider_id.as_str()), (wire::LeadState::Notified, PROVIDER));
        let by_nobody = wire::OfferLeadRequest {
            lead_id: id,
            provider_id: SECOND.to_owned(),
            actor: LINK.to_owned(),
            cause: "x".to_owned(),
        };
        let status = world.client.offer_lead(by_nobody).await.unwrap_err();
        assert_eq!(chassis::fault::violations(&status)[0].field, "actor");
    }

    /// The machine's own question is under way: its answer holds the lead for another provider.
    async fn an_offer_that_overtakes_the_machines_own_match_gets_the_lead(db: TestDb) {
        let settings = lead_service::config::Settings {
            budget: Duration::from_millis(100),
            ..crate::harness::settings()
        };
        let mut world = World::start_with(db, settings).await;
        world.roster.add(SECOND);
        world.points.arm("lead.after_assign", Action::Sleep(Duration::from_millis(600)));
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let lead = world.offer(&id, SECOND).await.unwrap();
        assert_eq!(lead.provider_id, SECOND);
        assert_eq!(world.roster.holder(&id).unwrap().provider, SECOND);
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert_eq!(world.lead(&id).await.provider_id, SECOND);
        let told = world.notification.told(&format!("lead:{id}:1"));
        assert!(told.is_empty(), "nobody else was told of it");
    }

    async fn a_lead_that_nobody_proved_is_offered_to_nobody(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.call_token.clear();
        let id = world.dispatch(call).await.lead_id;
        for status in [world.offer(&id, PROVIDER).await.unwrap_err(), world.retry(&id).await.unwrap_err()] {
            assert_eq!(refusal(&status), (Code::FailedPrecondition, "ILLEGAL_MOVE".to_owned()));
        }
        assert!(world.roster.asked().is_empty());
    }

    async fn a_retry_tries_at_once_with_what_the_catalogue_knows_by_now(db: TestDb) {
        let mut world = World::start(db).await;
        let mut call = tool_call(1);
        call.service = "un sourcier".to_owned();
        let id = world.dispatch(call).await.lead_id;
        assert!(world.lead(&id).await.operator_owned);
        // Nothing has changed: it stays the operator's, and nobody is told of it again.
        world.retry(&id).await.unwrap();
        world.reaches(&id, wire::LeadState::Unmatched).await;
        let status = world.offer(&id, PROVIDER).await.unwrap_err();
        assert_eq!(refusal(&status).1, "PROVIDER_UNAVAILABLE");
        assert_eq!(world.notification.told("lead:").len(), 1);
        let mut request = crate::catalogue::taxonomy();
        request.categories[0].synonyms.push("sourcier".to_owned());
        world.client.put_taxonomy(request).await.unwrap();
        world.retry(&id).await.unwrap();
        let lead = world.reaches(&id, wire::LeadState::Notified).await;
        assert_eq!((lead.category.as_str(), lead.operator_owned), ("plumbing", false));
    }

    async fn a_retry_of_a_confirmed_lead_releases_it_first_and_one_that_waits_is_left_alone(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let before = world.events(&id).await;
        world.retry(&id).await.unwrap();
        assert_eq!(world.events(&id).await, before, "its provider has time to answer");
        world.confirm(&id, 1, LINK).await.unwrap();
        world.retry(&id).await.unwrap();
        assert_eq!(world.is_offered(&id, 2).await.provider_id, SECOND);
    }
}
