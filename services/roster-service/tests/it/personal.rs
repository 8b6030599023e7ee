//! Every text column of the roster stands in one of two lists: personal or plain.

use std::collections::BTreeSet;

use chassis::on;
use roster_service::store::personal::{PERSONAL, PLAIN};
use test_support::on_both;

use crate::harness::RosterTest;

/// The chassis' own tables and the driver's.
const OTHERS: [&str; 6] = [
    "clock_offset",
    "feed",
    "feed_head",
    "follower",
    "parked",
    "_sqlx_migrations",
];

async fn text_columns(roster: &RosterTest) -> BTreeSet<String> {
    let mut tx = roster.db.read().await.unwrap();
    let text = if tx.is_postgres() {
        "SELECT table_name || '.' || column_name, table_name || '' FROM information_schema.columns
          WHERE table_schema = 'roster' AND data_type IN ('text', 'jsonb', 'character varying')"
    } else {
        "SELECT t.name || '.' || c.name, t.name FROM sqlite_master t, pragma_table_info(t.name) c
          WHERE t.type = 'table' AND c.type IN ('TEXT', 'JSONB')"
    };
    let found: Vec<(String, String)> =
        on!(tx, c => sqlx::query_as(text).fetch_all(c).await.unwrap());
    let own = found
        .into_iter()
        .filter(|(_, table)| !OTHERS.contains(&table.as_str()));
    own.map(|(column, _)| column).collect()
}

on_both! {
    async fn each_text_column_is_listed_as_personal_or_plain(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let listed: BTreeSet<String> =
            PERSONAL.iter().chain(PLAIN).map(|column| (*column).to_owned()).collect();
        assert_eq!(listed.len(), PERSONAL.len() + PLAIN.len(), "a column stands twice");
        assert_eq!(text_columns(&roster).await, listed);
    }
}
