//! Channels are bulkheads (I12, R45): one that hangs delays the others by less than a second.

use std::time::{Duration, Instant};

use contracts::notification::v1::DeliveryState as State;
use test_support::on_both;
use vendor_twin::{Fault, FaultKind, Vendor};

use crate::harness::*;

on_both! {
    /// Mail hangs for twenty messages, more than its worker holds at once; text messages leave
    /// within a second all the same.
    async fn a_hanging_channel_does_not_delay_the_others(db: TestDb) {
        let mut world = World::start(&db).await;
        world.twin.fault(Fault::forever(Vendor::Mailgun, "mail.send", FaultKind::Hang));
        for slot in 0..20 {
            world.notify(alarm(slot)).await;
        }
        let started = Instant::now();
        world.notify(assigned()).await;
        test_support::eventually(SOON, async || {
            let whatsapp = world.accepted(PROVIDER_PHONE, true).len();
            let sms = world.accepted(PROVIDER_PHONE, false).len();
            let customer = world.accepted(CUSTOMER_PHONE, false).len();
            (whatsapp == 1 && sms == 1 && customer == 1).then_some(())
        }).await;
        assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
        let mail = world.until(&key(1), Email, Provider, State::Queued).await;
        assert_eq!(mail.attempts, 0);
    }

    /// Within a channel one message that hangs holds only its own place.
    async fn one_hanging_message_does_not_hold_up_its_channel(db: TestDb) {
        let mut world = World::start(&db).await;
        let hang = Fault::forever(Vendor::Twilio, "messages.create", FaultKind::Hang);
        world.twin.fault(hang.matching(CUSTOMER_PHONE));
        let started = Instant::now();
        world.notify(assigned()).await;
        world.until(&key(1), Sms, Provider, State::Delivered).await;
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        world.until(&key(1), Sms, Customer, State::Sending).await;
    }
}
