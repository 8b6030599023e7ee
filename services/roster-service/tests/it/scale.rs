//! A cell of ten thousand providers: matched by index, explained up to fifty, the rest counted.

use test_support::on_both;

use crate::harness::{RosterTest, lead, owner, plumber};

/// Copies of the provider `first`, by SQL, as many as `count`.
async fn copies(roster: &RosterTest, count: usize) {
    let numbers = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    );
    let provider = format!(
        "INSERT INTO provider (provider_id, country, name, language, serves, priority, capacity,
             slot_limit, max_per_day, time_zone, hours, address, percent_hundredths, content_hash,
             create_time, change_time)
         {numbers} SELECT 'copy-' || CAST(i AS TEXT), country, name, language, serves, priority,
             capacity, slot_limit, max_per_day, time_zone, hours, address, percent_hundredths,
             content_hash, create_time, change_time
           FROM n, provider WHERE provider_id = 'first'"
    );
    let coverage = "INSERT INTO coverage (provider_id, country, category, city, active)
         SELECT p.provider_id, p.country, 'plumbing', 'geneve', TRUE
           FROM provider p WHERE p.provider_id <> 'first'";
    let channel = "INSERT INTO channel (provider_id, kind, address, address_key, declared,
             declared_time, health, health_time)
         SELECT p.provider_id, 'sms', '+41795530141', '+41795530141', TRUE, p.change_time,
             'unproven', p.change_time
           FROM provider p WHERE p.provider_id <> 'first'";
    for text in [provider.as_str(), coverage, channel] {
        roster.sql(text).await.unwrap();
    }
}

on_both! {
    async fn ten_thousand_in_one_cell_are_matched_and_counted(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("first")).await;
        copies(&roster, 9_999).await;
        let answer = roster.assign(lead(), 1).await;
        assert_eq!(owner(&answer).as_deref(), Some("copy-1"));
        assert_eq!(answer.candidates.len(), 50);
        assert_eq!(answer.candidates_omitted, 9_950);
        // All but one closed: the one is found beyond the first pages (I6).
        let closed = r#"{"windows":[[1,0,1]]}"#;
        roster.sql(format!("UPDATE provider SET hours = '{closed}' WHERE provider_id <> 'first'"))
            .await.unwrap();
        roster.sql("UPDATE provider SET priority = 9, version = 2 WHERE provider_id = 'first'")
            .await.unwrap();
        let monday_midnight = {
            use chrono::{Datelike as _, Timelike as _};
            let now = chassis::clock::now().with_timezone(&chrono_tz::Europe::Zurich);
            now.weekday() == chrono::Weekday::Mon && now.hour() == 0 && now.minute() == 0
        };
        if !monday_midnight {
            assert_eq!(owner(&roster.assign(lead(), 1).await).as_deref(), Some("first"));
        }
    }
}
