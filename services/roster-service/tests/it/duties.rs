//! What one replica does for all: sums that must be 0 are counted, and found when they are not; old
//! evidence, proofs and replaced contacts go.

use std::time::Duration;

use contracts::bord::roster::v1 as pb;
use pb::ChannelKind::Sms;
use pb::EvidenceKind::Delivered;
use sqlx::{AssertSqlSafe, Connection as _};
use test_support::{eventually, on_both};

use crate::channel_desk::about;
use crate::harness::{RosterTest, channel, lead, plumber};

const LIMIT: Duration = Duration::from_secs(30);

/// Waits until the sums were counted after now, and reads them.
async fn sums(roster: &RosterTest) -> (i64, i64) {
    roster
        .db
        .shift_clock(Duration::from_secs(301))
        .await
        .unwrap();
    let due = "SELECT count(*) FROM duty WHERE due_us <= (SELECT us FROM clock)";
    eventually(LIMIT, async || (roster.count(due).await == 0).then_some(())).await;
    let found = async |name| {
        roster
            .count(format!("SELECT found FROM duty WHERE name = '{name}'"))
            .await
    };
    (
        found("capacity_not_conserved").await,
        found("assignments_across_border").await,
    )
}

/// Breaks the promises on purpose: as the administrator on PostgreSQL, on SQLite with the guards off.
async fn break_it(url: &str, postgres: bool, guards: &[&str], text: &str) {
    if postgres {
        let mut conn = sqlx::PgConnection::connect(url).await.unwrap();
        for run in [
            "SET search_path = roster; SET session_replication_role = replica",
            text,
        ] {
            sqlx::raw_sql(AssertSqlSafe(run.to_owned()))
                .execute(&mut conn)
                .await
                .unwrap();
        }
        return;
    }
    let file = format!("{}/roster.db", url.trim_start_matches("sqlite:"));
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false)
        .busy_timeout(LIMIT);
    let mut conn = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    for guard in guards {
        let drop = format!("DROP TRIGGER {guard}");
        sqlx::raw_sql(AssertSqlSafe(drop))
            .execute(&mut conn)
            .await
            .unwrap();
    }
    sqlx::raw_sql(AssertSqlSafe(text.to_owned()))
        .execute(&mut conn)
        .await
        .unwrap();
}

on_both! {
    async fn the_sums_are_0_until_a_promise_is_broken_behind_the_guards(db: TestDb) {
        let (url, postgres) = (db.database_url().to_owned(), db.is_postgres());
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let held = lead();
        roster.assign(held, 1).await;
        roster.assign(lead(), 1).await;
        roster.confirm(held, 1).await.unwrap();
        roster.free(held, 1).await.unwrap();
        assert_eq!(sums(&roster).await, (0, 0));
        break_it(&url, postgres, &["provider_guard"], "UPDATE provider SET held = held + 1").await;
        assert_eq!(sums(&roster).await, (1, 0));
        let text = "UPDATE lead SET country = 'FR'";
        break_it(&url, postgres, &[], text).await;
        assert_eq!(sums(&roster).await, (1, 2));
    }

    async fn evidence_proofs_and_replaced_contacts_go_after_ninety_days(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("a")).await;
        roster.put(plumber("b")).await;
        roster.quarantine("b", Sms).await.unwrap();
        roster.prove("a", Sms).await.unwrap();
        roster.tell(about("a", Delivered)).await;
        for id in ["a", "b"] {
            let mut moved = plumber(id);
            moved.channels[0] = channel(Sms, "+41795530199");
            roster.put(moved).await;
        }
        let left = async || {
            let replaced = roster.count("SELECT count(*) FROM channel WHERE NOT declared").await;
            let evidence = roster.count("SELECT count(*) FROM evidence").await;
            (replaced, evidence, roster.count("SELECT count(*) FROM proof").await)
        };
        let day = 24 * 3600;
        roster.db.shift_clock(Duration::from_secs(89 * day)).await.unwrap();
        sums(&roster).await;
        assert_eq!(left().await, (2, 1, 1));
        roster.db.shift_clock(Duration::from_secs(day)).await.unwrap();
        sums(&roster).await;
        assert_eq!(left().await, (1, 0, 0), "a fault outlives its contact");
        assert_eq!(roster.provider("a").await.channels.len(), 2);
    }

    async fn more_than_a_batch_goes_in_several(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
            INSERT INTO evidence (evidence_key, evidence, kind, masked_address, reason, observe_time,
                                  changes, record_us)
            SELECT 'old-' || CAST(i AS TEXT), 'delivered', 'sms', '***', '',
                   '2026-01-01T00:00:00+00:00', '[]', i FROM n";
        roster.sql(many).await.unwrap();
        roster.db.shift_clock(Duration::from_secs(3601)).await.unwrap();
        let left = "SELECT count(*) FROM evidence";
        eventually(LIMIT, async || (roster.count(left).await == 0).then_some(())).await;
    }
}
