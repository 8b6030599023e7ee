//! Every text column is listed as personal or plain, so that erasure and retention miss none.

use std::collections::BTreeSet;

use chassis::db::Db;
use chassis::on;
use telephony_gateway::{MIGRATIONS, SCHEMA, personal};
use test_support::on_both;

const OURS: [&str; 13] = [
    "site",
    "number",
    "agent",
    "agent_release",
    "configuration",
    "scenario_run",
    "call",
    "call_event",
    "voicemail",
    "conversation",
    "poll",
    "vendor_deletion",
    "retention",
];

on_both! {
    async fn every_text_column_stands_on_one_of_the_two_lists(db: TestDb) {
        let db = Db::open(&db.url(SCHEMA), SCHEMA, &MIGRATIONS).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let sql = if tx.is_postgres() {
            "SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns
              WHERE table_schema = 'telephony' AND data_type IN ('text', 'jsonb', 'character varying')"
        } else {
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
              WHERE m.type = 'table' AND upper(c.type) IN ('TEXT', 'JSONB')"
        };
        let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(sql).fetch_all(c).await.unwrap());
        let stored: BTreeSet<(String, String)> =
            rows.into_iter().filter(|(table, _)| OURS.contains(&table.as_str())).collect();
        let listed: Vec<(String, String)> = personal::PERSONAL
            .iter()
            .chain(&personal::PLAIN)
            .chain(&personal::PLAIN_OF_SITE)
            .map(|(table, column)| ((*table).to_owned(), (*column).to_owned()))
            .collect();
        let unique: BTreeSet<_> = listed.iter().cloned().collect();
        assert_eq!(unique.len(), listed.len(), "a column stands on one list, once");
        assert_eq!(unique, stored);
    }
}
