//! The saga over the real roster and notification: dropped at each of its points, or met by a
//! service that is away, every lead ends at one provider who was told once (I1, I4, I8, I9).

use std::collections::BTreeMap;

use lead_service::crash::DISPATCH as POINTS;
use test_support::on_both;

use crate::calls::delivered;
use crate::dispatch::{notified, one_owner};
use crate::tool;
use crate::world::World;

const MESSAGES_PER_LEAD: usize = 5;

/// What the carriers took, of whatever lead.
fn carried(world: &World) -> usize {
    world.twin.messages().len() + world.twin.mails().len()
}

on_both! {
    async fn dropped_at_each_point_and_started_again_every_lead_is_given_and_told_once(db: TestDb) {
        let mut world = World::start(&db).await;
        let mut told = BTreeMap::new();
        let mut leads = Vec::new();
        for point in POINTS {
            // A task that hangs is dead to the rest of the world; the stop then drops it.
            let armed = format!("{point}:hang");
            world.stop("lead-service").await;
            world.start_again("lead-service", &[("BORD_CRASH_POINT", &armed)]).await;
            let body = tool::leak(&format!("conv_{point}"));
            let answer = tool::dispatch(&world, &body).await;
            told.insert(point, answer["ok"].clone());
            world.stop("lead-service").await;
            world.start_again("lead-service", &[("BORD_CRASH_POINT", "")]).await;
            // The agent asks again, as after any answer that did not come.
            let again = tool::dispatch(&world, &body).await;
            assert_eq!(again["ok"], true, "{point}: {again}");
            let found = notified(&world, &format!("conv_{point}")).await;
            assert_eq!(again["lead_id"], found.lead_id.as_str(), "{point}");
            one_owner(&world, &found).await;
            leads.push(found);
        }
        // What hung before the reply was never promised; the rest was noted within the second.
        for (point, ok) in told {
            let silent = matches!(point, "lead.after_insert" | "lead.before_reply");
            assert_eq!(ok, !silent, "{point}");
        }
        for found in &leads {
            delivered(&world, found).await;
        }
        assert_eq!(carried(&world), POINTS.len() * MESSAGES_PER_LEAD, "no message twice");
    }

    async fn while_lead_service_is_away_the_agent_is_told_to_try_again(db: TestDb) {
        let mut world = World::start(&db).await;
        world.stop("lead-service").await;
        let body = tool::leak("conv_away");
        let answer = tool::dispatch(&world, &body).await;
        assert_eq!((&answer["ok"], &answer["status"]), (&false.into(), &"try_again".into()));
        assert!(answer["say"].as_str().is_some_and(|say| say.contains("nouvelle fois")), "{answer}");
        world.start_again("lead-service", &[]).await;
        let answer = tool::dispatch(&world, &body).await;
        assert_eq!(answer["ok"], true, "{answer}");
        notified(&world, "conv_away").await;
    }

    async fn while_roster_or_notification_is_away_the_need_is_noted_and_served_later(db: TestDb) {
        let mut world = World::start(&db).await;
        for away in ["roster-service", "notification-service"] {
            world.stop(away).await;
            let answer = tool::dispatch(&world, &tool::leak(away)).await;
            assert_eq!(answer["ok"], true, "the lead is committed: {answer}");
            assert!(answer["say"].as_str().is_some_and(|say| !say.is_empty()));
            world.start_again(away, &[]).await;
            let found = notified(&world, away).await;
            one_owner(&world, &found).await;
        }
    }
}
