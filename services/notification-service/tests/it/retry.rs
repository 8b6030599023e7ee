//! RetryDelivery: what reached nobody is sent again under its own id; what may have arrived, or must
//! not leave, is not.

use std::time::Duration;

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use test_support::on_both;
use vendor_twin::{Behaviour, MailBehaviour};

use crate::harness::*;

fn reason(refused: &tonic::Status) -> Option<String> {
    chassis::fault::reason(refused)
}

on_both! {
    /// Tries were used up; the operator's word starts them anew, and late reports find the second.
    async fn a_dead_delivery_is_sent_again_under_its_own_id(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.refuse_connections(true);
        world.notify(one_sms()).await;
        let dead = world.until(&key(1), Sms, Provider, State::Dead).await;
        world.twin.refuse_connections(false);
        let queued = world.retry(&dead.delivery_id).await.unwrap();
        assert_eq!((queued.state(), queued.reason.as_str()), (State::Queued, ""));
        // An offer keeps its own end.
        assert_eq!(queued.not_after, dead.not_after);
        let sent = world.until(&key(1), Sms, Provider, State::Delivered).await;
        assert_eq!(sent.attempts, dead.attempts + 1);
        let again = world.retry(&dead.delivery_id).await.unwrap_err();
        assert_eq!(reason(&again).as_deref(), Some("NOT_RETRYABLE"));
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 1);
    }

    /// Failed for configuration's sake may be retried; for the address's sake not.
    async fn a_failure_is_retried_by_its_class(db: TestDb) {
        let mut world = World::start(&db).await;
        for (attempt, code, may) in [(1, 21408, true), (2, 21211, false), (3, 21610, false)] {
            world.twin.number_behaviour(PROVIDER_PHONE, Behaviour::Refused(code));
            let mut request = one_sms();
            request.message_key = key(attempt);
            world.notify(request).await;
            let failed = world.until(&key(attempt), Sms, Provider, State::Failed).await;
            world.twin.heal_number(PROVIDER_PHONE);
            match world.retry(&failed.delivery_id).await {
                Ok(_) => {
                    assert!(may, "{code}");
                    world.until(&key(attempt), Sms, Provider, State::Delivered).await;
                }
                Err(refused) => {
                    assert!(!may, "{code}");
                    assert_eq!(reason(&refused).as_deref(), Some("NOT_RETRYABLE"));
                }
            }
        }
        let unknown = world.retry(OTHER_LEAD).await.unwrap_err();
        assert_eq!(reason(&unknown).as_deref(), Some("UNKNOWN_DELIVERY"));
    }

    /// A failure that came by report: words about the first message do not touch the second, and a
    /// second mail has a Message-Id of its own.
    async fn words_about_the_first_message_do_not_touch_the_second(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.number_behaviour(PROVIDER_PHONE, Behaviour::Undelivered(30006));
        world.twin.mail_behaviour(PROVIDER_MAIL, MailBehaviour::Blocked);
        world.notify(assigned()).await;
        let sms = world.until(&key(1), Sms, Provider, State::Failed).await;
        let mail = world.until(&key(1), Email, Provider, State::Failed).await;
        assert_eq!((sms.error_class.as_str(), mail.error_class.as_str()), ("suspect", "config"));
        world.twin.heal_number(PROVIDER_PHONE);
        world.twin.heal_address(PROVIDER_MAIL);
        world.retry(&sms.delivery_id).await.unwrap();
        world.retry(&mail.delivery_id).await.unwrap();
        let again = world.until(&key(1), Sms, Provider, State::Delivered).await;
        assert_ne!(again.carrier_id, sms.carrier_id);
        assert!(!world.report(&sms.delivery_id, &sms.carrier_id, "undelivered", 30006).await);
        world.until(&key(1), Email, Provider, State::Delivered).await;
        let ids: Vec<String> = world.twin.mails().into_iter()
            .filter(|m| m.to == [PROVIDER_MAIL]).map(|m| m.message_id).collect();
        assert_eq!(ids, [
            format!("{}@mg.example.com", mail.delivery_id),
            format!("{}.1@mg.example.com", mail.delivery_id),
        ]);
    }

    /// D8: neither an expired offer nor one that was taken back leaves by the operator's hand; the
    /// copies of it do, with a life of their own.
    async fn a_released_offer_is_not_sent_by_hand(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.refuse_connections(true);
        world.notify(assigned()).await;
        let sms = world.until(&key(1), Sms, Provider, State::Dead).await;
        world.until(&key(1), Sms, Customer, State::Dead).await;
        let copy = world.until(&key(1), Email, Operator, State::Dead).await;
        world.cancel(&key(1), Provider).await;
        let over = world.retry(&sms.delivery_id).await.unwrap_err();
        assert_eq!(reason(&over).as_deref(), Some("OFFER_OVER"));
        let mut other = one_sms();
        other.message_key = key(2);
        world.notify(other).await;
        world.until(&key(2), Sms, Provider, State::Dead).await;
        world.pass(Duration::from_secs(3 * 3600)).await;
        let late = world.deliveries(&key(2)).await.into_iter()
            .find(|d| d.channel() == Sms && d.recipient() == Provider).unwrap();
        let late = world.retry(&late.delivery_id).await.unwrap_err();
        assert_eq!(reason(&late).as_deref(), Some("OFFER_OVER"));
        world.twin.refuse_connections(false);
        let queued = world.retry(&copy.delivery_id).await.unwrap();
        assert!(queued.not_after.unwrap().seconds > copy.not_after.unwrap().seconds);
        world.until(&key(1), Email, Operator, State::Delivered).await;
        assert!(world.accepted(PROVIDER_PHONE, false).is_empty());
    }

    /// An unclear outcome is never repeated by hand.
    async fn what_may_have_arrived_is_not_retried(db: TestDb) {
        let mut world = World::without_callbacks(&db, timing()).await;
        world.notify(one_sms()).await;
        let accepted = world.until(&key(1), Sms, Provider, State::Accepted).await;
        let refused = world.retry(&accepted.delivery_id).await.unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some("NOT_RETRYABLE"));
        let withheld = wire::ProviderFacts { sms_e164: "+33612345678".to_owned(), ..provider() };
        let mut request = assigned_with(lead(), withheld);
        request.message_key = key(2);
        world.notify(request).await;
        let held = world.until(&key(2), Sms, Provider, State::Withheld).await;
        let refused = world.retry(&held.delivery_id).await.unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some("NOT_RETRYABLE"));
    }
}
