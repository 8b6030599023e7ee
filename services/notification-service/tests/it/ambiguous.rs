//! Unknown outcomes (B7, I11): the carrier may have it. Looked up before anything is repeated.

use std::time::Duration;

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use test_support::on_both;
use vendor_twin::{Fault, FaultKind, Twin, TwinConfig, Vendor};

use crate::harness::*;

fn create(kind: FaultKind) -> Fault {
    Fault::once(Vendor::Twilio, "messages.create", kind)
}

fn broken() -> [FaultKind; 3] {
    [
        FaultKind::AcceptThenHang,
        FaultKind::AcceptThenReset,
        FaultKind::AcceptThenError { status: 500 },
    ]
}

on_both! {
    /// The carrier took it and did not say so, and its callbacks are lost too: found by the short
    /// reference, never sent twice.
    async fn what_the_carrier_took_in_silence_is_found_and_not_repeated(db: TestDb) {
        let mut world = World::without_callbacks(&db, impatient()).await;
        for (attempt, kind) in (1..).zip(broken()) {
            let before = world.accepted(PROVIDER_PHONE, false).len();
            world.twin.fault(create(kind.clone()));
            let mut request = one_sms();
            request.message_key = key(attempt);
            world.notify(request).await;
            let found = world.until(&key(attempt), Sms, Provider, State::Delivered).await;
            // Counted and visible: no more doubles than these can be (I11).
            assert_eq!((found.attempts, found.ambiguous_attempts), (1, 1), "{kind:?}");
            assert_eq!(world.accepted(PROVIDER_PHONE, false).len() - before, 1, "{kind:?}");
            assert!(found.carrier_id.starts_with("SM"));
        }
        assert_eq!(world.twin.faults_fired().len(), 3);
    }

    /// The same for WhatsApp, where the reference stands in a variable of the template.
    async fn a_whatsapp_message_taken_in_silence_is_found(db: TestDb) {
        let mut world = World::without_callbacks(&db, impatient()).await;
        world.twin.fault(create(FaultKind::AcceptThenHang));
        world.notify(one_whatsapp()).await;
        let found = world.until(&key(1), Whatsapp, Provider, State::Delivered).await;
        assert!(found.carrier_id.starts_with("MM"));
        assert_eq!(world.accepted(PROVIDER_PHONE, true).len(), 1);
    }

    /// The carrier never had it: looked up, then sent again, once.
    async fn what_the_carrier_never_had_is_sent_again(db: TestDb) {
        let mut world = World::without_callbacks(&db, impatient()).await;
        for (attempt, kind) in (1..).zip([
            FaultKind::Hang, FaultKind::ServerError { status: 503 }, FaultKind::Html { status: 502 },
        ]) {
            world.twin.fault(create(kind.clone()));
            let mut request = one_sms();
            request.message_key = key(attempt);
            world.notify(request).await;
            // Without callbacks an accepted message stays accepted.
            let sent = world.until(&key(attempt), Sms, Provider, State::Accepted).await;
            assert_eq!((sent.attempts, sent.ambiguous_attempts), (2, 1), "{kind:?}");
            assert!(world.twin.requests("messages.list") >= 1);
        }
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 3);
    }

    /// The callback's URL carries the delivery's id and proves acceptance before any look-up.
    async fn a_callback_proves_acceptance_without_a_look_up(db: TestDb) {
        let mut world = World::with(&db, Options {
            timing: notification_service::config::Timing {
                look_up_after: Duration::from_secs(60), ..impatient()
            },
            ..Options::default()
        }).await;
        world.twin.fault(create(FaultKind::AcceptThenHang));
        world.notify(one_sms()).await;
        world.until(&key(1), Sms, Provider, State::Delivered).await;
        assert_eq!(world.twin.requests("messages.list"), 0);
        // Counted all the same, once the send has given up.
        test_support::eventually(SOON, async || {
            let all = world.deliveries(&key(1)).await;
            all.iter().any(|d| d.channel() == Sms && d.ambiguous_attempts == 1).then_some(())
        }).await;
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 1);
    }

    /// Mail: looked up by our own Message-Id; sent again under the same one only after the index
    /// delay.
    async fn a_mail_taken_in_silence_is_found_by_its_message_id(db: TestDb) {
        let mut world = World::without_callbacks(&db, impatient()).await;
        world.twin.fault(Fault::once(Vendor::Mailgun, "mail.send", FaultKind::AcceptThenHang));
        let alarm = world.notify(alarm(1)).await;
        let key = alarm.deliveries[0].message_key.clone();
        let found = world.until(&key, Email, Operator, State::Delivered).await;
        assert_eq!(found.attempts, 1);
        assert_eq!(world.twin.mails().len(), 1);
    }

    /// A mail that never arrived is sent again under the same Message-Id, and not before the
    /// events could have shown it.
    async fn a_lost_mail_is_sent_again_after_the_index_delay(db: TestDb) {
        let timing = notification_service::config::Timing {
            index_delay: Duration::from_secs(2), ..impatient()
        };
        let mut world = World::without_callbacks(&db, timing).await;
        world.twin.fault(Fault::once(Vendor::Mailgun, "mail.send", FaultKind::Hang));
        let started = std::time::Instant::now();
        let alarm = world.notify(alarm(1)).await;
        let delivery = &alarm.deliveries[0];
        let sent = world.until(&delivery.message_key, Email, Operator, State::Accepted).await;
        assert!(started.elapsed() >= Duration::from_secs(2));
        assert_eq!(sent.attempts, 2);
        let mail = world.twin.mails().pop().unwrap();
        assert_eq!(mail.message_id, format!("{}@mg.example.com", delivery.delivery_id));
    }

    /// Two candidates: never repeated, marked unknown, the operator is told.
    async fn two_candidates_are_not_repeated(db: TestDb) {
        let mut world = World::without_callbacks(&db, impatient()).await;
        let hangs = world.twin.fault(create(FaultKind::AcceptThenHang));
        let offer = world.notify(one_sms()).await;
        // The worker's request meets the fault, and not the other program's.
        test_support::eventually(SOON, async || (world.twin.fired(hangs) == 1).then_some(())).await;
        let id = offer.deliveries.iter().find(|d| d.channel() == Sms && d.recipient() == Provider)
            .unwrap().delivery_id.clone();
        // Somebody else put a second message with the same words there.
        let text = world.texts(&key(1)).await[&id].text.clone();
        post_at_twin(&world.twin, PROVIDER_PHONE, &text).await;
        let unknown = world.until(&key(1), Sms, Provider, State::Unknown).await;
        assert_eq!(unknown.reason, "SEVERAL_CANDIDATES");
        let told = format!("alarm:DELIVERY_UNKNOWN:{id}:1");
        world.until(&told, Email, Operator, State::Accepted).await;
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 2);
    }

    /// Two ambiguous sends about two leads to one number are told apart by their references.
    async fn two_unknown_messages_to_one_number_are_told_apart(db: TestDb) {
        let mut world = World::without_callbacks(&db, impatient()).await;
        let twice = Fault::forever(Vendor::Twilio, "messages.create", FaultKind::AcceptThenHang).times(2);
        world.twin.fault(twice);
        world.notify(one_whatsapp()).await;
        let (second_key, second) = of_lead(OTHER_LEAD, one_whatsapp());
        world.notify(second).await;
        let first = world.until(&key(1), Whatsapp, Provider, State::Delivered).await;
        let second = world.until(&second_key, Whatsapp, Provider, State::Delivered).await;
        assert_ne!(first.reference, second.reference);
        assert_ne!(first.carrier_id, second.carrier_id);
        assert_eq!(world.accepted(PROVIDER_PHONE, true).len(), 2);
    }

    /// All messages about one lead show one reference: the customer's of two attempts, both
    /// ambiguous, are told apart by their words.
    async fn two_unknown_messages_about_one_lead_are_told_apart(db: TestDb) {
        let mut world = World::without_callbacks(&db, impatient()).await;
        let hang = FaultKind::AcceptThenHang;
        let twice = Fault::forever(Vendor::Twilio, "messages.create", hang).matching(CUSTOMER_PHONE).times(2);
        world.twin.fault(twice);
        world.notify(assigned()).await;
        let other = wire::ProviderFacts { name: "Sanitaire Léman".to_owned(), ..provider() };
        let mut request = assigned_with(wire::LeadFacts { attempt: 2, ..lead() }, other);
        request.message_key = key(2);
        world.notify(request).await;
        for (attempt, name) in [(1, "Plomberie du Rhône"), (2, "Sanitaire Léman")] {
            let found = world.until(&key(attempt), Sms, Customer, State::Delivered).await;
            let messages = world.accepted(CUSTOMER_PHONE, false);
            let sent = messages.iter().find(|m| m.sid == found.carrier_id).unwrap();
            assert!(sent.body.contains(name), "{}", sent.body);
        }
        assert_eq!(world.accepted(CUSTOMER_PHONE, false).len(), 2);
    }

    /// The process dies between send and settle: the next one looks up and does not double (I11,
    /// I28, P15).
    async fn a_crash_between_send_and_settle_is_looked_up(db: TestDb) {
        let twin = Twin::start(TwinConfig::default()).await.unwrap();
        // Patience enough: the first process is still waiting for the answer when it dies.
        let timing = notification_service::config::Timing {
            send_limit: Duration::from_secs(3), lease: Duration::from_secs(4), ..impatient()
        };
        let config = config(&db, &twin, timing, false);
        let slow = twin.fault(Fault::once(Vendor::Twilio, "messages.create", FaultKind::AcceptThenHang));
        let process = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2).enable_all().build().unwrap();
        let bound = chassis::server::Bound::local().await.unwrap();
        let url = bound.url();
        let first = config.clone();
        process.spawn(async move {
            let life = chassis::run::Life::for_test();
            notification_service::start(first, bound, life).await.unwrap();
        });
        let mut client = wire::notification_service_client::NotificationServiceClient::new(channel(&url));
        client.put_channel_rules(rules()).await.unwrap();
        client.notify(one_sms()).await.unwrap();
        test_support::eventually(SOON, async || (twin.fired(slow) == 1).then_some(())).await;
        // Not a stop but an end: nothing is settled, nothing is drained.
        process.shutdown_background();

        let mut world = World::on(twin, config, false).await;
        let found = world.until(&key(1), Sms, Provider, State::Delivered).await;
        assert_eq!(found.attempts, 1);
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 1);
    }

    /// A carrier that cannot be asked until the message is of no use leaves it unknown (I10).
    async fn a_look_up_that_never_succeeds_ends_unknown(db: TestDb) {
        let mut world = World::without_callbacks(&db, impatient()).await;
        world.twin.fault(create(FaultKind::AcceptThenHang));
        world.twin.fault(Fault::forever(Vendor::Twilio, "messages.list", FaultKind::ServerError { status: 503 }));
        world.notify(one_sms()).await;
        test_support::eventually(SOON, async || (world.twin.requests("messages.list") > 0).then_some(())).await;
        world.db.shift_clock(Duration::from_secs(3 * 3600)).await.unwrap();
        let unknown = world.until(&key(1), Sms, Provider, State::Unknown).await;
        assert_eq!(unknown.reason, "TWILIO_HTTP_503");
        assert_eq!(world.accepted(PROVIDER_PHONE, false).len(), 1);
    }
}

/// A message that another program sends through the same account.
async fn post_at_twin(twin: &Twin, to: &str, body: &str) {
    let config = twin.config();
    let account = &config.twilio_account_sid;
    let response = chassis::http::client()
        .post(format!(
            "{}/2010-04-01/Accounts/{account}/Messages.json",
            twin.url()
        ))
        .basic_auth(
            &config.twilio_api_key_sid,
            Some(&config.twilio_api_key_secret),
        )
        .form(&[("To", to), ("From", "+41798071420"), ("Body", body)])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 201);
}
