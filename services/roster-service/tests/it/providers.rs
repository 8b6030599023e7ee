//! Providers through the API: declaration, contacts, capacity, pause, lists.

use contracts::bord::roster::v1 as pb;
use pb::ChannelHealth::{Proven, Quarantined, Unproven};
use pb::ChannelKind::{Email, Sms, Whatsapp};
use pb::PutOutcome::{Created, Unchanged, Updated};
use pb::Source::{Catalog, Operator};
use test_support::on_both;
use tonic::Code;

use crate::harness::{
    RosterTest, channel, fields, lead, owner, plumber, reason, told, with_capacity,
};

on_both! {
    async fn what_is_declared_is_read_back(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let mut declared = plumber("rhone");
        declared.hours = vec![pb::OpenHours { weekday: 6, open_minute: 480, close_minute: 1440 }];
        declared.max_per_day = 12;
        declared.terms = Some(pb::PayoutTerms {
            terms: Some(pb::payout_terms::Terms::Flat(pb::FlatTerms {
                amount_minor: 10_000,
                currency: "EUR".to_owned(),
            })),
        });
        assert_eq!(roster.put(declared.clone()).await.outcome(), Created);
        let mut found = roster.provider("rhone").await;
        assert_eq!(found.version, 1);
        assert!(found.channels.iter().all(|channel| channel.health() == Unproven));
        found.version = 0;
        for channel in &mut found.channels {
            assert!(channel.health_time.take().is_some() && channel.health_cause.is_empty());
            channel.health = 0;
        }
        assert_eq!(found, declared);
        assert_eq!(roster.put(declared).await.outcome(), Unchanged);
        assert_eq!(roster.provider("rhone").await.version, 1, "a repeat writes nothing");
    }

    async fn every_fault_of_a_declaration_is_told_at_once(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let wrong = pb::Provider {
            provider_id: "Rhône".to_owned(),
            name: " ".to_owned(),
            country: "Switzerland".to_owned(),
            language: "french".to_owned(),
            categories: vec!["plumbing".to_owned(), "plumbing".to_owned()],
            cities: Vec::new(),
            priority: 0,
            capacity: 0,
            max_per_day: -1,
            time_zone: "Europe/Geneva".to_owned(),
            hours: vec![pb::OpenHours { weekday: 0, open_minute: 1, close_minute: 2 }],
            channels: vec![
                channel(Sms, "079 553 01 41"),
                channel(Whatsapp, "+41795530141"),
                channel(Whatsapp, "+41795530142"),
            ],
            address: "a\nb".to_owned(),
            terms: Some(pb::PayoutTerms {
                terms: Some(pb::payout_terms::Terms::PercentHundredths(2500)),
            }),
            ..pb::Provider::default()
        };
        let refused = roster.try_put(wrong, pb::Source::Unspecified, false).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "INVALID_REQUEST"));
        assert_eq!(fields(&refused), [
            "source", "provider.provider_id", "provider.name", "provider.country",
            "provider.language", "provider.categories[1]", "provider.cities", "provider.priority",
            "provider.capacity", "provider.max_per_day", "provider.time_zone", "provider.hours[0]",
            "provider.channels[0].address", "provider.channels[2].kind", "provider.address",
            "provider.terms.percent_hundredths",
        ]);
        let text = format!("{:?}", chassis::fault::violations(&refused));
        assert!(!text.contains("079"), "no number in an error (I25)");
    }

    async fn a_dry_run_answers_and_writes_nothing(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let would = roster.try_put(plumber("rhone"), Catalog, true).await.unwrap();
        assert_eq!(would.outcome(), Created);
        assert_eq!(roster.count("SELECT count(*) FROM provider").await, 0);
        roster.put(plumber("rhone")).await;
        let would = roster.try_put(with_capacity("rhone", 8), Catalog, true).await.unwrap();
        assert_eq!((would.outcome(), would.fields), (Updated, vec!["capacity".to_owned()]));
        assert_eq!(roster.provider("rhone").await.capacity, 3);
        assert_eq!(roster.count("SELECT count(*) FROM provider_change").await, 1);
    }

    async fn a_changed_contact_starts_unproven_and_the_others_keep_their_health(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        roster.sql("UPDATE channel SET health = 'proven'").await.unwrap();
        let mut changed = plumber("rhone");
        changed.channels[0] = channel(Sms, "+41795530199");
        let done = roster.put(changed.clone()).await;
        assert_eq!(done.fields, ["channels"]);
        let health = async || {
            let found = roster.provider("rhone").await.channels;
            found.iter().map(|c| (c.kind(), c.health())).collect::<Vec<_>>()
        };
        assert_eq!(health().await, [(Sms, Unproven), (Email, Proven)]);
        // A fault outlives the detour over another number, a proof does not.
        roster.sql("UPDATE channel SET health = 'quarantined', faulty = TRUE
                     WHERE kind = 'sms' AND declared").await.unwrap();
        roster.put(plumber("rhone")).await;
        assert_eq!(health().await, [(Sms, Unproven), (Email, Proven)]);
        roster.put(changed).await;
        assert_eq!(health().await, [(Sms, Quarantined), (Email, Proven)]);
        let of_sms = "SELECT count(*) FROM channel WHERE kind = 'sms'";
        assert_eq!(roster.count(of_sms).await, 2, "an answer may still come from the other");
        assert_eq!(roster.count(format!("{of_sms} AND declared")).await, 1);
    }

    /// I5: accepted at once, and it bites as slots free.
    async fn a_capacity_below_what_is_held_bites_as_slots_free(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(with_capacity("rhone", 3)).await;
        let leads = [lead(), lead(), lead()];
        for lead in leads {
            roster.assign(lead, 1).await;
        }
        assert_eq!(roster.put(with_capacity("rhone", 1)).await.outcome(), Updated);
        let found = roster.provider("rhone").await;
        assert_eq!((found.capacity, found.held), (1, 3));
        for (n, one) in leads.into_iter().enumerate() {
            assert_eq!(owner(&roster.assign(lead(), 1).await), None, "after {n} releases");
            roster.release(one, 1).await.unwrap();
        }
        assert!(owner(&roster.assign(lead(), 1).await).is_some());
        assert_eq!(owner(&roster.assign(lead(), 1).await), None);
        roster.assert_books_balance().await;
    }

    /// R37: also what was paused a moment ago.
    async fn a_pause_takes_out_of_matching_and_survives_the_catalogue(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let held = lead();
        roster.assign(held, 1).await;
        assert!(roster.pause("rhone").await);
        assert!(!roster.pause("rhone").await, "a repeat changes nothing");
        assert_eq!(told(&roster.assign(lead(), 1).await), [("rhone", 0, "PAUSED")]);
        roster.put(with_capacity("rhone", 8)).await;
        let found = roster.provider("rhone").await;
        assert_eq!((found.paused, found.pause_actor.as_str()), (true, "operator:ana"));
        assert_eq!(found.held, 1, "what it holds stays with it");
        roster.confirm(held, 1).await.unwrap();
        assert!(roster.resume("rhone").await);
        assert!(!roster.resume("rhone").await);
        assert!(owner(&roster.assign(lead(), 1).await).is_some());
        let causes = "SELECT count(*) FROM provider_change
            WHERE (kind = 'paused' AND cause = 'holiday') OR (kind = 'resumed' AND cause = 'back')";
        assert_eq!(roster.count(causes).await, 2);
    }

    /// R37: the roster as it stands at that moment.
    async fn coverage_that_falls_away_matches_no_more_and_comes_back(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let mut moved = plumber("rhone");
        moved.cities = vec!["lausanne".to_owned()];
        roster.put(plumber("rhone")).await;
        let held = lead();
        roster.assign(held, 1).await;
        assert_eq!(roster.put(moved).await.fields, ["cities"]);
        assert_eq!(told(&roster.assign(lead(), 1).await), [("rhone", 0, "CITY")]);
        roster.confirm(held, 1).await.unwrap();
        roster.put(plumber("rhone")).await;
        assert!(owner(&roster.assign(lead(), 1).await).is_some());
    }

    async fn a_provider_keeps_its_country(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let moved = pb::Provider { country: "FR".to_owned(), ..plumber("rhone") };
        let refused = roster.try_put(moved, Operator, false).await.unwrap_err();
        assert_eq!(fields(&refused), ["provider.country"]);
    }

    async fn providers_declared_at_once_are_created_once(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let puts = (0..8).map(|_| roster.put(plumber("rhone")));
        let done = futures::future::join_all(puts).await;
        let created = done.iter().filter(|done| done.outcome() == Created).count();
        let unchanged = done.iter().filter(|done| done.outcome() == Unchanged).count();
        assert_eq!((created, unchanged), (1, 7));
    }

    async fn providers_and_coverage_are_listed_in_pages(db: TestDb) {
        let roster = RosterTest::start(db).await;
        for id in ["a", "b", "c"] {
            roster.put(plumber(id)).await;
        }
        let cities = vec!["geneve".to_owned(), "lausanne".to_owned()];
        roster.put(pb::Provider { cities, ..with_capacity("d", 5) }).await;
        roster.put(pb::Provider { country: "FR".to_owned(), ..plumber("e") }).await;
        roster.pause("c").await;
        roster.assign(lead(), 1).await;
        let mut request = pb::ListProvidersRequest {
            country: "CH".to_owned(),
            page_size: 3,
            ..pb::ListProvidersRequest::default()
        };
        let first = roster.client.clone().list_providers(request.clone()).await.unwrap().into_inner();
        request.page_token = first.next_page_token;
        let second = roster.client.clone().list_providers(request).await.unwrap().into_inner();
        let all: Vec<_> = first.providers.iter().chain(&second.providers).collect();
        let ids: Vec<_> = all.iter().map(|p| (p.provider_id.as_str(), p.channels.len())).collect();
        assert_eq!(ids, [("a", 2), ("b", 2), ("c", 2), ("d", 2)]);
        assert!(second.next_page_token.is_empty());

        let mut request = pb::ListCoverageRequest { page_size: 1, ..pb::ListCoverageRequest::default() };
        let mut cells = Vec::new();
        loop {
            let page = roster.client.clone().list_coverage(request.clone()).await.unwrap().into_inner();
            cells.extend(page.coverage);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        let cells: Vec<_> = cells
            .iter()
            .map(|c| (c.country.as_str(), c.city.as_str(), c.providers, c.capacity, c.held))
            .collect();
        assert_eq!(cells, [
            ("CH", "geneve", 3, 11, 1),
            ("CH", "lausanne", 1, 5, 0),
            ("FR", "geneve", 1, 3, 0),
        ]);
    }
}
