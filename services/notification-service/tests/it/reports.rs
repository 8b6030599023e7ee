//! Delivery reports: doubled, reordered, late, early, foreign (I15, I17); Mailgun's tokens.

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use serde_json::json;
use test_support::on_both;
use tonic::Code;
use vendor_twin::{Behaviour, Fault, FaultKind, Vendor};

use crate::harness::*;

async fn accepted_sms(world: &mut World) -> wire::Delivery {
    world.notify(one_sms()).await;
    world.until(&key(1), Sms, Provider, State::Accepted).await
}

async fn state(world: &mut World) -> State {
    let all = world.deliveries(&key(1)).await;
    all.iter()
        .find(|d| d.channel() == Sms && d.recipient() == Provider)
        .unwrap()
        .state()
}

on_both! {
    /// I15: every order of reports ends the same; nothing moves a state back.
    async fn reports_in_any_order_never_move_a_state_back(db: TestDb) {
        let mut world = World::without_callbacks(&db, timing()).await;
        let sms = accepted_sms(&mut world).await;
        let (id, sid) = (sms.delivery_id, sms.carrier_id);
        assert!(world.report(&id, &sid, "delivered", 0).await);
        assert_eq!(state(&mut world).await, State::Delivered);
        for (status, code) in [("sent", 0), ("queued", 0), ("delivered", 0), ("undelivered", 30005), ("failed", 30036)] {
            assert!(!world.report(&id, &sid, status, code).await, "{status}");
            assert_eq!(state(&mut world).await, State::Delivered);
        }
    }

    /// The same report twice is applied once.
    async fn a_doubled_report_is_applied_once(db: TestDb) {
        let mut world = World::without_callbacks(&db, timing()).await;
        let sms = accepted_sms(&mut world).await;
        assert!(world.report(&sms.delivery_id, &sms.carrier_id, "sent", 0).await);
        assert!(!world.report(&sms.delivery_id, &sms.carrier_id, "sent", 0).await);
        assert!(world.report(&sms.delivery_id, &sms.carrier_id, "undelivered", 30005).await);
        assert!(!world.report(&sms.delivery_id, &sms.carrier_id, "undelivered", 30005).await);
        assert!(!world.report(&sms.delivery_id, &sms.carrier_id, "sent", 0).await);
        assert_eq!(state(&mut world).await, State::Failed);
    }

    /// WhatsApp's read counts as delivered, also when it comes first.
    async fn read_counts_as_delivered(db: TestDb) {
        let mut world = World::without_callbacks(&db, timing()).await;
        let sms = accepted_sms(&mut world).await;
        assert!(world.report(&sms.delivery_id, &sms.carrier_id, "read", 0).await);
        assert!(!world.report(&sms.delivery_id, &sms.carrier_id, "delivered", 0).await);
        assert_eq!(state(&mut world).await, State::Delivered);
    }

    /// A report that comes before our own settle counts: its URL proves acceptance.
    async fn a_report_before_our_own_settle_counts(db: TestDb) {
        let mut world = World::start(&db).await;
        // The answer to our request comes late, the callbacks at once.
        let late = FaultKind::AcceptThenHang;
        world.twin.fault(Fault::once(Vendor::Twilio, "messages.create", late));
        world.notify(one_sms()).await;
        // Well within the send's own time limit.
        let sms = world.until(&key(1), Sms, Provider, State::Delivered).await;
        assert!(sms.carrier_id.starts_with("SM"));
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 1);
    }

    /// The twin doubles and reorders its callbacks; all ends well.
    async fn doubled_and_reordered_callbacks_end_well(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.faults([
            Fault::forever(Vendor::Twilio, "webhook.message_status", FaultKind::Reordered).times(3),
            Fault::forever(Vendor::Twilio, "webhook.message_status", FaultKind::Doubled).times(4),
            Fault::forever(Vendor::Mailgun, "webhook.mail_event", FaultKind::Doubled),
        ]);
        world.notify(assigned()).await;
        world.until_all(&key(1), &[State::Delivered, State::Accepted]).await;
        world.until(&key(1), Email, Provider, State::Delivered).await;
        assert_eq!(world.twin.ledger().len(), 5);
    }

    /// By the carrier's id alone, when the URL brought none; what is not ours changes nothing.
    async fn a_report_finds_its_delivery_by_the_carriers_id(db: TestDb) {
        let mut world = World::without_callbacks(&db, timing()).await;
        let sms = accepted_sms(&mut world).await;
        assert!(!world.report("", "SMffffffffffffffffffffffffffffffff", "delivered", 0).await);
        assert!(!world.report("no uuid", "SMffffffffffffffffffffffffffffffff", "delivered", 0).await);
        assert!(world.report("", &sms.carrier_id, "delivered", 0).await);
        assert_eq!(state(&mut world).await, State::Delivered);
    }

    /// A failure that is repeated: late words about the first message do not touch the second.
    async fn late_words_about_an_earlier_try_change_nothing(db: TestDb) {
        let mut world = World::without_callbacks(&db, timing()).await;
        let sms = accepted_sms(&mut world).await;
        let first = sms.carrier_id.clone();
        assert!(world.report(&sms.delivery_id, &first, "undelivered", 30001).await);
        let again = test_support::eventually(SOON, async || {
            let all = world.deliveries(&key(1)).await;
            all.into_iter().find(|d| d.channel() == Sms && d.recipient() == Provider
                && d.state() == State::Accepted && d.carrier_id != first)
        }).await;
        assert_eq!(again.attempts, 2);
        assert!(!world.report(&sms.delivery_id, &first, "undelivered", 30001).await);
        assert!(!world.report(&sms.delivery_id, &first, "failed", 30005).await);
        assert_eq!(state(&mut world).await, State::Accepted);
        assert!(world.report(&sms.delivery_id, &again.carrier_id, "delivered", 0).await);
        assert_eq!(state(&mut world).await, State::Delivered);
    }

    /// design.md, HTTP surface: same token and event again → nothing; with another event → refused.
    async fn a_mailgun_token_serves_one_event(db: TestDb) {
        let mut world = World::without_callbacks(&db, timing()).await;
        let alarm = world.notify(alarm(1)).await;
        let delivery = alarm.deliveries[0].clone();
        world.until(&delivery.message_key, Email, Operator, State::Accepted).await;
        let body = |token: &str, id: &str, event: &str| json!({
            "signature": {"token": token},
            "event-data": {
                "event": event, "id": id, "timestamp": 1_795_250_002.5,
                "message": {"headers": {"message-id": format!("{}@mg.example.com", delivery.delivery_id)}},
                // Truncated variables come as a string (fact sheet 2.2): the Message-Id serves.
                "user-variables": "Could not load user-variables. They were either truncated or invalid JSON",
            },
        });
        let mut record = async |body| {
            world.client.record_delivery_report(mailgun_report(&body)).await.map(|r| r.into_inner().applied)
        };
        assert!(record(body("t1", "e1", "delivered")).await.unwrap());
        assert!(!record(body("t1", "e1", "delivered")).await.unwrap());
        let reused = record(body("t1", "e2", "complained")).await.unwrap_err();
        assert_eq!(reused.code(), Code::FailedPrecondition);
        assert_eq!(chassis::fault::reason(&reused).as_deref(), Some("TOKEN_REUSED"));
        // A fresh token with the same event again says nothing new.
        assert!(!record(body("t2", "e1", "delivered")).await.unwrap());
        assert!(record(body("t3", "e3", "complained")).await.unwrap());
        let after = world.until(&delivery.message_key, Email, Operator, State::Delivered).await;
        assert_eq!(after.reason, "MAILGUN_COMPLAINED");
    }

    /// An accepted delivery whose callbacks are lost is asked for at the carrier.
    async fn a_delivery_without_reports_is_polled(db: TestDb) {
        let timing = notification_service::config::Timing {
            poll_after: std::time::Duration::from_millis(300), ..timing()
        };
        let mut world = World::without_callbacks(&db, timing).await;
        world.notify(assigned()).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        assert!(world.twin.requests("messages.fetch") >= 3);
        // A carrier that never confirms is not asked for ever.
        world.twin.number_behaviour(PROVIDER_PHONE, Behaviour::NeverConfirms);
        let mut request = one_sms();
        request.message_key = key(2);
        world.notify(request).await;
        let before = world.twin.requests("messages.fetch");
        world.until(&key(2), Sms, Provider, State::Accepted).await;
        test_support::eventually(SOON, async || {
            (world.twin.requests("messages.fetch") >= before + 3).then_some(())
        }).await;
        world.db.shift_clock(std::time::Duration::from_secs(3600)).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        assert_eq!(world.twin.requests("messages.fetch"), before + 3);
    }
}
