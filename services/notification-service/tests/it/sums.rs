//! The sums whose only good value is 0, counted by one replica and shown by all.

use std::time::Duration;

use chassis::db::{StoreError, unit};
use chassis::on;
use contracts::notification::v1::DeliveryState as State;
use notification_service::config::Timing;
use test_support::{eventually, on_both};

use crate::harness::*;

async fn measured(world: &World, measure: &'static str) -> Option<i64> {
    let read = async {
        let mut tx = world.db.read().await?;
        Ok::<Option<i64>, StoreError>(on!(tx, c => sqlx::query_scalar(
            "SELECT value FROM measures WHERE measure = $1").bind(measure).fetch_optional(c).await?))
    };
    read.await.unwrap()
}

async fn run(world: &World, sql: &'static str) {
    let db = world.db.clone();
    let done = unit(async move {
        let mut tx = db.begin().await?;
        on!(tx, c => sqlx::query(sql).execute(c).await?.rows_affected());
        tx.commit().await
    });
    Result::<(), StoreError>::unwrap(done.await);
}

const NOT_ENDED: &str = "bord_messages_not_ended";
const ACROSS: &str = "bord_messages_across_border";

on_both! {
    async fn what_must_be_zero_is_counted_from_the_rows(db: TestDb) {
        let timing = Timing { measure_every: Duration::from_millis(200), ..timing() };
        let mut world = World::with(&db, Options { timing, ..Options::default() }).await;
        chassis::metrics::install();
        world.notify(assigned()).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        for measure in [NOT_ENDED, ACROSS] {
            eventually(SOON, async || (measured(&world, measure).await == Some(0)).then_some(())).await;
        }
        // A plan that nobody works on any more: a lease that never ends, beyond its time.
        run(&world, "UPDATE deliveries SET state = 'sending', task = 'send', not_after_us = 1,
                lease_until_us = 9000000000000000 WHERE channel = 'sms' AND recipient = 'customer'").await;
        // A number abroad behind a row that claims to be at home.
        run(&world, "UPDATE messages SET address = '+33612345678' WHERE delivery_id IN
                (SELECT id FROM deliveries WHERE channel = 'sms' AND recipient = 'provider')").await;
        for measure in [NOT_ENDED, ACROSS] {
            eventually(SOON, async || (measured(&world, measure).await == Some(1)).then_some(())).await;
        }
        eventually(SOON, async || {
            let shown = chassis::metrics::render();
            (shown.contains(NOT_ENDED) && shown.contains(ACROSS)).then_some(())
        }).await;
    }
}
