//! Crash points: what breaks in the midst of a call leaves the caller served and the call written.

use std::time::Duration;

use chassis::crash::Action;
use contracts::telephony::v1 as wire;
use telephony_gateway::crash::POINTS;
use test_support::{eventually, on_both};

use crate::harness::World;

on_both! {
    async fn a_call_whose_telephony_breaks_at_any_point_is_served_and_written_once(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let points = &world.config.crash_points;
        let mut sids = Vec::new();
        for (index, point) in POINTS.into_iter().enumerate() {
            for (kind, action) in [("error", Action::Error), ("panic", Action::Panic)] {
                let before = points.fired(point);
                // An entry is published where the agent does not take the call.
                if point == "telephony.before_publish" {
                    points.arm("telephony.before_register", Action::Error);
                }
                points.arm(point, action);
                let sid = format!("CA{index}{kind}");
                let answer = world.answer(&sid).await;
                assert!(answer.twiml.contains("<Response>"), "{point} {kind}: {}", answer.twiml);
                assert_eq!(points.fired(point), before + 1, "{point} {kind}");
                sids.push(sid);
            }
        }
        // The decision of a call that panics is lost with its task; all others are written.
        for sid in sids.iter().filter(|sid| !matches!(sid.as_str(), "CA0panic" | "CA1panic")) {
            let call = eventually(Duration::from_secs(10), async || {
                let request = wire::GetCallRequest { call_sid: sid.clone() };
                let call = world.calls.clone().get_call(request).await.ok()?.into_inner().call?;
                (!call.twiml.is_empty()).then_some(call)
            })
            .await;
            let received = call.events.iter().filter(|event| event.kind == "received").count();
            assert_eq!(received, 1, "{sid}: {:?}", call.events);
        }
    }
}
