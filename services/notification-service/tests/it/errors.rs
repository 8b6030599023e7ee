//! Each error of the fact sheets leads to its class: refused at once, refused later, tried again,
//! or the channel pauses.

use std::time::{Duration, Instant};

use contracts::notification::v1::DeliveryState as State;
use test_support::on_both;
use vendor_twin::{Behaviour, Fault, FaultKind, MailBehaviour, Vendor};

use crate::harness::*;

fn numbered(
    attempt: i32,
    mut request: contracts::notification::v1::NotifyRequest,
) -> (String, contracts::notification::v1::NotifyRequest) {
    request.message_key = key(attempt);
    (key(attempt), request)
}

on_both! {
    /// Fact sheet 3.8, refusals at once: final, not repeated, with their class.
    async fn refusals_at_once_are_final_and_classed(db: TestDb) {
        let mut world = World::start(&db).await;
        let table = [
            (21211, "address"), (21614, "address"), (21635, "address"), (21268, "address"),
            (21610, "opted_out"), (21408, "config"), (21612, "config"), (21606, "config"),
            (21656, "config"), (99999, "config"),
        ];
        for (attempt, (code, expected)) in (1..).zip(table) {
            world.twin.number_behaviour(PROVIDER_PHONE, Behaviour::Refused(code));
            let (key, request) = numbered(attempt, one_sms());
            world.notify(request).await;
            let failed = world.until(&key, Sms, Provider, State::Failed).await;
            assert_eq!(failed.reason, format!("TWILIO_{code}"));
            assert_eq!(failed.attempts, 1);
            assert_eq!(failed.error_class, expected, "{code}");
        }
        assert!(world.accepted(PROVIDER_PHONE, false).is_empty());
    }

    /// Fact sheet 3.8, failures by callback: final with their class, or repeated as often as they
    /// are worth.
    async fn failures_by_callback_are_classed(db: TestDb) {
        let mut world = World::start(&db).await;
        let table = [
            (30005, "address", 1), (30006, "suspect", 1), (30004, "opted_out", 1),
            (30007, "config", 1), (30001, "retry", 4), (30008, "suspect", 2),
        ];
        for (attempt, (code, expected, sends)) in (1..).zip(table) {
            let before = world.accepted(PROVIDER_PHONE, false).len();
            world.twin.number_behaviour(PROVIDER_PHONE, Behaviour::Undelivered(code));
            let (key, request) = numbered(attempt, one_sms());
            world.notify(request).await;
            let failed = world.until(&key, Sms, Provider, State::Failed).await;
            assert_eq!(failed.reason, format!("TWILIO_{code}"));
            assert_eq!(failed.error_class, expected, "{code}");
            assert_eq!(world.accepted(PROVIDER_PHONE, false).len() - before, sends, "{code}");
        }
    }

    /// 63024: not on WhatsApp is final there; 30003 waits half an hour for its one repeat.
    async fn whatsapp_failures_and_unreachable_handsets(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.number_behaviour(PROVIDER_PHONE, Behaviour::GoneEverywhere);
        world.notify(assigned()).await;
        let whatsapp = world.until(&key(1), Whatsapp, Provider, State::Failed).await;
        assert_eq!(whatsapp.reason, "TWILIO_63024");
        assert_eq!(whatsapp.error_class, "address");
        let sms = world.until(&key(1), Sms, Provider, State::Queued).await;
        assert_eq!(sms.reason, "TWILIO_30003");
        world.db.shift_clock(Duration::from_secs(31 * 60)).await.unwrap();
        let sms = world.until(&key(1), Sms, Provider, State::Failed).await;
        // No repeat follows: the number is suspect (B4).
        assert_eq!((sms.reason.as_str(), sms.error_class.as_str()), ("TWILIO_30003", "suspect"));
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 2);
    }

    /// 429 and connection errors are tried again until they pass.
    async fn passing_errors_are_tried_again(db: TestDb) {
        let mut world = World::start(&db).await;
        let create = |kind| Fault::once(Vendor::Twilio, "messages.create", kind);
        world.twin.faults([
            create(FaultKind::TooManyRequests { retry_after: None }),
            create(FaultKind::Reject { status: 400, code: 21611, message: String::new() }),
        ]);
        world.twin.fault(Fault::once(Vendor::Mailgun, "mail.send", FaultKind::TooManyRequests { retry_after: Some(1) }));
        world.notify(one_sms()).await;
        let sms = world.until(&key(1), Sms, Provider, State::Delivered).await;
        assert_eq!(sms.attempts, 3);
        world.until(&key(1), Email, Operator, State::Delivered).await;
        assert_eq!(world.twin.ledger().len(), 2);
    }

    /// A carrier that refuses connections is tried again, then the delivery is dead, and the
    /// operator is told (I10).
    async fn used_up_tries_end_dead_with_an_alarm(db: TestDb) {
        let mut world = World::start(&db).await;
        let limited = FaultKind::TooManyRequests { retry_after: None };
        world.twin.fault(Fault::forever(Vendor::Twilio, "messages.create", limited));
        world.notify(one_sms()).await;
        let dead = world.until(&key(1), Sms, Provider, State::Dead).await;
        assert_eq!((dead.reason.as_str(), dead.attempts), ("TWILIO_20429", 4));
        let told = format!("alarm:DELIVERY_DEAD:{}:4", dead.delivery_id);
        world.until(&told, Email, Operator, State::Delivered).await;
        assert!(world.accepted(PROVIDER_PHONE, false).is_empty());
    }

    /// A closed port is no acceptance: tried again without a look-up.
    async fn a_refused_connection_is_retried(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.refuse_connections(true);
        world.notify(one_sms()).await;
        let tried = world.until(&key(1), Sms, Provider, State::Queued).await;
        assert!(tried.attempts <= 4);
        world.twin.refuse_connections(false);
        world.until(&key(1), Sms, Provider, State::Delivered).await;
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 1);
    }

    /// 401: the channel pauses instead of hammering, and goes on by itself.
    async fn refused_credentials_pause_the_channel(db: TestDb) {
        let mut world = World::start(&db).await;
        let before = Instant::now();
        world.twin.fault(Fault::once(Vendor::Twilio, "messages.create", FaultKind::Unauthorized));
        world.notify(one_sms()).await;
        let (second, request) = numbered(2, one_sms());
        world.notify(request).await;
        world.until(&key(1), Sms, Provider, State::Delivered).await;
        world.until(&second, Sms, Provider, State::Delivered).await;
        assert!(before.elapsed() >= timing().pause);
        // One refusal, then a try for each delivery; a race lets the second start beside the first.
        assert!(world.twin.requests("messages.create") <= 3);
    }

    /// What no try can mend is told to the operator at once, and once an hour: refused credentials,
    /// content or configuration that the carrier does not take.
    async fn the_operator_hears_of_a_channel_that_is_refused(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.fault(Fault::forever(Vendor::Twilio, "messages.create", FaultKind::Unauthorized).times(2));
        world.notify(one_sms()).await;
        world.until(&key(1), Sms, Provider, State::Delivered).await;
        world.twin.number_behaviour(PROVIDER_PHONE, Behaviour::Refused(21408));
        for attempt in [2, 3] {
            let (key, request) = numbered(attempt, one_sms());
            world.notify(request).await;
            world.until(&key, Sms, Provider, State::Failed).await;
        }
        let told = |kind: &str| {
            world.twin.mails().iter().filter(|mail| mail.subject.contains(kind)).count()
        };
        test_support::eventually(SOON, async || {
            (told("CREDENTIALS_REFUSED") > 0 && told("SEND_REFUSED") > 0).then_some(())
        }).await;
        // The full hour may strike in between.
        assert!((1..=2).contains(&told("CREDENTIALS_REFUSED")) && (1..=2).contains(&told("SEND_REFUSED")));
    }

    /// Mailgun's refusals and bounces.
    async fn mail_failures_are_classed(db: TestDb) {
        let mut world = World::start(&db).await;
        for (attempt, (behaviour, reason, expected)) in (1..).zip([
            (MailBehaviour::HardBounce, "MAILGUN_BOUNCE_550", "address"),
            (MailBehaviour::HardBounce, "MAILGUN_SUPPRESS_BOUNCE", "address"),
            (MailBehaviour::Blocked, "MAILGUN_BLOCKED", "config"),
        ]) {
            if behaviour == MailBehaviour::Blocked {
                world.twin.heal_address(PROVIDER_MAIL);
            }
            world.twin.mail_behaviour(PROVIDER_MAIL, behaviour);
            let (key, request) = numbered(attempt, assigned());
            world.notify(request).await;
            let failed = world.until(&key, Email, Provider, State::Failed).await;
            assert_eq!(failed.reason, reason);
            assert_eq!(failed.error_class, expected);
        }
        world.twin.heal_address(PROVIDER_MAIL);
        world.twin.mail_behaviour(PROVIDER_MAIL, MailBehaviour::Greylisted);
        let (key, request) = numbered(9, assigned());
        world.notify(request).await;
        world.until(&key, Email, Provider, State::Delivered).await;
    }

    /// A mailbox that takes a mail and sends it back later: delivered stays, the bounce is kept.
    async fn a_delayed_bounce_is_kept_beside_delivered(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.mail_behaviour(PROVIDER_MAIL, MailBehaviour::DelayedBounce);
        world.notify(assigned()).await;
        let mail = test_support::eventually(SOON, async || {
            let all = world.deliveries(&key(1)).await;
            all.into_iter().find(|d| d.reason == "MAILGUN_BOUNCE_550")
        }).await;
        assert_eq!(mail.state(), State::Delivered);
    }
}
