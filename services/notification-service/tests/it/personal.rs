//! Each column that can hold text is either personal, and so subject to retention, or known not to
//! be (design.md, Personal data).

use std::collections::BTreeSet;

use chassis::db::{Db, StoreError};
use chassis::on;
use notification_service::store::personal::{PERSONAL, PLAIN};
use notification_service::{MIGRATIONS, SCHEMA};
use test_support::on_both;

/// Tables of the chassis, which says itself what they hold.
const OTHERS: [&str; 8] = [
    "_sqlx_migrations",
    "clock",
    "clock_offset",
    "feed",
    "feed_head",
    "follower",
    "parked",
    "sqlite_sequence",
];

on_both! {
    async fn every_text_column_is_on_one_of_the_lists(db: TestDb) {
        let db = Db::open(&db.url(SCHEMA), SCHEMA, &MIGRATIONS).await.unwrap();
        let columns = columns(&db).await.unwrap();
        let listed: BTreeSet<(String, String)> = PERSONAL.iter().chain(PLAIN)
            .map(|(table, column)| ((*table).to_owned(), (*column).to_owned())).collect();
        assert_eq!(listed.len(), PERSONAL.len() + PLAIN.len(), "a column stands on both lists");
        let found: BTreeSet<(String, String)> =
            columns.into_iter().filter(|(table, _)| !OTHERS.contains(&table.as_str())).collect();
        assert_eq!(found, listed);
    }
}

async fn columns(db: &Db) -> Result<Vec<(String, String)>, StoreError> {
    let mut tx = db.read().await?;
    if tx.is_postgres() {
        return Ok(on!(tx, c => sqlx::query_as(
            "SELECT table_name::text, column_name::text FROM information_schema.columns
              WHERE table_schema = 'notification'
                AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea')")
            .fetch_all(c).await?));
    }
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
          WHERE m.type = 'table' AND p.type IN ('TEXT', 'JSONB', 'BLOB')")
        .fetch_all(c).await?))
}
