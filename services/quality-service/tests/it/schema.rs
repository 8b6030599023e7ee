//! The schema of the service: which of its columns hold personal data, and that N replicas may
//! make it at once.

use chassis::db::Db;
use chassis::on;
use quality_service::MIGRATIONS;
use quality_service::store::personal::{PERSONAL, PLAIN};
use test_support::on_both;

async fn text_columns(db: &Db) -> Result<Vec<String>, chassis::db::StoreError> {
    let mut tx = db.read().await?;
    let sql = if tx.is_postgres() {
        "SELECT table_name || '.' || column_name FROM information_schema.columns
          WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying', 'jsonb')
            AND table_name = ANY (ARRAY['call', 'carried', 'conversation', 'cost_report', 'delivery_check', 'flag',
                'revision', 'scan', 'scenario', 'task', 'verdict']) ORDER BY 1"
    } else {
        "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
          WHERE m.type = 'table' AND c.type IN ('TEXT', 'JSONB') AND m.name IN ('call', 'carried',
                'conversation', 'cost_report', 'delivery_check', 'flag', 'revision', 'scan', 'scenario',
                'task', 'verdict') ORDER BY 1"
    };
    Ok(on!(tx, c => sqlx::query_scalar(sql).fetch_all(c).await?))
}

on_both! {
    async fn every_text_column_is_on_a_list(db: TestDb) {
        let db = Db::open(&db.url("quality"), "quality", &MIGRATIONS).await.unwrap();
        let columns = text_columns(&db).await.unwrap();
        let mut listed: Vec<&str> = PERSONAL.iter().chain(PLAIN).copied().collect();
        listed.sort_unstable();
        assert_eq!(columns, listed);
    }

    async fn three_replicas_start_at_once_on_an_empty_database(db: TestDb) {
        let url = db.url("quality");
        let open = || Db::open(&url, "quality", &MIGRATIONS);
        let (one, two, three) = tokio::join!(open(), open(), open());
        for opened in [one, two, three] {
            opened.unwrap().ping().await.unwrap();
        }
    }
}
