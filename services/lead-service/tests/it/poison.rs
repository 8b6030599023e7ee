//! A lead that cannot be read keeps no other one waiting, and the operator hears of it (I23).

use contracts::lead::v1 as wire;
use test_support::on_both;

use crate::calls::tool_call;
use crate::harness::World;
use crate::schema::execute;

on_both! {
    async fn a_lead_that_makes_no_sense_blocks_nothing_and_alarms_i23(db: TestDb) {
        let mut world = World::start(db).await;
        for (n, poison) in [
            (1, "UPDATE lead SET missing_fields = 'shoe_size', due_us = 1"),
            (2, "UPDATE lead SET candidates = '[{\"x\": 1}]', due_us = 1 WHERE due_us > 1
                    AND missing_fields = ''"),
        ] {
            let poisoned = world.dispatch(tool_call(n)).await.lead_id;
            execute(&world.store, poison).await.unwrap();
            // The first step fails, so that the worker must take this one up.
            world.roster.fail(1);
            let other = world.dispatch(tool_call(n + 10)).await;
            assert_eq!(other.status, "notified");
            world.reaches(&other.lead_id, wire::LeadState::Notified).await;
            world.tells(&format!("alarm:LEAD_UNREADABLE:{poisoned}:")).await;
        }
    }
}
