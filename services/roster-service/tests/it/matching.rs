//! Who gets a lead, who does not, and how that is explained (B6).

use contracts::bord::roster::v1 as pb;
use pb::assign_provider_response::Outcome;
use test_support::on_both;
use tonic::Code;

use crate::harness::{
    RosterTest, closed_now, fields, lead, owner, plumber, reason, told, wanted, with_capacity,
};

fn next_change(answer: &pb::AssignProviderResponse) -> Option<prost_types::Timestamp> {
    match answer.outcome.as_ref().unwrap() {
        Outcome::Unmatched(unmatched) => unmatched.next_change_time,
        Outcome::Assigned(_) => panic!("assigned"),
    }
}

on_both! {
    async fn leads_follow_priority_then_load_then_time_d3(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(pb::Provider { priority: 2, ..with_capacity("later", 10) }).await;
        roster.put(with_capacity("large", 4)).await;
        roster.put(with_capacity("small", 2)).await;
        let mut owners = Vec::new();
        for _ in 0..7 {
            owners.push(owner(&roster.assign(lead(), 1).await).unwrap());
        }
        // Never a lead: by id. Then 1/4 against 0/2, 1/4 against 1/2, 2/4 = 1/2 but large is
        // later, 2/4 against 2/2, 3/4, and the next priority when both are full.
        assert_eq!(owners, ["large", "small", "large", "small", "large", "large", "later"]);
    }

    async fn every_candidate_is_explained_with_the_rule_that_removed_it_b6(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("a-stands")).await;
        roster.put(plumber("b-paused")).await;
        roster.pause("b-paused").await;
        roster.put(pb::Provider { hours: closed_now(), ..plumber("c-closed") }).await;
        roster.put(plumber("d-silent")).await;
        roster.sql("UPDATE channel SET health = 'opted_out' WHERE provider_id = 'd-silent'")
            .await.unwrap();
        roster.put(with_capacity("e-full", 1)).await;
        let named = pb::AssignProviderRequest { provider_id: "e-full".to_owned(), ..wanted(lead(), 1) };
        roster.ask(named).await.unwrap();
        roster.put(pb::Provider { max_per_day: 1, ..plumber("f-spent") }).await;
        let named = pb::AssignProviderRequest { provider_id: "f-spent".to_owned(), ..wanted(lead(), 1) };
        roster.ask(named).await.unwrap();
        roster.put(plumber("g-had-it")).await;
        let cities = vec!["lausanne".to_owned()];
        roster.put(pb::Provider { cities, ..plumber("h-lausanne") }).await;
        let categories = vec!["dental".to_owned()];
        roster.put(pb::Provider { categories, ..plumber("i-dentist") }).await;
        roster.put(pb::Provider { country: "FR".to_owned(), ..plumber("j-abroad") }).await;

        let request = pb::AssignProviderRequest {
            excluded_provider_ids: vec!["g-had-it".to_owned()],
            ..wanted(lead(), 1)
        };
        let answer = roster.ask(request).await.unwrap();
        assert_eq!(owner(&answer).as_deref(), Some("a-stands"));
        let mut candidates = told(&answer);
        candidates.sort_by_key(|candidate| candidate.0);
        assert_eq!(candidates, [
            ("a-stands", 1, ""),
            ("b-paused", 0, "PAUSED"),
            ("c-closed", 0, "HOURS"),
            ("d-silent", 0, "CHANNEL"),
            ("e-full", 0, "CAPACITY"),
            ("f-spent", 0, "MAX_PER_DAY"),
            ("g-had-it", 0, "EXCLUDED"),
            ("h-lausanne", 0, "CITY"),
            ("i-dentist", 0, "CATEGORY"),
        ]);
        assert_eq!(answer.candidates_omitted, 0);
        assert_eq!(answer.candidates[0].explanation, "priority 1, 0 of 3 slots held, no lead yet");
    }

    /// A channel that is not proven serves; quarantined or opted out it does not.
    async fn a_provider_without_a_serving_channel_gets_no_lead(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let set = |health: &str, kind| format!(
            "UPDATE channel SET health = '{health}', faulty = {} WHERE kind = '{kind}'",
            health == "quarantined");
        roster.sql(set("quarantined", "sms")).await.unwrap();
        assert!(owner(&roster.assign(lead(), 1).await).is_some(), "email is left");
        roster.sql(set("opted_out", "email")).await.unwrap();
        let answer = roster.assign(lead(), 1).await;
        assert_eq!(owner(&answer), None);
        assert_eq!(told(&answer), [("rhone", 0, "CHANNEL")]);
        roster.sql(set("proven", "sms")).await.unwrap();
        assert!(owner(&roster.assign(lead(), 1).await).is_some());
    }

    async fn unmatched_names_the_next_opening_and_keeps_nothing(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let lead = lead();
        let answer = roster.assign(lead, 1).await;
        assert_eq!((owner(&answer), next_change(&answer)), (None, None));
        assert!(answer.candidates.is_empty());
        roster.put(with_capacity("full", 1)).await;
        roster.pause("full").await;
        assert_eq!(next_change(&roster.assign(lead, 1).await), None, "only events bring it back");
        roster.put(pb::Provider { hours: closed_now(), ..plumber("closed") }).await;
        let answer = roster.assign(lead, 1).await;
        let opens = next_change(&answer).expect("the next opening").seconds;
        let days = (opens - chassis::clock::now().timestamp()) / 86_400;
        assert!((2..=5).contains(&days), "opens in {days} days");
        assert_eq!(roster.count("SELECT count(*) FROM lead").await, 0);
        // The same attempt is tried again once somebody is there.
        roster.resume("full").await;
        assert_eq!(owner(&roster.assign(lead, 1).await).as_deref(), Some("full"));
    }

    async fn a_day_limit_lets_a_lead_through_after_a_release(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(pb::Provider { max_per_day: 1, ..plumber("rhone") }).await;
        let (first, second) = (lead(), lead());
        roster.assign(first, 1).await;
        let answer = roster.assign(second, 1).await;
        assert_eq!(told(&answer), [("rhone", 0, "MAX_PER_DAY")]);
        assert!(next_change(&answer).is_some(), "the next day");
        roster.release(first, 1).await.unwrap();
        assert_eq!(owner(&roster.assign(second, 1).await).as_deref(), Some("rhone"));
    }

    /// D7: by hand the order is overridden, the rules are not.
    async fn a_named_provider_is_the_only_one_considered(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("first")).await;
        roster.put(pb::Provider { priority: 9, ..with_capacity("named", 1) }).await;
        let named = |id: &str| pb::AssignProviderRequest {
            provider_id: id.to_owned(),
            ..wanted(lead(), 1)
        };
        let answer = roster.ask(named("named")).await.unwrap();
        assert_eq!(owner(&answer).as_deref(), Some("named"));
        let answer = roster.ask(named("named")).await.unwrap();
        assert_eq!(told(&answer), [("named", 0, "CAPACITY")]);
        let refused = roster.ask(named("nobody")).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::NotFound, "UNKNOWN_PROVIDER"));
        roster.put(pb::Provider { country: "FR".to_owned(), ..plumber("abroad") }).await;
        let refused = roster.ask(named("abroad")).await.unwrap_err();
        assert_eq!(reason(&refused), "OTHER_COUNTRY");
    }

    /// B3: what is given back after a loss is no new offer; every rule but the hours counts.
    async fn a_restored_attempt_does_not_heed_the_hours(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(pb::Provider { hours: closed_now(), ..with_capacity("closed", 1) }).await;
        let named = |restored| pb::AssignProviderRequest {
            provider_id: "closed".to_owned(),
            restored,
            ..wanted(lead(), 1)
        };
        let answer = roster.ask(named(false)).await.unwrap();
        assert_eq!(told(&answer), [("closed", 0, "HOURS")]);
        let answer = roster.ask(named(true)).await.unwrap();
        assert_eq!(owner(&answer).as_deref(), Some("closed"));
        let answer = roster.ask(named(true)).await.unwrap();
        assert_eq!(told(&answer), [("closed", 0, "CAPACITY")]);
    }

    /// R42: neither the first attempt nor a later one crosses the border.
    async fn a_lead_stays_in_the_country_of_its_first_assign(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("swiss")).await;
        roster.put(pb::Provider { country: "FR".to_owned(), ..plumber("french") }).await;
        let lead = lead();
        assert_eq!(owner(&roster.assign(lead, 1).await).as_deref(), Some("swiss"));
        roster.release(lead, 1).await.unwrap();
        let abroad = pb::AssignProviderRequest { country: "FR".to_owned(), ..wanted(lead, 2) };
        assert_eq!(reason(&roster.ask(abroad).await.unwrap_err()), "OTHER_COUNTRY");
    }

    async fn a_request_is_told_all_its_faults_at_once(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let request = pb::AssignProviderRequest {
            lead_id: "x".to_owned(),
            attempt: 0,
            country: "ch".to_owned(),
            category: String::new(),
            city: "Genève".to_owned(),
            excluded_provider_ids: vec!["ok".to_owned(), "not ok".to_owned()],
            provider_id: "-".to_owned(),
            restored: false,
        };
        let refused = roster.ask(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert_eq!(fields(&refused), [
            "lead_id", "attempt", "country", "category", "city", "excluded_provider_ids[1]",
            "provider_id",
        ]);
    }
}
