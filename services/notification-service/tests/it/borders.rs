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

    /// R43: a lead's source country is fixed by its first notice; no later notice and no SQL changes
    /// it, and nothing but mail to the operator goes out without one.
    async fn a_lead_keeps_its_source_country(db: TestDb) {
        let mut world = World::with(&db, Options { own_role: true, ..Options::default() }).await;
        let phone = "+33612345678".to_owned();
        let french = wire::ProviderFacts {
            whatsapp_e164: phone.clone(), sms_e164: phone, country: "FR".to_owned(), ..provider()
        };
        world.notify(assigned_with(lead(), french.clone())).await;
        for channel in [Whatsapp, Sms, Email] {
            world.until(&key(1), channel, Provider, State::Withheld).await;
        }
        let moved = wire::LeadFacts { source_country: "FR".to_owned(), attempt: 2, ..lead() };
        let mut request = assigned_with(moved, french);
        request.message_key = key(2);
        let refused = world.client.notify(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
        assert_eq!(chassis::fault::reason(&refused).as_deref(), Some("SOURCE_COUNTRY_FIXED"));
        for sql in [
            "UPDATE deliveries SET source_country = 'FR', state = 'queued', task = 'send' WHERE state = 'withheld'",
            "UPDATE deliveries SET source_country = 'FR', lead_id = '00000000-0000-5000-8000-000000000001',
                    state = 'queued', task = 'send' WHERE state = 'withheld'",
            "UPDATE lead_countries SET source_country = 'FR'",
            "DELETE FROM lead_countries",
        ] {
            let refused = run(&world, sql).await.unwrap_err();
            assert!(refused.is_foreign_key_violation(), "{sql}: {refused}");
        }
        for sql in [
            "UPDATE deliveries SET source_country = NULL, state = 'queued', task = 'send' WHERE state = 'withheld'",
            "UPDATE deliveries SET lead_id = NULL, source_country = 'FR', state = 'queued', task = 'send'
              WHERE state = 'withheld'",
            // A row written by hand: a Swiss lead to a provider's French number.
            "INSERT INTO deliveries (id, message_key, template, recipient, channel, lead_id, state, task, reason,
                 error_class, source_country, allowed_countries, address_country, recipient_country, allowed_country,
                 masked_address, sender, reference, recipient_id, carrier_rank, fence, attempts, ambiguous_attempts,
                 retries, earlier_attempts, look_ups, polls, cancel_requested, due_us, lease_until_us, attempt_start_us, not_after_us, create_time)
             SELECT lead_id, message_key, 'by_hand', 'provider', 'sms', lead_id, 'queued', 'send', '',
                 '', 'CH', allowed_countries, 'FR', 'CH', 'FR', '', '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, FALSE, 0, 0, 0, not_after_us, create_time
               FROM deliveries WHERE channel = 'sms' AND recipient = 'provider'",
        ] {
            let refused = run(&world, sql).await.unwrap_err();
            assert!(refused.is_check_violation(), "{sql}: {refused}");
        }
        assert!(world.accepted("+33612345678", false).is_empty());
    }

    /// D5 by SQL as the service's own role: no statement frees a customer's message to a country that
    /// the site does not allow, nor makes a provider's message a customer's.
    async fn the_schema_allows_no_country_that_the_site_does_not(db: TestDb) {
        let mut world = World::with(&db, Options { own_role: true, ..Options::default() }).await;
        let italian = wire::LeadFacts { customer_phone_e164: "+393395530141".to_owned(), ..lead() };
        let abroad = wire::ProviderFacts { sms_e164: "+33612345678".to_owned(), ..provider() };
        world.notify(assigned_with(italian, abroad)).await;
        world.until(&key(1), Sms, Customer, State::Withheld).await;
        world.until(&key(1), Sms, Provider, State::Withheld).await;
        for sql in [
            "UPDATE deliveries SET allowed_country = 'IT', state = 'queued', task = 'send'
              WHERE recipient = 'customer'",
            "UPDATE deliveries SET allowed_country = 'IT', allowed_countries = NULL, state = 'queued',
                    task = 'send' WHERE recipient = 'customer'",
            "UPDATE deliveries SET allowed_country = 'IT', allowed_countries = NULL, lead_id = NULL,
                    state = 'queued', task = 'send' WHERE recipient = 'customer'",
            "UPDATE deliveries SET recipient = 'customer', allowed_country = 'FR', state = 'queued',
                    task = 'send' WHERE recipient = 'provider' AND channel = 'sms'",
        ] {
            let refused = run(&world, sql).await.unwrap_err();
            assert!(refused.is_check_violation(), "{sql}: {refused}");
        }
        for sql in [
            "UPDATE deliveries SET allowed_country = 'IT', allowed_countries = ' CH FR IT ', state = 'queued',
                    task = 'send' WHERE recipient = 'customer'",
            "UPDATE lead_countries SET allowed_countries = ' CH FR IT '",
        ] {
            let refused = run(&world, sql).await.unwrap_err();
            assert!(refused.is_foreign_key_violation(), "{sql}: {refused}");
        }
        assert!(world.accepted("+393395530141", false).is_empty());
        assert!(world.accepted("+33612345678", false).is_empty());
    }

    /// D5: a lead's first notice fixes what is allowed; a later one adds no country, and one that the
    /// site no longer allows is no longer written to.
    async fn a_later_notice_allows_no_more_countries(db: TestDb) {
        let mut world = World::start(&db).await;
        world.notify(assigned()).await;
        for (attempt, allowed, number, state) in [
            (2, ["CH", "IT"], "+393395530141", State::Withheld),
            (3, ["CH", "IT"], "+33612345678", State::Withheld),
            (4, ["FR", "IT"], "+33612345678", State::Delivered),
        ] {
            let facts = wire::LeadFacts {
                attempt, customer_phone_e164: number.to_owned(),
                allowed_countries: allowed.map(str::to_owned).to_vec(), ..lead()
            };
            let mut request = assigned_with(facts, provider());
            request.message_key = key(attempt);
            world.notify(request).await;
            world.until(&key(attempt), Sms, Customer, state).await;
        }
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
        for (id, country, number, sms, whatsapp) in [
            ("00000000-0000-5000-8000-000000000002", "ES", "+34644530141", None, Some("NO_WHATSAPP_SENDER")),
            ("00000000-0000-5000-8000-000000000003", "DE", "+491713920041", Some("NO_SMS_SENDER"), None),
            ("00000000-0000-5000-8000-000000000004", "FR", "+33612345678", Some("NO_COUNTRY_RULES"), Some("NO_COUNTRY_RULES")),
        ] {
            let there = wire::LeadFacts {
                source_country: country.to_owned(), customer_phone_e164: String::new(), ..lead()
            };
            let them = wire::ProviderFacts {
                country: country.to_owned(), sms_e164: number.to_owned(),
                whatsapp_e164: number.to_owned(), ..provider()
            };
            let (key, request) = of_lead(id, assigned_with(there, them));
            world.notify(request).await;
            for (channel, expected) in [(Sms, sms), (Whatsapp, whatsapp)] {
                let state = if expected.is_some() { none } else { State::Delivered };
                let delivery = world.until(&key, channel, Provider, state).await;
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
