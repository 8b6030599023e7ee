//! The same customer with the same need stays with the same provider (D13).

use std::time::Duration;

use contracts::lead::v1 as wire;
use test_support::on_both;

use crate::calls::tool_call;
use crate::fake_roster::{PROVIDER, SECOND};
use crate::harness::World;
use crate::verbs::{LINK, lost, won};

on_both! {
    async fn the_same_need_goes_to_the_same_provider_whatever_the_order_d13(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let first = world.dispatch(tool_call(1)).await.lead_id;
        world.offer(&first, SECOND).await.unwrap();
        world.confirm(&first, 2, LINK).await.unwrap();
        world.close(&first, 2, won(100)).await.unwrap();
        let repeat = world.dispatch(tool_call(2)).await.lead_id;
        let lead = world.lead(&repeat).await;
        assert_eq!((lead.provider_id.as_str(), lead.repeat_of.as_str()), (SECOND, first.as_str()));
        let log = world.log(&repeat).await;
        let assigned = log.iter().find(|event| event.kind == "assigned").unwrap();
        assert!(assigned.cause.contains("D13"), "{}", assigned.cause);
        assert_eq!(assigned.attributes["repeat_of"], first);
        // Another customer, and another trade, go by the ordinary order.
        let mut other = tool_call(3);
        other.phone = "079 555 66 77".to_owned();
        let mut dental = tool_call(4);
        dental.service = "dentiste".to_owned();
        for call in [other, dental] {
            let id = world.dispatch(call).await.lead_id;
            let lead = world.lead(&id).await;
            assert_eq!((lead.provider_id.as_str(), lead.repeat_of.as_str()), (PROVIDER, ""));
        }
        // It declines: the next one is asked, and it is a repeat no longer.
        world.decline(&repeat, 1, LINK).await.unwrap();
        let lead = world.is_offered(&repeat, 2).await;
        assert_eq!((lead.provider_id.as_str(), lead.repeat_of.as_str()), (PROVIDER, ""));
    }

    async fn a_provider_that_cannot_come_is_no_reason_to_wait(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let first = world.dispatch(tool_call(1)).await.lead_id;
        world.confirm(&first, 1, LINK).await.unwrap();
        world.roster.pause(PROVIDER);
        let lead = world.dispatch(tool_call(2)).await.lead_id;
        let lead = world.lead(&lead).await;
        assert_eq!((lead.provider_id.as_str(), lead.repeat_of.as_str()), (SECOND, ""));
        assert_eq!(world.roster.asked().len(), 3, "its own first, and then anybody");
    }

    async fn what_was_lost_or_is_long_ago_binds_nobody(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.add(SECOND);
        let first = world.dispatch(tool_call(1)).await.lead_id;
        world.offer(&first, SECOND).await.unwrap();
        world.confirm(&first, 2, LINK).await.unwrap();
        world.pass_time(Duration::from_secs(31 * 86_400)).await;
        let second = world.dispatch(tool_call(2)).await.lead_id;
        let lead = world.lead(&second).await;
        assert_eq!((lead.provider_id.as_str(), lead.repeat_of.as_str()), (PROVIDER, ""));
        world.confirm(&second, 1, LINK).await.unwrap();
        world.close(&second, 1, lost("moved away")).await.unwrap();
        world.roster.pause(PROVIDER);
        let third = world.dispatch(tool_call(3)).await.lead_id;
        assert_eq!(world.lead(&third).await.state(), wire::LeadState::Notified);
        assert_eq!(world.roster.asked().last().unwrap().provider_id, "");
    }
}
