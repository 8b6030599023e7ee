//! Retention: after the catalogue's days a message says nothing more, here and at the carrier, by
//! the database's clock.

use std::time::Duration;

use chassis::db::StoreError;
use chassis::on;
use contracts::notification::v1 as wire;
use contracts::notification::v1::DeliveryState as State;
use notification_service::config::Timing;
use test_support::{eventually, on_both};

use crate::harness::*;

const DAY: u64 = 24 * 3600;

async fn full(world: &World) -> Result<i64, StoreError> {
    let mut tx = world.db.read().await?;
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM messages WHERE body <> '' OR address <> ''").fetch_one(c).await?))
}

on_both! {
    async fn messages_are_emptied_after_their_days(db: TestDb) {
        let timing = Timing {
            measure_every: Duration::from_millis(200), retain_every: Duration::from_millis(200), ..timing()
        };
        let mut world = World::with(&db, Options { timing, ..Options::default() }).await;
        let thirty = wire::PutChannelRulesRequest { message_retention_days: 30, ..rules() };
        assert!(world.put_rules(thirty.clone()).await);
        assert!(!world.put_rules(thirty).await);
        world.notify(assigned()).await;
        world.until_all(&key(1), &[State::Delivered]).await;
        world.pass(Duration::from_secs(29 * DAY)).await;
        // Young enough: written after the clock moved.
        let (other, request) = of_lead(OTHER_LEAD, assigned());
        world.notify(request).await;
        world.until_all(&other, &[State::Delivered]).await;
        assert_eq!(full(&world).await.unwrap(), 10);
        world.pass(Duration::from_secs(2 * DAY)).await;
        eventually(SOON, async || (full(&world).await.unwrap() == 5).then_some(())).await;
        eventually(SOON, async || (world.twin.messages().len() == 3).then_some(())).await;
        // What happened stays on record, without what was said.
        let kept = world.deliveries(&key(1)).await;
        assert!(kept.len() == 5 && kept.iter().all(|d| d.state() == State::Delivered));
        assert!(world.texts(&key(1)).await.values().all(|c| c.text.is_empty() && c.address.is_empty()));
    }
}
