//! After a loss of roster's or notification's data: providers keep their leads, and nobody is told
//! anything twice.

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::roster::v1::AssignmentState;
use test_support::{eventually, on_both};
use tonic::Code;

use crate::calls::tool_call;
use crate::fake_lists::customer;
use crate::fake_roster::{PROVIDER, SECOND};
use crate::harness::World;
use crate::verbs::LINK;

fn since(seconds: i64) -> wire::RestoreAssignmentsRequest {
    let seconds = chassis::clock::now().timestamp() - seconds;
    wire::RestoreAssignmentsRequest {
        since_time: Some(prost_types::Timestamp { seconds, nanos: 0 }),
        actor: "operator:ana".to_owned(),
    }
}

impl World {
    async fn restore(&mut self) -> wire::RestoreAssignmentsResponse {
        let answer = self.client.restore_assignments(since(600)).await;
        answer.unwrap().into_inner()
    }
}

on_both! {
    async fn providers_get_back_what_the_roster_lost_each_for_its_attempt(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.lists(|lists| lists.by_the_books = true);
        world.roster.add(SECOND);
        let offered = world.dispatch(customer(1)).await.lead_id;
        let second = world.dispatch(customer(2)).await.lead_id;
        world.decline(&second, 1, LINK).await.unwrap();
        world.is_offered(&second, 2).await;
        let confirmed = world.dispatch(customer(3)).await.lead_id;
        world.confirm(&confirmed, 1, LINK).await.unwrap();
        world.logs(&confirmed, "settled").await;
        let kept = world.restore().await;
        assert_eq!((kept.checked, kept.restored, kept.refused_lead_ids.len()), (3, 0, 0), "the roster has them");
        let told = world.notification.keys();
        world.roster.lose();
        let restored = world.restore().await;
        assert_eq!((restored.checked, restored.restored, restored.refused_lead_ids.len()), (3, 3, 0));
        for (id, provider, attempt, state) in [
            (&offered, PROVIDER, 1, AssignmentState::Reserved),
            (&second, SECOND, 2, AssignmentState::Reserved),
            (&confirmed, PROVIDER, 1, AssignmentState::Confirmed),
        ] {
            let held = world.roster.holder(id).unwrap();
            assert_eq!((held.provider.as_str(), held.attempt, held.state), (provider, attempt, state));
            let log = world.log(id).await;
            let event = log.iter().find(|event| event.kind == "restored").unwrap();
            assert_eq!((event.actor.as_str(), event.attributes["provider_id"].as_str()), ("operator:ana", provider));
        }
        assert!(world.roster.asked().iter().all(|asked| asked.restored));
        assert_eq!(world.restore().await.restored, 0, "a repeat");
        assert_eq!(world.notification.keys(), told, "nobody is told anything");
        // Life goes on.
        world.confirm(&offered, 1, LINK).await.unwrap();
        world.logs(&offered, "settled").await;
    }

    async fn an_attempt_whose_end_the_roster_forgot_gives_way_to_the_one_that_stands(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.lists(|lists| lists.by_the_books = true);
        world.roster.add(SECOND);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.decline(&id, 1, LINK).await.unwrap();
        world.is_offered(&id, 2).await;
        // As after a restore of ten minutes ago.
        world.roster.lose();
        world.roster.stands(&id, 1);
        assert_eq!(world.restore().await.restored, 1);
        let held = world.roster.holder(&id).unwrap();
        assert_eq!((held.provider.as_str(), held.attempt), (SECOND, 2));
        // One that is newer there is not ours to take.
        world.roster.lose();
        world.roster.stands(&id, 3);
        assert_eq!(world.restore().await.restored, 0);
        assert_eq!(world.roster.holder(&id).unwrap().attempt, 3);
    }

    async fn where_the_roster_refuses_the_lead_is_the_operators_and_nobody_elses(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.lists(|lists| lists.by_the_books = true);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        world.roster.lose();
        world.roster.add(SECOND);
        world.roster.pause(PROVIDER);
        let restored = world.restore().await;
        assert_eq!((restored.restored, restored.refused_lead_ids), (0, vec![id.clone()]));
        world.tells(&format!("alarm:ASSIGNMENT_NOT_RESTORED:{id}:1")).await;
        // Its provider's time does not run out, and messages that arrive now move nothing.
        let key = format!("lead:{id}:1");
        let channel = contracts::notification::v1::ChannelKind::Whatsapp;
        world.notification.outcome(&key, PROVIDER, channel, crate::verbs::TAKEN);
        world.pass_time(Duration::from_secs(24 * 3600)).await;
        assert_eq!(world.dispatch(customer(2)).await.status, "notified");
        eventually(Duration::from_secs(10), async || {
            (world.count("SELECT COUNT(*) FROM offer_delivery WHERE state = 'accepted'").await > 0).then_some(())
        })
        .await;
        let lead = world.lead(&id).await;
        assert_eq!((lead.state(), lead.provider_id.as_str()), (wire::LeadState::Notified, PROVIDER));
        assert_eq!((lead.operator_owned, lead.due_time, lead.answer_deadline_time), (true, None, None));
        assert!(world.roster.asked().iter().all(|asked| asked.lead_id != id || asked.provider_id == PROVIDER));
        // The operator gives it to somebody by hand.
        let given = world.offer(&id, SECOND).await.unwrap();
        assert_eq!(given.provider_id, SECOND);
    }

    async fn a_restore_says_since_when_and_by_whom(db: TestDb) {
        let mut world = World::start(db).await;
        let request = wire::RestoreAssignmentsRequest { actor: "ana".to_owned(), ..Default::default() };
        let refused = world.client.restore_assignments(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert_eq!(chassis::fault::violations(&refused).len(), 2);
        world.dispatch(tool_call(1)).await;
        let later = world.client.restore_assignments(since(-600)).await.unwrap().into_inner();
        assert_eq!(later.checked, 0);
    }

    /// Nothing of a notified lead is planned again because notification-service forgot it.
    async fn after_a_loss_of_messages_alone_nothing_is_sent_again(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        let confirmed = world.dispatch(customer(2)).await.lead_id;
        world.confirm(&confirmed, 1, LINK).await.unwrap();
        world.logs(&confirmed, "settled").await;
        world.notification.lose();
        world.restart().await;
        world.roster.publish("coverage", "CH");
        // Every worker had its turn once another lead went all its way.
        let other = world.dispatch(customer(3)).await.lead_id;
        world.is_offered(&other, 1).await;
        world.client.recover_lead(crate::recovery::lost(1)).await.unwrap();
        assert_eq!(world.notification.keys(), [format!("lead:{other}:1")]);
    }
}
