//! Promises that the database keeps whatever the code does, tried by SQL as the service's own role.

use std::collections::BTreeSet;

use chassis::db::{self, Db, StoreError, Tx};
use chassis::on;
use lead_service::store::personal::{PERSONAL, PLAIN};
use test_support::on_both;

use crate::calls::tool_call;
use crate::harness::World;

pub(crate) async fn execute(store: &Db, sql: &'static str) -> Result<u64, StoreError> {
    let store = store.clone();
    db::unit(async move {
        let mut tx = store.begin().await?;
        let done = on!(tx, c => sqlx::query(sql).execute(c).await?.rows_affected());
        tx.commit().await?;
        Ok(done)
    })
    .await
}

async fn text_columns(tx: &mut Tx) -> Result<Vec<(String, String)>, StoreError> {
    let sql = if tx.is_postgres() {
        "SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns
          WHERE table_schema = current_schema() AND data_type IN ('text', 'jsonb', 'bytea')"
    } else {
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
          WHERE m.type = 'table' AND c.type IN ('TEXT', 'JSONB', 'BLOB')"
    };
    Ok(on!(tx, c => sqlx::query_as(sql).fetch_all(c).await?))
}

/// Tables of the chassis and of the migrator.
const NOT_OURS: [&str; 6] = [
    "clock_offset",
    "feed",
    "feed_head",
    "follower",
    "parked",
    "_sqlx_migrations",
];

on_both! {
    async fn every_text_column_is_listed_as_personal_or_plain(db: TestDb) {
        let world = World::start(db).await;
        let mut tx = world.store.read().await.unwrap();
        let found: BTreeSet<_> = text_columns(&mut tx)
            .await
            .unwrap()
            .into_iter()
            .filter(|(table, _)| !NOT_OURS.contains(&table.as_str()))
            .collect();
        let listed: BTreeSet<_> = PERSONAL
            .iter()
            .chain(PLAIN)
            .map(|(table, column)| ((*table).to_owned(), (*column).to_owned()))
            .collect();
        assert_eq!(listed.len(), PERSONAL.len() + PLAIN.len(), "no column stands on both lists");
        assert_eq!(found, listed);
    }

    async fn the_event_log_is_append_only(db: TestDb) {
        let mut world = World::start(db).await;
        world.dispatch(tool_call(1)).await;
        for sql in ["UPDATE lead_event SET cause = 'x'", "DELETE FROM lead_event"] {
            execute(&world.store, sql).await.unwrap_err();
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM lead_event").await, 3);
    }

    async fn no_statement_can_break_a_promise_of_a_lead(db: TestDb) {
        let mut world = World::start(db).await;
        world.dispatch(tool_call(1)).await;
        let mut unproven = tool_call(2);
        unproven.call_token.clear();
        world.dispatch(unproven).await;
        for (sql, promise) in [
            ("UPDATE lead SET source_country = 'FR'", "the country is the site's (D5)"),
            ("UPDATE lead SET city = 'annemasse'", "the city lies in it (I7)"),
            ("UPDATE lead SET source_country = NULL", "a source has its country"),
            ("UPDATE lead SET due_us = NULL", "nobody in limbo (I8)"),
            ("UPDATE lead SET state = 'assigned'", "nothing unproven reaches a provider"),
            ("UPDATE lead SET state = 'sold'", "states are those of D6"),
            ("UPDATE lead SET provider_id = NULL WHERE state = 'notified'", "who has it"),
            ("UPDATE lead SET provider_country = 'FR'", "a lead stays in its country (R42)"),
            ("UPDATE lead SET site_id = NULL, source_country = NULL, city = NULL WHERE state = 'notified'",
                "who has a provider has a country (R42)"),
            ("UPDATE lead SET provider_country = NULL", "a provider has a country"),
            ("UPDATE lead SET conversation_key = 'conversation:conv_1'", "one first need (I2)"),
            ("UPDATE site SET country = 'FR'", "a site with leads keeps its country"),
        ] {
            assert!(execute(&world.store, sql).await.is_err(), "{promise}");
        }
    }
}
