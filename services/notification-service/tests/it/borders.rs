//! The country wall (R42, R43, D5) and the channel rules (D11), by the API and by SQL.

use chassis::db::{StoreError, unit};
use chassis::on;
use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use test_support::on_both;

use crate::harness::*;

on_both! {
    /// R43: a provider's French mobile hears nothing of a Swiss lead, nor a French provider at all.
    async fn a_provider_abroad_is_withheld(db: TestDb) {
        let mut world = World::start(&db).await;
        let phone = "+33612345678".to_owned();
        let abroad = wire::ProviderFacts { whatsapp_e164: phone.clone(), sms_e164: phone, ..provider() };
        world.notify(assigned_with(lead(), abroad)).await;
        for channel in [Whatsapp, Sms] {
            let delivery = world.until(&key(1), channel, Provider, State::Withheld).await;
            assert_eq!(delivery.reason, "COUNTRY_RULE");
        }
        world.until(&key(1), Email, Provider, State::Delivered).await;
        world.until(&key(1), Email, Operator, State::Delivered).await;

        let mut request = assigned_with(
            wire::LeadFacts { attempt: 2, ..lead() },
            wire::ProviderFacts { country: "FR".to_owned(), ..provider() },
        );
        request.message_key = key(2);
        world.notify(request).await;
        for channel in [Whatsapp, Sms, Email] {
            let delivery = world.until(&key(2), channel, Provider, State::Withheld).await;
            assert_eq!(delivery.reason, "PROVIDER_COUNTRY");
        }
        world.until(&key(2), Email, Operator, State::Delivered).await;
        assert!(world.twin.messages().iter().all(|m| m.to == CUSTOMER_PHONE));
        let copy = world.twin.mails().into_iter().rfind(|m| m.to == [OPERATOR]).unwrap();
        assert!(copy.text.contains("withheld (country rule)"), "{}", copy.text);
    }

    /// D5: a foreign customer's SMS goes out where the site allows the country, else it is withheld.
    async fn a_foreign_customer_is_told_only_where_the_site_allows_it(db: TestDb) {
        let mut world = World::start(&db).await;
        let french = wire::LeadFacts { customer_phone_e164: "+33612345678".to_owned(), ..lead() };
        world.notify(assigned_with(french, provider())).await;
        world.until(&key(1), Sms, Customer, State::Delivered).await;
        let italian = wire::LeadFacts {
            customer_phone_e164: "+393395530141".to_owned(), attempt: 2, ..lead()
        };
        let mut request = assigned_with(italian, provider());
        request.message_key = key(2);
        world.notify(request).await;
        let withheld = world.until(&key(2), Sms, Customer, State::Withheld).await;
        assert_eq!(withheld.reason, "COUNTRY_RULE");
        assert!(world.accepted("+393395530141", false).is_empty());
        assert_eq!(world.accepted("+33612345678", false).len(), 1);
    }

    /// R43 by SQL as the service's own role: the schema refuses to queue what crosses a border.
    async fn the_schema_lets_no_statement_queue_a_message_abroad(db: TestDb) {
        let mut world = World::with(&db, Options { own_role: true, ..Options::default() }).await;
        let phone = "+33612345678".to_owned();
        let abroad = wire::ProviderFacts { whatsapp_e164: phone.clone(), sms_e164: phone, ..provider() };
        world.notify(assigned_with(lead(), abroad)).await;
        world.until(&key(1), Sms, Provider, State::Withheld).await;
        for sql in [
            "UPDATE deliveries SET state = 'queued', task = 'send', settle_time = NULL WHERE state = 'withheld'",
            "UPDATE deliveries SET allowed_country = 'FR', state = 'queued', task = 'send' WHERE state = 'withheld'",
            "UPDATE deliveries SET address_country = '', state = 'queued', task = 'send' WHERE state = 'withheld'",
            "UPDATE deliveries SET address_country = 'FR' WHERE channel = 'sms' AND recipient = 'customer' AND allowed_country = ''",
            "UPDATE deliveries SET recipient_country = 'FR' WHERE channel = 'email' AND recipient = 'provider'",
        ] {
            let refused = run(&world, sql).await.unwrap_err();
            assert!(refused.is_check_violation(), "{sql}: {refused}");
        }
        // A row that lies about its number is stopped before the send, by the number itself.
        let lie = "UPDATE deliveries SET address_country = 'CH', state = 'queued', task = 'send',
                   settle_time = NULL WHERE channel = 'sms' AND recipient = 'provider'";
        assert_eq!(run(&world, lie).await.unwrap(), 1);
        let stopped = world.until(&key(1), Sms, Provider, State::Withheld).await;
        assert_eq!((stopped.reason.as_str(), stopped.attempts), ("COUNTRY_RULE", 1));
        assert!(world.accepted("+33612345678", false).is_empty());
    }

    /// D11: what cannot work is recorded as not possible, and the rest goes out.
    async fn channels_that_cannot_work_are_recorded(db: TestDb) {
        let mut world = World::start(&db).await;
        let landline = wire::ProviderFacts {
            sms_e164: "+41225394512".to_owned(), whatsapp_e164: String::new(), ..provider()
        };
        let nameless = wire::LeadFacts { customer_phone_e164: "anonymous".to_owned(), ..lead() };
        world.notify(assigned_with(nameless, landline)).await;
        let reason = |d: wire::Delivery| d.reason;
        let none = State::NotPossible;
        assert_eq!(reason(world.until(&key(1), Sms, Provider, none).await), "LANDLINE");
        assert_eq!(reason(world.until(&key(1), Whatsapp, Provider, none).await), "NO_ADDRESS");
        assert_eq!(reason(world.until(&key(1), Sms, Customer, none).await), "ADDRESS_INVALID");
        world.until(&key(1), Email, Provider, State::Delivered).await;

        // Spain has no WhatsApp sender here, Germany no SMS sender, France no rules at all.
        for (attempt, country, number, sms, whatsapp) in [
            (2, "ES", "+34644530141", None, Some("NO_WHATSAPP_SENDER")),
            (3, "DE", "+491713920041", Some("NO_SMS_SENDER"), None),
            (4, "FR", "+33612345678", Some("NO_COUNTRY_RULES"), Some("NO_COUNTRY_RULES")),
        ] {
            let there = wire::LeadFacts {
                source_country: country.to_owned(), attempt, customer_phone_e164: String::new(), ..lead()
            };
            let them = wire::ProviderFacts {
                country: country.to_owned(), sms_e164: number.to_owned(),
                whatsapp_e164: number.to_owned(), ..provider()
            };
            let mut request = assigned_with(there, them);
            request.message_key = key(attempt);
            world.notify(request).await;
            for (channel, expected) in [(Sms, sms), (Whatsapp, whatsapp)] {
                let state = if expected.is_some() { none } else { State::Delivered };
                let delivery = world.until(&key(attempt), channel, Provider, state).await;
                assert_eq!(delivery.reason, expected.unwrap_or_default(), "{country} {channel:?}");
            }
        }
    }

    /// D11: where no answer by SMS reaches us, the text does not ask for one.
    async fn a_one_way_country_is_not_asked_to_answer_by_sms(db: TestDb) {
        let mut world = World::start(&db).await;
        let there = wire::LeadFacts {
            source_country: "ID".to_owned(), customer_phone_e164: "+6281190530999".to_owned(),
            language: "en".to_owned(), time_zone: "Asia/Makassar".to_owned(), ..lead()
        };
        let them = wire::ProviderFacts {
            country: "ID".to_owned(), language: "id".to_owned(),
            sms_e164: "+6281190530363".to_owned(), whatsapp_e164: "+6281190530363".to_owned(), ..provider()
        };
        world.notify(assigned_with(there, them)).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        let offer = world.accepted("+6281190530363", false).pop().unwrap();
        assert!(offer.body.contains("Mohon balas lewat WhatsApp"), "{}", offer.body);
        assert!(!offer.body.contains("Balas YA"), "{}", offer.body);
        assert!(offer.body.contains("WITA"), "{}", offer.body);
    }
}

async fn run(world: &World, sql: &'static str) -> Result<u64, StoreError> {
    let db = world.db.clone();
    unit(async move {
        let mut tx = db.begin().await?;
        let rows = on!(tx, c => sqlx::query(sql).execute(c).await?.rows_affected());
        tx.commit().await?;
        Ok(rows)
    })
    .await
}
