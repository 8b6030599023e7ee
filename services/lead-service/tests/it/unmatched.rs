//! Nobody is free: the operator hears of it at once, and the oldest is tried first (D7).

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::notify_request::Notice;
use test_support::{eventually, on_both};

use crate::calls::tool_call;
use crate::harness::World;

on_both! {
    async fn an_unmatched_lead_is_told_without_naming_a_provider(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.set_capacity(0);
        let answer = world.dispatch(tool_call(1)).await;
        assert!(answer.ok);
        assert_eq!(answer.status, "unmatched");
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!((lead.state(), lead.provider_id.as_str()), (wire::LeadState::Unmatched, ""));
        assert!(lead.due_time.is_some());
        let messages = world.notification.messages();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].message_key, format!("lead:{}:unmatched:1", answer.lead_id));
        assert!(matches!(messages[0].notice, Some(Notice::LeadUnmatched(_))));
        let request = wire::GetLeadRequest { lead_id: answer.lead_id };
        let got = world.client.get_lead(request).await.unwrap().into_inner();
        assert_eq!(got.candidates[0].removed_by, "CAPACITY");
    }

    async fn it_is_tried_again_by_itself_and_people_hear_of_it_once(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.set_capacity(0);
        let answer = world.dispatch(tool_call(1)).await;
        for tries in 2..=3 {
            world.pass_time(Duration::from_secs(1800)).await;
            let roster = world.roster.clone();
            eventually(Duration::from_secs(5), async || {
                (roster.asked().len() == tries).then_some(())
            })
            .await;
        }
        world.reaches(&answer.lead_id, wire::LeadState::Unmatched).await;
        world.roster.set_capacity(1);
        world.pass_time(Duration::from_secs(1800)).await;
        let lead = world.reaches(&answer.lead_id, wire::LeadState::Notified).await;
        assert_eq!(lead.attempt, 4);
        assert_eq!(world.notification.told("lead:").len(), 2, "one for each outcome");
        assert_eq!(world.dispatch(tool_call(1)).await, answer, "the answer stands (I3)");
    }

    async fn it_is_tried_at_the_next_opening(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.set_capacity(0);
        let opening = world.store.now_us().await.unwrap() / 1_000_000 + 900;
        world.roster.set_next_change(prost_types::Timestamp { seconds: opening, nanos: 0 });
        let answer = world.dispatch(tool_call(1)).await;
        let lead = world.lead(&answer.lead_id).await;
        assert_eq!(lead.due_time.unwrap().seconds, opening);
    }

    async fn a_change_of_the_roster_wakes_the_oldest_first(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.set_capacity(0);
        let mut waiting = Vec::new();
        for n in 1..=4 {
            waiting.push(world.dispatch(tool_call(n)).await.lead_id);
        }
        world.roster.set_capacity(2);
        let (roster, mut client) = (world.roster.clone(), world.client.clone());
        let oldest = waiting[0].clone();
        eventually(Duration::from_secs(10), async || {
            // The follower may not be listening yet, so the change is told until it is heard.
            roster.publish("capacity", "CH");
            let request = wire::GetLeadRequest { lead_id: oldest.clone() };
            let lead = client.get_lead(request).await.ok()?.into_inner().lead?;
            (lead.state() == wire::LeadState::Notified).then_some(())
        })
        .await;
        world.reaches(&waiting[1], wire::LeadState::Notified).await;
        for late in &waiting[2..] {
            world.reaches(late, wire::LeadState::Unmatched).await;
        }
    }

    async fn a_pause_and_another_countrys_change_wake_nobody(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.set_capacity(0);
        let lead_id = world.dispatch(tool_call(1)).await.lead_id;
        // A change that is heard shows that the ones before it were heard as well.
        let (roster, store) = (world.roster.clone(), world.store.clone());
        eventually(Duration::from_secs(10), async || {
            roster.publish("paused", "CH");
            roster.publish("coverage", "FR");
            let mut tx = store.read().await.ok()?;
            followed(&mut tx).await.ok().flatten().filter(|number| *number > 0)
        })
        .await;
        assert_eq!(world.roster.asked().len(), 1);
        assert_eq!(world.lead(&lead_id).await.state(), wire::LeadState::Unmatched);
    }
}

async fn followed(tx: &mut chassis::db::Tx) -> Result<Option<i64>, chassis::db::StoreError> {
    Ok(chassis::on!(tx, c => sqlx::query_scalar(
        "SELECT number FROM follower WHERE name = 'roster'").fetch_optional(c).await?))
}
