//! What is owed after a confirmation: the slot freed, the result asked for once, and the operator's
//! alarm where there is none.

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::notify_request::Notice;
use contracts::roster::v1::AssignmentState;
use test_support::{eventually, on_both};

use crate::calls::tool_call;
use crate::fake_roster::PROVIDER;
use crate::harness::World;
use crate::verbs::{LINK, won};

const DAY: u64 = 86_400;

on_both! {
    async fn a_confirmed_lead_is_asked_after_once_freed_and_at_last_the_operators(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.confirm(&id, 1, LINK).await.unwrap();
        world.logs(&id, "settled").await;
        assert!(world.notification.told(&format!("lead:{id}:1:result")).is_empty());
        world.pass_time(Duration::from_secs(5 * DAY + 60)).await;
        world.logs(&id, "result_asked").await;
        let told = world.notification.told(&format!("lead:{id}:1:result"));
        assert!(matches!(told[0].notice, Some(Notice::ResultReminder(_))));
        world.pass_time(Duration::from_secs(2 * DAY)).await;
        world.logs(&id, "slot_freed").await;
        assert!(world.roster.moves().contains(&format!("free {id} 1")));
        assert_eq!(world.roster.holder(&id).unwrap().state, AssignmentState::Confirmed);
        world.pass_time(Duration::from_secs(24 * DAY)).await;
        world.tells(&format!("alarm:LEAD_WITHOUT_RESULT:{id}:1")).await;
        let lead = world.lead(&id).await;
        assert_eq!((lead.state(), lead.operator_owned), (wire::LeadState::Confirmed, true));
        assert_eq!(lead.provider_id, PROVIDER, "the lead stays with its provider");
        let kinds = world.events(&id).await;
        for once in ["result_asked", "slot_freed", "without_result"] {
            assert_eq!(kinds.iter().filter(|kind| *kind == once).count(), 1, "{kinds:?}");
        }
        // The result still counts.
        assert!(world.close(&id, 1, won(100)).await.unwrap().1);
        assert!(!world.lead(&id).await.operator_owned);
    }

    async fn who_reported_is_asked_no_more_and_keeps_no_slot(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.confirm(&id, 1, LINK).await.unwrap();
        world.close(&id, 1, won(100)).await.unwrap();
        let roster = world.roster.clone();
        eventually(Duration::from_secs(10), async || {
            let held = roster.holder(&id)?;
            (held.state == AssignmentState::Completed).then_some(())
        })
        .await;
        world.pass_time(Duration::from_secs(40 * DAY)).await;
        world.dispatch(tool_call(2)).await;
        assert!(world.notification.told(&format!("lead:{id}:1:result")).is_empty());
        assert!(world.notification.told("alarm:LEAD_WITHOUT_RESULT").is_empty());
        assert_eq!(world.lead(&id).await.due_time, None);
    }

    async fn the_catalogue_sets_when_the_result_is_asked_for(db: TestDb) {
        let mut world = World::start(db).await;
        let mut request = crate::catalogue::taxonomy();
        request.rules = Some(wire::LeadRules { result_reminder_days: 2, ..Default::default() });
        assert!(world.client.put_taxonomy(request).await.unwrap().into_inner().changed);
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.confirm(&id, 1, LINK).await.unwrap();
        world.logs(&id, "settled").await;
        world.pass_time(Duration::from_secs(2 * DAY + 60)).await;
        world.logs(&id, "result_asked").await;
    }
}
