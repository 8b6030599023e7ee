//! A queued message at the moment of its release (D8): taken back before, during and after a claim,
//! in an order that the test forces.

use chassis::crash::Action;
use contracts::notification::v1::DeliveryState as State;
use test_support::{eventually, on_both};
use vendor_twin::{Fault, FaultKind, Vendor};

use crate::harness::*;

async fn with_point(db: &test_support::TestDb, point: &str, action: Action) -> World {
    let twin = vendor_twin::Twin::start(vendor_twin::TwinConfig::default())
        .await
        .unwrap();
    let config = config(db, &twin, impatient(), false);
    config.crash_points.arm(point, action);
    World::on(twin, config, true).await
}

on_both! {
    /// Before the claim: the carrier pauses, so the message waits in the queue.
    async fn before_a_claim_it_is_taken_back(db: TestDb) {
        let mut world = World::start(&db).await;
        let busy = FaultKind::TooManyRequests { retry_after: Some(60) };
        world.twin.fault(Fault::forever(Vendor::Twilio, "messages.create", busy));
        world.notify(one_whatsapp()).await;
        eventually(SOON, async || {
            let all = world.deliveries(&key(1)).await;
            all.iter().any(|d| d.reason == "TWILIO_20429" && d.state() == State::Queued).then_some(())
        }).await;
        assert_eq!(world.cancel(&key(1), Provider).await, (1, 0));
        world.twin.clear_faults();
        world.pass(std::time::Duration::from_secs(600)).await;
        world.until(&key(1), Whatsapp, Provider, State::Cancelled).await;
        assert!(world.accepted(PROVIDER_PHONE, true).is_empty());
        assert!(!world.notify(one_whatsapp()).await.created);
    }

    /// During the claim, before the send: the worker sees it and sends nothing.
    async fn between_claim_and_send_it_is_taken_back(db: TestDb) {
        let pause = Action::Sleep(std::time::Duration::from_millis(600));
        let mut world = with_point(&db, "outbox.after_claim", pause).await;
        world.put_rules(all_templates()).await;
        // One delivery alone, so that the point is passed by no other.
        world.notify(proof("1", provider(), Whatsapp, "4711")).await;
        world.until("proof:1", Whatsapp, Provider, State::Sending).await;
        assert_eq!(world.cancel("proof:1", Provider).await, (0, 1));
        world.until("proof:1", Whatsapp, Provider, State::Cancelled).await;
        assert_eq!(world.cancel("proof:1", Provider).await, (0, 0));
        assert!(world.accepted(PROVIDER_PHONE, true).is_empty());
    }

    /// On the wire: counted as in flight until it is settled, and never repeated.
    async fn on_the_wire_it_is_counted_until_it_is_settled(db: TestDb) {
        let mut world = World::without_callbacks(&db, timing()).await;
        let slow = world.twin.fault(
            Fault::once(Vendor::Twilio, "messages.create", FaultKind::Delay { ms: 700 }));
        world.notify(one_whatsapp()).await;
        eventually(SOON, async || (world.twin.fired(slow) == 1).then_some(())).await;
        assert_eq!(world.cancel(&key(1), Provider).await, (0, 1));
        let sent = world.until(&key(1), Whatsapp, Provider, State::Accepted).await;
        assert_eq!(world.cancel(&key(1), Provider).await, (0, 0));
        assert_eq!(world.accepted(PROVIDER_PHONE, true).len(), 1);
        // The carrier failed with it for now: another offer's time has come, so it ends here.
        assert!(world.report(&sent.delivery_id, &sent.carrier_id, "failed", 63018).await);
        let ended = world.until(&key(1), Whatsapp, Provider, State::Failed).await;
        assert_eq!(ended.attempts, 1);
        assert_eq!(world.accepted(PROVIDER_PHONE, true).len(), 1);
    }
}
