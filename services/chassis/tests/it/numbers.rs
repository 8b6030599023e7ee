//! The numbers that the chassis shows by itself: pools, queues, and how far a follower is behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chassis::db::{Db, Tx};
use chassis::feed::{self, Entry, Position};
use chassis::run::Life;
use chassis::{backlog_of, db, metrics};
use futures::future::BoxFuture;
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::json;
use test_support::{TestDb, eventually, on_both};

use crate::database::MIGRATIONS;

const PATIENCE: Duration = Duration::from_secs(20);

/// Both engines count in one process, so each has a name of its own.
fn name(test: &TestDb, lite: &'static str, postgres: &'static str) -> &'static str {
    if test.url("any").starts_with("postgres") {
        postgres
    } else {
        lite
    }
}

fn shown(key: &str) -> Option<f64> {
    let text = metrics::render();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
    line?.parse().ok()
}

on_both! {
    async fn a_pool_shows_what_is_used_and_who_waited_in_vain(test: TestDb) {
        let database = name(&test, "pool_lite", "pool_pg");
        let pool = name(&test, "readers", "all");
        let most = name(&test, "", "max_connections=2");
        let url = test.url(database);
        let url = match (most, url.contains('?')) {
            ("", _) => url,
            (most, true) => format!("{url}&{most}"),
            (most, false) => format!("{url}?{most}"),
        };
        let db = Db::open(&url, database, &MIGRATIONS).await.unwrap();
        let labels = format!(r#"database="{database}",pool="{pool}""#);
        let most = shown(&format!("db_connections_max{{{labels}}}")).unwrap();
        let used = || shown(&format!(r#"db_connections{{{labels},state="used"}}"#)).unwrap();
        let timeouts = || shown(&format!("db_acquire_timeouts_total{{{labels}}}")).unwrap();
        let mut held = Vec::new();
        for count in 1..=usize::try_from(most as i64).unwrap() {
            held.push(db.read().await.unwrap());
            assert_eq!(used() as usize, count);
        }
        assert_eq!(timeouts(), 0.0, "shown before the first");
        assert!(db.read().await.is_err(), "none is free");
        assert_eq!(timeouts(), 1.0);
        drop(held);
        eventually(PATIENCE, async || (used() == 0.0).then_some(())).await;
        let waits = shown(&format!("db_acquire_seconds_count{{{labels}}}")).unwrap();
        assert!(waits > most, "{waits}");
    }

    async fn a_queue_shows_how_much_is_due_and_since_when(test: TestDb) {
        let database = name(&test, "queue_lite", "queue_pg");
        let queue = name(&test, "test-lite", "test-pg");
        let db = Db::open(&test.url(database), database, &MIGRATIONS).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let due = backlog_of!(
            "(SELECT us - 90000000 AS due_us FROM clock UNION ALL
              SELECT us - 5000000 FROM clock UNION ALL SELECT us + 60000000 FROM clock) AS rows_due",
            "TRUE"
        );
        metrics::queue::show(&mut tx, queue, due).await.unwrap();
        assert_eq!(shown(&format!(r#"queue_due{{queue="{queue}"}}"#)), Some(2.0));
        let oldest = shown(&format!(r#"queue_oldest_seconds{{queue="{queue}"}}"#)).unwrap();
        assert!((90.0..95.0).contains(&oldest), "{oldest}");
        let none = backlog_of!("(SELECT us + 60000000 AS due_us FROM clock) AS rows_due", "TRUE");
        metrics::queue::show(&mut tx, queue, none).await.unwrap();
        assert_eq!(shown(&format!(r#"queue_due{{queue="{queue}"}}"#)), Some(0.0));
        assert_eq!(shown(&format!(r#"queue_oldest_seconds{{queue="{queue}"}}"#)), Some(0.0));
    }

    async fn a_follower_shows_how_far_it_is_behind_while_its_source_is_away(test: TestDb) {
        let database = name(&test, "feed_lite", "feed_pg");
        let follower = name(&test, "behind-lite", "behind-pg");
        let db = Db::open(&test.url(database), database, &MIGRATIONS).await.unwrap();
        let life = Life::for_test();
        life.spawn(feed::publisher(db.clone(), life.clone()));
        let writing = db.clone();
        db::unit(async move {
            let mut tx = writing.begin().await?;
            feed::publish(&mut tx, "thing", "one", json!({})).await?;
            tx.commit().await
        })
        .await
        .unwrap();
        let up = Arc::new(AtomicBool::new(false));
        let (source, open, until) = (db.clone(), Arc::clone(&up), life.clone());
        let open = move |after: Position| {
            let (source, life, up) = (source.clone(), until.clone(), open.load(Ordering::SeqCst));
            async move {
                anyhow::ensure!(up, "the source is away");
                Ok(feed::stream(source, after, life).map_err(anyhow::Error::from).boxed())
            }
        };
        fn nothing<'a>(_: &'a mut Tx, _: &'a Entry) -> BoxFuture<'a, anyhow::Result<()>> {
            Box::pin(async { Ok(()) })
        }
        life.spawn(feed::follow(db.clone(), follower, life.clone(), open, nothing));
        let behind = || shown(&format!(r#"feed_behind_seconds{{follower="{follower}"}}"#));
        let followed = || shown(&format!(r#"feed_followed_number{{follower="{follower}"}}"#));
        let parked = format!(r#"feed_parked_total{{follower="{follower}"}}"#);
        eventually(PATIENCE, async || (behind() > Some(0.5)).then_some(())).await;
        assert_eq!(shown(&parked), Some(0.0), "shown before the first");
        up.store(true, Ordering::SeqCst);
        eventually(PATIENCE, async || (followed() == Some(1.0) && behind() == Some(0.0)).then_some(())).await;
        let published = || shown(&format!(r#"feed_published_number{{database="{database}"}}"#));
        eventually(PATIENCE, async || (published() == Some(1.0)).then_some(())).await;
        life.stop();
    }
}
