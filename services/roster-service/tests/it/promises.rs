//! The promises hold against SQL by hand, as the service's own role, on both databases.

use contracts::bord::roster::v1 as pb;
use test_support::on_both;
use uuid::Uuid;

use crate::harness::{RosterTest, lead, owner, plumber, wanted, with_capacity};

/// A UUID as each database writes it.
fn uuid(roster: &RosterTest, id: Uuid) -> String {
    if roster.db.is_postgres() {
        format!("'{id}'")
    } else {
        format!("X'{}'", id.simple())
    }
}

/// An assignment by hand, into a city of a country.
async fn insert(roster: &RosterTest, lead: Uuid, attempt: i32, to: (&str, &str, &str)) -> bool {
    let (provider, country, city) = to;
    let (lead, id) = (uuid(roster, lead), uuid(roster, chassis::ids::random()));
    let done = roster
        .sql(format!(
            "INSERT INTO assignment (lead_id, attempt, assignment_id, country, provider_id,
                 category, city, state, holds_slot, local_day, assign_time, explanation)
             VALUES ({lead}, {attempt}, {id}, '{country}', '{provider}', 'plumbing', '{city}',
                 'reserved', TRUE, '2026-11-21', '2026-11-21T12:00:00+00:00', '{{}}')"
        ))
        .await;
    done.is_ok()
}

/// A lead of a country, by hand.
async fn known(roster: &RosterTest, country: &str) -> Uuid {
    let lead = lead();
    let id = uuid(roster, lead);
    let text = format!("INSERT INTO lead (lead_id, country, visits) VALUES ({id}, '{country}', 1)");
    roster.sql(text).await.unwrap();
    lead
}

on_both! {
    /// I7: no hand-written SQL crosses a border.
    async fn an_assignment_abroad_is_refused_by_the_schema_i7(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("swiss")).await;
        roster.put(pb::Provider { country: "FR".to_owned(), ..plumber("french") }).await;
        let (swiss, french) = (known(&roster, "CH").await, known(&roster, "FR").await);
        assert!(!insert(&roster, swiss, 1, ("french", "FR", "geneve")).await, "Swiss lead as French");
        assert!(!insert(&roster, swiss, 1, ("french", "CH", "geneve")).await, "French provider as Swiss");
        assert!(!insert(&roster, french, 1, ("swiss", "CH", "geneve")).await, "French lead as Swiss");
        assert!(!insert(&roster, swiss, 1, ("swiss", "CH", "lyon")).await, "a city not covered");
        assert!(!insert(&roster, lead(), 1, ("swiss", "CH", "geneve")).await, "a lead without country");
        let abroad = "INSERT INTO coverage (provider_id, country, category, city, active)
             VALUES ('french', 'CH', 'plumbing', 'geneve', TRUE)";
        assert!(roster.sql(abroad).await.is_err(), "coverage of another country");
        assert!(insert(&roster, swiss, 1, ("swiss", "CH", "geneve")).await, "at home it is legal");
        // And once it is bound, none of the three can move.
        for text in [
            "UPDATE assignment SET country = 'FR', provider_id = 'french'",
            "UPDATE assignment SET provider_id = 'french'",
            "UPDATE lead SET country = 'FR' WHERE country = 'CH'",
            "UPDATE provider SET country = 'FR' WHERE provider_id = 'swiss'",
            "UPDATE coverage SET country = 'FR' WHERE provider_id = 'swiss'",
        ] {
            assert!(roster.sql(text).await.is_err(), "{text}");
        }
        assert_eq!(roster.count("SELECT count(*) FROM assignment").await, 1);
    }

    /// I4, R41: not even by hand has a lead two owners.
    async fn a_second_owner_is_refused_by_the_schema_i4(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("a")).await;
        roster.put(plumber("b")).await;
        let lead = lead();
        let first = owner(&roster.assign(lead, 1).await).unwrap();
        assert_eq!(first, "a");
        assert!(!insert(&roster, lead, 2, ("b", "CH", "geneve")).await);
        assert!(!insert(&roster, lead, 1, ("b", "CH", "geneve")).await);
        roster.confirm(lead, 1).await.unwrap();
        roster.complete(lead, 1).await.unwrap();
        assert!(!insert(&roster, lead, 2, ("b", "CH", "geneve")).await, "a completed one owns it");
        for text in [
            "UPDATE assignment SET state = 'released', release_cause = 'x',
                    complete_time = NULL, release_time = '2026-11-21T12:00:00+00:00'",
            "DELETE FROM assignment",
        ] {
            assert!(roster.sql(text).await.is_err(), "{text}");
        }
    }

    /// I5: held slots are what assignments hold, and never more than the limit.
    async fn an_overflow_is_refused_by_the_schema_i5(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(with_capacity("rhone", 1)).await;
        let first = known(&roster, "CH").await;
        assert!(insert(&roster, first, 1, ("rhone", "CH", "geneve")).await, "the slot is counted");
        assert_eq!(roster.provider("rhone").await.held, 1);
        let second = known(&roster, "CH").await;
        assert!(!insert(&roster, second, 1, ("rhone", "CH", "geneve")).await, "one too many");
        for text in [
            "UPDATE provider SET held = 0",
            "UPDATE provider SET held = 2",
            "UPDATE provider SET held = 2, slot_limit = 2",
            "UPDATE provider SET slot_limit = 2",
            "UPDATE provider SET slot_limit = 0",
            "UPDATE assignment SET holds_slot = FALSE",
            "UPDATE assignment SET state = 'released'",
            "UPDATE assignment SET state = 'confirmed'",
        ] {
            assert!(roster.sql(text).await.is_err(), "{text}");
        }
        roster.release(first, 1).await.unwrap();
        assert!(roster.sql("UPDATE assignment SET holds_slot = TRUE, free_time = NULL").await.is_err());
        assert_eq!(roster.provider("rhone").await.held, 0);
        roster.assert_books_balance().await;
    }

    async fn a_closed_attempt_stays_closed_by_hand_too(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let lead = known(&roster, "CH").await;
        roster.release(lead, 1).await.unwrap();
        assert!(!insert(&roster, lead, 1, ("rhone", "CH", "geneve")).await);
        assert!(roster.sql("DELETE FROM closed_attempt").await.is_err());
        assert!(roster.sql("UPDATE provider_change SET cause = 'x'").await.is_err());
        assert!(roster.ask(wanted(lead, 2)).await.is_ok());
    }
}
