//! Truth by channel (B4): each error of the issue leads to its stated action and stands on the feed
//! within two minutes of the database's clock, callbacks or not.

use std::time::Duration;

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use notification_service::config::Timing;
use test_support::on_both;
use vendor_twin::{Behaviour, MailBehaviour};

use crate::harness::*;

const TWO_MINUTES: Duration = Duration::from_secs(119);

/// As in production, where it matters here: when an accepted message is asked for.
fn polling() -> Timing {
    let real = Timing::default();
    Timing {
        poll_after: real.poll_after,
        most_polls: real.most_polls,
        ..timing()
    }
}

async fn failed(world: &mut World, channel: wire::ChannelKind, key: String) -> wire::Delivery {
    world
        .outcome(|d| {
            d.message_key == key
                && d.channel() == channel
                && d.recipient() == Provider
                && d.state() == State::Failed
        })
        .await
}

on_both! {
    /// With every callback lost: asked for at the carrier in time.
    async fn a_wrong_phone_is_told_within_two_minutes_without_callbacks(db: TestDb) {
        let mut world = World::without_callbacks(&db, polling()).await;
        let table = [
            (Behaviour::UnknownHandset30005, Sms, "TWILIO_30005", "address"),
            (Behaviour::LandlineCarrier30006, Sms, "TWILIO_30006", "suspect"),
            (Behaviour::NotOnWhatsApp63024, Whatsapp, "TWILIO_63024", "address"),
        ];
        for (attempt, (behaviour, channel, reason, class)) in (1..).zip(table) {
            world.twin.number_behaviour(PROVIDER_PHONE, behaviour);
            let mut request = assigned();
            request.message_key = key(attempt);
            world.notify(request).await;
            world.until(&key(attempt), channel, Provider, State::Accepted).await;
            world.pass(TWO_MINUTES).await;
            let told = failed(&mut world, channel, key(attempt)).await;
            assert_eq!((told.reason.as_str(), told.error_class.as_str()), (reason, class));
            assert_eq!(told.recipient_id, "plomberie-du-rhone");
            world.until(&key(attempt), channel, Provider, State::Failed).await;
        }
    }

    /// Refused at once: on the feed at once.
    async fn a_refused_number_is_told_at_once(db: TestDb) {
        let mut world = World::without_callbacks(&db, polling()).await;
        for (attempt, behaviour, reason) in [
            (1, Behaviour::Invalid, "TWILIO_21211"), (2, Behaviour::Landline, "TWILIO_21614"),
        ] {
            world.twin.number_behaviour(PROVIDER_PHONE, behaviour);
            let mut request = one_sms();
            request.message_key = key(attempt);
            world.notify(request).await;
            let told = failed(&mut world, Sms, key(attempt)).await;
            assert_eq!((told.reason.as_str(), told.error_class.as_str()), (reason, "address"));
        }
    }

    /// 30003: said at once as passing, tried once more after half an hour, then suspect; where the
    /// repeat could only expire, suspect at once.
    async fn an_unreachable_handset_is_tried_once_more_and_then_suspect(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.number_behaviour(PROVIDER_PHONE, Behaviour::Unreachable30003);
        world.notify(one_sms()).await;
        let passing = world.outcome(|d| d.reason == "TWILIO_30003").await;
        assert_eq!((passing.state(), passing.error_class.as_str()), (State::Queued, "retry"));
        world.pass(Duration::from_secs(29 * 60)).await;
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 1);
        world.pass(Duration::from_secs(2 * 60)).await;
        let last = failed(&mut world, Sms, key(1)).await;
        assert_eq!((last.reason.as_str(), last.error_class.as_str()), ("TWILIO_30003", "suspect"));
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 2);

        let soon = world.db.now_us().await.unwrap() / 1_000_000 + 20 * 60;
        let mut short = one_sms();
        short.message_key = key(2);
        short.not_after = Some(prost_types::Timestamp { seconds: soon, nanos: 0 });
        world.notify(short).await;
        let told = failed(&mut world, Sms, key(2)).await;
        assert_eq!((told.attempts, told.error_class.as_str()), (1, "suspect"));
    }

    /// Mailgun: a hard bounce is the address's fault; a soft one is passing, and Mailgun's own to
    /// try again.
    async fn bounces_are_told_apart(db: TestDb) {
        let mut world = World::without_callbacks(&db, polling()).await;
        world.twin.mail_behaviour(PROVIDER_MAIL, MailBehaviour::HardBounce);
        world.notify(assigned()).await;
        world.until(&key(1), Email, Provider, State::Accepted).await;
        world.pass(TWO_MINUTES).await;
        let hard = failed(&mut world, Email, key(1)).await;
        assert_eq!((hard.reason.as_str(), hard.error_class.as_str()), ("MAILGUN_BOUNCE_550", "address"));
        world.twin.heal_address(PROVIDER_MAIL);
        world.twin.mail_behaviour(PROVIDER_MAIL, MailBehaviour::Stuck);
        let mut request = assigned();
        request.message_key = key(2);
        world.notify(request).await;
        world.until(&key(2), Email, Provider, State::Accepted).await;
        world.pass(TWO_MINUTES).await;
        let soft = world.outcome(|d| d.reason == "MAILGUN_DELAYED").await;
        assert_eq!((soft.state(), soft.error_class.as_str()), (State::Accepted, "retry"));
        assert_eq!(soft.message_key, key(2));
    }
}
