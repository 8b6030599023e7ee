//! Workers: expiry, taking back, several at once, stopping.

use std::time::Duration;

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use notification_service::config::Timing;
use test_support::on_both;
use vendor_twin::{Fault, FaultKind, Vendor};

use crate::harness::*;

on_both! {
    /// Beyond not_after nothing is sent, whatever else happens.
    async fn a_delivery_expires_by_the_databases_clock(db: TestDb) {
        // Time alone ends a delivery, as in production.
        let most_sends = Timing::default().most_sends;
        let options = Options { timing: Timing { most_sends, ..timing() }, ..Options::default() };
        let mut world = World::with(&db, options).await;
        world.twin.refuse_connections(true);
        world.notify(one_sms()).await;
        world.until(&key(1), Sms, Provider, State::Queued).await;
        world.db.shift_clock(Duration::from_secs(2 * 3600 + 1)).await.unwrap();
        let expired = world.until(&key(1), Sms, Provider, State::Expired).await;
        assert_eq!(expired.reason, "NOT_AFTER");
        world.twin.refuse_connections(false);
        // A carrier that failed until then is told to the operator.
        test_support::eventually(SOON, async || {
            world.twin.mails().iter().any(|m| m.subject.contains("DELIVERY_EXPIRED")).then_some(())
        }).await;
        assert!(world.accepted(PROVIDER_PHONE, false).is_empty());
    }

    /// An offer that has ended already is not made.
    async fn an_offer_that_comes_too_late_is_not_sent_to_the_provider(db: TestDb) {
        let mut world = World::start(&db).await;
        let past = prost_types::Timestamp { seconds: 1_000_000_000, nanos: 0 };
        world.notify(wire::NotifyRequest { not_after: Some(past), ..assigned() }).await;
        for channel in [Whatsapp, Sms, Email] {
            world.until(&key(1), channel, Provider, State::Expired).await;
        }
        world.until(&key(1), Email, Operator, State::Delivered).await;
        assert!(world.twin.messages().iter().all(|m| m.to == CUSTOMER_PHONE));
    }

    /// R50, R51: only the provider's messages end with the offer; the copies live for a day (I10).
    async fn the_copies_of_an_offer_outlive_it(db: TestDb) {
        // Time alone ends a delivery, as in production.
        let most_sends = Timing::default().most_sends;
        let options = Options { timing: Timing { most_sends, ..timing() }, ..Options::default() };
        let mut world = World::with(&db, options).await;
        world.twin.refuse_connections(true);
        let end = world.db.now_us().await.unwrap() / 1_000_000 + 3600;
        let offer_end = prost_types::Timestamp { seconds: end, nanos: 0 };
        world.notify(wire::NotifyRequest { not_after: Some(offer_end), ..assigned() }).await;
        for delivery in world.deliveries(&key(1)).await {
            let hours = (delivery.not_after.unwrap().seconds - end + 3600 + 60) / 3600;
            let expected = match delivery.recipient() {
                Provider => 1,
                _ => 24,
            };
            assert_eq!(hours, expected, "{:?}", delivery.recipient());
        }
        world.db.shift_clock(Duration::from_secs(3 * 3600)).await.unwrap();
        for channel in [Whatsapp, Sms, Email] {
            world.until(&key(1), channel, Provider, State::Expired).await;
        }
        world.db.shift_clock(Duration::from_secs(17 * 3600)).await.unwrap();
        world.twin.refuse_connections(false);
        world.until(&key(1), Sms, Customer, State::Delivered).await;
        world.until(&key(1), Email, Operator, State::Delivered).await;
        assert!(world.twin.messages().iter().all(|m| m.to == CUSTOMER_PHONE));
    }

    async fn a_copy_that_nobody_could_have_for_a_day_ends_i10(db: TestDb) {
        let most_sends = Timing::default().most_sends;
        let options = Options { timing: Timing { most_sends, ..timing() }, ..Options::default() };
        let mut world = World::with(&db, options).await;
        world.twin.refuse_connections(true);
        world.notify(assigned()).await;
        world.db.shift_clock(Duration::from_secs(25 * 3600)).await.unwrap();
        world.until(&key(1), Sms, Customer, State::Expired).await;
        world.until(&key(1), Email, Operator, State::Expired).await;
    }

    /// The carrier is told how long the message is of use.
    async fn the_validity_goes_along(db: TestDb) {
        let mut world = World::start(&db).await;
        world.notify(assigned()).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        let sms = world.accepted(PROVIDER_PHONE, false).pop().unwrap();
        assert!((7_100..=7_200).contains(&sms.validity_secs.unwrap()), "{:?}", sms.validity_secs);
        let mail = world.twin.mails().into_iter().find(|m| m.to == [PROVIDER_MAIL]).unwrap();
        assert_eq!(mail.options["deliver-within"], "1h59m");
    }

    /// D8: what has not left is taken back; what a worker holds is named, and never repeated.
    async fn taken_back_messages_never_leave(db: TestDb) {
        let mut world = World::without_callbacks(&db, impatient()).await;
        // Mail is refused for now, so it waits; the text message hangs at the carrier.
        let busy = FaultKind::TooManyRequests { retry_after: Some(60) };
        world.twin.fault(Fault::forever(Vendor::Mailgun, "mail.send", busy));
        world.twin.fault(Fault::forever(Vendor::Twilio, "messages.create", FaultKind::Hang));
        world.notify(assigned()).await;
        world.until(&key(1), Sms, Provider, State::Sending).await;
        world.until(&key(1), Whatsapp, Provider, State::Sending).await;
        test_support::eventually(SOON, async || {
            let all = world.deliveries(&key(1)).await;
            all.iter().any(|d| d.reason == "MAILGUN_429" && d.recipient() == Provider).then_some(())
        }).await;
        let request = wire::CancelDeliveriesRequest {
            message_key: key(1), recipient: Provider.into(),
        };
        let first = world.client.cancel_deliveries(request.clone()).await.unwrap().into_inner();
        assert_eq!((first.cancelled, first.in_flight), (1, 2));
        // The look-ups find nothing at the carrier; a cancelled one is not sent again.
        for channel in [Sms, Whatsapp, Email] {
            world.until(&key(1), channel, Provider, State::Cancelled).await;
        }
        let last = world.client.cancel_deliveries(request).await.unwrap().into_inner();
        assert_eq!((last.cancelled, last.in_flight), (0, 0));
        world.twin.clear_faults();
        world.until(&key(1), Sms, Customer, State::Accepted).await;
        assert!(world.accepted(PROVIDER_PHONE, false).is_empty());
        assert!(world.accepted(PROVIDER_PHONE, true).is_empty());
    }

    /// D8: a notice that comes after its key was taken back writes nothing: its lead may be at
    /// another provider by then.
    async fn a_notice_that_comes_after_its_cancellation_sends_nothing(db: TestDb) {
        let mut world = World::start(&db).await;
        let request = wire::CancelDeliveriesRequest { message_key: key(1), recipient: Provider.into() };
        let first = world.client.cancel_deliveries(request).await.unwrap().into_inner();
        assert_eq!((first.cancelled, first.in_flight), (0, 0));
        let late = world.notify(assigned()).await;
        assert!(!late.created && late.deliveries.is_empty());
        let request = wire::GetMessageRequest { message_key: key(1) };
        let missing = world.client.get_message(request).await.unwrap_err();
        assert_eq!(missing.code(), tonic::Code::NotFound);
        // Another message leaves as ever.
        let (other, request) = of_lead(OTHER_LEAD, assigned());
        world.notify(request).await;
        world.until_all(&other, &[State::Delivered]).await;
        assert_eq!(world.twin.ledger().len(), 5);
    }

    /// I14: who could still be sending when the lease is over does not begin, since another one
    /// might send the same meanwhile.
    async fn nothing_is_sent_with_a_lease_that_may_end_first(db: TestDb) {
        let timing = notification_service::config::Timing {
            lease: Duration::from_secs(2), send_limit: Duration::from_secs(3), ..timing()
        };
        let mut world = World::without_callbacks(&db, timing).await;
        world.notify(one_sms()).await;
        let dead = world.until(&key(1), Sms, Provider, State::Dead).await;
        assert_eq!(dead.reason, "LEASE_TOO_SHORT");
        assert!(world.twin.ledger().is_empty());
    }

    /// Several processes on one database send each message once.
    async fn three_replicas_send_each_message_once(db: TestDb) {
        let mut world = World::start(&db).await;
        let lives: Vec<_> = (0..2).map(|_| chassis::run::Life::for_test()).collect();
        for life in &lives {
            let bound = chassis::server::Bound::local().await.unwrap();
            let serving = notification_service::start(world.config.clone(), bound, life.clone());
            life.spawn(async move { serving.await.unwrap() });
        }
        for attempt in 1..=30 {
            let mut request = assigned_with(wire::LeadFacts { attempt, ..lead() }, provider());
            request.message_key = key(attempt);
            world.notify(request).await;
        }
        for attempt in 1..=30 {
            world.until_all(&key(attempt), &[State::Delivered]).await;
        }
        assert_eq!(world.twin.ledger().len(), 150);
        lives.iter().for_each(chassis::run::Life::stop);
    }

    /// I21: stopping finishes what is on the wire and settles it.
    async fn stopping_settles_what_is_on_the_wire(db: TestDb) {
        let mut world = World::without_callbacks(&db, timing()).await;
        let slow = world.twin.fault(Fault::once(Vendor::Twilio, "messages.create", FaultKind::Delay { ms: 700 }));
        world.notify(one_sms()).await;
        test_support::eventually(SOON, async || (world.twin.fired(slow) == 1).then_some(())).await;
        world.life.stop();
        world.life.drained().await;
        let mut tx = world.db.read().await.unwrap();
        let state = async {
            Ok::<String, chassis::db::StoreError>(chassis::on!(tx, c => sqlx::query_scalar(
                "SELECT state FROM deliveries WHERE channel = 'sms' AND recipient = 'provider'")
                .fetch_one(c).await?))
        };
        assert_eq!(state.await.unwrap(), "accepted");
    }

    /// P14: a message leaves right after the commit, without waiting for a timer.
    async fn notify_wakes_the_workers_at_once(db: TestDb) {
        let timing = notification_service::config::Timing {
            interval: Duration::from_secs(30), ..timing()
        };
        let mut world = World::with(&db, Options { timing, ..Options::default() }).await;
        world.notify(assigned()).await;
        test_support::eventually(Duration::from_secs(5), async || {
            (world.twin.ledger().len() == 5).then_some(())
        }).await;
    }
}
