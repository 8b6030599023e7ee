//! Five messages for one lead (R44, R50, R51), their texts, and what a repeat does (I9).

use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use contracts::notification::v1::notify_request::Notice;
use notification_service::text::segments;
use test_support::on_both;

use crate::harness::*;

on_both! {
    /// R44, R46, R47, R50, R51, R82: WhatsApp template, SMS and email to the provider, SMS to the
    /// customer, email to the operator, all accepted and delivered, with the right texts.
    async fn five_messages_leave_with_the_right_texts(db: TestDb) {
        let mut world = World::start(&db).await;
        let response = world.notify(assigned()).await;
        assert!(response.created);
        assert_eq!(response.deliveries.len(), 5);
        world.until_all(&key(1), &[State::Delivered]).await;

        let whatsapp = world.accepted(PROVIDER_PHONE, true).pop().unwrap();
        assert_eq!(whatsapp.from.as_deref(), Some("whatsapp:+41798071421"));
        assert_eq!(whatsapp.content_sid.unwrap(), format!("HX{:0>32}", "fr"));
        assert_eq!(whatsapp.content_variables["1"], "urgent");
        assert_eq!(whatsapp.content_variables["2"], "Plomberie");
        assert_eq!(whatsapp.content_variables["5"], "Marie Dupont");
        assert_eq!(whatsapp.content_variables["6"], "+41 79 123 45 67");
        assert_eq!(whatsapp.content_variables["9"], format!("{LEAD}:1"));

        let offer = world.accepted(PROVIDER_PHONE, false).pop().unwrap();
        assert_eq!(offer.from.as_deref(), Some("+41798071420"));
        assert!(offer.body.starts_with("Demande urgente : Plomberie\n"), "{}", offer.body);
        for fact in ["Fuite sous l'évier", "Rue de Carouge 12", "Marie Dupont, +41 79 123 45 67",
                     "21.11.2026 à 09:33 CET", "Répondez OUI"] {
            assert!(offer.body.contains(fact), "{fact}: {}", offer.body);
        }

        let customer = world.accepted(CUSTOMER_PHONE, false).pop().unwrap();
        assert!(customer.body.contains("Plomberie du Rhône"), "{}", customer.body);
        assert!(customer.body.contains("Coulouvrenière 118"), "{}", customer.body);
        assert!(customer.body.contains("plombiersgeneve.ch"), "{}", customer.body);

        let mails = world.twin.mails();
        let mail = mails.iter().find(|mail| mail.to == [PROVIDER_MAIL]).unwrap();
        assert!(mail.subject.starts_with("Demande urgente : Plomberie, Genève"), "{}", mail.subject);
        assert_eq!(mail.options["tracking"], "no");
        assert!(mail.html.contains("tel:+41791234567"), "{}", mail.html);
        let copy = mails.iter().find(|mail| mail.to == [OPERATOR]).unwrap();
        assert!(copy.text.contains("Marie Dupont"), "{}", copy.text);
        assert!(copy.text.contains("Plomberie du Rhône Sàrl"), "{}", copy.text);
        assert!(copy.text.contains(&offer.body), "the copy holds what was sent: {}", copy.text);

        // What GetMessage shows is what the receivers saw; all show the lead's reference.
        let texts = world.texts(&key(1)).await;
        let reference = &response.deliveries[0].reference;
        let code = &reference[..2];
        for delivery in world.deliveries(&key(1)).await {
            let said = &texts[&delivery.delivery_id];
            assert!(said.text.contains(&delivery.reference), "{}", said.text);
            assert_eq!(&delivery.reference, reference);
            let parts = if delivery.channel() == Sms { segments::count(&said.text) } else { 0 };
            assert_eq!(usize::try_from(delivery.segments).unwrap(), parts, "as it is billed");
            match (delivery.channel(), delivery.recipient()) {
                (Sms, Provider) => assert_eq!(said.text, offer.body),
                (Sms, _) => assert_eq!(said.text, customer.body),
                (Whatsapp, _) => {
                    assert!(said.text.contains("Délai : urgent"), "{}", said.text);
                    assert!(said.text.contains("[Accepter] [Refuser]"), "{}", said.text);
                }
                (_, Provider) => assert_eq!((&said.text, &said.subject), (&mail.text, &mail.subject)),
                _ => assert_eq!(said.text, copy.text),
            }
            assert!(!delivery.masked_address.contains("1234567"));
            assert_eq!(delivery.attempts, 1);
        }
        assert!(offer.body.contains(&format!("OUI {code} pour accepter ou NON {code} pour refuser")), "{}", offer.body);
    }

    /// R51, D7: nobody has the lead; the customer hears that it is noted, and no provider's name.
    async fn an_unmatched_lead_tells_the_customer_and_the_operator(db: TestDb) {
        let mut world = World::start(&db).await;
        let unmatched = wire::LeadUnmatched {
            lead: Some(lead()),
            cause: "nobody serves plumbing in Geneva now".to_owned(),
        };
        let message_key = format!("lead:{LEAD}:unmatched:1");
        let response = world.notify(wire::NotifyRequest {
            message_key: message_key.clone(),
            not_after: None,
            notice: Some(Notice::LeadUnmatched(unmatched)),
        }).await;
        assert_eq!(response.deliveries.len(), 2);
        world.until_all(&message_key, &[State::Delivered]).await;
        let sms = world.accepted(CUSTOMER_PHONE, false).pop().unwrap();
        assert!(sms.body.contains("bien notée"), "{}", sms.body);
        assert!(!sms.body.contains("Rhône"), "{}", sms.body);
        let mail = world.twin.mails().pop().unwrap();
        assert!(mail.subject.contains("without a provider"), "{}", mail.subject);
        assert!(mail.text.contains("nobody serves plumbing"), "{}", mail.text);
    }

    /// I9: a repeat writes nothing; with other content the first still stands.
    async fn a_repeat_writes_nothing_and_answers_what_stands(db: TestDb) {
        let mut world = World::start(&db).await;
        let first = world.notify(assigned()).await;
        let second = world.notify(assigned()).await;
        assert!(first.created && !second.created);
        let ids = |r: &wire::NotifyResponse| {
            r.deliveries.iter().map(|d| d.delivery_id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&first), ids(&second));
        let other = wire::LeadFacts { customer_name: "Somebody Else".to_owned(), ..lead() };
        let third = world.notify(assigned_with(other, provider())).await;
        assert!(!third.created);
        assert_eq!(ids(&first), ids(&third));
        world.until_all(&key(1), &[State::Delivered]).await;
        assert!(world.texts(&key(1)).await.values().all(|c| !c.text.contains("Somebody Else")));
        assert_eq!(world.twin.ledger().len(), 5);
    }

    /// I9 under concurrency: fifty at once make one plan.
    async fn fifty_repeats_at_once_make_one_plan(db: TestDb) {
        let world = World::start(&db).await;
        let calls = (0..50).map(|_| {
            let mut client = world.client.clone();
            async move { client.notify(assigned()).await.unwrap().into_inner() }
        });
        let answers = futures::future::join_all(calls).await;
        assert_eq!(answers.iter().filter(|answer| answer.created).count(), 1);
        assert!(answers.iter().all(|answer| answer.deliveries.len() == 5));
        let mut world = world;
        world.until_all(&key(1), &[State::Delivered]).await;
        assert_eq!(world.twin.ledger().len(), 5);
    }

    /// D10: a health-related lead reaches the operator redacted, unless the setting says otherwise,
    /// and then its use is recorded.
    async fn a_health_related_copy_is_redacted(db: TestDb) {
        let mut world = World::start(&db).await;
        let dental = wire::LeadFacts { health: true, service: "abcès dentaire".to_owned(), ..lead() };
        world.notify(assigned_with(dental.clone(), provider())).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        let copy = world.twin.mails().into_iter().find(|m| m.to == [OPERATOR]).unwrap();
        for private in ["bcès", "Marie Dupont", "123 45 67", "Rue de Carouge"] {
            assert!(!copy.text.contains(private) && !copy.html.contains(private), "{private}: {}", copy.text);
        }
        assert!(copy.text.contains("+41 79 *** ** 67"), "{}", copy.text);
        assert_eq!(full_copies(&world).await, 0);
    }

    /// D10: the setting's use is logged.
    async fn a_full_health_copy_is_recorded(db: TestDb) {
        let mut world = World::with(&db, Options { full_health_copy: true, ..Options::default() }).await;
        let dental = wire::LeadFacts { health: true, service: "abcès dentaire".to_owned(), ..lead() };
        world.notify(assigned_with(dental, provider())).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        let copy = world.twin.mails().into_iter().find(|m| m.to == [OPERATOR]).unwrap();
        assert!(copy.text.contains("Abcès dentaire"), "{}", copy.text);
        assert_eq!(full_copies(&world).await, 1);
    }

    /// D10: an answer about a health-related lead follows the same rule, with and without the
    /// setting.
    async fn a_reply_about_a_health_related_lead_is_redacted_as_its_copy_is(db: TestDb) {
        let reply = wire::InboundReply {
            from: CUSTOMER_PHONE.to_owned(),
            channel: "sms".to_owned(),
            body: "Mon abcès me fait mal. Marie Dupont".to_owned(),
            lead_id: LEAD.to_owned(),
            health: true,
        };
        let mut world = World::start(&db).await;
        world.notify(reply_copy(reply.clone())).await;
        world.until_all("reply:SM0123", &[State::Delivered]).await;
        let copy = world.twin.mails().pop().unwrap();
        for private in ["abcès", "Marie Dupont", "123 45 67"] {
            let said = [&copy.subject, &copy.text, &copy.html];
            assert!(!said.iter().any(|text| text.contains(private)), "{private}: {said:?}");
        }
        assert!(copy.text.contains("+41 79 *** ** 67") && copy.text.contains(LEAD), "{}", copy.text);
        // Nor is one open that names no lead, from a clinic that has one.
        let dental = wire::LeadFacts { health: true, ..lead() };
        world.notify(assigned_with(dental, provider())).await;
        let message_key = "reply:SM0124".to_owned();
        let unknown = wire::InboundReply {
            from: PROVIDER_PHONE.to_owned(), lead_id: String::new(), health: false, ..reply
        };
        world.notify(wire::NotifyRequest { message_key, ..reply_copy(unknown) }).await;
        world.until_all("reply:SM0124", &[State::Delivered]).await;
        let texts = world.texts("reply:SM0124").await;
        let copy = texts.values().next().unwrap();
        assert!(copy.subject.contains("+41 79 *** ** 41"), "{}", copy.subject);
        assert!(!copy.text.contains("abcès") && !copy.text.contains("553 01"), "{}", copy.text);
        assert_eq!(full_copies(&world).await, 0);
    }

    /// D10: the setting's use is recorded for answers as well.
    async fn a_full_reply_about_a_health_related_lead_is_recorded(db: TestDb) {
        let mut world = World::with(&db, Options { full_health_copy: true, ..Options::default() }).await;
        let reply = wire::InboundReply {
            from: CUSTOMER_PHONE.to_owned(),
            body: "Mon abcès me fait mal".to_owned(),
            health: true,
            ..Default::default()
        };
        world.notify(reply_copy(reply)).await;
        world.until_all("reply:SM0123", &[State::Delivered]).await;
        let copy = world.twin.mails().pop().unwrap();
        assert!(copy.text.contains("Mon abcès me fait mal"), "{}", copy.text);
        assert_eq!(full_copies(&world).await, 1);
    }

    /// Alarms and inbound answers go to the operator by mail.
    async fn alarms_and_replies_reach_the_operator(db: TestDb) {
        let mut world = World::start(&db).await;
        let alarm = world.notify(alarm(1)).await;
        let reply = wire::InboundReply {
            from: PROVIDER_PHONE.to_owned(),
            channel: "sms".to_owned(),
            body: "Oui, je prends <b>ce</b> client".to_owned(),
            lead_id: LEAD.to_owned(),
            health: false,
        };
        world.notify(reply_copy(reply)).await;
        world.until_all(&alarm.deliveries[0].message_key, &[State::Delivered]).await;
        world.until_all("reply:SM0123", &[State::Delivered]).await;
        let mails = world.twin.mails();
        assert!(mails.iter().any(|m| m.subject == "Alarm SCAN_LATE: quality"));
        let reply = mails.iter().find(|m| m.subject.contains("+41 79 553 01 41")).unwrap();
        assert!(reply.text.contains("<b>ce</b>"));
        assert!(reply.html.contains("&#60;b&#62;ce") || reply.html.contains("&lt;b&gt;ce"), "{}", reply.html);
    }

    /// A name that is markup, emoji, text from right to left and line breaks harms no receiver.
    async fn a_hostile_name_harms_nothing(db: TestDb) {
        let mut world = World::start(&db).await;
        let hostile = wire::LeadFacts {
            customer_name: "</Say><Dial>\r\nBcc: x@y.example\u{202E} ליאת 🔧\t    {{9}} {phone}".to_owned(),
            service: "<script>alert(1)</script>\n\nfuite".to_owned(),
            ..lead()
        };
        world.notify(assigned_with(hostile, provider())).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        let whatsapp = world.accepted(PROVIDER_PHONE, true).pop().unwrap();
        for (_, value) in whatsapp.content_variables.as_object().unwrap() {
            let value = value.as_str().unwrap();
            assert!(!value.is_empty() && !value.contains(['\n', '\t', '\r']) && !value.contains("    "));
        }
        let name = whatsapp.content_variables["5"].as_str().unwrap();
        assert_eq!(name, "</Say><Dial> Bcc: x@y.example ליאת 🔧 {{9}} {phone}");
        for mail in world.twin.mails() {
            assert!(!mail.html.contains("<script") && !mail.html.contains("<Dial>"), "{}", mail.html);
            assert!(!mail.subject.contains('\n'));
            assert_eq!(mail.to.len(), 1);
        }
        assert_eq!(world.twin.ledger().len(), 5);
    }
}

fn reply_copy(reply: wire::InboundReply) -> wire::NotifyRequest {
    wire::NotifyRequest {
        message_key: "reply:SM0123".to_owned(),
        not_after: None,
        notice: Some(Notice::InboundReply(reply)),
    }
}

async fn full_copies(world: &World) -> i64 {
    let mut tx = world.db.read().await.unwrap();
    let count = async {
        Ok::<i64, chassis::db::StoreError>(chassis::on!(tx, c =>
            sqlx::query_scalar("SELECT COUNT(*) FROM full_health_copies").fetch_one(c).await?))
    };
    count.await.unwrap()
}
